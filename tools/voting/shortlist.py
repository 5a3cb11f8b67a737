"""Which candidates may stand in a round.

Only what the filters let through stands: a verdict of "shortlisted", neither minted nor removed,
and not in a round that is still open. Left to itself, a round takes what people put to the vote,
then the best-scored candidates that have not stood before; they are numbered by age, so that a
number says nothing about the machine's opinion.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from tools.errors import Conflict, InvalidInput, NotFound
from tools.generation.tables import Candidate, Removal
from tools.minting.tables import Token
from tools.scoring.tables import Verdict
from tools.voting.tables import Bracket, Nomination, Round, RoundEntry

MOST_ENTRIES = 100


def take_shortlist(session: Session, collection: str, guild: str, places: int) -> list[Candidate]:
    """The candidates for a new round of a collection: first those put to the vote in this guild,
    the earliest first, then the best-scored that have not stood before.

    Raises:
        NotFound: if no candidate waits for a round.
    """
    open_to_all = _shortlisted().where(
        Candidate.collection == collection, _not_gone(), _not_standing()
    )
    nominated = open_to_all.join(Nomination, Nomination.candidate_id == Candidate.id).where(
        Nomination.guild == guild, Candidate.id.not_in(_stood_since_nominated())
    )
    earliest_first = nominated.order_by(Nomination.nominated_at, Candidate.id)
    found = list(session.scalars(earliest_first.limit(places)))
    others = open_to_all.where(
        Candidate.id.not_in(select(RoundEntry.candidate_id)),
        Candidate.id.not_in([candidate.id for candidate in found]),
    )
    best_first = others.order_by(Verdict.value.desc(), Candidate.created_at, Candidate.id)
    found += session.scalars(best_first.limit(places - len(found)))
    if not found:
        raise NotFound(
            "No shortlisted picture of {collection} waits for a round: create pictures first, "
            "or name earlier candidates.",
            collection=collection,
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
    candidates = _found(session, candidate_ids)
    wanted = collection or candidates[0].collection
    for candidate in candidates:
        if candidate.collection != wanted:
            raise InvalidInput(
                "A round is about one collection: {candidate} is of {its}, not of {wanted}.",
                candidate=candidate.id,
                its=candidate.collection,
                wanted=wanted,
            )
        may_stand(session, candidate)
    return candidates


def _found(session: Session, candidate_ids: Sequence[str]) -> list[Candidate]:
    return [named(session, candidate_id) for candidate_id in candidate_ids]


def named(session: Session, candidate_id: str) -> Candidate:
    """The candidate of this id.

    Raises:
        NotFound: if there is none.
    """
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        raise NotFound(
            "There is no candidate {candidate!r}: /gallery shows those there are.",
            candidate=candidate_id[:64],
        )
    return candidate


def may_stand(session: Session, candidate: Candidate) -> None:
    """Let only pass what may stand in a round now.

    Raises:
        InvalidInput: if the filters did not let it through.
        Conflict: if it is minted, removed, or stands somewhere already.
    """
    verdict = session.get(Verdict, candidate.id)
    if verdict is None or verdict.verdict != "shortlisted":
        raise InvalidInput(
            "{candidate} is {verdict}: only shortlisted pictures stand in a round.",
            candidate=candidate.id,
            verdict=verdict.verdict if verdict else "not scored yet",
        )
    if session.scalar(select(Token.id).filter_by(candidate_id=candidate.id)) is not None:
        raise Conflict("{candidate} is minted already.", candidate=candidate.id)
    if session.get(Removal, candidate.id) is not None:
        raise Conflict("{candidate} was removed by its creator.", candidate=candidate.id)
    _stands_nowhere(session, candidate)


def _stands_nowhere(session: Session, candidate: Candidate) -> None:
    standing = session.execute(
        _standing_in(Round.id, Round.state, Round.bracket_id).where(
            RoundEntry.candidate_id == candidate.id
        )
    ).first()
    if standing is None:
        return
    round_id, state, bracket_id = standing
    if state == "open":
        raise Conflict(
            "{candidate} stands in the open round {round} already.",
            candidate=candidate.id,
            round=round_id,
        )
    raise Conflict(
        "{candidate} belongs to the bracket {bracket} until that has ended.",
        candidate=candidate.id,
        bracket=bracket_id,
    )


def _standing_in(*columns: Any) -> Select[Any]:
    """Entries in rounds that are open, or of a bracket that is."""
    open_brackets = select(Bracket.id).where(Bracket.state == "open")
    return (
        select(*columns)
        .select_from(RoundEntry)
        .join(Round, RoundEntry.round_id == Round.id)
        .where((Round.state == "open") | Round.bracket_id.in_(open_brackets))
        .order_by(Round.state.desc())
    )


def _stood_since_nominated() -> Select[Any]:
    return (
        select(RoundEntry.candidate_id)
        .join(Round, Round.id == RoundEntry.round_id)
        .join(Nomination, Nomination.candidate_id == RoundEntry.candidate_id)
        .where(Round.opens_at >= Nomination.nominated_at)
    )


def _shortlisted() -> Select[Candidate]:
    return (
        select(Candidate)
        .join(Verdict, Verdict.candidate_id == Candidate.id)
        .where(Verdict.verdict == "shortlisted")
    )


def _not_gone() -> ColumnElement[bool]:
    """Neither minted nor removed."""
    minted, removed = select(Token.candidate_id), select(Removal.candidate_id)
    return Candidate.id.not_in(minted) & Candidate.id.not_in(removed)


def _not_standing() -> ColumnElement[bool]:
    return Candidate.id.not_in(_standing_in(RoundEntry.candidate_id).order_by(None))
