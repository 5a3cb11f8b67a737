"""What a creator is told of how their words were understood."""

from collections.abc import Iterator, Mapping
from typing import Literal

from tools.phrases import Phrase, phrase
from tools.training.traits import TraitReading

Rest = Literal["drawn", "styled", "kept"]

_NOTHING_NAMED: Mapping[Rest, Phrase] = {
    "drawn": phrase(
        "Your words name no trait of this collection, so every trait was drawn by rarity."
        " Name some, for example a violet fox with a golden crown."
    ),
    "styled": phrase(
        "Your words name no trait of this collection, so beyond the style every trait was drawn by"
        " rarity. Name some, for example a violet fox with a golden crown."
    ),
    "kept": phrase(
        "Your words name no trait of this collection, so every trait stays as it was. Name some,"
        " for example a violet fox with a golden crown."
    ),
}


def notes_on(
    typed: str,
    words: str,
    reading: TraitReading,
    explicit: Mapping[str, str],
    rest: Rest | None,
) -> tuple[str, ...]:
    """A sentence for everything that was left out, or understood in one of several ways.

    Args:
        typed: the prompt as it came.
        words: what was made of it.
        reading: the traits that the words name.
        explicit: the traits that were asked for by name.
        rest: what becomes of traits that nobody asked for; None for a model that reads the words
            itself.
    """
    found = (
        *_taken_out(typed, words),
        *_several(reading, explicit),
        *_overruled(reading, explicit),
        *_not_understood(reading, explicit, rest),
    )
    return tuple(map(str, found))


def _taken_out(typed: str, words: str) -> Iterator[Phrase]:
    if words != " ".join(typed.split()):
        yield phrase(
            "Invisible characters or weights of other tools were taken out of the prompt;"
            " it now reads: {words}",
            words=words,
        )


def _several(reading: TraitReading, explicit: Mapping[str, str]) -> Iterator[Phrase]:
    for category, values in reading.conflicts.items():
        if category not in explicit:
            yield phrase(
                "You named several values for {category} ({values}); I took {taken}.",
                category=category,
                values=values,
                taken=reading.traits[category],
            )


def _overruled(reading: TraitReading, explicit: Mapping[str, str]) -> Iterator[Phrase]:
    for category, value in explicit.items():
        if reading.traits.get(category, value) != value:
            yield phrase(
                "Your words say {category} {said}, your traits say {value}; I took {value}.",
                category=category,
                said=reading.traits[category],
                value=value,
            )


def _not_understood(
    reading: TraitReading, explicit: Mapping[str, str], rest: Rest | None
) -> Iterator[Phrase]:
    """A model that speaks traits ignores other words; one that speaks words reads them itself."""
    if rest is None:
        return
    if not reading.traits and not explicit:
        yield _NOTHING_NAMED[rest]
    elif reading.unknown:
        yield phrase(
            "I know no trait for these words, so they change nothing: {words}.",
            words=reading.unknown,
        )
