"""The trait vocabulary: what a Mintmark character can be, and the words for it.

Eight categories, each a short list of values. A value has one canonical phrase, some synonyms
and a rarity weight. Three directions are offered, all without a model:

- traits to words: `prompt_for` writes the one canonical prompt of a set of traits;
- words to traits: `read_traits` finds the values that a free text names;
- rarity: `complete` draws the categories that a text left open, by weight.

This module knows nothing of pictures, and imports nothing slow.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.errors import InvalidInput
from tools.training.vocabulary import VOCABULARY, WORDS_WITHOUT_MEANING, TraitValue

Vocabulary = Mapping[str, tuple[TraitValue, ...]]
"""Category -> its values. Everything below takes one; without it, the house vocabulary is meant."""

CATEGORIES: dict[str, tuple[str, ...]] = {
    category: tuple(value.name for value in values) for category, values in VOCABULARY.items()
}
"""Category -> its values, in the order in which a picture's traits are always listed."""

PROMPT_ORDER: tuple[str, ...] = (
    "palette",
    "species",
    "eyes",
    "mouth",
    "headgear",
    "clothing",
    "accessory",
    "background",
)
"""The order of the phrases in a canonical prompt; palette and species share one phrase."""


@dataclass(frozen=True)
class TraitReading:
    """What a free text says about traits."""

    # category -> value; where a text names several, the first one
    traits: dict[str, str]
    # words that are neither part of a trait nor plain filler, in reading order
    unknown: tuple[str, ...]
    # category -> every distinct value named, only where there is more than one
    conflicts: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Match:
    category: str
    value: str
    start: int
    end: int


def trait(category: str, value: str, vocabulary: Vocabulary = VOCABULARY) -> TraitValue:
    """The entry of one value; raises `InvalidInput` when the vocabulary has no such value."""
    if category not in vocabulary:
        raise InvalidInput(
            "There is no trait category '{category}'; the categories are {vocabulary}.",
            category=category,
            vocabulary=", ".join(vocabulary),
        )
    for entry in vocabulary[category]:
        if entry.name == value:
            return entry
    known = ", ".join(entry.name for entry in vocabulary[category])
    raise InvalidInput(
        "'{value}' is no value of {category}; its values are {known}.",
        value=value,
        category=category,
        known=known,
    )


def validated(traits: Mapping[str, str], vocabulary: Vocabulary = VOCABULARY) -> dict[str, str]:
    """The traits in category order; raises `InvalidInput` for unknown categories or values."""
    for category, value in traits.items():
        trait(category, value, vocabulary)
    return {category: traits[category] for category in vocabulary if category in traits}


def prompt_for(traits: Mapping[str, str]) -> str:
    """The canonical prompt: "violet fox, round eyes, big smile, golden crown, ...".

    Open categories are left out, so a full prompt needs all eight traits. The house model was
    trained on exactly these phrases; `read_traits` reads the same traits back.
    """
    known = validated(traits)
    phrases = [trait(c, known[c]).phrase for c in PROMPT_ORDER[2:] if c in known]
    subject = " ".join(trait(c, known[c]).phrase for c in PROMPT_ORDER[:2] if c in known)
    return ", ".join([subject, *phrases] if subject else phrases)


def complete(
    traits: Mapping[str, str], rng: random.Random, vocabulary: Vocabulary = VOCABULARY
) -> dict[str, str]:
    """A trait of every category: the given ones kept, the open ones drawn by rarity weight."""
    known = validated(traits, vocabulary)
    return {c: known[c] if c in known else _drawn(values, rng) for c, values in vocabulary.items()}


def _drawn(values: tuple[TraitValue, ...], rng: random.Random) -> str:
    return rng.choices([v.name for v in values], [v.weight for v in values])[0]


def read_traits(text: str, vocabulary: Vocabulary = VOCABULARY) -> TraitReading:
    """Find the trait values that `text` names, by phrase or synonym.

    Longest match first, on whole words, whatever the case. Filler words ("a", "wearing") are
    silent; every other word that no trait explains is listed in `unknown`.
    """
    words = [word.removesuffix("'s") for word in re.findall(r"[a-z0-9']+", text.lower())]
    matches = list(_matches(words, vocabulary))
    named: dict[str, list[str]] = {}
    for match in matches:
        values = named.setdefault(match.category, [])
        if match.value not in values:
            values.append(match.value)
    return TraitReading(
        traits={c: named[c][0] for c in vocabulary if c in named},
        unknown=_unexplained(words, matches),
        conflicts={c: tuple(v) for c, v in named.items() if len(v) > 1},
    )


def _matches(words: list[str], vocabulary: Vocabulary) -> Iterator[_Match]:
    """Greedy left-to-right matches of the longest known phrase at each word."""
    phrases = _phrases(vocabulary)
    longest = max(map(len, phrases), default=0)
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            found = phrases.get(tuple(words[at : at + length]))
            if found:
                yield _Match(*found, start=at, end=at + length)
                at += length
                break
        else:
            at += 1


def _phrases(vocabulary: Vocabulary) -> dict[tuple[str, ...], tuple[str, str]]:
    """The words of every phrase and synonym, also in the plural -> (category, value)."""
    said = {
        tuple(re.findall(r"[a-z0-9']+", phrase.lower())): (category, value.name)
        for category, values in vocabulary.items()
        for value in values
        for phrase in value.said_as()
    }
    plurals = {(*words[:-1], _plural(words[-1])): named for words, named in said.items()}
    return plurals | said


def _plural(word: str) -> str:
    """The regular plural of an English word."""
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def _unexplained(words: list[str], matches: list[_Match]) -> tuple[str, ...]:
    explained = {at for match in matches for at in range(match.start, match.end)}
    rest = [word for at, word in enumerate(words) if at not in explained]
    return tuple(dict.fromkeys(word for word in rest if word not in WORDS_WITHOUT_MEANING))
