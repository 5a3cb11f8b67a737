"""The board: how rounds are shown, and the tools to look at them."""

from collections import Counter
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.definition import Input, Output, PrivateText, tool
from tools.generation.tables import Candidate
from tools.people import Actor, Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person
from tools.voting.finding import find_round
from tools.voting.tables import Round, RoundEntry, StandingBallot

MOST_ROUNDS = 25  # shown at once, the newest first

State = Literal["open", "closed"]


class EntryOut(Output):
    """A candidate in a round."""

    number: int  # the one people vote with
    candidate_id: str
    creator_id: str
    creator: PrivateText  # a name, which the log does not keep
    image_cid: str
    votes: int


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
        return RoundsOut(rounds=[_line(session, found) for found in session.scalars(newest)])


@tool(least_role=Role.MEMBER)
def show_round(call: OpenCall, args: RoundIn) -> RoundOut:
    """Show a voting round: its candidates, how the votes stand, and when it closes."""
    with call.studio.db.read() as session:
        return describe(session, find_round(session, call.actor, args.round_id), call.actor)


def describe(session: Session, round_: Round, actor: Actor) -> RoundOut:
    """A round as it stands for this person."""
    standing = _standing(session, round_.id)
    votes = Counter(standing.values())
    rows = session.execute(
        select(RoundEntry.number, Candidate, Person.name)
        .join(Candidate, Candidate.id == RoundEntry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .where(RoundEntry.round_id == round_.id)
        .order_by(RoundEntry.number)
    ).all()
    entries = [_entry(number, candidate, name, votes) for number, candidate, name in rows]
    chosen = standing.get(actor.person_id)
    return RoundOut(
        round_id=round_.id,
        title=round_.title,
        collection=round_.collection,
        state=_state(round_),
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        closed_at=round_.closed_at,
        quorum=round_.quorum,
        voters=len(standing),
        entries=entries,
        your_vote=next((e.number for e in entries if e.candidate_id == chosen), None),
        winner_id=round_.winner_id,
        tally_hash=round_.tally_hash,
        outcome=round_.outcome,
    )


def _entry(number: int, candidate: Candidate, name: str | None, votes: Counter[str]) -> EntryOut:
    return EntryOut(
        number=number,
        candidate_id=candidate.id,
        creator_id=candidate.person_id,
        creator=name or "someone",
        image_cid=candidate.image_cid,
        votes=votes[candidate.id],
    )


def _line(session: Session, round_: Round) -> RoundLine:
    return RoundLine(
        round_id=round_.id,
        title=round_.title,
        collection=round_.collection,
        state=_state(round_),
        closes_at=round_.closes_at,
        voters=len(_standing(session, round_.id)),
        winner_id=round_.winner_id,
        outcome=round_.outcome,
    )


def _state(round_: Round) -> State:
    return "closed" if round_.state == "closed" else "open"


def _standing(session: Session, round_id: str) -> dict[str, str]:
    """Person → candidate, for every vote that stands."""
    query = select(StandingBallot).filter_by(round_id=round_id)
    return {ballot.person_id: ballot.candidate_id for ballot in session.scalars(query)}
