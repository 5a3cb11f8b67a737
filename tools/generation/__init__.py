"""Generation: from a brief to a picture that carries its own recipe.

    create        asking for pictures: a wish becomes a brief and a job
    planning      where seeds, open traits and prompts are decided
    sanitiser     what people type, before a model sees it
    confusables   look-alike letters, for the deny-list
    render        making a brief's pictures, and keeping them
    batcher       one thread that feeds the model, several people's orders at once
    pipeline      a loaded diffusers checkpoint
    models        which models there are; bundle: what is safe to load, and its digest
    finishing     palette, enlargement, file and hashes; pixels and png do the work
    infotext      the recipe as other tools read it back
    recipe        the recipe as our records keep it
    jobs          where a job stands, and calling it off
    gallery       looking at candidates, collections and models

Nothing here judges a picture; that is scoring.
"""
