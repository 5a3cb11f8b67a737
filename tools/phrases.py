"""Sentences that any language can say: an English template, and apart from it the facts it tells.

The English template is the key of every translation (`bot/texts`), so it stands as a literal where
it is said. A template without facts is the sentence as it stands, braces and all; facts are put in
as they are and never read as a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

WORD = "word"
"""The context of words from the studio's own lists, such as the names of roles and states."""


@dataclass(frozen=True)
class Phrase:
    """A sentence, or a part of one, that waits to be said."""

    template: str
    facts: Mapping[str, object]
    context: str = ""  # tells apart what is written alike in English

    def __str__(self) -> str:
        """The phrase in English."""
        if not self.facts:
            return self.template
        return self.template.format(**{name: _told(fact) for name, fact in self.facts.items()})


def phrase(template: str, /, **facts: object) -> Phrase:
    """A sentence, or a part of one, to be a fact in another."""
    return Phrase(template, facts)


def word(name: str) -> Phrase:
    """A word from one of the studio's own lists: a role, a state, a verdict."""
    return Phrase(name, {}, WORD)


def template(english: str) -> str:
    """Mark a template that does not stand where it is said, so that it is translated too."""
    return english


def _told(fact: object) -> object:
    """Moments to the second, lists by commas, anything else as it writes itself."""
    match fact:
        case datetime():
            return f"{fact:%Y-%m-%d %H:%M:%S} UTC"
        case list() | tuple():
            return ", ".join(map(str, fact))
        case _:
            return fact
