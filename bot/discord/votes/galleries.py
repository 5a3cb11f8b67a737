"""The galleries of rounds: where people see what they vote on, and vote with numbers.

Whoever opened a round, wherever (a command, the terminal, a bracket), the process that handles the
guild shows it: ten numbered pictures to a message, under each its numbers as reactions to tap. The
messages stand in the guild's gallery channel, else where the round was opened. They are brought up
to date a few times a minute at most; times count down by themselves. One that somebody deletes is
sent again while the round is open; no vote is lost with it. When the round is closed they say how
it ended.

All of it is read from the database again and again, so it goes on after a crash, in any process.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.discord import people
from bot.discord.cards import Card
from bot.discord.looking import Looking
from bot.discord.place import drawn
from bot.discord.places import asked_in, open_places
from bot.discord.posts import FRONT_END, Owed
from bot.discord.safe_send import Gone, InChannel, NotAllowed, Sent, edit, persistently, send
from bot.discord.votes.page_messages import page_message
from bot.discord.votes.pages import PER_PAGE, PURPOSE, Page, Pages, purpose_of
from bot.frontend import Message
from bot.scene import Scene
from bot.texts import Words
from tools.community.rules import rules_of
from tools.community.tables import Post, Reaction
from tools.errors import Conflict, MintmarkError
from tools.people import STUDIO, Role
from tools.provenance.tables import now
from tools.voting.board import EntryOut, RoundOut, describe
from tools.voting.tables import Bracket, Round

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

LOOKS_EVERY_S = 1.0
EDITS_EVERY_S = 10.0  # of one message, while votes come in
TRIES_EVERY_S = 60.0  # to send what could not be sent
_log = structlog.get_logger("mintmark.discord.galleries")


@dataclass(frozen=True)
class Standing:
    """A round, and its posts, as they stand in the database."""

    out: RoundOut
    guild: str
    opened_in: str  # the channel in Discord, or nothing
    posts: dict[int, Post]  # by page

    @property
    def pages(self) -> range:
        """The numbers of its pages."""
        return range(1, -(-len(self.out.entries) // PER_PAGE) + 1)


class Galleries:
    """The galleries of the guilds that this process handles."""

    def __init__(self, client: "MintmarkClient", pages: Pages) -> None:
        self._client = client
        self._pages = pages
        self._shown: dict[str, tuple[Message, float]] = {}  # post → what it shows, since when
        self._not_before: dict[str, float] = {}  # round → when to try again
        self._looking = Looking(self.look, lambda: LOOKS_EVERY_S, name="galleries")
        self._one_at_a_time = asyncio.Lock()

    # --- when it looks ---

    async def begin(self, _: int = 0) -> None:
        """A shard is held: know its messages, and look after them from now on."""
        self._shown.clear()
        await asyncio.to_thread(self._pages.read, self._client.studio)
        self._looking.begin()

    async def stop(self) -> None:
        """Look no more."""
        await self._looking.stop()

    async def look(self) -> None:
        """Send what is owed, and bring up to date what stands there."""
        async with self._one_at_a_time:
            for standing in await asyncio.to_thread(self._read):
                await self._see_to(standing)

    async def deleted(
        self, event: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent
    ) -> None:
        """Messages are gone: those of open rounds are sent again."""
        if isinstance(event, discord.RawBulkMessageDeleteEvent):
            messages: Iterable[int] = event.message_ids
        else:
            messages = (event.message_id,)
        for message in messages:
            if page := self._pages.at(message):
                await self.lost(page)

    async def channel_deleted(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is gone, and every message in it."""
        for page in self._pages.within(channel.id):
            await self.lost(page)

    async def lost(self, page: Page) -> None:
        """A message of a round is gone: forget where it stood, so that it is sent again."""
        self._pages.drop(page.message)
        self._shown.pop(page.post_id, None)
        await asyncio.to_thread(self._owe_again, page)
        _log.info("gallery lost", round=page.round_id, page=page.number)

    # --- one round ---

    async def _see_to(self, standing: Standing) -> None:
        loop = asyncio.get_running_loop()
        if self._not_before.get(standing.out.round_id, 0.0) > loop.time():
            return
        try:
            if standing.out.state == "open":
                await self._post_all(standing)
            await self._bring_up_to_date(standing)
        except MintmarkError as error:
            self._not_before[standing.out.round_id] = loop.time() + TRIES_EVERY_S
            _log.warning("gallery put off", round=standing.out.round_id, reason=str(error))
        except Exception:  # the other rounds are shown all the same
            self._not_before[standing.out.round_id] = loop.time() + TRIES_EVERY_S
            _log.exception("unforeseen", round=standing.out.round_id)

    async def _post_all(self, standing: Standing) -> None:
        missing = [
            number
            for number in standing.pages
            if (post := standing.posts.get(number)) is None or post.state != "sent"
        ]
        if missing and not standing.posts:
            await self._count_it(standing.out.round_id)
        for number in missing:
            await self._post(standing, number)

    async def _count_it(self, round_id: str) -> None:
        """From now on the round closes only when the reactions were looked at."""
        arguments = {"round_id": round_id, "front_end": FRONT_END}
        with suppress(Conflict):  # it is over, or another front end counts it
            await self._client.studio.door.acall("count_round_by", arguments, STUDIO)

    async def _post(self, standing: Standing, number: int) -> None:
        """Send one page to the first channel that takes it, and put its numbers under it."""
        out = standing.out
        owed = Owed(purpose_of(out.round_id, number), out.round_id, standing.guild, page=number)
        post, _ = await asyncio.to_thread(self._client.posts.owe, owed)
        message = await self._message(standing, number)
        words = await self._words(standing.guild)
        (card, *_) = await drawn(self._client, message, words)
        nonce = f"{post.id}.{int(post.updated_at.timestamp())}"[-25:]
        sent = await self._sent(standing, card, nonce)
        shown = [entry.candidate_id for entry in _entries(out, number)]
        await asyncio.to_thread(
            self._client.posts.sent, post.id, str(sent.channel), str(sent.message), shown
        )
        page = Page(
            post.id, out.round_id, standing.guild, sent.channel, sent.message, number,
            len(shown), out.hidden,
        )  # fmt: skip
        self._pages.add(page)
        self._shown[post.id] = (message, asyncio.get_running_loop().time())
        await self.dress(page)

    async def _sent(self, standing: Standing, card: Card, nonce: str) -> Sent:
        error: MintmarkError | None = None
        rules = await asyncio.to_thread(rules_of, self._client.studio, standing.guild)
        wished = (rules.gallery_channel, standing.opened_in)
        for place in open_places(self._client, standing.guild, wished):
            try:
                return await send(self._client, InChannel(place.id), card, nonce=nonce)
            except (Gone, NotAllowed) as refused:
                error = error or refused
        raise error or NotAllowed(
            "There is no channel in which I may show the round {round}: choose one with /settings.",
            round=standing.out.round_id,
        )

    async def dress(self, page: Page, missing: Iterable[str] | None = None) -> None:
        """Put the numbers under a message, so that people need only tap them."""
        for emoji in page.emojis if missing is None else missing:
            with suppress(Gone):
                await self._add(page, emoji)

    async def _add(self, page: Page, emoji: str) -> None:
        where = (page.channel, page.message, emoji)
        await persistently(lambda: self._client.http.add_reaction(*where), self._client)

    async def _bring_up_to_date(self, standing: Standing) -> None:
        for number, post in standing.posts.items():
            page = self._pages.at(int(post.message)) if post.message else None
            if page is not None and post.state == "sent":
                await self._refresh(standing, number, page)
            if standing.out.state == "closed":
                await self._end(post)

    async def _end(self, post: Post) -> None:
        """The round is closed: what its page shows does not change any more."""
        self._shown.pop(post.id, None)
        end = self._client.posts.done if post.state == "sent" else self._client.posts.gone
        await asyncio.to_thread(end, post.id)

    async def _refresh(self, standing: Standing, number: int, page: Page) -> None:
        """Show how the votes stand, if that changed, and not too often."""
        message, loop = await self._message(standing, number), asyncio.get_running_loop()
        before, since = self._shown.get(page.post_id, (None, 0.0))
        open_still = standing.out.state == "open"
        if message == before or (open_still and loop.time() < since + EDITS_EVERY_S):
            return
        (card, *_) = await drawn(self._client, message, await self._words(standing.guild))
        try:
            at = Sent(page.channel, page.message)
            await edit(self._client, at, card, keeps_files=True)
        except Gone:
            await self.lost(page)
        else:
            self._shown[page.post_id] = (message, loop.time())

    async def _message(self, standing: Standing, number: int) -> Message:
        words = await self._words(standing.guild)
        scene = Scene(self._client.studio, STUDIO, Role.MEMBER, words)
        return page_message(standing.out, _entries(standing.out, number), scene)

    async def _words(self, guild: str) -> Words:
        rules = await asyncio.to_thread(rules_of, self._client.studio, guild)
        return Words(rules.locale or people.locale_of(self._client, guild), FRONT_END)

    # --- the books; all of these block ---

    def _read(self) -> list[Standing]:
        """Rounds that are open, and those whose posts do not yet say how they ended."""
        with self._client.studio.db.read() as session:
            owing = select(Post.subject_id).where(
                Post.front_end == FRONT_END,
                Post.purpose.startswith(PURPOSE),
                Post.state.in_(("wanted", "sent")),
            )
            found = session.scalars(
                select(Round)
                .where((Round.state == "open") | Round.id.in_(owing))
                .order_by(Round.opens_at)
            )
            return [
                Standing(
                    describe(session, round_, STUDIO),
                    round_.guild,
                    opened_in(session, round_),
                    {post.page: post for post in _posts(session, round_.id)},
                )
                for round_ in found
                if self._is_ours(round_)
            ]

    def _is_ours(self, round_: Round) -> bool:
        guild = round_.guild
        if not guild.isdecimal() or self._client.get_guild(int(guild)) is None:
            return False
        return self._client.handles(guild)

    def _owe_again(self, page: Page) -> None:
        with self._client.studio.db.write() as session:
            post = session.get(Post, page.post_id)
            if post is not None and post.message == str(page.message):
                post.state = "wanted" if _is_open(session, page.round_id) else "gone"
                post.message, post.updated_at = None, now()
            gone = select(Reaction).filter_by(message=str(page.message))
            for row in session.scalars(gone):
                session.delete(row)


def _entries(out: RoundOut, number: int) -> list[EntryOut]:
    return out.entries[(number - 1) * PER_PAGE : number * PER_PAGE]


def _posts(session: Session, round_id: str) -> Iterator[Post]:
    found = select(Post).filter_by(front_end=FRONT_END, subject_id=round_id)
    yield from session.scalars(found.where(Post.purpose.startswith(PURPOSE)))


def _is_open(session: Session, round_id: str) -> bool:
    round_ = session.get(Round, round_id)
    return round_ is not None and round_.state == "open"


def opened_in(session: Session, round_: Round) -> str:
    """The channel of Discord in which somebody opened the round, or the bracket it is part of."""
    bracket = session.get(Bracket, round_.bracket_id) if round_.bracket_id else None
    return asked_in(session, bracket.tool_call_id if bracket else round_.tool_call_id)
