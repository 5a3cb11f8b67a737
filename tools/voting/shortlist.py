"""Which candidates may stand in a round.

Only what the filters let through stands: a verdict of "shortlisted", neither minted nor removed,
and not in a round that is still open. Left to itself, a round takes what people put to the vote,
then the best-scored candidates that have not stood before; they are numbered by age, so that a
number says nothing about the machine's opinion.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, select
from sqlalchemy.orm import Session

from tools.errors import Conflict, InvalidInput, NotFound
from tools.generation.tables import Candidate, Removal
from tools.minting.tables import Token
from tools.phrases import word
from tools.scoring.tables import Verdict
from tools.voting.tables import Bracket, Nomination, Round, RoundEntry

MOST_ENTRIES = 100
_AT_ONCE = 500  # candidates asked for in one query


def take_shortlist(session: Session, collection: str, guild: str, places: int) -> list[Candidate]:
    """The candidates for a new round of a collection: first those put to the vote in this guild,
    the earliest first, then the best-scored that have not stood before.

    Raises:
        NotFound: if no candidate waits for a round.
    """
    open_to_all = _free(collection)
    nominated = waiting_nominations(collection, guild)
    found = list(session.scalars(nominated.limit(places)))
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
    rows = {row.id: row for row in _in_portions(session, _by_id, candidate_ids)}
    candidates = [rows.get(id) or named(session, id) for id in candidate_ids]
    wanted = collection or candidates[0].collection
    obstacles = _Obstacles(session, candidate_ids)
    for candidate in candidates:
        if candidate.collection != wanted:
            raise InvalidInput(
                "A round is about one collection: {candidate} is of {its}, not of {wanted}.",
                candidate=candidate.id,
                its=candidate.collection,
                wanted=wanted,
            )
        obstacles.let_pass(candidate)
    return candidates


def waiting_nominations(collection: str, guild: str) -> Select[Candidate]:
    """The candidates put to the vote in a guild that have not stood since, the earliest first."""
    return (
        _free(collection)
        .join(Nomination, Nomination.candidate_id == Candidate.id)
        .where(Nomination.guild == guild, Candidate.id.not_in(_stood_since_nominated()))
        .order_by(Nomination.nominated_at, Candidate.id)
    )


def still_there(session: Session, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those of the candidates that were neither minted nor removed meanwhile, in their order."""
    ids = [candidate.id for candidate in candidates]
    left = set(session.scalars(select(Candidate.id).where(Candidate.id.in_(ids), _not_gone())))
    return [candidate for candidate in candidates if candidate.id in left]


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
    _Obstacles(session, [candidate.id]).let_pass(candidate)


class _Obstacles:
    """What keeps some of these candidates from standing in a round."""

    def __init__(self, session: Session, ids: Sequence[str]) -> None:
        self._verdicts = dict(_in_portions(session, _verdicts, ids))
        self._minted = {row[0] for row in _in_portions(session, _minted, ids)}
        self._removed = {row[0] for row in _in_portions(session, _removed, ids)}
        self._standing = {row[0]: row for row in _in_portions(session, _standing, ids)}

    def let_pass(self, candidate: Candidate) -> None:
        """Let only pass what may stand; raises as `may_stand` does."""
        verdict = self._verdicts.get(candidate.id, "not scored yet")
        if verdict != "shortlisted":
            raise InvalidInput(
                "{candidate} is {verdict}: only shortlisted pictures stand in a round.",
                candidate=candidate.id,
                verdict=word(verdict),
            )
        if candidate.id in self._minted:
            raise Conflict("{candidate} is minted already.", candidate=candidate.id)
        if candidate.id in self._removed:
            raise Conflict("{candidate} was removed by its creator.", candidate=candidate.id)
        if standing := self._standing.get(candidate.id):
            raise _stands(*standing)


def _stands(candidate_id: str, round_id: str, state: str, bracket_id: str | None) -> Conflict:
    if state == "open":
        return Conflict(
            "{candidate} stands in the open round {round} already.",
            candidate=candidate_id,
            round=round_id,
        )
    return Conflict(
        "{candidate} belongs to the bracket {bracket} until that has ended.",
        candidate=candidate_id,
        bracket=bracket_id,
    )


def _in_portions(
    session: Session, query: Callable[[Sequence[str]], Executable], ids: Sequence[str]
) -> Iterator[Any]:
    """The rows about many candidates, some hundreds in one query."""
    for start in range(0, len(ids), _AT_ONCE):
        found = session.execute(query(ids[start : start + _AT_ONCE]))
        yield from found.scalars() if query is _by_id else found


def _by_id(ids: Sequence[str]) -> Executable:
    return select(Candidate).where(Candidate.id.in_(ids))


def _verdicts(ids: Sequence[str]) -> Executable:
    return select(Verdict.candidate_id, Verdict.verdict).where(Verdict.candidate_id.in_(ids))


def _minted(ids: Sequence[str]) -> Executable:
    return select(Token.candidate_id).where(Token.candidate_id.in_(ids))


def _removed(ids: Sequence[str]) -> Executable:
    return select(Removal.candidate_id).where(Removal.candidate_id.in_(ids))


def _standing(ids: Sequence[str]) -> Executable:
    """Candidate, round, its state and bracket; what is open comes last, and counts."""
    columns = (RoundEntry.candidate_id, Round.id, Round.state, Round.bracket_id)
    named = _standing_in(*columns).where(RoundEntry.candidate_id.in_(ids))
    return named.order_by(Round.state)


def _standing_in(*columns: Any) -> Select[Any]:
    """Entries in rounds that are open, or of a bracket that is."""
    open_brackets = select(Bracket.id).where(Bracket.state == "open")
    return (
        select(*columns)
        .select_from(RoundEntry)
        .join(Round, RoundEntry.round_id == Round.id)
        .where((Round.state == "open") | Round.bracket_id.in_(open_brackets))
    )


def _stood_since_nominated() -> Select[Any]:
    return (
        select(RoundEntry.candidate_id)
        .join(Round, Round.id == RoundEntry.round_id)
        .join(Nomination, Nomination.candidate_id == RoundEntry.candidate_id)
        .where(Round.opens_at >= Nomination.nominated_at)
    )


def _free(collection: str) -> Select[Candidate]:
    """The shortlisted candidates of a collection that are there and stand nowhere."""
    return _shortlisted().where(Candidate.collection == collection, _not_gone(), _not_standing())


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
    return Candidate.id.not_in(_standing_in(RoundEntry.candidate_id))
