"""The board: how rounds are shown, and the tools to look at them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tools.definition import Input, Output, PrivateText, tool
from tools.generation.tables import Candidate
from tools.people import Actor, Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person, now
from tools.voting.finding import find_round
from tools.voting.tables import Round, RoundEntry, StandingBallot
from tools.voting.tally import is_compared

MOST_ROUNDS = 25  # shown at once, the newest first

State = Literal["open", "closed"]


class EntryOut(Output):
    """A candidate in a round."""

    number: int  # the one people vote with
    candidate_id: str
    creator_id: str
    creator: PrivateText  # a name, which the log does not keep
    image_cid: str
    traits: dict[str, str]
    votes: int | None  # None while they are kept secret


class RoundOut(Output):
    """A round as it stands for the person who asks."""

    round_id: str
    title: str
    collection: str
    state: State
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    quorum: int
    voters: int
    hidden: bool  # whether the votes are kept secret until it closes
    eligibility: dict[str, Any] | None  # who may vote, as frozen when it opened
    waits_for: str | None  # the front end that has yet to say what it last saw, once it is over
    bracket_id: str | None
    stage: int | None  # in the bracket, from 1
    entries: list[EntryOut]
    your_vote: int | None  # the number you voted for
    winner_id: str | None
    tally_hash: str | None
    outcome: str | None  # in words, once it is closed


class RoundLine(Output):
    """A round in a list."""

    round_id: str
    title: str
    collection: str
    state: State
    closes_at: datetime
    voters: int
    winner_id: str | None
    outcome: str | None


class RoundsOut(Output):
    """Rounds of a guild, the newest first."""

    rounds: list[RoundLine]


class RoundsIn(Input):
    """Which rounds to list."""

    state: State | None = None


class RoundIn(Input):
    """Which round; without an id the one that is open."""

    round_id: str | None = None


@tool(least_role=Role.MEMBER)
def rounds(call: OpenCall, args: RoundsIn) -> RoundsOut:
    """List the voting rounds here, open and closed."""
    query = select(Round).filter_by(guild=call.actor.guild)
    if args.state is not None:
        query = query.filter_by(state=args.state)
    newest = query.order_by(Round.opens_at.desc(), Round.id).limit(MOST_ROUNDS)
    with call.studio.db.read() as session:
        return RoundsOut(rounds=lines_of(session, session.scalars(newest).all()))


@tool(least_role=Role.MEMBER)
def show_round(call: OpenCall, args: RoundIn) -> RoundOut:
    """Show a voting round: its candidates, how the votes stand, and when it closes."""
    with call.studio.db.read() as session:
        return describe(session, find_round(session, call.actor, args.round_id), call.actor)


def describe(session: Session, round_: Round, actor: Actor) -> RoundOut:
    """A round as it stands for this person."""
    counts = None if is_secret(round_) else _counts(session, round_.id)
    rows = session.execute(
        select(RoundEntry.number, Candidate, Person.name)
        .join(Candidate, Candidate.id == RoundEntry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .where(RoundEntry.round_id == round_.id)
        .order_by(RoundEntry.number)
    ).all()
    entries = [_entry(number, candidate, name, counts) for number, candidate, name in rows]
    yours = session.get(StandingBallot, (round_.id, actor.person_id))
    chosen = yours.candidate_id if yours else None
    return RoundOut(
        round_id=round_.id,
        title=round_.title,
        collection=round_.collection,
        state=_state(round_),
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        closed_at=round_.closed_at,
        quorum=round_.quorum,
        voters=voters_in(session, round_.id),
        hidden=round_.hidden,
        eligibility=round_.eligibility,
        waits_for=_awaited(round_),
        bracket_id=round_.bracket_id,
        stage=round_.stage,
        entries=entries,
        your_vote=next((e.number for e in entries if e.candidate_id == chosen), None),
        winner_id=round_.winner_id,
        tally_hash=round_.tally_hash,
        outcome=round_.outcome,
    )


def is_secret(round_: Round) -> bool:
    """Whether nobody may know yet how the votes of a round stand."""
    return round_.hidden and round_.state != "closed"


def voters_in(session: Session, round_id: str) -> int:
    """How many people have a vote in a round."""
    return session.scalar(_VOTERS, {"round_id": round_id}) or 0


_VOTERS = (
    select(func.count())
    .select_from(StandingBallot)
    .where(StandingBallot.round_id == bindparam("round_id"))
)


def lines_of(session: Session, found: Sequence[Round]) -> list[RoundLine]:
    """Rounds as lines of a list."""
    query = (
        select(StandingBallot.round_id, func.count())
        .where(StandingBallot.round_id.in_([round_.id for round_ in found]))
        .group_by(StandingBallot.round_id)
    )
    voters = {row[0]: row[1] for row in session.execute(query)}
    return [_line(round_, voters.get(round_.id, 0)) for round_ in found]


def _line(round_: Round, voters: int) -> RoundLine:
    return RoundLine(
        round_id=round_.id,
        title=round_.title,
        collection=round_.collection,
        state=_state(round_),
        closes_at=round_.closes_at,
        voters=voters,
        winner_id=round_.winner_id,
        outcome=round_.outcome,
    )


def _counts(session: Session, round_id: str) -> dict[str, int]:
    """Candidate → votes that stand."""
    query = (
        select(StandingBallot.candidate_id, func.count())
        .where(StandingBallot.round_id == round_id)
        .group_by(StandingBallot.candidate_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _entry(
    number: int, candidate: Candidate, name: str | None, counts: Mapping[str, int] | None
) -> EntryOut:
    return EntryOut(
        number=number,
        candidate_id=candidate.id,
        creator_id=candidate.person_id,
        creator=name or "someone",
        image_cid=candidate.image_cid,
        traits=candidate.traits,
        votes=None if counts is None else counts.get(candidate.id, 0),
    )


def _awaited(round_: Round) -> str | None:
    over = round_.state == "open" and round_.closes_at <= now()
    return round_.counted_by if over and not is_compared(round_) else None


def _state(round_: Round) -> State:
    return "closed" if round_.state == "closed" else "open"
