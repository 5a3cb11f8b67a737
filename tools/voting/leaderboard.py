"""The leaderboard of a guild: the pictures with the most votes, the creators with the most wins.

Rounds that keep their counts secret do not count until they are closed. A heat of a bracket is no
win; the bracket is.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement, false, func, select, true, union_all
from sqlalchemy.orm import Session

from tools.definition import Input, Output, PrivateText, tool
from tools.generation.tables import Candidate, Removal
from tools.metadata.collection import collection_of
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person
from tools.voting.tables import Bracket, Round, StandingBallot


class LeaderboardIn(Input):
    """Of which collection; without one, of all."""

    collection: str | None = None
    limit: Annotated[int, Field(ge=1, le=25)] = 10


class PictureStanding(Output):
    """A picture and the votes it has had."""

    candidate_id: str
    creator_id: str
    creator: PrivateText
    image_cid: str
    votes: int
    rounds: int  # in which somebody voted for it


class CreatorStanding(Output):
    """A creator and how often a picture of theirs has won."""

    creator_id: str
    creator: PrivateText
    wins: int


class LeaderboardOut(Output):
    """Who leads."""

    collection: str | None
    pictures: list[PictureStanding]
    creators: list[CreatorStanding]


@tool(least_role=Role.MEMBER)
def leaderboard(call: OpenCall, args: LeaderboardIn) -> LeaderboardOut:
    """Show the pictures with the most votes and the creators with the most wins."""
    slug = collection_of(call.studio, args.collection).slug if args.collection else None
    with call.studio.db.read() as session:
        return LeaderboardOut(
            collection=slug,
            pictures=list(_pictures(session, call.actor.guild, slug, args.limit)),
            creators=list(_creators(session, call.actor.guild, slug, args.limit)),
        )


def _pictures(
    session: Session, guild: str, slug: str | None, limit: int
) -> Iterable[PictureStanding]:
    votes = func.count().label("votes")
    query = (
        select(
            Candidate.id,
            Candidate.person_id,
            Person.name,
            Candidate.image_cid,
            votes,
            func.count(StandingBallot.round_id.distinct()),
        )
        .select_from(StandingBallot)
        .join(Round, Round.id == StandingBallot.round_id)
        .join(Candidate, Candidate.id == StandingBallot.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .where(_counted(guild), Candidate.id.not_in(select(Removal.candidate_id)), _of(slug))
        .group_by(Candidate.id, Candidate.person_id, Person.name, Candidate.image_cid)
        .order_by(votes.desc(), Candidate.id)
        .limit(limit)
    )
    for row in session.execute(query):
        candidate_id, creator_id, name, image_cid, number, rounds = row
        yield PictureStanding(
            candidate_id=candidate_id,
            creator_id=creator_id,
            creator=name or "someone",
            image_cid=image_cid,
            votes=number,
            rounds=rounds,
        )


def _creators(
    session: Session, guild: str, slug: str | None, limit: int
) -> Iterable[CreatorStanding]:
    won = _won(guild).subquery()
    wins = func.count().label("wins")
    query = (
        select(Person.id, Person.name, wins)
        .select_from(won)
        .join(Candidate, Candidate.id == won.c.winner_id)
        .join(Person, Person.id == Candidate.person_id)
        .where(_of(slug))
        .group_by(Person.id, Person.name)
        .order_by(wins.desc(), Person.id)
        .limit(limit)
    )
    for person_id, name, number in session.execute(query):
        yield CreatorStanding(creator_id=person_id, creator=name or "someone", wins=number)


def _counted(guild: str) -> ColumnElement[bool]:
    """Rounds of a guild whose counts everybody may know."""
    public = (Round.state == "closed") | (Round.hidden == false())
    return (Round.guild == guild) & public


def _won(guild: str) -> Any:
    rounds = select(Round.winner_id).where(
        Round.guild == guild, Round.winner_id.is_not(None), Round.bracket_id.is_(None)
    )
    brackets = select(Bracket.winner_id).where(
        Bracket.guild == guild, Bracket.winner_id.is_not(None)
    )
    return union_all(rounds, brackets)


def _of(slug: str | None) -> ColumnElement[bool]:
    return true() if slug is None else Candidate.collection == slug
