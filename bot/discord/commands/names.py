"""What commands and options are called in a person's language, as Discord shows them there."""

from collections.abc import Mapping
from functools import lru_cache

from bot.discord.commands.creators import CREATORS
from bot.discord.commands.members import MEMBERS
from bot.discord.commands.operators import OPERATORS
from bot.texts.catalogue import catalogue_of

COMMAND, OPTION = "command name", "option name"
"""The contexts of such names in the catalogues."""

_BESIDES = ("help", "setup")  # commands that are no tools


def command_name(path: str, locale: str) -> str:
    """The command with this path, such as "round open"."""
    return " ".join(catalogue_of(locale).sentence(part, COMMAND) for part in path.split())


def option_name(name: str, locale: str) -> str:
    """The option of a command."""
    return catalogue_of(locale).sentence(name, OPTION)


@lru_cache(maxsize=64)
def tool_names(locale: str) -> Mapping[str, str]:
    """The command of each tool, as people type it."""
    slashes = (*CREATORS, *MEMBERS, *OPERATORS)
    paths = {name: name for name in _BESIDES}
    paths |= {slash.told: slash.path for slash in slashes if slash.told}
    paths |= {slash.tool: slash.path for slash in reversed(slashes)}
    return {tool: command_name(path, locale) for tool, path in paths.items()}
