"""Buttons that answer from any process, for ever.

What a button does is written down as a `Control` before it is sent, under an id made from what it
does: the same button is the same row, whoever sends it and however often. Its custom id is

    mm:<action>:<argument it asks for>:<id of the control>

Only the row decides what happens. Action and argument stand in the custom id so that the first
answer, which Discord wants within three seconds, needs no database: whether to answer in private,
and whether to ask for words first. Who presses, with what role, in what state of things, is
checked by the door at the moment of the press.

    client.add_dynamic_items(*controls.ITEMS)          once, in setup_hook
    await controls.keep_all(studio, card.buttons)      before a card is sent
"""

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.frontend import Button
from tools.community.tables import Control
from tools.errors import NotFound
from tools.provenance.canonical import canonical
from tools.provenance.tables import now
from tools.studio import Studio

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

PATTERN = re.compile(r"mm:(?P<action>[a-z_]{0,40}):(?P<asks>[a-z_]{0,24}):(?P<id>[a-z2-7]{32})")
IN_PUBLIC = frozenset(
    ("create", "vary", "remix", "reseed", "upscale", "nominate", "open_round", "open_bracket")
)
"""What everybody in the channel may see when a button does it; all else is between the two."""
MENU = re.compile(r"mm:menu:(?P<place>\d{1,2})")
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "good": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}
_NOT_IN_A_HINT = re.compile(r"[^a-z_]")
_GONE = "This button is no longer known here. Ask again with a command, and press the new one."


@dataclass(frozen=True)
class Pressed:
    """What a custom id says of a control before its row is read."""

    id: str
    action: str  # the name of a tool, or nothing
    asks: str  # the argument that wants words, or nothing

    @property
    def custom_id(self) -> str:
        """The custom id again, for the modal that asks for words."""
        return f"mm:{self.action}:{self.asks}:{self.id}"


def control_id(button: Button) -> str:
    """The id of what a button does: 160 bits of SHA-256 in base 32, whatever its label."""
    does = [button.action, dict(button.arguments), button.asks, button.prefill]
    written = hashlib.sha256(_writable(does)).digest()
    return base64.b32encode(written[:20]).decode().lower()


def custom_id(button: Button) -> str:
    """What Discord sends back when the button is pressed; at most 100 characters."""
    action, asks = _hint(button.action)[:40], _hint(button.asks or "")[:24]
    return Pressed(control_id(button), action, asks or ("words" if button.asks else "")).custom_id


def read(custom_id: str) -> Pressed | None:
    """What a custom id says; None if it is none of ours."""
    found = PATTERN.fullmatch(custom_id)
    return Pressed(found["id"], found["action"], found["asks"]) if found else None


def keep(session: Session, button: Button) -> str:
    """Write down what a button does, unless that is known already; returns its custom id."""
    row = {
        "id": control_id(button),
        "action": button.action,
        "arguments": dict(button.arguments),
        "asks": button.asks,
        "label": button.label,
        "prefill": button.prefill,
        "made_at": now(),
    }
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Control).values(row).on_conflict_do_nothing())
    return custom_id(button)


async def keep_all(studio: Studio, buttons: Iterable[Button]) -> None:
    """Write down what the buttons of a card do, before it is sent; those known cost nothing."""
    known = studio.part(_Known, lambda _: _Known()).ids
    fresh = {control_id(button): button for button in buttons}
    if missing := [button for id_, button in fresh.items() if id_ not in known]:
        await asyncio.to_thread(_keep_missing, studio, missing)
        known.update(fresh)


def find(studio: Studio, control_id: str) -> Button:
    """What the control does, as it was sent.

    Raises:
        NotFound: if no process of this studio has ever sent it.
    """
    with studio.db.read() as session:
        row = session.get(Control, control_id)
    if row is None:
        raise NotFound(_GONE)
    return Button(row.label, row.action, row.arguments, row.asks, row.prefill)


async def press(
    interaction: "discord.Interaction[MintmarkClient]", pressed: Pressed, words: str = ""
) -> None:
    """Do what the control says, as the person who pressed it."""
    client, private = interaction.client, pressed.action not in IN_PUBLIC
    async with client.answering(interaction, private=private) as (desk, actor):
        button = await asyncio.to_thread(find, client.studio, pressed.id)
        await desk.press(actor, button, words)


class ControlButton(ui.DynamicItem[ui.Button[Any]], template=PATTERN):
    """A button of a card: it calls a tool, or asks for words first."""

    def __init__(self, item: ui.Button[Any]) -> None:
        super().__init__(item)

    @classmethod
    def of(cls, button: Button, label: str) -> Self:
        """The button under its label, cut to Discord's 80 characters by the caller."""
        style = _STYLES[button.kind]
        return cls(ui.Button(label=label, style=style, custom_id=custom_id(button)))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: ui.Item[Any], __: re.Match[str]
    ) -> Self:
        """The button that was pressed, in whatever process it was sent."""
        assert isinstance(item, ui.Button)  # no other item has such a custom id
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the press."""
        await _answer(interaction, self.custom_id, self.item.label or "")


class ControlMenu(ui.DynamicItem[ui.Select[Any]], template=MENU):
    """Buttons too many for rows, as choices of a menu."""

    def __init__(self, item: ui.Select[Any]) -> None:
        super().__init__(item)

    @classmethod
    def of(cls, buttons: Iterable[tuple[Button, str]], place: int, placeholder: str) -> Self:
        """A menu of at most 25 buttons under their labels, as the card's `place`-th."""
        options = [
            discord.SelectOption(label=label, value=custom_id(button)) for button, label in buttons
        ]
        menu = ui.Select[Any](
            custom_id=f"mm:menu:{place}", options=options, placeholder=placeholder
        )
        return cls(menu)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: ui.Item[Any], __: re.Match[str]
    ) -> Self:
        """The menu that was used, in whatever process it was sent."""
        assert isinstance(item, ui.Select)  # no other item has such a custom id
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the choice as a press of the button it stands for."""
        chosen = self.item.values[0]
        labels = {option.value: option.label for option in self.item.options}
        await _answer(interaction, chosen, labels.get(chosen, ""))


ITEMS = (ControlButton, ControlMenu)


async def _answer(
    interaction: "discord.Interaction[MintmarkClient]", custom_id: str, label: str
) -> None:
    from bot.discord import modals  # which calls `press` again when the words are there

    pressed = read(custom_id)
    if pressed is None:
        return
    if pressed.asks:
        await modals.ask(interaction, pressed, label)
    else:
        await press(interaction, pressed)


@dataclass
class _Known:
    """Ids that this process has written down or found written down."""

    ids: set[str]

    def __init__(self) -> None:
        self.ids = set()


def _keep_missing(studio: Studio, buttons: list[Button]) -> None:
    ids = [control_id(button) for button in buttons]
    with studio.db.read() as session:
        there = set(session.scalars(select(Control.id).where(Control.id.in_(ids))))
    if len(there) < len(ids):
        with studio.db.write() as session:
            for button in buttons:
                keep(session, button)


def _writable(value: Any) -> bytes:
    return canonical([str(part) if part is not None else None for part in value])


def _hint(name: str) -> str:
    return _NOT_IN_A_HINT.sub("", name)
