"""Seeding a bracket: who meets whom, the same each time it is worked out.

Candidates are ordered by strength: by their votes in the stage before, then by the scorers'
verdict, then by the lower SHA-256 of "bracket id:candidate id". They are dealt to the heats in that
order, forth and back, so that the strong do not meet at the beginning.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.generation.tables import Candidate
from tools.scoring.tables import Verdict
from tools.voting.tables import Round

T = TypeVar("T")


def heats(best_first: Sequence[T], size: int) -> list[list[T]]:
    """Deal to as few heats of this size as hold everybody; their sizes differ by one at most."""
    number = -(-len(best_first) // size)
    dealt: list[list[T]] = [[] for _ in range(number)]
    for start in range(0, len(best_first), number):
        hand = best_first[start : start + number]
        forth = start // number % 2 == 0
        for heat, card in zip(dealt if forth else reversed(dealt), hand, strict=False):
            heat.append(card)
    return dealt


def seeded(
    session: Session,
    bracket_id: str,
    candidates: Sequence[Candidate],
    votes: Mapping[str, int] | None = None,
) -> list[Candidate]:
    """Candidates by their strength, the strongest first."""
    won = votes or {}
    scores = dict(
        session.execute(
            select(Verdict.candidate_id, Verdict.value).where(
                Verdict.candidate_id.in_([candidate.id for candidate in candidates])
            )
        ).all()
    )

    def strength(candidate: Candidate) -> tuple[int, int, str]:
        lot = hashlib.sha256(f"{bracket_id}:{candidate.id}".encode()).hexdigest()
        return -won.get(candidate.id, 0), -(scores.get(candidate.id) or 0), lot

    return sorted(candidates, key=strength)


def qualified(session: Session, bracket_id: str, closed: Sequence[Round]) -> list[Candidate]:
    """The winners of closed rounds, the strongest first."""
    votes = {round_.winner_id: _votes_of(round_) for round_ in closed if round_.winner_id}
    found = session.scalars(select(Candidate).where(Candidate.id.in_(votes)))
    return seeded(session, bracket_id, list(found), votes)


def _votes_of(round_: Round) -> int:
    """How many votes the winner of a round had."""
    lines = (round_.tally or {}).get("candidates", [])
    return next((line["votes"] for line in lines if line["candidate"] == round_.winner_id), 0)
