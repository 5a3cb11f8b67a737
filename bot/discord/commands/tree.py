"""The tree of commands: made from the tables, and never silent.

A command is answered even if it comes in a form that this version of the bot does not know, with
values that no form allows, or if Discord itself sent something odd: always in words.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord import app_commands

from bot.desk import UNFORESEEN
from bot.discord.commands.completing import completing
from bot.discord.commands.creators import CREATORS
from bot.discord.commands.members import MEMBERS
from bot.discord.commands.operators import OPERATORS
from bot.discord.commands.parameters import signature
from bot.discord.commands.slash import Slash
from bot.discord.commands.values import arguments, tool_of
from bot.discord.posts import FRONT_END
from bot.frontend import Message
from bot.suggestions import COMPLETED
from bot.texts import Words
from tools.definition import AnyTool
from tools.people import Actor
from tools.phrases import template

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.discord.client import MintmarkClient

SLASHES: tuple[Slash, ...] = (*CREATORS, *MEMBERS, *OPERATORS)
GROUPS: Mapping[str, str] = {
    "round": "Rounds of voting: look at one, open, extend or close one.",
    "settings": "The rules of this server: show or set them.",
}
HIDDEN_BEHIND = discord.Permissions(manage_messages=True)
"""Who lacks this is not shown the operators' commands. It decides nothing: the door does."""
_GROUPS_BY_OPERATORS = frozenset(("settings",))
_GROUPS_IN_GUILDS = frozenset(("round", "settings"))
_ANYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
_IN_GUILDS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
_INSTALLED = app_commands.AppInstallationType(guild=True, user=False)

_CHANGED = template(
    "This command is from another version of me and has changed since. Restart your Discord app to "
    "see its new form, or ask /help."
)
_UNREADABLE = template(
    "Discord sent something with this command that cannot be read. Write it once more."
)
_NOT_HERE = template(
    "This command does not work here. Use it in a server that has me, or ask /help."
)
_log = structlog.get_logger("mintmark.discord.commands")


class Unreadable(app_commands.AppCommandError):
    """What Discord sent, or somebody who plays Discord, is of no form that commands have."""


class StudioTree(app_commands.CommandTree["MintmarkClient"]):
    """All commands of the bot."""

    async def _call(self, interaction: "discord.Interaction[MintmarkClient]") -> None:
        """As discord.py does it, which has no answer to values of a wrong form."""
        try:
            await super()._call(interaction)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error

    async def on_error(
        self,
        interaction: "discord.Interaction[MintmarkClient]",
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Say in words what went wrong before the studio was asked."""
        _log.warning("command not understood", reason=str(error)[:300], exc_info=_cause(error))
        if interaction.type is discord.InteractionType.autocomplete:
            with suppress(discord.DiscordException):
                await interaction.response.autocomplete([])
            return
        async with interaction.client.answering(interaction, private=True) as (desk, actor):
            told = Words(actor.locale, FRONT_END).say(said_of(error))
            await desk.tell(actor, Message(told, tone="error"))


def said_of(error: app_commands.AppCommandError) -> str:
    """What a person is told of an error of discord.py's."""
    match error:
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return _CHANGED
        case app_commands.TransformerError() | Unreadable():
            return _UNREADABLE
        case app_commands.CheckFailure():
            return _NOT_HERE
        case _:
            return UNFORESEEN


def _cause(error: app_commands.AppCommandError) -> BaseException | None:
    """The mistake in the code, if that is what it was."""
    return error.original if isinstance(error, app_commands.CommandInvokeError) else None


def grow(tree: "app_commands.CommandTree[Any]", tools: Mapping[str, AnyTool]) -> None:
    """Put every command of the tables on the tree.

    Args:
        tree: empty.
        tools: behind the door, by name.
    """
    groups = {name: _group(name, says) for name, says in GROUPS.items()}
    for slash in SLASHES:
        group, _, name = slash.path.rpartition(" ")
        command = made(slash, tools, name)
        if group:
            groups[group].add_command(command)
        else:
            tree.add_command(command)
    for made_group in groups.values():
        tree.add_command(made_group)


def made(
    slash: Slash, tools: Mapping[str, AnyTool], name: str
) -> app_commands.Command[Any, ..., None]:
    """The command of one line of a table."""
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=name,
        description=slash.says,
        callback=_callback(slash, tools),
        allowed_contexts=_IN_GUILDS if slash.in_guild else _ANYWHERE,
        allowed_installs=_INSTALLED,
        extras={"slash": slash},
    )
    command.guild_only = slash.in_guild
    if slash.by_operators:
        command.default_permissions = HIDDEN_BEHIND
    return command


def _group(name: str, says: str) -> app_commands.Group:
    return app_commands.Group(
        name=name,
        description=says,
        guild_only=name in _GROUPS_IN_GUILDS,
        allowed_contexts=_IN_GUILDS if name in _GROUPS_IN_GUILDS else _ANYWHERE,
        allowed_installs=_INSTALLED,
        default_permissions=HIDDEN_BEHIND if name in _GROUPS_BY_OPERATORS else None,
    )


def _callback(slash: Slash, tools: Mapping[str, AnyTool]) -> Any:
    """What discord.py calls; its signature says which options there are."""

    async def asked(interaction: "discord.Interaction[MintmarkClient]", **_: object) -> None:
        given = dict(iter(interaction.namespace))
        async with interaction.client.answering(interaction, private=slash.private) as answer:
            desk, actor = answer
            await perform(desk, actor, slash, given)

    options = slash.options(tools)
    setattr(asked, "__signature__", signature(options, COMPLETED, completing(slash)))  # noqa: B010  # mypy knows no such attribute of a function
    described = {shown.label: shown.says or option.help for shown, option in options}
    return app_commands.describe(**described)(asked)


async def perform(desk: "Desk", actor: Actor, slash: Slash, given: Mapping[str, object]) -> None:
    """Read the options and have the command's tool called.

    Raises:
        InvalidInput, NotFound: if an option cannot be read.
    """
    wanted = await asyncio.to_thread(arguments, desk.studio, slash, given)
    await desk.command(actor, tool_of(slash, given), wanted)
