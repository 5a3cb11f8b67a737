"""What a message looks like in Discord: a card, laid out with Components V2.

    title                     ┐
    text                      │
    pictures                  │
    their captions, by number │
    facts, one under another  │  in a container, with a stripe in the colour of the tone
    sections, with a picture  │
    progress, and its picture │
    details, small            │
    files                     │
    buttons, or menus         │
    made with AI              ┘

What a card may hold is in `packing`. A message that needs more becomes several cards: the first,
and `more` to be sent after it. Everything that a person may have typed goes through `safe_text`.

    card = cards.card(message, words)
    await controls.keep_all(studio, card.buttons)
    await safe_send.send(client, where, card)
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import discord
from discord import ui
from discord.utils import as_chunks

from bot.discord import attachments
from bot.discord.attachments import Attachment
from bot.discord.controls import ControlButton, ControlMenu, control_id
from bot.discord.packing import Block, packed
from bot.discord.safe_text import (
    length,
    moment,
    one_line,
    pieces,
    safe,
    with_moments,
    with_names,
)
from bot.frontend import Button, Mention, Message, Picture, Progress, Section, Tone
from bot.texts import Words

_COLOURS: dict[Tone, int] = {
    "plain": 0xB87333,  # copper
    "good": 0x2E9E5B,
    "error": 0xD64545,
    "notice": 0x3B82C4,
}
_MARKS: dict[Tone, str] = {"plain": "", "good": "", "error": "⚠️ ", "notice": "🔔 "}
_PIECE = 3000  # characters of one text, which leaves room for times told in Discord's way
_PIECES = 3  # of one text in cards; a longer one is handed over as a file
_MOMENTS = 10  # in one text that also say how far away they are
_NAMES = 50  # ids in one text told as names
_DATED = 30  # lines of one text that begin with their time, told in digits
_TITLE, _FACT_NAME, _FACT, _CAPTION, _STAGE = 250, 80, 1000, 300, 300
_HEADING, _SECTION = 100, 1500
_ALT, _LABEL, _CHOICE = 1024, 80, 100
_BAR = 12  # steps in a progress bar
_ROW, _ROWED, _CHOICES, _GALLERY = 5, 25, 25, 10
_NUMBER = re.compile(r"(\d{1,4}): *")


@dataclass(frozen=True)
class Card:
    """One message of Discord's, ready to be sent any number of times."""

    view: ui.LayoutView
    attachments: tuple[Attachment, ...] = ()
    buttons: tuple[Button, ...] = ()  # to be written down before the card is sent
    more: tuple["Card", ...] = ()  # what did not fit, to be sent after it

    @property
    def files(self) -> list[discord.File]:
        """The files, opened anew each time, since a request closes what it has sent."""
        return [attachment.file() for attachment in self.attachments]


def card(message: Message, words: Words) -> Card:
    """The card that shows a message; with `more` of them if one cannot hold it."""
    dealt = deal(message, words)
    return Card(dealt[0].view, dealt[0].attachments, dealt[0].buttons, tuple(dealt[1:]))


def deal(message: Message, words: Words) -> list[Card]:
    """All the cards that show a message, in order; at least one."""
    blocks = list(_Layout(message, words).blocks())
    if not blocks:
        blocks = [_text(words.say("Done."))]
    footer = _subtext(words.say("Pictures here are made with AI."))
    return [_dealt(hand, message.tone, footer) for hand in packed(blocks, length(footer))]


def _dealt(hand: Sequence[Block], tone: Tone, footer: str) -> Card:
    items = [item for block in hand for item in block.items]
    if any(isinstance(item, ui.MediaGallery | ui.Section) for item in items):
        items.append(ui.TextDisplay(footer))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=_COLOURS[tone]))
    return Card(
        view,
        tuple(file for block in hand for file in block.files),
        tuple(button for block in hand for button in block.buttons),
    )


class _Layout:
    """One message being laid out; it keeps the names of files apart."""

    def __init__(self, message: Message, words: Words) -> None:
        self._message = message
        self._words = words
        self._taken: set[str] = set()
        self._mentions = {one.id: _mention(one) for one in message.mentions if one.id.isdecimal()}

    def blocks(self) -> Iterator[Block]:
        """What the cards hold, from top to bottom; each block stays in one piece."""
        yield from self._title()
        yield from self._body()
        for number, few in enumerate(as_chunks(self._message.pictures, _GALLERY)):
            yield from self._gallery(few, number * _GALLERY)
        yield from map(_text, _lines(map(_fact, self._message.facts)))
        for section in self._message.sections:
            yield from self._section(section)
        if self._message.progress is not None:
            yield self._progress(self._message.progress)
        yield from map(_text, _lines(map(_detail, self._message.details)))
        for file in self._message.files:
            yield self._file(attachments.document(file.content, file.name, self._taken), file.name)
        yield from _controls(self._message.buttons, self._words)

    def _title(self) -> Iterator[Block]:
        if title := one_line(self._message.title, _TITLE):
            yield _text(f"### {_MARKS[self._message.tone]}{self._named(safe(title))}")

    def _body(self) -> Iterator[Block]:
        mark = "" if self._message.title else _MARKS[self._message.tone]
        found = list(pieces(self._message.text, _PIECE))
        for piece in found if len(found) <= _PIECES else found[:1]:
            yield _text(mark + with_moments(self._named(piece), _MOMENTS, _DATED))
            mark = ""
        if len(found) > _PIECES:
            yield _text(_subtext(self._words.say("All of it is in the file:")))
            whole = Attachment("text.txt", self._message.text.encode("utf-8", "replace"))
            yield self._file(whole, "text.txt")

    def _named(self, escaped: str) -> str:
        return with_names(escaped, self._mentions, _NAMES)

    def _section(self, section: Section) -> Iterator[Block]:
        """A heading and its words, beside a small picture if there is one."""
        heading = f"**{safe(one_line(section.title, _HEADING))}**\n" if section.title else ""
        file = self._picture(section.picture) if section.picture else None
        if file is None:
            for piece in pieces(section.text, _PIECE):
                yield _text(heading + with_moments(piece, _MOMENTS, _DATED))
                heading = ""
            return
        words = with_moments(safe(section.text, _SECTION), _MOMENTS)
        beside = ui.Thumbnail[Any](file.uri, description=file.alt)
        told = ui.TextDisplay[Any](f"{heading}{words}".strip() or "…")
        yield Block((ui.Section[Any](told, accessory=beside),), files=(file,))

    def _progress(self, progress: Progress) -> Block:
        done = min(max(progress.thousandths, 0), 1000)
        filled = done * _BAR // 1000
        line = f"{'▰' * filled}{'▱' * (_BAR - filled)}  {done // 10} %"
        about = [safe(progress.stage, _STAGE)]
        if progress.position > 0:
            about.append(
                self._words.say("number {position} in the queue", position=progress.position + 1)
            )
        if progress.eta_s is not None:
            about.append(self._words.say("ready {when}", when=_from_now(progress.eta_s)))
        text = ui.TextDisplay[Any]("\n".join([line, " · ".join(filter(None, about))]))
        if not progress.preview:
            return Block((text,))
        alt = self._words.say("What can be seen of the picture so far")
        shown = Attachment(attachments.name_of("preview.png", self._taken), progress.preview, alt)
        self._taken.add(shown.name)
        return Block((text, _shown([shown])), files=(shown,))

    def _gallery(self, pictures: Sequence[Picture], before: int) -> Iterator[Block]:
        """Pictures, and under them their captions; by number if there are several."""
        files, captions = [], []
        for number, picture in enumerate(pictures, before + 1):
            file = self._picture(picture)
            files += [file] if file else []
            lost = "" if file else self._words.say("(the picture cannot be read)")
            numbered = number if len(self._message.pictures) > 1 else None
            captions.append(_caption(picture.caption, numbered, lost))
        text = ui.TextDisplay[Any]("\n".join(filter(None, captions)) or "…")
        if files:
            yield Block((_shown(files), text), files=tuple(files))
        else:
            yield Block((text,))

    def _picture(self, picture: Picture) -> Attachment | None:
        alt = one_line(picture.alt, _ALT) or self._words.say("A picture made with AI")
        wished = f"mintmark-{picture.cid[-12:]}.png"
        file = attachments.picture(picture.path, wished, self._taken, alt)
        if file is not None:
            self._taken.add(file.name)
        return file

    def _file(self, file: Attachment | None, name: str) -> Block:
        if file is None:
            told = self._words.say("The file {name} cannot be sent here.", name=one_line(name, 100))
            return _text(safe(told))
        self._taken.add(file.name)
        return Block((ui.File[Any](file.uri),), files=(file,))


def _controls(buttons: Sequence[Button], words: Words) -> Iterator[Block]:
    """Rows of buttons; menus where there are too many for rows. Nothing stands there twice."""
    different = list({control_id(button): button for button in buttons}.values())
    if len(different) <= _ROWED:
        for heading, together in groupby(different, lambda button: button.row):
            for place, few in enumerate(as_chunks(together, _ROW)):
                yield _row(heading if place == 0 else "", few)
        return
    for place, many in enumerate(as_chunks(different, _CHOICES)):
        choices = [(button, _label(button, _CHOICE)) for button in many]
        menu = ControlMenu.of(choices, place % 100, words.say("Choose what to do"))
        yield Block((ui.ActionRow(menu),), rows=1, buttons=tuple(many))


def _row(heading: str, buttons: Sequence[Button]) -> Block:
    """A row of buttons, and before it, if it is said once for all of them, what they do."""
    said = [ui.TextDisplay[Any](_subtext(safe(one_line(heading, _CAPTION))))] if heading else []
    row = [ControlButton.of(button, _mark(button)) for button in buttons]
    return Block((*said, ui.ActionRow(*row)), rows=1, buttons=tuple(buttons))


def _mark(button: Button) -> str:
    """What stands on a button: in a row with a heading the rest of its label."""
    return one_line(button.mark if button.row else "", _LABEL) or _label(button, _LABEL)


def _label(button: Button, most: int) -> str:
    return one_line(button.label, most) or one_line(button.action, most) or "…"


def _mention(one: Mention) -> str:
    return f"<#{one.id}>" if one.kind == "channel" else f"<@&{one.id}>"


def _text(content: str) -> Block:
    return Block((ui.TextDisplay[Any](content),))


def _subtext(content: str) -> str:
    return f"-# {content}"


def _shown(files: Iterable[Attachment]) -> ui.MediaGallery[Any]:
    items = [discord.MediaGalleryItem(file.uri, description=file.alt) for file in files]
    return ui.MediaGallery(*items)


def _fact(fact: tuple[str, str]) -> str:
    name, value = fact
    shown = with_moments(safe(value.strip(), _FACT))
    return f"**{safe(one_line(name, _FACT_NAME)) or '…'}** {shown}"


def _detail(detail: tuple[str, str]) -> str:
    name, value = detail
    shown = with_moments(safe(one_line(value, _FACT), _FACT))
    return _subtext(f"{safe(one_line(name, _FACT_NAME)) or '…'} {shown}")


def _lines(told: Iterable[str]) -> Iterator[str]:
    """Lines, in as many texts as they need."""
    lines: list[str] = []
    for line in told:
        if sum(map(length, lines)) + len(lines) + length(line) > _PIECE:
            yield "\n".join(lines)
            lines = []
        lines.append(line)
    if lines:
        yield "\n".join(lines)


def _caption(caption: str, number: int | None, lost: str) -> str:
    """A caption in one line, after its number; a number that it begins with is the right one."""
    parts = [part for part in map(str.strip, caption.splitlines()) if part]
    if parts and (own := _NUMBER.match(parts[0])):
        number, parts[0] = int(own[1]), parts[0][own.end() :]
    told = safe(one_line(" · ".join(filter(None, [*parts, lost])), _CAPTION), _CAPTION)
    return told if number is None else f"**{number}** · {told}".rstrip(" ·")


def _from_now(seconds: float) -> str:
    return moment(datetime.fromtimestamp(time.time() + seconds, UTC), "R")
