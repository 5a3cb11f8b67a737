"""Which candidates may stand in a round.

Only what the filters let through stands: a verdict of "shortlisted", not minted, and not in a
round that is still open. Left to itself, a round takes the best-scored candidates that have not
stood before; they are numbered by age, so that a number says nothing about the machine's opinion.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from tools.errors import Conflict, InvalidInput, NotFound
from tools.generation.candidates import candidate_of, not_removed
from tools.generation.tables import Candidate
from tools.minting.tables import Token
from tools.scoring.tables import Verdict
from tools.voting.tables import Round, RoundEntry

MOST_ENTRIES = 10


def take_shortlist(session: Session, collection: str) -> list[Candidate]:
    """The candidates for a new round of a collection.

    Raises:
        NotFound: if no candidate waits for a round.
    """
    stood = select(RoundEntry.candidate_id)
    query = _shortlisted().where(
        Candidate.collection == collection, Candidate.id.not_in(stood), _not_minted(), not_removed()
    )
    best_first = query.order_by(Verdict.value.desc(), Candidate.created_at, Candidate.id)
    found = list(session.scalars(best_first.limit(MOST_ENTRIES)))
    if not found:
        raise NotFound(
            f"No shortlisted picture of {collection} waits for a round: create pictures first, "
            "or name earlier candidates."
        )
    return sorted(found, key=lambda candidate: (candidate.created_at, candidate.id))


def take_named(
    session: Session, candidate_ids: Sequence[str], collection: str | None
) -> list[Candidate]:
    """The candidates that an operator named, in that order.

    Raises:
        NotFound: for an id that no candidate has.
        InvalidInput: if one may not stand, or they are of different collections.
        Conflict: if one stands in an open round or is minted.
    """
    candidates = [_named(session, candidate_id) for candidate_id in candidate_ids]
    wanted = collection or candidates[0].collection
    for candidate in candidates:
        if candidate.collection != wanted:
            raise InvalidInput(
                f"A round is about one collection: {candidate.id} is of {candidate.collection}, "
                f"not of {wanted}."
            )
        _may_stand(session, candidate)
    return candidates


def _named(session: Session, candidate_id: str) -> Candidate:
    return candidate_of(session, candidate_id)


def _may_stand(session: Session, candidate: Candidate) -> None:
    verdict = session.get(Verdict, candidate.id)
    if verdict is None or verdict.verdict != "shortlisted":
        said = verdict.verdict if verdict else "not scored yet"
        raise InvalidInput(f"{candidate.id} is {said}: only shortlisted pictures stand in a round.")
    if session.scalar(select(Token.id).filter_by(candidate_id=candidate.id)) is not None:
        raise Conflict(f"{candidate.id} is minted already.")
    standing = session.scalar(
        select(Round.id)
        .join(RoundEntry, RoundEntry.round_id == Round.id)
        .where(RoundEntry.candidate_id == candidate.id, Round.state == "open")
    )
    if standing is not None:
        raise Conflict(f"{candidate.id} stands in the open round {standing} already.")


def _shortlisted() -> Select[Candidate]:
    return (
        select(Candidate)
        .join(Verdict, Verdict.candidate_id == Candidate.id)
        .where(Verdict.verdict == "shortlisted")
    )


def _not_minted() -> ColumnElement[bool]:
    return Candidate.id.not_in(select(Token.candidate_id))
