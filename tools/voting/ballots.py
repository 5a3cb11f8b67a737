"""Ballots: vote, change your mind, withdraw.

A person has one vote in a round, whatever the channel it comes by, and it changes only while the
round is locked.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from tools.community.rules import rules_of
from tools.definition import BY_VOTE, Input, Output, tool
from tools.errors import Conflict, Refused
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import now
from tools.voting.board import voters_in
from tools.voting.casting import Booth, Cast, Choice
from tools.voting.finding import lock_round
from tools.voting.tables import Round


class VoteIn(Input):
    """A vote; without a round it goes to the one that is open."""

    choice: Annotated[str, Field(min_length=1, max_length=64, coerce_numbers_to_str=True)]
    """The candidate's number in the round, or its id."""
    round_id: str | None = None


class WithdrawVoteIn(Input):
    """In which round; without one, the one that is open."""

    round_id: str | None = None
    choice: Annotated[
        str | None, Field(min_length=1, max_length=64, coerce_numbers_to_str=True)
    ] = None
    """Only if the vote is for this number or candidate: a reaction that went away may be of a
    vote that has moved since."""


class BallotOut(Output):
    """What became of a vote."""

    round_id: str
    kind: Literal["added", "changed", "unchanged", "withdrawn"]
    number: int  # of the candidate voted for, or withdrawn from
    candidate_id: str
    voters: int  # in the round, now
    closes_at: datetime


@tool(least_role=Role.MEMBER, ways=BY_VOTE)
def vote(call: OpenCall, args: VoteIn) -> BallotOut:
    """Vote for a candidate in a round; a second vote moves the first."""
    who = call.actor.person_id
    with call.studio.db.write() as session:
        round_ = lock_round(session, call.actor, args.round_id)
        booth = Booth(session, round_, call.id, [who])
        cast = booth.cast(who, args.choice, _late(round_) or paused(call, session, round_))
        booth.keep()
        voters = voters_in(session, round_.id)
    if cast.judged:
        call.note(judged=dict(cast.judged))
    return _out(round_, cast, voters)


@tool(least_role=Role.MEMBER, ways=BY_VOTE)
def withdraw_vote(call: OpenCall, args: WithdrawVoteIn) -> BallotOut:
    """Take back your vote in a round."""
    who = call.actor.person_id
    with call.studio.db.write() as session:
        round_ = lock_round(session, call.actor, args.round_id)
        booth = Booth(session, round_, call.id, [who])
        if late := _late(round_):
            cast = booth.refuse(who, late)
        else:
            cast = _taken_back(booth, round_, who, args.choice)
        booth.keep()
        voters = voters_in(session, round_.id)
    return _out(round_, cast, voters)


def paused(call: OpenCall, session: Session, round_: Round) -> Refused | None:
    """What keeps everybody in the guild from voting for now."""
    rules = rules_of(call.studio, round_.guild, call.actor.channel, session)
    try:
        rules.refuse_if_paused("vote")
    except Refused as refused:
        return refused
    return None


def _late(round_: Round) -> Conflict | None:
    """A round past its time takes no votes, even if nobody has closed it yet."""
    if round_.state == "open" and now() < round_.closes_at:
        return None
    ended = min(round_.closed_at or round_.closes_at, round_.closes_at)
    return Conflict("Round {round} ended at {ended}.", round=round_.id, ended=ended)


def _taken_back(booth: Booth, round_: Round, who: str, choice: str | None) -> Cast:
    stands = booth.stands_on(who)
    if stands is not None and choice is not None and not _is_named(stands, choice):
        raise Conflict(
            "Your vote in round {round} stands on number {number}, not on {choice}.",
            round=round_.id,
            number=stands.number,
            choice=choice,
        )
    cast = booth.take_back(who)
    if cast is None:
        raise Conflict("You have no vote in round {round} to take back.", round=round_.id)
    return cast


def _is_named(standing: Choice, choice: str) -> bool:
    return choice in (str(standing.number), standing.candidate_id)


def _out(round_: Round, cast: Cast, voters: int) -> BallotOut:
    """What became of it.

    Raises:
        MintmarkError: if it was refused; the refusal is kept by now.
    """
    if cast.error is not None:
        raise cast.error
    assert cast.choice is not None  # whoever chose nobody is refused
    assert cast.kind != "refused"  # and was told above
    return BallotOut(
        round_id=round_.id,
        kind=cast.kind,
        number=cast.choice.number,
        candidate_id=cast.choice.candidate_id,
        voters=voters,
        closes_at=round_.closes_at,
    )
