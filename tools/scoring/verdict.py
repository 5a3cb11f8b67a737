"""The verdict on a candidate, and the shortlist that goes to people.

A verdict is one of three states: `broken` (no picture came out), `rejected` (a picture that misses
a threshold) and `shortlisted`. It always says why, in sentences, and carries the thresholds that
it was judged by, so it can be explained and repeated later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tools.errors import InvalidInput
from tools.phrases import phrase
from tools.scoring import duplicates
from tools.scoring.checks import Check
from tools.scoring.duplicates import Neighbour
from tools.scoring.scores import FULL, Score

SCORER = "verdict"
VERSION = "1"

_FAR = 64  # bits: from here on two pictures count as fully different for the shortlist


class Outcome(StrEnum):
    """What becomes of a candidate."""

    SHORTLISTED = "shortlisted"
    REJECTED = "rejected"
    BROKEN = "broken"


@dataclass(frozen=True)
class Thresholds:
    """What a collection asks of a candidate. Raises InvalidInput when a number is out of range."""

    quality_at_least: int = 650  # drawings score 900 and more, noise and fog below 600
    fidelity_at_least: int = 600  # roughly: three of five wished traits are seen
    duplicate_within: int = 6  # bits of 256: re-encoding rarely moves more, a palette 12 or more
    fidelity_weight: int = 600  # thousandths of the composite; quality has the rest
    diversity_weight: int = 300  # thousandths that being unlike earlier picks counts in a shortlist

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            most = duplicates.BITS if name == "duplicate_within" else FULL
            if not 0 <= value <= most:
                raise InvalidInput(
                    "The threshold {name} lies between 0 and {most}, not {value}.",
                    name=name,
                    most=most,
                    value=value,
                )


@dataclass(frozen=True)
class Verdict:
    """The judgement of one candidate."""

    outcome: Outcome
    composite: int  # 0 to 1000: fidelity and quality, weighed; 0 for a broken one
    reasons: tuple[str, ...]  # why; for a rejected one only what it misses
    thresholds: Thresholds
    scorer: str = SCORER
    version: str = VERSION


@dataclass(frozen=True)
class Contender:
    """A candidate that passed, as the shortlist sees it."""

    id: str
    composite: int
    perceptual_hash: str


@dataclass(frozen=True)
class Pick:
    """A place on the shortlist."""

    id: str
    place: int  # from 1
    composite: int
    distance: int | None  # bits to the most similar earlier pick; None for the first


def judge(
    check: Check,
    quality: Score | None,
    fidelity: Score | None,
    nearest: Neighbour | None,
    thresholds: Thresholds,
) -> Verdict:
    """Put one candidate's scores together.

    `quality` is None only for a broken picture, `fidelity` where nothing was asked for (the
    composite is then the quality), `nearest` where no picture is known yet. Raises InvalidInput
    when a sound picture comes without its quality.
    """
    if not check.sound:
        return Verdict(Outcome.BROKEN, 0, check.reasons, thresholds)
    if quality is None:
        raise InvalidInput("A sound picture is judged by its quality: measure it first.")
    composite = _composite(quality, fidelity, thresholds)
    misses = tuple(_misses(quality, fidelity, nearest, thresholds))
    if misses:
        return Verdict(Outcome.REJECTED, composite, misses, thresholds)
    merits = tuple(_merits(quality, fidelity, nearest))
    return Verdict(Outcome.SHORTLISTED, composite, merits, thresholds)


def shortlist(contenders: Sequence[Contender], places: int, thresholds: Thresholds) -> list[Pick]:
    """Choose up to `places` of them: the best first, then good ones unlike those already chosen.

    Each next pick is the one with the best sum of composite and distance to the nearest earlier
    pick, weighed by `diversity_weight`; of equals the smaller id. Near duplicates of a pick are
    left out even if places stay empty. The order of the contenders makes no difference.
    """
    if places < 1:
        raise InvalidInput("A shortlist has at least one place, not {places}.", places=places)
    picks: list[Pick] = []
    chosen: list[Contender] = []
    remaining = sorted(contenders, key=lambda contender: contender.id)
    while len(picks) < places:
        nearest = {c.id: _nearest(c, chosen) for c in remaining}
        remaining = [c for c in remaining if not _repeats(nearest[c.id], thresholds)]
        if not remaining:
            break
        best = max(remaining, key=lambda c: _appeal(c, nearest[c.id], thresholds))
        picks.append(Pick(best.id, len(picks) + 1, best.composite, nearest[best.id]))
        chosen.append(best)
        remaining.remove(best)
    return picks


def _composite(quality: Score, fidelity: Score | None, thresholds: Thresholds) -> int:
    if fidelity is None:
        return quality.value
    weight = thresholds.fidelity_weight
    return (weight * fidelity.value + (FULL - weight) * quality.value) // FULL


def _misses(
    quality: Score, fidelity: Score | None, nearest: Neighbour | None, thresholds: Thresholds
) -> Iterator[str]:
    if nearest is not None and nearest.distance <= thresholds.duplicate_within:
        repeats = "near duplicate of {candidate} ({bits} of 256 bits differ)"
        yield str(phrase(repeats, candidate=nearest.id, bits=nearest.distance))
    if quality.value < thresholds.quality_at_least:
        poor = "picture quality {value}, at least {asked} is asked"
        yield str(phrase(poor, value=quality.value, asked=thresholds.quality_at_least))
        yield from quality.reasons
    if fidelity is not None and fidelity.value < thresholds.fidelity_at_least:
        astray = "fidelity {value}, at least {asked} is asked"
        yield str(phrase(astray, value=fidelity.value, asked=thresholds.fidelity_at_least))
        yield from fidelity.reasons


def _merits(quality: Score, fidelity: Score | None, nearest: Neighbour | None) -> Iterator[str]:
    if fidelity is not None:
        shown = sum(credit > 0 for _, credit in fidelity.measures)
        shows = "shows {shown} of {wished} wished traits (fidelity {value})"
        yield str(phrase(shows, shown=shown, wished=len(fidelity.measures), value=fidelity.value))
        yield from fidelity.reasons
    yield str(phrase("picture quality {value}", value=quality.value))
    if nearest is not None:
        unlike = "nearest known picture differs in {bits} of 256 bits"
        yield str(phrase(unlike, bits=nearest.distance))


def _nearest(contender: Contender, chosen: Sequence[Contender]) -> int | None:
    hash = contender.perceptual_hash
    return min((duplicates.distance(hash, c.perceptual_hash) for c in chosen), default=None)


def _repeats(nearest: int | None, thresholds: Thresholds) -> bool:
    return nearest is not None and nearest <= thresholds.duplicate_within


def _appeal(contender: Contender, nearest: int | None, thresholds: Thresholds) -> int:
    unlike = FULL if nearest is None else FULL * min(nearest, _FAR) // _FAR
    weight = thresholds.diversity_weight
    return (FULL - weight) * contender.composite + weight * unlike
