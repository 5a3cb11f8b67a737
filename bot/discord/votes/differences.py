"""What differs between a person's reactions in a round now and those seen before.

A person has one vote, so at most one of their reactions stands for it. Discord does not tell when
a reaction was set; where several are new, the lowest number counts, for everybody alike.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any, NamedTuple


class Mark(NamedTuple):
    """A reaction that is a vote: the message it stands under, and the number it is for."""

    message: int
    number: int


@dataclass(frozen=True)
class Difference:
    """What happened with one person's reactions, as far as can be told."""

    user: int  # their id in Discord
    gone: Mark | None  # stood for their vote, and stands there no more
    new: Mark | None  # was set meanwhile
    kept: Mark | None  # stood for their vote, and still stands there
    surplus: tuple[Mark, ...]  # set meanwhile too, or left over

    def steps(self, person_id: str) -> Iterator[dict[str, Any]]:
        """The difference as a report to the ledger tells it."""
        if self.gone is not None:
            yield {"person_id": person_id, "number": None, "was": self.gone.number}
        if self.new is not None:
            yield {"person_id": person_id, "number": self.new.number}


def difference(
    user: int, was: Set[Mark], there: Set[Mark], cleared: Set[Mark]
) -> Difference | None:
    """Compare a person's reactions with those that stood for votes; None if nothing differs.

    Args:
        user: their id in Discord.
        was: what stood for their vote when it was last looked at: at most one.
        there: what stands there now.
        cleared: what a moderator took off for everybody, which withdraws nothing.
    """
    new, kept = _in_order(there - was), _in_order(was & there)
    gone = _in_order(was - there - cleared)
    if not (new or gone or kept[1:]):
        return None
    return Difference(
        user,
        gone=gone[0] if gone and not kept else None,
        new=new[0] if new else None,
        kept=kept[0] if kept else None,
        surplus=(*new[1:], *kept[1:]),
    )


def left_over(was: Set[Mark], there: Set[Mark]) -> tuple[Mark, ...]:
    """What stands there besides the reaction that stands for a vote already."""
    return tuple(_in_order(there - was)) if was else ()


def _in_order(marks: Set[Mark]) -> list[Mark]:
    return sorted(marks, key=lambda mark: (mark.number, mark.message))
