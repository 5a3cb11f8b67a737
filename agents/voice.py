"""How what the studio itself says in a conversation is said: in the language of who reads it.

English sentences stand where they are said, as templates with named facts (`tools/phrases.py`).
The agent knows no other language: a front end that does gives it a voice for each actor.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from tools.errors import MintmarkError
from tools.people import Actor
from tools.phrases import Phrase


class Voice(Protocol):
    """Says sentences to one person. Facts that are text go in untouched."""

    @property
    def locale(self) -> str:
        """The language, named as Discord and browsers name it: en-US, de, es-419, ja."""

    def say(self, template: str, /, **facts: object) -> str:
        """A sentence."""

    def count(self, one: str, many: str, n: int, **facts: object) -> str:
        """A sentence about a number of things, as `{n}`."""

    def word(self, name: str) -> str:
        """A word from one of the studio's own lists, such as a state."""

    def listed(self, things: Iterable[object]) -> str:
        """Things one after the other."""

    def again(self, english: str | None) -> str:
        """What the studio keeps as an English sentence, such as why a mint failed."""

    def of_phrase(self, phrase: Phrase) -> str:
        """A sentence that was made elsewhere."""

    def of_error(self, error: MintmarkError) -> str:
        """What went wrong."""


class English:
    """The voice that needs no translations."""

    locale = "en-US"

    def say(self, template: str, /, **facts: object) -> str:
        """The sentence as it stands, with its facts."""
        return str(Phrase(template, facts))

    def count(self, one: str, many: str, n: int, **facts: object) -> str:
        """The sentence for one thing, or that for another number of them."""
        return str(Phrase(one if n == 1 else many, {"n": n, **facts}))

    def word(self, name: str) -> str:
        """The word as it stands."""
        return name

    def listed(self, things: Iterable[object]) -> str:
        """Things with commas between them."""
        return ", ".join(map(str, things))

    def again(self, english: str | None) -> str:
        """The sentence as it is kept."""
        return english or ""

    def of_phrase(self, phrase: Phrase) -> str:
        """The phrase with its facts."""
        return str(phrase)

    def of_error(self, error: MintmarkError) -> str:
        """The error's own sentence."""
        return str(error)


ENGLISH: Voice = English()

VoiceOf = Callable[[Actor], Voice]
"""Finds the voice in which an actor is spoken to."""


def in_english(_: Actor) -> Voice:
    """English for everybody."""
    return ENGLISH
