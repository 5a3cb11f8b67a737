"""What people do with the bot, and how it must end whatever goes wrong meanwhile.

    create     wren asks for a picture; when it is made, its gallery is shown
    vote       three people tap, one changes their mind, one takes it back; the round is closed
    approve    the owner presses Approve on the card of a request

Each is played in three steps (`prepare`, `act`, `end`), between which things go wrong, and tells
at last where people saw the end of it. That it was done exactly once is asserted for all of them.
"""

import asyncio
import secrets
from abc import ABC, abstractmethod
from typing import Any

from tests.bot.discord.faults.stage import Stage
from tests.bot.discord.polling import (
    Poll,
    ballots,
    closed,
    emoji,
    noted,
    open_round,
    pictures_of,
    set_rule,
    standing,
)
from tests.bot.discord.test_announcements import requested
from tests.peers.discord import Answer, Channel, Message, Person
from tools.community.tables import Post
from tools.generation import jobs
from tools.generation.tables import Brief, Candidate, Job
from tools.minting.tables import Approval, MintRequest
from tools.provenance.identifiers import short_id
from tools.provenance.tables import ToolCall

IN_PLACE, IN_CHANNEL, IN_PRIVATE = "in place", "in the channel", "in private"
NOT_TOLD = "on the card alone"


class Flow(ABC):
    """Something that people do."""

    name: str
    where: str  # the name of the channel in which it is done

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.answer: Answer | None = None
        self._doing: asyncio.Task[Any] | None = None

    @property
    @abstractmethod
    def person(self) -> Person:
        """Who does it."""

    @property
    @abstractmethod
    def card(self) -> Message:
        """The message that shows how it stands."""

    @property
    def channel(self) -> Channel:
        """Where it is done."""
        place: Channel = getattr(self.stage.people, self.where)
        return place

    async def prepare(self) -> None:
        """What must be there before: nothing, unless a flow says otherwise."""
        return

    @abstractmethod
    async def act(self) -> None:
        """Do it; returns as soon as it is done, whether or not it is answered."""

    async def answered(self) -> None:
        """Wait until the bot has answered for the time being."""
        if self._doing is not None:
            self.answer = await self._doing
            await self.answer.done()

    async def written(self) -> None:
        """Wait until it is in the books."""
        raise NotImplementedError

    async def followed(self) -> None:
        """Wait until it is written down that it is followed, if it is."""
        return

    async def meanwhile(self) -> None:
        """What goes on while something is wrong: nothing, unless a flow says otherwise."""
        return

    async def told_to_ask_again(self) -> None:
        """Wait until the person reads that it was broken off."""
        stage = self.stage
        await stage.until(lambda: stage.shown_to(self.person, "I was restarted"), "an apology")
        assert not stage.hanging()

    async def proved(self) -> None:
        """Whether a picture is known again after Discord has changed its file."""
        raise NotImplementedError

    async def end(self) -> None:
        """Let what was begun come to its end, if it does not do so by itself."""
        return

    @abstractmethod
    async def outcome(self) -> str:
        """Assert that it was done once, and tell where the person saw how it ended."""

    async def _quiet(self) -> None:
        """Nothing hangs, and nothing more comes."""
        stage = self.stage
        await stage.until(lambda: not stage.hanging(), "an answer to what is still thinking")
        await asyncio.sleep(0.1)

    def found(self, messages: list[Message]) -> str:
        """Where messages stand: in place of the answer that was announced, or elsewhere."""
        original = self.answer.message if self.answer else None
        (message,) = messages
        if message.channel.guild is None:
            return IN_PRIVATE
        return IN_PLACE if message is original else IN_CHANNEL

    async def over(self) -> None:
        """Nobody waits any more."""
        if self._doing is not None:
            await asyncio.wait([self._doing], timeout=0.5)
            self._doing.cancel()


class Create(Flow):
    """A picture is asked for, made and shown."""

    name, where = "create", "studio"

    @property
    def person(self) -> Person:
        return self.stage.people.wren

    @property
    def card(self) -> Message:
        return self.stage.shown_to(self.person, self._job())[0]

    def _job(self) -> str:
        with self.stage.studio.db.read() as session:
            return session.query(Job).one().id

    async def act(self) -> None:
        self._doing = asyncio.create_task(self._ask())

    async def _ask(self) -> Answer:
        self.answer = await self.person.command(self.channel, "create", prompt="a fox", count=1)
        return self.answer

    async def written(self) -> None:
        """Wait until the wish is in the books."""
        await self.stage.until(lambda: self.stage.count(Job), "a job")

    async def followed(self) -> None:
        await self.stage.until(self._followed, "the following")

    async def meanwhile(self) -> None:
        """A worker makes the picture."""
        await self.written()
        studio = self.stage.studio
        with studio.db.write() as session:
            job = session.query(Job).one()
            drawn = session.query(Candidate).first()
            brief = session.get_one(Brief, job.brief_id)
            session.add(made := _again(drawn, brief))
            self.cid = made.image_cid
            self.candidate, self.drawn = made.id, drawn.id if drawn else ""
        await asyncio.to_thread(jobs.finish, studio, job.id)

    @property
    def galleries(self) -> list[Message]:
        """The messages that show the picture."""
        seen = self.stage.shown_to(self.person, "")
        return [one for one in seen if any(self.cid[-12:] in f.filename for f in one.attachments)]

    async def outcome(self) -> str:
        await self.stage.until(lambda: self.galleries, "a gallery")
        await self._quiet()
        assert self.stage.count(Job) == 1
        assert self.stage.count(ToolCall, tool="create") == 1
        assert len(self.galleries) == 1, self.stage.seen()
        await self.stage.until(lambda: not self._followed(), "the end of the following")
        return self.found(self.galleries)

    async def proved(self) -> None:
        """Sol uploads the picture again, and asks what it is."""
        sol = self.stage.people.sol
        (gallery,) = self.galleries
        file = gallery.attachments[0]
        data = self.stage.peer.cdn.served(file)
        assert data != file.data
        again = await sol.say(self.channel, "look", files=("fox.png", data))
        told = await (await sol.menu(again, "Show provenance")).done()
        assert self.drawn in told.plain or self.candidate in told.plain

    def _followed(self) -> int:
        with self.stage.studio.db.read() as session:
            open_ = session.query(Post).filter(Post.purpose.startswith("follow:"))
            return open_.filter(Post.state.in_(("wanted", "sent"))).count()


class Vote(Flow):
    """Votes are cast, moved, taken back and counted."""

    name, where = "vote", "studio"
    poll: Poll

    @property
    def person(self) -> Person:
        return self.stage.people.moss

    @property
    def card(self) -> Message:
        return self.poll.messages[0]

    async def prepare(self) -> None:
        stage = self.stage
        shown = pictures_of(stage.studio, stage.people.wren)
        self.poll = open_round(stage.peer, stage.people, stage.studio, shown[:3])
        await self.poll.shown()
        self.gallery = self.card

    async def act(self) -> None:
        people, card = self.stage.people, self.gallery
        for person, number in ((people.moss, 2), (people.fern, 2), (people.sol, 1)):
            await person.react(card, emoji(number))
        await people.moss.react(card, emoji(1))

    async def followed(self) -> None:
        await self.stage.until(lambda: len(noted(self.poll)) == 3, "the notes of the votes")

    async def answered(self) -> None:
        await self.stage.until(lambda: self.votes == {"moss": 1, "fern": 2, "sol": 1}, "the votes")

    @property
    def votes(self) -> dict[str, int]:
        """How the votes stand."""
        return standing(self.poll)

    async def meanwhile(self) -> None:
        """One takes the vote back, if the gallery is still there."""
        fern, gallery = self.stage.people.fern, self.gallery
        self.withdrawn = not gallery.deleted and fern.has_reacted(gallery, emoji(2))
        if self.withdrawn:
            await fern.unreact(gallery, emoji(2))

    async def end(self) -> None:
        """The round is closed."""
        await closed(self.poll)

    @property
    def results(self) -> list[Message]:
        """The messages that tell how it ended."""
        told = self.stage.shown_to(self.person, "wins")
        return [one for one in told if not one.reactions]

    async def outcome(self) -> str:
        expected = {"moss": 1, "sol": 1} | ({} if self.withdrawn else {"fern": 2})
        assert self.votes == expected, (self.votes, ballots(self.poll))
        assert self.poll.row.tally is not None
        assert self.poll.row.tally["voters"] == len(expected)
        kinds = sorted(ballots(self.poll))
        assert kinds.count("added") - kinds.count("withdrawn") == len(expected)
        assert kinds.count("added") <= 3
        assert not self.stage.shown_to(self.person, "not counted")
        await self.stage.until(lambda: self.results, "a result")
        await self._quiet()
        assert len(self.results) == 1, self.stage.seen()
        assert len(self.poll.messages) <= 1
        return self.found(self.results)


class Approve(Flow):
    """A mint request is approved with a button."""

    name, where = "approve", "review"

    @property
    def person(self) -> Person:
        return self.stage.people.hall.owner

    @property
    def cards(self) -> list[Message]:
        """What stands in the review channel for all operators."""
        there = self.channel.messages.values()
        return [one for one in there if self.request in one.plain]

    @property
    def card(self) -> Message:
        return self.cards[0]

    async def prepare(self) -> None:
        stage, people = self.stage, self.stage.people
        set_rule(stage.studio, people, "review_channel", str(people.review.id))
        self.request = requested(stage.studio, people)
        await stage.until(lambda: self.cards, "the review card")
        self._first = self.card
        with stage.studio.db.read() as session:
            self.candidate = session.get_one(MintRequest, self.request).candidate_id

    async def act(self) -> None:
        self._doing = asyncio.create_task(self._press())

    async def _press(self) -> Answer:
        self.answer = await self.person.press(self._first, "Approve exactly this")
        return self.answer

    async def written(self) -> None:
        """Wait until the decision is in the books."""
        await self.stage.until(self._is_decided, "the approval")

    def _is_decided(self) -> bool:
        with self.stage.studio.db.read() as session:
            return session.get_one(MintRequest, self.request).state == "approved"

    @property
    def told(self) -> list[Message]:
        """What the person who approved was answered, besides the card."""
        stage, cards = self.stage, self.cards
        words = (self.request, f"Minting {self.candidate}")
        seen = {one.id: one for said in words for one in stage.shown_to(self.person, said)}
        return [one for one in seen.values() if one not in cards]

    async def outcome(self) -> str:
        await self.written()
        await self.stage.until(lambda: self.told or self._is_broken_off(), "an answer")
        if not self._first.deleted:
            await self.stage.until(lambda: "pproved" in self._first.plain, "the card's update")
            assert "Approve exactly this" not in self._first.labels
        await self._quiet()
        assert self.stage.count(Approval) == 1
        assert len(self.cards) <= 1
        if not self.told and self._is_broken_off():
            return NOT_TOLD
        assert len(self.told) == 1, self.stage.seen()
        return self.found(self.told)

    def _is_broken_off(self) -> bool:
        return bool(self.stage.shown_to(self.person, "I was restarted"))


def _again(drawn: Any, brief: Brief) -> Candidate:
    """A picture that was drawn before, as if it had been made for this brief."""
    same = {column.key: getattr(drawn, column.key) for column in Candidate.__table__.columns}
    same |= {"id": short_id("c"), "brief_id": brief.id, "person_id": brief.person_id}
    same["image_sha256"] = "sha256:" + secrets.token_hex(32)
    return Candidate(**same)


FLOWS: dict[str, type[Flow]] = {flow.name: flow for flow in (Create, Vote, Approve)}
