"""Commands in people's own languages, from the catalogues in `bot/texts`.

Discord takes the names and descriptions of commands and options, and the names of choices, in every
language it has. One that breaks its rules would make it refuse every command there is, so such a
translation is left out, and the English stands.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Place
from discord.app_commands import TranslationContextTypes, locale_str

from bot.discord.commands.names import COMMAND, OPTION
from bot.texts.catalogue import FILES, catalogue_of
from bot.texts.templates import Entry
from tools.phrases import WORD

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

MENU, SAYS = "menu name", ""
_CONTEXTS = {
    Place.command_name: COMMAND,
    Place.group_name: COMMAND,
    Place.parameter_name: OPTION,
    Place.command_description: SAYS,
    Place.group_description: SAYS,
    Place.parameter_description: SAYS,
    Place.choice_name: WORD,
}
_NAME = re.compile(r"[-_\w]{1,32}")
"""Of a command or an option; in lower case, where a script has cases (Discord's API reference)."""
_LONGEST = {MENU: 32}
_LONGEST_TEXT = 100

Named = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


class Translator(app_commands.Translator):
    """Looks up what commands are called, and what they say of themselves."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """The text in the language; None where it stays English."""
        if locale.value.split("-")[0] not in FILES:
            return None
        is_menu = isinstance(context.data, app_commands.ContextMenu)
        kind = MENU if is_menu else _CONTEXTS.get(context.location, SAYS)
        told = catalogue_of(locale.value).sentence(string.message, kind)
        return told if told != string.message and is_lawful(told, kind) else None


async def setup(client: "MintmarkClient") -> None:
    """Have the client's commands translated when they are registered."""
    await client.tree.set_translator(Translator())


def is_lawful(text: str, kind: str) -> bool:
    """Whether Discord takes this as a text of the kind."""
    if kind in (COMMAND, OPTION):
        return bool(_NAME.fullmatch(text)) and text == text.lower()
    return 1 <= len(text) <= _LONGEST.get(kind, _LONGEST_TEXT)


def entries(commands: Iterable[Named], place: str) -> Iterator[Entry]:
    """What there is to translate in commands, groups of commands and menus."""
    for command in commands:
        if isinstance(command, app_commands.ContextMenu):
            yield Entry(command.name, context=MENU, place=place)
            continue
        yield Entry(command.name, context=COMMAND, place=place)
        yield Entry(command.description, context=SAYS, place=place)
        if isinstance(command, app_commands.Group):
            yield from entries(command.commands, place)
        else:
            yield from _options(command, place)


def _options(command: app_commands.Command[Any, ..., Any], place: str) -> Iterator[Entry]:
    for option in command.parameters:
        yield Entry(str(option.display_name), context=OPTION, place=place)
        yield Entry(str(option.description), context=SAYS, place=place)
        for choice in option.choices:
            yield Entry(choice.name, context=WORD, place=place)
