"""Casting ballots in one round: judged, kept for ever, and let stand.

A `Booth` is open while its round is locked. Whoever votes by a button, by a command or by a
reaction is judged here; so is what a front end tells later of those who voted while it was away.
Every step becomes an append-only `Ballot`, also a refused one; of what stands, `StandingBallot`
has one row for each person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from typing import cast as cast_type

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from tools.errors import MintmarkError, Refused
from tools.generation.tables import Candidate
from tools.provenance.tables import now
from tools.voting.eligibility import Voter, judge, policy_of, voters_of
from tools.voting.tables import Ballot, Round, RoundEntry, StandingBallot

Kind = Literal["added", "changed", "unchanged", "withdrawn", "refused"]


@dataclass(frozen=True)
class Choice:
    """A candidate that people can vote for in the round."""

    number: int
    candidate_id: str
    creator_id: str


@dataclass(frozen=True)
class Cast:
    """What became of one step of one person."""

    person_id: str
    kind: Kind
    choice: Choice | None  # None if there is no such candidate in the round
    error: MintmarkError | None = None  # why it was refused
    judged: Mapping[str, Any] | None = None  # the facts that eligibility looked at


class Booth:
    """One locked round, and these people in it."""

    def __init__(self, session: Session, round_: Round, call_id: str, people: Iterable[str]):
        wanted = frozenset(people)
        self.voters: Mapping[str, Voter] = voters_of(session, round_.guild, wanted)
        self._session = session
        self._round = round_
        self._call_id = call_id
        self._policy = policy_of(round_.eligibility)
        self._moment = min(now(), round_.closes_at)  # ages count at the vote's end at the latest
        self._choices = _choices(session, round_.id)
        self._before = _standing(session, round_.id, wanted)
        self._stands = dict(self._before)  # person → candidate
        self._ballots: list[dict[str, Any]] = []

    def stands_on(self, person_id: str) -> Choice | None:
        """The candidate that this person's vote stands on."""
        candidate_id = self._stands.get(person_id)
        return None if candidate_id is None else self._named(candidate_id)

    def cast(self, person_id: str, wanted: str, bar: MintmarkError | None = None) -> Cast:
        """Vote for a candidate, by its number or id; a second vote moves the first.

        Args:
            person_id: one of the people this booth was opened for.
            wanted: the number or the id.
            bar: what keeps everybody from voting now.
        """
        choice = self._named(wanted)
        objection, judged = self._judge(person_id, choice, bar)
        if choice is None or objection is not None:
            return self._note(Cast(person_id, "refused", choice, objection, judged))
        before = self._stands.get(person_id)
        if before == choice.candidate_id:
            return Cast(person_id, "unchanged", choice)
        self._stands[person_id] = choice.candidate_id
        kind: Kind = "added" if before is None else "changed"
        return self._note(Cast(person_id, kind, choice, None, judged))

    def refuse(self, person_id: str, error: MintmarkError) -> Cast:
        """Refuse a step that is no vote for anybody."""
        return self._note(Cast(person_id, "refused", None, error))

    def take_back(self, person_id: str) -> Cast | None:
        """Take back the vote that stands; None if none does."""
        choice = self.stands_on(person_id)
        if choice is None:
            return None
        del self._stands[person_id]
        return self._note(Cast(person_id, "withdrawn", choice))

    def keep(self) -> None:
        """Write down every ballot that was cast here, and what stands now."""
        if not self._ballots:
            return
        ids = self._session.scalars(_KEEP, self._ballots).all()
        last = {
            ballot["person_id"]: id
            for ballot, id in zip(self._ballots, ids, strict=True)
            if ballot["kind"] != "refused"
        }
        self._let_stand(last)

    def _judge(
        self, person_id: str, choice: Choice | None, bar: MintmarkError | None
    ) -> tuple[MintmarkError | None, Mapping[str, Any] | None]:
        if bar is not None:
            return bar, None
        if choice is None:
            return self._no_such_candidate(), None
        voter = self.voters[person_id]
        if voter.role is None:
            return Refused("You have no role here, and a vote needs at least that of a member."), {}
        judgement = judge(self._policy, voter, choice.creator_id, self._moment)
        return judgement.objection, judgement.judged

    def _no_such_candidate(self) -> Refused:
        return Refused(
            "That candidate is not in round {round}: vote for a number from 1 to {last}.",
            round=self._round.id,
            last=max(self._choices.keys()),
        )

    def _named(self, wanted: str) -> Choice | None:
        if wanted.isdecimal():
            return self._choices.get(int(wanted[:9]))
        return next((c for c in self._choices.values() if c.candidate_id == wanted), None)

    def _note(self, cast: Cast) -> Cast:
        self._ballots.append(
            {
                "tool_call_id": self._call_id,
                "round_id": self._round.id,
                "person_id": cast.person_id,
                "candidate_id": cast.choice.candidate_id if cast.choice else None,
                "kind": cast.kind,
                "reason": str(cast.error) if cast.error else None,
                "judged": dict(cast.judged) if cast.judged else None,
            }
        )
        return cast

    def _let_stand(self, last: Mapping[str, int]) -> None:
        """Bring the one row of each of these people to where their last ballot left it."""
        new: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        gone: list[dict[str, Any]] = []
        for person_id, ballot_id in last.items():
            stands = self._stands.get(person_id)
            key = {"of_round": self._round.id, "of_person": person_id}
            facts: dict[str, Any] = {"candidate_id": stands, "ballot_id": ballot_id}
            if stands is None:
                gone.append(key)
            elif person_id in self._before:
                moved.append(key | facts)
            else:
                new.append({"round_id": self._round.id, "person_id": person_id, **facts})
        connection = self._session.connection()
        for statement, rows in ((_STAND, new), (_MOVE, moved), (_GO, gone)):
            if rows:
                connection.execute(statement, rows)


# Built once: a vote is cast in a few milliseconds, of which building statements would take many.
_CHOICES = (
    select(RoundEntry.number, RoundEntry.candidate_id, Candidate.person_id)
    .join(Candidate, Candidate.id == RoundEntry.candidate_id)
    .where(RoundEntry.round_id == bindparam("round_id"))
    .order_by(RoundEntry.number)
)
_STANDING = select(StandingBallot.person_id, StandingBallot.candidate_id).where(
    StandingBallot.round_id == bindparam("round_id")
)
_STANDING_OF_ONE = _STANDING.where(StandingBallot.person_id == bindparam("person_id"))
_KEEP = insert(Ballot).returning(Ballot.id, sort_by_parameter_order=True)
_TABLE = cast_type(Table, StandingBallot.__table__)
_THEIRS = (_TABLE.c.round_id == bindparam("of_round")) & (
    _TABLE.c.person_id == bindparam("of_person")
)
_STAND, _MOVE, _GO = _TABLE.insert(), _TABLE.update().where(_THEIRS), _TABLE.delete().where(_THEIRS)


def _choices(session: Session, round_id: str) -> dict[int, Choice]:
    rows = session.execute(_CHOICES, {"round_id": round_id})
    return {row[0]: Choice(*row) for row in rows}


def _standing(session: Session, round_id: str, people: frozenset[str]) -> dict[str, str]:
    """What stands, person → candidate: of one by the key, of several by reading the round once."""
    if len(people) == 1:
        one = {"round_id": round_id, "person_id": next(iter(people))}
        return {row[0]: row[1] for row in session.execute(_STANDING_OF_ONE, one)}
    rows = session.execute(_STANDING, {"round_id": round_id})
    return {row[0]: row[1] for row in rows if row[0] in people}
