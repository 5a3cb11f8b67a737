"""The interface between a front end and the studio: an actor in, messages out.

A front end (the terminal, Discord, a web page) knows who is asking and hands over an `Actor` with
what they typed or pressed. What comes back are `Message`s. How a message looks is the front end's
business: text is plain text, never markup, so whatever a person typed can be shown safely.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from tools.people import Actor

Tone = Literal["plain", "good", "error", "notice"]
"""How a message is meant: an answer, a success, a mistake to mend, news of what others did."""


@dataclass(frozen=True)
class Picture:
    """A picture to show, lying in the content store."""

    cid: str
    path: Path
    caption: str  # a line or two to stand under it
    alt: str  # what it shows, for those who do not see it


@dataclass(frozen=True)
class Button:
    """Something to press: it calls a tool as the person who presses, with the role they have."""

    label: str
    action: str  # the name of a tool
    arguments: Mapping[str, str] = field(default_factory=dict)
    asks: str | None = None  # the one argument that the person adds in words
    prefill: str = ""  # the words to begin with
    kind: Literal["plain", "good", "danger"] = "plain"  # what pressing it means
    row: str = ""  # what a row of buttons is for, said once before it; buttons of a row follow
    mark: str = ""  # what is left of the label to say within the row, such as a number


@dataclass(frozen=True)
class Progress:
    """How far a piece of work is."""

    stage: str
    thousandths: int
    position: int = 0  # how many jobs stand before it; 0 when its turn has come
    eta_s: float | None = None
    preview: bytes | None = None  # a PNG of what can be seen so far


@dataclass(frozen=True)
class Document:
    """A file to be handed over as it is, such as a certificate."""

    content: Path | bytes  # where it lies, or what is in it
    name: str  # a good one to keep it under


@dataclass(frozen=True)
class Section:
    """A part of a message with a heading of its own, and at most one small picture beside it."""

    title: str
    text: str
    picture: Picture | None = None


@dataclass(frozen=True)
class Mention:
    """A channel or a role of the front end, whose id stands in a message."""

    id: str
    kind: Literal["channel", "role"]


@dataclass(frozen=True)
class Message:
    """What a front end shows."""

    text: str
    title: str = ""
    facts: tuple[tuple[str, str], ...] = ()  # name and value, shown under each other
    sections: tuple[Section, ...] = ()
    details: tuple[tuple[str, str], ...] = ()  # facts that only few need, such as whole digests
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()
    progress: Progress | None = None
    files: tuple[Document, ...] = ()
    tone: Tone = "plain"
    mentions: tuple[Mention, ...] = ()  # ids in the title and the text that may be shown as names

    @property
    def every_picture(self) -> tuple[Picture, ...]:
        """All the pictures, those beside its sections too."""
        return (*self.pictures, *(one.picture for one in self.sections if one.picture))


class Frontend(Protocol):
    """What a front end must be able to do. Handles outlive the process that sent the message."""

    async def send(self, actor: Actor, message: Message) -> str:
        """Show a message to the actor, where they are; returns a handle for `update`."""

    async def update(self, handle: str, message: Message) -> None:
        """Show this in place of what was sent under the handle."""
