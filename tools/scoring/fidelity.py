"""Fidelity: does the picture show what was asked for?

For every wished trait the trait reader's answer is compared: where it sees the wish, its
confidence counts, where it sees something else, nothing does. The score is the mean in
thousandths. Traits that nobody asked for, and wishes that the reader does not know, are not
counted.
"""

from collections.abc import Mapping
from typing import Protocol

from tools.phrases import phrase
from tools.scoring.scores import FULL, Score

SCORER = "fidelity"
VERSION = "1"

_UNSURE = 600


class SeenTrait(Protocol):
    """What a trait reader sees in one category."""

    @property
    def value(self) -> str:
        """The trait's value."""

    @property
    def confidence(self) -> float:
        """Its probability, 0 to 1."""


def fidelity(
    wished: Mapping[str, str], seen: Mapping[str, SeenTrait], reader_version: str
) -> Score | None:
    """How far the picture shows the wished traits (category to value), with what is missing.

    The score's version names the reader's version too. None when nothing was asked for that the
    reader could judge.
    """
    judged = [category for category in wished if category in seen]
    if not judged:
        return None
    confidences = {category: _thousandths(seen[category].confidence) for category in judged}
    credits = [confidences[c] if seen[c].value == wished[c] else 0 for c in judged]
    reasons = [_reason(c, wished[c], seen[c].value, confidences[c]) for c in judged]
    return Score(
        scorer=SCORER,
        version=f"{VERSION}+reader-{reader_version}",
        value=sum(credits) // len(judged),
        reasons=tuple(reason for reason in reasons if reason),
        measures=tuple(zip(judged, credits, strict=True)),
    )


def _reason(category: str, wish: str, value: str, confidence: int) -> str:
    sureness = _decimal(confidence)
    if value != wish:
        other = "asked for {category} {wish}, reader sees {value} ({sureness})"
        return str(phrase(other, category=category, wish=wish, value=value, sureness=sureness))
    if confidence < _UNSURE:
        unsure = "asked for {category} {wish}, reader is not sure of it ({sureness})"
        return str(phrase(unsure, category=category, wish=wish, sureness=sureness))
    return ""


def _thousandths(confidence: float) -> int:
    return max(0, min(FULL, round(confidence * FULL)))


def _decimal(thousandths: int) -> str:
    return f"{thousandths / FULL:.2f}"
