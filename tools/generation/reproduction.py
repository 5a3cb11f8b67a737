"""The very same picture again: a plan read from the records of the one there is.

Nothing is decided here. Words as sent, seed, traits, model and fine-tunes are those of the picture,
and so is its place in the batch, because the size of a batch moves the last bits of the arithmetic.
What cannot be chosen (libraries, device) is compared, and a difference is said.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tools.community.rules import Rules
from tools.errors import InvalidInput
from tools.generation.models import Model, models_of
from tools.generation.pipeline import Lora, Place, library_versions
from tools.generation.planning import Heritage, Plan, PlannedPicture, checked_words
from tools.generation.tables import Brief, Candidate
from tools.metadata.collection import collection_of
from tools.phrases import phrase
from tools.provenance.tables import Plaintext

if TYPE_CHECKING:
    from tools.studio import Studio


def reproduced(
    studio: "Studio",
    candidate: Candidate,
    brief: Brief,
    words: str,
    *,
    heritage: Heritage,
    rules: Rules,
) -> Plan:
    """The plan that makes a picture again.

    Raises:
        InvalidInput: if its words were erased or are no longer allowed, or its model or a
            fine-tune is not the one it was made with.
    """
    collection = collection_of(studio, brief.collection)
    checked_words(studio, words, collection, rules)
    model = _model(studio, candidate)
    return Plan(
        collection=collection,
        model=model,
        loras=_loras(studio, candidate),
        style=heritage.style,
        words=words,
        negative=_sent(studio, candidate, brief.negative_prompt) if brief.negative_prompt else "",
        traits=dict(brief.traits),
        pictures=(_picture(studio, candidate),),
        notes=_notes(studio, candidate.recipe),
        heritage=heritage,
    )


def _picture(studio: "Studio", candidate: Candidate) -> PlannedPicture:
    batch = candidate.recipe["batch"]
    return PlannedPicture(
        seed=int(candidate.seed),
        traits=dict(candidate.traits),
        prompt=_sent(studio, candidate, candidate.recipe["prompt"]),
        place=Place(batch["size"], batch["position"]),
    )


def _sent(studio: "Studio", candidate: Candidate, commitment: str) -> str:
    with studio.db.read() as session:
        kept = session.get(Plaintext, commitment)
    if kept is None:
        raise InvalidInput(
            "The words that {candidate} was made from were erased: remix it with words of your"
            " own.",
            candidate=candidate.id,
        )
    return kept.text


def _model(studio: "Studio", candidate: Candidate) -> Model:
    used = candidate.recipe["model"]
    model = models_of(studio).model(used["name"])
    if model.digest != used["digest"]:
        raise InvalidInput(
            "{candidate} was made with another version of the model {model}, which is not here any"
            " more: the same picture cannot be drawn again. Vary or remix it instead.",
            candidate=candidate.id,
            model=model.name,
        )
    return model


def _loras(studio: "Studio", candidate: Candidate) -> tuple[Lora, ...]:
    registry = models_of(studio)
    used = candidate.recipe["loras"]
    found = tuple(registry.lora(lora["name"], float(lora["weight"])) for lora in used)
    for lora, wanted in zip(found, used, strict=True):
        if lora.digest != wanted["digest"]:
            raise InvalidInput(
                "{candidate} was made with another version of the LoRA {lora}: the same picture"
                " cannot be drawn again. Vary or remix it instead.",
                candidate=candidate.id,
                lora=lora.name,
            )
    return found


def _notes(studio: "Studio", recipe: Mapping[str, Any]) -> tuple[str, ...]:
    """What is different from when the picture was made, if anything that may move pixels is."""
    generation = studio.settings.generation
    today = {"device": generation.device, "threads": generation.threads, **library_versions()}
    then = {"device": recipe["device"], "threads": recipe["threads"], **recipe["versions"]}
    moved = [
        f"{name} {then.get(name)} → {today[name]}"
        for name in today
        if then.get(name) != today[name]
    ]
    if not moved:
        return ()
    told = phrase(
        "Since the picture was made this changed, so a few pixels may differ: {changes}.",
        changes=moved,
    )
    return (str(told),)
