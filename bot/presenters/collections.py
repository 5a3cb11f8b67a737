"""Collections and models as messages."""

from bot.frontend import Message
from bot.presenters.anything import present
from bot.presenters.candidates import pictures_in_words
from bot.scene import Scene
from tools.generation.gallery import CollectionOut, CollectionsOut, ModelOut, ModelsOut


@present.register
def _(output: CollectionOut, scene: Scene) -> Message:
    """One collection: its traits, its styles and how far it is."""
    if output.problem:
        return Message(scene.words.again(output.problem), title=output.name, tone="error")
    styles = "\n".join(f"{style.name}: {style.description}" for style in output.styles)
    return Message(
        "\n\n".join(filter(None, [output.description, styles])),
        title=f"{output.name} ({output.slug})",
        facts=(
            *((name, ", ".join(values)) for name, values in output.traits.items()),
            (scene.say("model"), output.model or scene.say("any")),
            (scene.say("pictures"), pictures_in_words(output.pictures, scene)),
            (scene.say("tokens"), str(output.tokens)),
        ),
    )


@present.register
def _(output: CollectionsOut, scene: Scene) -> Message:
    """Every collection with its traits."""
    return Message("\n\n".join(_collection(found, scene) for found in output.collections))


@present.register
def _(output: ModelsOut, scene: Scene) -> Message:
    """Every model."""
    return Message("\n".join(_model(found, scene) for found in output.models))


def _collection(found: CollectionOut, scene: Scene) -> str:
    lines = [f"{found.name} ({found.slug})", found.description]
    lines += [f"  {name}: {', '.join(values)}" for name, values in found.traits.items()]
    if found.styles:
        names = [style.name for style in found.styles]
        lines.append("  " + scene.say("styles: {names}", names=names))
    return "\n".join([*lines, *filter(None, [scene.words.again(found.problem)])])


def _model(found: ModelOut, scene: Scene) -> str:
    if found.problem:
        return f"{found.name}: {scene.words.again(found.problem)}"
    return scene.say(
        "{name}: {source}, {size} pixels a side, {steps} steps",
        name=found.name,
        source=found.source,
        size=found.size,
        steps=found.steps,
    )
