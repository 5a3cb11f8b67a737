"""How much one Discord message may hold, and how parts of a card are spread over several.

From Discord's reference of components: 40 components, nested ones included; 4,000 characters over
all texts; 10 files. Five rows of buttons are as many as a message without Components V2 may have,
and as many as anybody wants to see.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from discord import ui

from bot.discord.attachments import Attachment
from bot.discord.safe_text import length
from bot.frontend import Button

COMPONENTS, CHARACTERS, FILES, ROWS = 40, 4000, 10, 5
_FRAME = 2  # the container, and the line under the pictures


@dataclass(frozen=True)
class Block:
    """Parts that stay together."""

    items: tuple[ui.Item[Any], ...]
    files: tuple[Attachment, ...] = ()
    buttons: tuple[Button, ...] = ()
    rows: int = 0

    @property
    def size(self) -> "Size":
        """What it takes of a message."""
        inner = list(_within(self.items))
        texts = [item.content for item in inner if isinstance(item, ui.TextDisplay)]
        return Size(len(inner), sum(map(length, texts)), len(self.files), self.rows)


def _within(items: Iterable[ui.Item[Any]]) -> Iterator[ui.Item[Any]]:
    """The items and those nested in them, as Discord counts components."""
    for item in items:
        yield item
        if isinstance(item, ui.ActionRow | ui.Section):
            yield from item.children
        if isinstance(item, ui.Section):
            yield item.accessory


@dataclass(frozen=True)
class Size:
    """What something takes of a message."""

    components: int = 0
    characters: int = 0
    files: int = 0
    rows: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(
            self.components + other.components,
            self.characters + other.characters,
            self.files + other.files,
            self.rows + other.rows,
        )

    def fits(self) -> bool:
        """Whether one message can hold it."""
        return (
            self.components <= COMPONENTS
            and self.characters <= CHARACTERS
            and self.files <= FILES
            and self.rows <= ROWS
        )


def packed(blocks: Iterable[Block], footer: int) -> Iterator[list[Block]]:
    """The blocks in their order, as many at a time as one message holds.

    Args:
        blocks: none larger than a message.
        footer: the characters to keep free for the line under pictures.
    """
    frame = Size(_FRAME, footer)
    hand: list[Block] = []
    held = frame
    for block in blocks:
        if hand and not (held + block.size).fits():
            yield hand
            hand, held = [], frame
        hand.append(block)
        held = held + block.size
    if hand:
        yield hand
