"""The count of a round: deterministic, with a hash, and open to a recount by anyone.

A tally is a JSON value. It names every standing ballot as (commitment of the person, candidate),
sorted, so whoever holds the ballots can count again and must arrive at the same `tally_hash`.

The winner is the candidate with
    1. more votes,
    2. then the higher verdict score (what the scorers said before the round opened),
    3. then the lower SHA-256 of "round id:candidate id".
No rule looks at the time of a vote, so nobody gains by being first or last; and since the round's
id is drawn by chance when it opens, nobody can make a picture that wins by the third.

The second version also says which front end counted the reactions, when it began its last
comparison, and whether that was after the end (`compared`), as it should be.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.phrases import Phrase, phrase, template
from tools.provenance.canonical import digest
from tools.provenance.tables import Person
from tools.scoring.tables import Verdict
from tools.voting.eligibility import policy_of
from tools.voting.tables import Ballot, Round, RoundEntry

SCHEMA_1 = "mintmark/tally/v1"  # of rounds opened by the first policy of eligibility
SCHEMA_2 = "mintmark/tally/v2"
RULE = "votes, then verdict score, then sha256(round:candidate)"
UNCOMPARED = template(
    "The front end did not say what it last saw: reactions that came or went at the end may be "
    "missing."
)


@dataclass(frozen=True)
class Entrant:
    """A candidate as the count sees it."""

    candidate_id: str
    number: int  # the one people vote with
    score: int  # thousandths, from the verdict


@dataclass(frozen=True)
class Vote:
    """One standing ballot."""

    person: str  # the person's commitment
    candidate_id: str


@dataclass(frozen=True)
class Tally:
    """The result of a count; `body` is what is hashed."""

    body: dict[str, Any]
    hash: str
    winner_id: str | None
    outcome: str  # in words


def count(round_: Round, entrants: Iterable[Entrant], votes: Iterable[Vote]) -> Tally:
    """Count the standing ballots of a round whose `closed_at` is set."""
    ballots = sorted([vote.person, vote.candidate_id] for vote in votes)
    counts = Counter(candidate for _, candidate in ballots)
    ranking = sorted(entrants, key=lambda entrant: _rank(round_.id, entrant, counts))
    quorum_met = len(ballots) >= round_.quorum
    winner = ranking[0] if ballots and quorum_met else None
    body: dict[str, Any] = {
        **_window(round_),
        "round": round_.id,
        "collection": round_.collection,
        "eligibility": policy_of(round_.eligibility).named(),
        "rule": RULE,
        "quorum": round_.quorum,
        "voters": len(ballots),
        "quorum_met": quorum_met,
        "candidates": [_line(round_.id, entrant, counts) for entrant in ranking],
        "ballots": ballots,
        "winner": winner.candidate_id if winner else None,
    }
    outcome = _in_words(ranking, counts, len(ballots), round_.quorum)
    if not is_compared(round_):
        outcome += f" {UNCOMPARED}"
    return Tally(body, digest(body), body["winner"], outcome)


def is_compared(round_: Round) -> bool:
    """Whether nothing is missing: the front end that counts, if one does, looked after the end."""
    if round_.counted_by is None:
        return True
    began, ended = _moment(round_.reconciled_at), _moment(round_.closes_at)
    return began is not None and ended is not None and began >= ended


def _window(round_: Round) -> dict[str, Any]:
    """When people could vote, and what the front end that counts said after it."""
    window = {"opened": _moment(round_.opens_at), "closed": _moment(round_.closed_at)}
    if round_.eligibility is None:
        return {"schema": SCHEMA_1, **window}
    return {
        "schema": SCHEMA_2,
        **window,
        "ended": _moment(round_.closes_at),
        "counted_by": round_.counted_by,
        "reconciled": _moment(round_.reconciled_at),
        "compared": is_compared(round_),
    }


def recount(session: Session, round_: Round) -> Tally:
    """Count a round from its append-only ballots; equal to the tally kept when it closed."""
    return count(round_, entrants_of(session, round_.id), standing_votes(session, round_.id))


def entrants_of(session: Session, round_id: str) -> list[Entrant]:
    """The candidates of a round with their scores, by number."""
    query = (
        select(RoundEntry.candidate_id, RoundEntry.number, Verdict.value)
        .outerjoin(Verdict, Verdict.candidate_id == RoundEntry.candidate_id)
        .where(RoundEntry.round_id == round_id)
        .order_by(RoundEntry.number)
    )
    return [Entrant(row[0], row[1], row[2] or 0) for row in session.execute(query)]


def standing_votes(session: Session, round_id: str) -> list[Vote]:
    """What stands after every ballot of a round is played through in the order it was cast."""
    query = (
        select(Person.commitment, Ballot.kind, Ballot.candidate_id)
        .join(Person, Person.id == Ballot.person_id)
        .where(Ballot.round_id == round_id)
        .order_by(Ballot.id)
    )
    standing: dict[str, str] = {}
    for person, kind, candidate_id in session.execute(query):
        if candidate_id is not None and kind in ("added", "changed"):
            standing[person] = candidate_id
        elif kind == "withdrawn":
            standing.pop(person, None)
    return [Vote(person, candidate_id) for person, candidate_id in standing.items()]


def _rank(round_id: str, entrant: Entrant, counts: Mapping[str, int]) -> tuple[int, int, str]:
    votes = counts.get(entrant.candidate_id, 0)
    return -votes, -entrant.score, _lot(round_id, entrant.candidate_id)


def _lot(round_id: str, candidate_id: str) -> str:
    return hashlib.sha256(f"{round_id}:{candidate_id}".encode()).hexdigest()


def _line(round_id: str, entrant: Entrant, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "candidate": entrant.candidate_id,
        "number": entrant.number,
        "votes": counts.get(entrant.candidate_id, 0),
        "score": entrant.score,
        "lot": _lot(round_id, entrant.candidate_id),
    }


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="milliseconds") if value else None


def _in_words(ranking: list[Entrant], counts: Mapping[str, int], voters: int, quorum: int) -> str:
    """What came of it, in a sentence that can be found again in any language."""
    if voters < quorum:
        return str(_without_quorum(voters, quorum))
    first = ranking[0]
    best = counts.get(first.candidate_id, 0)
    tied = [e for e in ranking[1:] if counts.get(e.candidate_id, 0) == best]
    how = "votes" if not tied else "score" if tied[0].score != first.score else "lot"
    others = ", ".join(str(entrant.number) for entrant in tied)
    facts = {"number": first.number, "best": best, "voters": voters, "others": others}
    return str(phrase(_WINS[how], **facts))


_WINS = {
    "votes": "Number {number} wins with {best} of {voters} votes.",
    "score": "Number {number} wins with {best} of {voters} votes, level with {others} and "
    "decided by its score.",
    "lot": "Number {number} wins with {best} of {voters} votes, level with {others} and "
    "decided by lot.",
}


def _without_quorum(voters: int, quorum: int) -> Phrase:
    if voters == 0:
        return phrase("No winner: nobody voted, and the quorum is {quorum}.", quorum=quorum)
    if voters == 1:
        return phrase("No winner: 1 person voted, and the quorum is {quorum}.", quorum=quorum)
    return phrase(
        "No winner: {voters} people voted, and the quorum is {quorum}.",
        voters=voters,
        quorum=quorum,
    )
