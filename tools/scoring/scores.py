"""A score: what one scorer, in one version, says about one picture."""

from dataclasses import dataclass

FULL = 1000
"""The best score; the worst is 0. Scores are integers, so that records stay exact."""


@dataclass(frozen=True)
class Score:
    """One scorer's result."""

    scorer: str
    version: str
    value: int  # 0 to 1000
    reasons: tuple[str, ...] = ()  # sentences for people
    measures: tuple[tuple[str, int], ...] = ()  # (name, value) that the score was made from


def ramp(value: int, nothing: int, full: int) -> int:
    """0 at `nothing`, 1000 at `full`, linear between and flat beyond; `full` may be the lower."""
    share = FULL * (value - nothing) // (full - nothing)
    return max(0, min(FULL, share))
