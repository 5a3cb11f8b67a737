"""The parameters of a slash command, made from the options of its tool.

Discord's own forms keep honest people from writing a word where a number belongs. Nothing is
decided by them: a value is handed on as it came, and the door says what is wrong with it.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import AppCommandOptionType as Type
from discord import app_commands

from bot.discord.commands.slash import Shown
from bot.options import Option

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

Choices = list[app_commands.Choice[str]]
Completing = Callable[
    ["discord.Interaction[MintmarkClient]", Shown, Option, object], Awaitable[Choices]
]
"""What could stand as the value of an option, given what was typed so far."""

MOST_CHOICES = 25
_LONGEST_TEXT = 6_000  # what Discord lets anybody type into an option
_EXACT = 2**53  # beyond it Discord takes no number
_TYPES = {"integer": Type.integer, "number": Type.number, "flag": Type.boolean}
_PLACES = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum)


class Given(app_commands.Transformer):
    """A value as it came, and what Discord's form is told about it."""

    def __init__(self, shown: Shown, option: Option) -> None:
        self.shown = shown
        self.option = option

    @property
    def type(self) -> Type:
        """How Discord asks for it."""
        if self.shown.how == "person":
            return Type.user
        if self.shown.how == "channel":
            return Type.channel
        if self.shown.how == "text":
            return Type.string
        return _TYPES.get(self.option.kind, Type.string)

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """The channels that may be named."""
        return list(_PLACES)

    @property
    def min_value(self) -> int | float | None:
        """The least number."""
        least = self.option.least
        return self._bound(least) if least is None or abs(least) < _EXACT else None

    @property
    def max_value(self) -> int | float | None:
        """The largest number, or the most characters."""
        most = self.option.most
        if self.type is Type.string:
            return self._longest(most)
        return self._bound(most) if most is None or abs(most) < _EXACT else None

    @property
    def choices(self) -> list[app_commands.Choice[Any]] | None:
        """The only values there are."""
        values = self.option.choices
        if not values or len(values) > MOST_CHOICES:
            return None
        kind = int if self.type is Type.integer else str
        return [app_commands.Choice(name=value, value=kind(value)) for value in values]

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Any:
        """The value as it came."""
        return value

    def _longest(self, most: float | None) -> int | None:
        if most is None or self.option.kind != "text" or self.option.choices:
            return None
        return min(int(most), _LONGEST_TEXT)

    def _bound(self, bound: float | None) -> int | float | None:
        if bound is None or self.type not in (Type.integer, Type.number):
            return None
        return int(bound) if self.type is Type.integer else float(bound)


class Completed(Given):
    """A value that is completed while it is typed."""

    def __init__(self, shown: Shown, option: Option, complete: Completing) -> None:
        super().__init__(shown, option)
        self._complete = complete

    async def autocomplete(  # type: ignore[override]  # all of ours are texts
        self, interaction: discord.Interaction["MintmarkClient"], value: object, /
    ) -> Choices:
        """What it could be."""
        return await self._complete(interaction, self.shown, self.option, value)


def signature(
    options: Sequence[tuple[Shown, Option]], completed: Sequence[str], complete: Completing
) -> inspect.Signature:
    """The signature of a command's callback: the interaction, then an option each.

    Args:
        options: as the table shows them, with what the tool says of each.
        completed: the names under which there are suggestions.
        complete: gives them.
    """
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    given = [
        inspect.Parameter(
            shown.label,
            kind,
            default=inspect.Parameter.empty if option.required else None,
            annotation=_annotation(shown, option, completed, complete),
        )
        for shown, option in options
    ]
    given.sort(key=lambda parameter: parameter.default is None)  # what must be given stands first
    return inspect.Signature([inspect.Parameter("interaction", kind), *given])


def _annotation(
    shown: Shown, option: Option, completed: Sequence[str], complete: Completing
) -> Given:
    plain = Given(shown, option)
    if shown.completed_by in completed and plain.type is Type.string and not plain.choices:
        return Completed(shown, option, complete)
    return plain
