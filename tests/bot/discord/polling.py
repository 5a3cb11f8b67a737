"""A round on pictures of wren's, and how it stands: in the guild, and in the books."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from bot.discord.votes.pages import EMOJIS, PURPOSE
from tests.bot.discord.conftest import People
from tests.peers.discord import Message, Peer, Person
from tests.rows import add_call
from tests.striking import striking_studio, struck
from tools.community.tables import Post, Reaction, Rule
from tools.generation.tables import Candidate
from tools.people import STUDIO, Actor, Role, Vouched, sign_in
from tools.provenance.tables import Person as PersonRow
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.board import RoundOut
from tools.voting.tables import Ballot, Round, RoundEntry, StandingBallot
from tools.voting.tally import is_compared

SPECIES = ("fox", "owl", "cat", "frog", "bear", "rabbit")


@dataclass
class Poll:
    """A round that is open."""

    peer: Peer
    people: People
    studio: Studio
    operator: Actor
    round_id: str

    @property
    def messages(self) -> list[Message]:
        """Its gallery messages in Discord that are there, by page."""
        with self.studio.db.read() as session:
            posts = session.scalars(
                select(Post)
                .filter_by(subject_id=self.round_id)
                .where(Post.purpose.startswith(PURPOSE), Post.message.is_not(None))
                .order_by(Post.page)
            )
            found = [self.peer.messages.get(int(post.message or 0)) for post in posts]
        return [message for message in found if message is not None and not message.deleted]

    def tapped(self, emoji: str, page: int = 0) -> set[int]:
        """Who has tapped an emoji, without the bot."""
        reaction = self.messages[page].reactions.get(emoji)
        return set(reaction.users if reaction else ()) - {self.peer.application.user.id}

    async def until(self, holds: Callable[[], object], timeout: float = 10.0) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(timeout):
            while not holds():
                await asyncio.sleep(0.02)

    async def shown(self, pages: int = 1) -> None:
        """Wait until its gallery is shown, with all its numbers."""
        await self.until(lambda: len(self.messages) == pages)
        with self.studio.db.read() as session:
            entries = len(
                session.scalars(select(RoundEntry).filter_by(round_id=self.round_id)).all()
            )
        await self.until(lambda: sum(len(m.reactions) for m in self.messages) >= entries)

    @property
    def row(self) -> Round:
        """The round as it is in the database."""
        with self.studio.db.read() as session:
            return session.get_one(Round, self.round_id)


def signed_in(studio: Studio, people: People, person: Person, role: Role) -> Actor:
    """Somebody of the guild as the bot would sign them in."""
    with studio.db.write() as session:
        return sign_in(
            session,
            front_end="discord",
            external_id=str(person.id),
            name=person.user.name,
            guild=str(people.hall.id),
            channel=str(people.studio.id),
            role=role,
            vouched=Vouched(),
        )


def set_rule(studio: Studio, people: People, name: str, value: object) -> None:
    """A rule of the guild, as an operator would have set it."""
    with studio.db.write() as session:
        session.add(
            Rule(
                tool_call_id=add_call(studio, STUDIO, "set_rule"),
                guild=str(people.hall.id),
                name=name,
                value=value,
            )
        )


def strike_pictures(settings: Settings, count: int) -> None:
    """A data folder in which wren, whom no guild knows yet, has made pictures."""
    with striking_studio(settings) as studio:
        with studio.db.write() as session:
            wren = sign_in(
                session,
                front_end="discord",
                external_id="wren",
                name="wren",
                guild="hall",
                channel="studio",
                role=Role.CREATOR,
            )
        for number in range(count):
            struck(studio, wren, number + 1, SPECIES[number % len(SPECIES)])


def pictures_of(studio: Studio, creator: Person) -> list[str]:
    """The pictures that were made, by somebody of the guild; oldest first."""
    with studio.db.write() as session:
        wren = session.scalars(select(PersonRow).filter_by(external_id="wren")).one()
        wren.external_id = str(creator.id)
        return list(session.scalars(select(Candidate.id).order_by(Candidate.created_at)))


def open_round(
    peer: Peer, people: People, studio: Studio, candidates: list[str], **options: object
) -> Poll:
    """Open a round as reed, from the channel studio."""
    operator = signed_in(studio, people, people.reed, Role.OPERATOR)
    wish = {"candidate_ids": candidates, "title": "The best", "minutes": 60, **options}
    opened = studio.door.call("open_round", wish, operator)
    assert isinstance(opened, RoundOut)
    return Poll(peer, people, studio, operator, opened.round_id)


def standing(poll: Poll) -> dict[str, int]:
    """How the votes stand: name → number."""
    with poll.studio.db.read() as session:
        rows = session.execute(
            select(PersonRow.name, RoundEntry.number)
            .join(StandingBallot, StandingBallot.person_id == PersonRow.id)
            .join(
                RoundEntry,
                (RoundEntry.round_id == StandingBallot.round_id)
                & (RoundEntry.candidate_id == StandingBallot.candidate_id),
            )
            .where(StandingBallot.round_id == poll.round_id)
        )
        return {row[0] or "": row[1] for row in rows}


def ballots(poll: Poll, name: str = "") -> list[str]:
    """What was done with votes, of one person or of all, in its order."""
    with poll.studio.db.read() as session:
        query = (
            select(Ballot.kind)
            .join(PersonRow, PersonRow.id == Ballot.person_id)
            .where(Ballot.round_id == poll.round_id)
            .order_by(Ballot.id)
        )
        return list(session.scalars(query.where(PersonRow.name == name) if name else query))


def noted(poll: Poll) -> set[tuple[int, int]]:
    """The reactions that stand for votes: who, and for which number."""
    with poll.studio.db.read() as session:
        rows = session.scalars(select(Reaction).filter_by(round_id=poll.round_id, counts=True))
        return {(int(row.user), row.number) for row in rows}


async def closed(poll: Poll) -> Round:
    """Close it: the operator's word, the last comparison, the count. Without workflows here."""
    await asyncio.to_thread(
        poll.studio.door.call, "close_round", {"round_id": poll.round_id}, poll.operator
    )
    await poll.until(lambda: is_compared(poll.row) or poll.row.state == "closed", 30)
    if poll.row.state != "closed":
        due = {"round_id": poll.round_id}
        await asyncio.to_thread(poll.studio.door.call, "close_due_round", due, STUDIO)
    return poll.row


def emoji(number: int) -> str:
    """The emoji that stands for a number."""
    return EMOJIS[(number - 1) % 10]
