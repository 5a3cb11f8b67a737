"""Messages on a terminal.

What people wrote is shown as they wrote it but can do nothing to the terminal: control characters
and those that turn the reading direction are made visible first. Buttons get numbers, counted up
through the whole session, so a number never comes to mean something else while someone is typing.
"""

import unicodedata
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Protocol

import numpy as np
from rich.console import Console, RenderableType
from rich.text import Text

from bot.frontend import Button, Document, Message, Picture, Progress, Tone
from bot.terminal.pictures import Gallery, Panel, Pixels, load
from tools.errors import NotFound
from tools.people import Actor

_STYLES: dict[Tone, str] = {"plain": "", "good": "green", "error": "bold red", "notice": "yellow"}
_MARKS: dict[Tone, str] = {"plain": "", "good": "✓ ", "error": "✗ ", "notice": "• "}
_HARMFUL = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_HARMLESS = "\n\u200d"  # the joiner holds emoji together


class ProgressArea(Protocol):
    """Where a terminal shows how far work is."""

    def show(self, handle: str, title: str, progress: Progress) -> None:
        """Show how far it is now."""

    def remove(self, handle: str) -> None:
        """It is over."""


class Screen:
    """The terminal of one person; a `Frontend`."""

    def __init__(self, console: Console, area: ProgressArea) -> None:
        self.console = console
        self.buttons: dict[int, Button] = {}
        self._area = area
        self._numbers = count(1)
        self._handles = count(1)

    async def send(self, actor: Actor, message: Message) -> str:
        """Print a message; what is in progress goes to the progress area."""
        handle = str(next(self._handles))
        await self.update(handle, message)
        return handle

    async def update(self, handle: str, message: Message) -> None:
        """A terminal does not take back what it printed: the news is printed below."""
        if message.progress is not None:
            self._area.show(handle, plain(message.title or message.text), message.progress)
            return
        self._area.remove(handle)
        self.show(message)

    def show(self, message: Message) -> None:
        """Print a message."""
        for part in self._parts(message):
            self.console.print(part, soft_wrap=isinstance(part, Text))

    def button(self, number: int) -> Button:
        """The button with that number.

        Raises:
            NotFound: if there is none.
        """
        if number not in self.buttons:
            raise NotFound("There is no button {number} on this screen.", number=number)
        return self.buttons[number]

    def _parts(self, message: Message) -> Iterable[RenderableType]:
        style = _STYLES[message.tone]
        mark = _MARKS[message.tone]
        if message.title:
            yield Text(mark + plain(message.title), style=style or "bold")
        if message.text:
            body = (
                (plain(message.text), "") if message.title else (mark + plain(message.text), style)
            )
            yield Text(*body)
        if message.facts:
            yield _facts(message.facts)
        for section in message.sections:
            yield Text.assemble((plain(section.title), "bold"), f"\n{plain(section.text)}".rstrip())
        if message.details:
            yield _facts(message.details)
        if message.every_picture:
            yield from self._pictures(message.every_picture)
        yield from map(_file, message.files)
        if message.buttons:
            yield self._numbered(message.buttons)

    def _pictures(self, pictures: Iterable[Picture]) -> Iterable[RenderableType]:
        if not draws(self.console):
            return (Text(f"{plain(p.caption)}\n  {p.path}") for p in pictures)
        return (Gallery([panel(picture, self.console.width) for picture in pictures]),)

    def _numbered(self, buttons: Iterable[Button]) -> Text:
        line = Text()
        for button in buttons:
            number = next(self._numbers)
            self.buttons[number] = button
            line.append(f"[{number}]", style="bold cyan")
            line.append(f" {plain(button.label)}{' …' if button.asks else ''}   ")
        line.rstrip()
        return line


def draws(console: Console) -> bool:
    """Whether pictures can be drawn here: a terminal with colours, or a page to be exported."""
    return console.is_terminal and console.color_system is not None and not console.no_color


def panel(picture: Picture, columns: int = 64) -> Panel:
    """A picture ready to be drawn; one that cannot be read becomes its caption."""
    caption = tuple(plain(picture.caption).splitlines())
    try:
        return Panel(load(picture.path, min(columns, 64)), caption)
    except OSError:
        return Panel(_nothing(), (*caption, "(the picture cannot be read)"))


def _file(file: Document) -> Text:
    """Where a file lies on this machine; what it says, if it was only made to be handed over."""
    if isinstance(file.content, Path):
        return Text(f"{plain(file.name)}  {file.content}")
    return Text(plain(file.content.decode("utf-8", "replace")))


def _nothing() -> Pixels:
    return np.zeros((2, 32, 4), dtype=np.uint8)


def _facts(facts: Iterable[tuple[str, str]]) -> Text:
    pairs = [(plain(name), plain(value)) for name, value in facts]
    width = max(len(name) for name, _ in pairs)
    lines = []
    for name, value in pairs:
        shown = value.replace("\n", "\n" + " " * (width + 4))
        lines.append(Text.assemble((f"  {name.ljust(width)}  ", "dim"), shown))
    return Text("\n").join(lines)


def plain(text: str) -> str:
    """The text without power over a terminal: what could steer it is shown as a code point."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in _HARMLESS or unicodedata.category(character) not in _HARMFUL:
        return character
    return " " if character in "\t\r" else f"\\u{ord(character):04x}"


class PrintedProgress:
    """Progress for scripts: one line for each new stage."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stages: dict[str, str] = {}

    def show(self, handle: str, title: str, progress: Progress) -> None:
        """Print the stage when it is another one than before."""
        stage = describe(progress)
        if self._stages.get(handle) != progress.stage:
            self._stages[handle] = progress.stage
            self._console.print(Text(f"… {title}: {stage}", style="dim"), soft_wrap=True)

    def remove(self, handle: str) -> None:
        """Forget it."""
        self._stages.pop(handle, None)


class ToolbarProgress:
    """Progress in the line below the prompt, so that one can go on typing."""

    def __init__(self, redraw: Callable[[], None]) -> None:
        self._redraw = redraw
        self._shown: dict[str, tuple[str, Progress]] = {}

    def show(self, handle: str, title: str, progress: Progress) -> None:
        """Keep it for the next drawing."""
        self._shown[handle] = (title, progress)
        self._redraw()

    def remove(self, handle: str) -> None:
        """Take it away."""
        if self._shown.pop(handle, None) is not None:
            self._redraw()

    def lines(self) -> list[str]:
        """What to draw: a bar, the title and the stage for each piece of work."""
        return [
            f"{bar(progress.thousandths)} {title}: {describe(progress)}"
            for title, progress in self._shown.values()
        ]


def bar(thousandths: int, width: int = 16) -> str:
    """A bar of characters."""
    filled = round(width * min(max(thousandths, 0), 1000) / 1000)
    return "█" * filled + "░" * (width - filled)


def describe(progress: Progress) -> str:
    """The stage in words, with what is known of place and time."""
    words = progress.stage
    if progress.position:
        words += f", {progress.position} before it"
    if progress.eta_s is not None:
        words += f", about {max(1, round(progress.eta_s))} s left"
    return words
