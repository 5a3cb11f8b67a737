"""Ballots: vote, change your mind, withdraw.

A person has one vote in a round, whatever the channel it comes by: `StandingBallot` has one row
for each of them, changed only while the round is locked. Every step, also a refused one, is an
append-only `Ballot`.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tools.definition import BY_VOTE, Input, Output, tool
from tools.errors import Conflict, MintmarkError, Refused
from tools.generation.tables import Candidate
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import now
from tools.voting.eligibility import objection
from tools.voting.finding import find_entry, lock_round
from tools.voting.tables import Ballot, Round, RoundEntry, StandingBallot

Kind = Literal["added", "changed", "unchanged", "withdrawn"]


class VoteIn(Input):
    """A vote; without a round it goes to the one that is open."""

    choice: Annotated[str, Field(min_length=1, max_length=64, coerce_numbers_to_str=True)]
    """The candidate's number in the round, or its id."""
    round_id: str | None = None


class WithdrawVoteIn(Input):
    """In which round; without one, the one that is open."""

    round_id: str | None = None


class BallotOut(Output):
    """What became of a vote."""

    round_id: str
    kind: Kind
    number: int  # of the candidate voted for, or withdrawn from
    candidate_id: str
    voters: int  # in the round, now
    closes_at: datetime


class _Refusal(Exception):
    """A ballot that does not count: why, for the ballot's row and for the person."""

    def __init__(
        self, round_: Round, error: MintmarkError, candidate_id: str | None = None
    ) -> None:
        self.round_id = round_.id
        self.error = error
        self.candidate_id = candidate_id


@tool(least_role=Role.MEMBER, ways=BY_VOTE)
def vote(call: OpenCall, args: VoteIn) -> BallotOut:
    """Vote for a candidate in a round; a second vote moves the first."""
    try:
        with call.studio.db.write() as session:
            round_ = lock_round(session, call.actor, args.round_id)
            entry = _admitted(session, round_, args.choice, call)
            return _out(session, round_, entry, _stand(session, round_, entry, call))
    except _Refusal as refusal:
        raise _recorded(call, refusal) from None


@tool(least_role=Role.MEMBER, ways=BY_VOTE)
def withdraw_vote(call: OpenCall, args: WithdrawVoteIn) -> BallotOut:
    """Take back your vote in a round."""
    try:
        with call.studio.db.write() as session:
            round_ = lock_round(session, call.actor, args.round_id)
            _in_time(round_)
            entry = _take_back(session, round_, call)
            return _out(session, round_, entry, "withdrawn")
    except _Refusal as refusal:
        raise _recorded(call, refusal) from None


def _in_time(round_: Round) -> None:
    """A round past its time takes no votes, even if nobody has closed it yet."""
    if round_.state != "open" or round_.closes_at <= now():
        ended = min(round_.closed_at or round_.closes_at, round_.closes_at)
        raise _Refusal(
            round_, Conflict(f"Round {round_.id} ended at {ended:%Y-%m-%d %H:%M:%S} UTC.")
        )


def _admitted(session: Session, round_: Round, choice: str, call: OpenCall) -> RoundEntry:
    _in_time(round_)
    entry = find_entry(session, round_.id, choice)
    if entry is None:
        raise _Refusal(round_, Refused(_numbers_to_vote_for(session, round_)))
    candidate = session.get_one(Candidate, entry.candidate_id)
    if reason := objection(call.actor.person_id, candidate):
        raise _Refusal(round_, Refused(reason), candidate.id)
    return entry


def _numbers_to_vote_for(session: Session, round_: Round) -> str:
    entries = select(func.count()).select_from(RoundEntry).filter_by(round_id=round_.id)
    last = session.scalar(entries)
    return f"That candidate is not in round {round_.id}: vote for a number from 1 to {last}."


def _stand(session: Session, round_: Round, entry: RoundEntry, call: OpenCall) -> Kind:
    """Make this the person's one standing vote; voting the same again changes nothing."""
    standing = session.get(StandingBallot, (round_.id, call.actor.person_id))
    if standing is None:
        ballot = _write(session, call, round_.id, entry.candidate_id, "added")
        session.add(_first(ballot, entry))
        return "added"
    if standing.candidate_id == entry.candidate_id:
        return "unchanged"
    ballot = _write(session, call, round_.id, entry.candidate_id, "changed")
    standing.candidate_id, standing.ballot_id = entry.candidate_id, ballot.id
    return "changed"


def _first(ballot: Ballot, entry: RoundEntry) -> StandingBallot:
    return StandingBallot(
        round_id=ballot.round_id,
        person_id=ballot.person_id,
        candidate_id=entry.candidate_id,
        ballot_id=ballot.id,
    )


def _take_back(session: Session, round_: Round, call: OpenCall) -> RoundEntry:
    standing = session.get(StandingBallot, (round_.id, call.actor.person_id))
    if standing is None:
        raise Conflict(f"You have no vote in round {round_.id} to take back.")
    entry = find_entry(session, round_.id, standing.candidate_id)
    assert entry is not None  # nobody can vote for what does not stand in the round
    _write(session, call, round_.id, standing.candidate_id, "withdrawn")
    session.delete(standing)
    return entry


def _write(
    session: Session,
    call: OpenCall,
    round_id: str,
    candidate_id: str | None,
    kind: str,
    reason: str | None = None,
) -> Ballot:
    ballot = Ballot(
        tool_call_id=call.id,
        round_id=round_id,
        person_id=call.actor.person_id,
        candidate_id=candidate_id,
        kind=kind,
        reason=reason,
    )
    session.add(ballot)
    session.flush()
    return ballot


def _recorded(call: OpenCall, refusal: _Refusal) -> MintmarkError:
    """Keep the refused ballot in a transaction of its own; returns the error to raise."""
    reason = str(refusal.error)
    with call.studio.db.write() as session:
        _write(session, call, refusal.round_id, refusal.candidate_id, "refused", reason)
    return refusal.error


def _out(session: Session, round_: Round, entry: RoundEntry, kind: Kind) -> BallotOut:
    session.flush()
    voters = select(func.count()).select_from(StandingBallot).filter_by(round_id=round_.id)
    return BallotOut(
        round_id=round_.id,
        kind=kind,
        number=entry.number,
        candidate_id=entry.candidate_id,
        voters=session.scalar(voters) or 0,
        closes_at=round_.closes_at,
    )
