"""/help: what this person may do here, in their language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.discord.commands.creators import CREATORS
from bot.discord.commands.members import MEMBERS
from bot.discord.commands.names import command_name, option_name
from bot.discord.commands.operators import OPERATORS
from bot.discord.commands.slash import Slash
from bot.frontend import Message, Section
from bot.scene import Scene, scene_of
from tools.definition import AnyTool
from tools.errors import InvalidInput
from tools.people import Role
from tools.phrases import template

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

SAYS = "What you can do here, and how."
COMMAND_SAYS = "More about one command."
_SECTIONS: Mapping[str, Sequence[Slash]] = {
    template("Making pictures"): CREATORS,
    template("Looking and voting"): MEMBERS,
    template("Running the studio"): OPERATORS,
}
_SETUP = "Set up roles, channels and rules for this server."
_TALK = (
    "You can also just talk to me: mention me, answer one of my messages, or write to me in "
    "private. Under a picture, Apps → Show provenance tells where it comes from."
)
_DISCLOSURE = (
    "I am a program. Pictures here are made by an AI model, and each says in its file how it was "
    "made; what I say may be written by a language model."
)


@app_commands.command(name="help", description=SAYS)
@app_commands.describe(command=COMMAND_SAYS)
async def help_command(
    interaction: "discord.Interaction[MintmarkClient]", command: str | None = None
) -> None:
    """What can be done, or how one command is used."""
    async with interaction.client.answering(interaction, private=True) as (desk, actor):
        scene = scene_of(desk.studio, actor)
        await desk.tell(actor, of_command(command, scene) if command else overview(scene))


@help_command.autocomplete("command")
async def _commands(
    interaction: "discord.Interaction[MintmarkClient]", begun: str
) -> list[app_commands.Choice[str]]:
    known = {
        slash.path: command_name(slash.path, str(interaction.locale))
        for slashes in _SECTIONS.values()
        for slash in slashes
    }
    typed = str(begun).strip("/ ").casefold()
    fitting = [path for path, name in known.items() if typed in path or typed in name]
    return [app_commands.Choice(name=f"/{known[path]}", value=path) for path in fitting[:25]]


def overview(scene: Scene) -> Message:
    """Every command that this person may use."""
    parts = {title: list(_lines(scene, slashes)) for title, slashes in _SECTIONS.items()}
    if scene.role is not None and scene.role.reaches(Role.OPERATOR):
        setup = f"/{command_name('setup', scene.words.locale)}  {scene.say(_SETUP)}"
        parts[list(parts)[-1]].append(setup)
    told = [Section(scene.say(title), "\n".join(lines)) for title, lines in parts.items() if lines]
    return Message(
        scene.say(_TALK),
        title=scene.say("What you can do here"),
        sections=(*told, Section("", scene.say(_DISCLOSURE))),
    )


def of_command(named: str, scene: Scene) -> Message:
    """How one command is used.

    Raises:
        InvalidInput: if this person has no such command.
    """
    path = " ".join(str(named).strip("/ ").casefold().split())
    slashes = [slash for group in _SECTIONS.values() for slash in group]
    names = {command_name(slash.path, scene.words.locale): slash for slash in slashes}
    slash = next((slash for slash in slashes if slash.path == path), names.get(path))
    if slash is None or not _may(scene, slash):
        raise InvalidInput(
            "There is no command /{name}. /help lists what there is.", name=path[:40]
        )
    facts = tuple(_options(scene, slash))
    title = f"/{command_name(slash.path, scene.words.locale)}"
    return Message(scene.say(slash.says), title=title, facts=facts)


def _lines(scene: Scene, slashes: Sequence[Slash]) -> Iterator[str]:
    for slash in slashes:
        if _may(scene, slash):
            yield f"/{command_name(slash.path, scene.words.locale)}  {scene.say(slash.says)}"


def _options(scene: Scene, slash: Slash) -> Iterator[tuple[str, str]]:
    for shown, option in slash.options(scene.studio.door.tools):
        told = [scene.say(shown.says or option.help)]
        if option.choices:
            told.append(" | ".join(option.choices))
        if option.required:
            told.append(scene.say("This must be given."))
        elif option.default:
            told.append(scene.say("Without it: {value}.", value=option.default))
        yield option_name(shown.label, scene.words.locale), " ".join(filter(None, told))


def _may(scene: Scene, slash: Slash) -> bool:
    """Whether the door would let this person's command through."""
    tool: AnyTool | None = scene.studio.door.tools.get(slash.tool)
    if tool is None or scene.role is None:
        return False
    return scene.role.reaches(tool.least_role) and "command" in tool.ways
