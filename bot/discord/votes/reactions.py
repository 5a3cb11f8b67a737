"""Reactions on the galleries of rounds are votes: each goes through the door as its person.

    set            the vote is cast, or moves; the person's older reaction is taken off
    taken away     the vote is withdrawn, if it still stands on that number
    no vote        other emojis are taken off
    refused        taken off, and explained once in private
    secret round   taken off at once, and confirmed in private
    cleared        a moderator cleared the message: that is no withdrawal; votes stay

What one person does in one round happens in the order in which they did it, one step at a time; so
whatever they tap, and however fast, the last of it counts. A row in the books says of each reaction
that it was seen, and whether it stands for a vote. One that does not (because the vote has moved
on, and it is still to be taken off) withdraws nothing when it goes, and is never taken for a vote
again, by no process, however long it stays.

What is still to be done when the time of the round is over is left to the last comparison: what
stands there then counts, however long the line was.

While votes are compared (`reconciling`), nothing is done here for that round; what happened
meanwhile is done right after, and whom it concerns is told to the comparison.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import discord
import structlog

from bot.discord import people
from bot.discord.posts import FRONT_END
from bot.discord.votes.books import Books, ToBeCompared
from bot.discord.votes.pages import Page, Pages
from bot.discord.votes.removals import Removals, Standing
from bot.discord.votes.turnstile import Turnstile
from bot.discord.votes.whispers import Whisper, Whispers
from bot.frontend import Message
from bot.presenters import present
from bot.scene import scene_of
from bot.texts import Words
from tools.definition import Output
from tools.errors import MintmarkError, ServiceUnavailable
from tools.people import Actor
from tools.provenance.canonical import digest

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

WAITS_S = 0.25  # between two looks whether a round was compared
AT_ONCE = 2  # votes that go through the door at the same time: acknowledging comes first
_log = structlog.get_logger("mintmark.discord.reactions")


@dataclass(frozen=True)
class Change:
    """A reaction that came or went."""

    page: Page
    number: int
    user: int
    member: discord.Member | None  # as the event brought them
    came: bool

    @property
    def reaction(self) -> tuple[Page, int, int]:
        """The reaction: under which message, whose, and for which number."""
        return self.page, self.user, self.number


class Reactions:
    """The reactions of the guilds that this process handles."""

    def __init__(
        self,
        client: "MintmarkClient",
        books: Books,
        pages: Pages,
        removals: Removals,
        whispers: Whispers,
    ) -> None:
        self._client = client
        self._books = books
        self._pages = pages
        self._removals = removals
        self._whispers = whispers
        self._lines: dict[tuple[str, int], deque[Change]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._few = asyncio.Semaphore(AT_ONCE)
        self._touched: dict[str, set[int]] = {}
        self._stopping = False
        self.turnstiles: defaultdict[str, Turnstile] = defaultdict(Turnstile)

    # --- what it hears ---

    async def came(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody set a reaction."""
        if page := self._page(event):
            standing = _standing(event)
            self._removals.keep(standing)
            number = page.voted_with(_emoji(event))
            if number is None:
                self._removals.take_off(standing)
                return
            self._line_up(Change(page, number, event.user_id, event.member, came=True))

    async def went(self, event: discord.RawReactionActionEvent) -> None:
        """A reaction is gone: its person, or a moderator, or we took it off."""
        if page := self._page(event):
            number = page.voted_with(_emoji(event))
            if number is not None:
                self._line_up(Change(page, number, event.user_id, None, came=False))

    async def cleared(
        self, event: discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent
    ) -> None:
        """A moderator cleared a message, or one emoji of it: votes stay."""
        page = self._pages.at(event.message_id)
        if page is None or not self._client.handles(event.guild_id):
            return
        number = None
        if isinstance(event, discord.RawReactionClearEmojiEvent):
            number = page.voted_with(event.emoji.name)
            if number is None:
                return
        async with self.turnstiles[page.round_id].live():
            await asyncio.to_thread(self._books.forget, page.message, number)

    def _page(self, event: discord.RawReactionActionEvent) -> Page | None:
        me = self._client.user
        if me is None or event.user_id == me.id or not self._client.handles(event.guild_id):
            return None
        return self._pages.at(event.message_id)

    # --- comparing ---

    @asynccontextmanager
    async def watched(self, round_id: str) -> AsyncIterator[set[int]]:
        """Gives the people who do something in a round from now on; it grows."""
        touched = self.busy_in(round_id)
        self._touched[round_id] = touched
        try:
            yield touched
        finally:
            self._touched.pop(round_id, None)

    def busy_in(self, round_id: str) -> set[int]:
        """The people of whom something still waits to be done in a round."""
        return {user for round_, user in self._lines if round_ == round_id}

    def is_busy(self, round_id: str, user: int) -> bool:
        """Whether something of this person still waits to be done."""
        return (round_id, user) in self._lines

    async def settled(self) -> None:
        """Wait until all that was heard is done."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def stop(self) -> None:
        """Finish what was heard; what waits for a count is left to another process's comparison."""
        self._stopping = True
        await self.settled()

    # --- one person in one round ---

    def _line_up(self, change: Change) -> None:
        key = (change.page.round_id, change.user)
        if (touched := self._touched.get(change.page.round_id)) is not None:
            touched.add(change.user)
        if key in self._lines:
            self._lines[key].append(change)
            return
        self._lines[key] = deque([change])
        worker = asyncio.create_task(self._work(key), name="reactions")
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, key: tuple[str, int]) -> None:
        line = self._lines[key]
        try:
            while line:
                async with self.turnstiles[key[0]].live(), self._few:
                    is_done = await self._done(line[0])
                if is_done:
                    line.popleft()
                elif not await self._counted(line[0].page):
                    return
        finally:
            del self._lines[key]

    async def _done(self, change: Change) -> bool:
        """Do it; False if the time of the round is over, and the last comparison decides."""
        if await self._awaits_count(change.page):
            return False
        try:
            await (self._cast(change) if change.came else self._withdrawn(change))
        except ServiceUnavailable as error:  # it stands there, and is found when votes are compared
            _log.warning("vote put off", round=change.page.round_id, reason=str(error))
        except ToBeCompared:
            return False
        except MintmarkError as error:
            if await self._awaits_count(change.page):
                return False
            _log.info("vote left", round=change.page.round_id, reason=str(error))
        except Exception:
            _log.exception("unforeseen", round=change.page.round_id)
        return True

    async def _awaits_count(self, page: Page) -> bool:
        return await asyncio.to_thread(self._books.awaits_count, page.round_id)

    async def _counted(self, page: Page) -> bool:
        """Wait for the last comparison; False if another process is to make it."""
        while not self._stopping and self._client.handles(page.guild):
            if not await self._awaits_count(page):
                return True
            await asyncio.sleep(WAITS_S)
        return False

    async def _cast(self, change: Change) -> None:
        page, actor = change.page, await self._actor(change)
        if await asyncio.to_thread(self._books.is_noted, *change.reaction):
            return  # a comparison was quicker, or the event came twice
        try:
            output = await self._client.studio.door.acall(
                "vote", {"choice": str(change.number), "round_id": page.round_id}, actor
            )
        except ServiceUnavailable:
            raise
        except MintmarkError as error:
            if await self._awaits_count(page):
                raise ToBeCompared from error
            self.turned_away(page, change.user, change.number)
            self.explain(actor, page.round_id, error, is_bot=_is_bot(change.member))
            return
        for message, number in await asyncio.to_thread(self._books.replace, *change.reaction):
            if (at := self._pages.at(message)) is not None:
                self.turned_away(at, change.user, number)
        if page.hidden:
            self.turned_away(page, change.user, change.number)
            self._confirm(actor, page.round_id, output)

    async def _withdrawn(self, change: Change) -> None:
        page = change.page
        if not await asyncio.to_thread(self._books.stands_for_a_vote, *change.reaction):
            return
        actor = await asyncio.to_thread(self._known, change)
        if actor is not None:
            await self._client.studio.door.acall(
                "withdraw_vote", {"round_id": page.round_id}, actor.by("reaction")
            )
        await asyncio.to_thread(self._books.forget, page.message, change.number, change.user)

    async def _actor(self, change: Change) -> Actor:
        who = change.member or await people.member_of(self._client, change.page.guild, change.user)
        page = change.page
        actor = await people.actor_of(self._client, who, page.guild, page.channel)
        return actor.by("reaction")

    def _known(self, change: Change) -> Actor | None:
        page = change.page
        return people.known(self._client.studio, change.user, page.guild, page.channel)

    # --- what is said and taken off ---

    def turned_away(self, page: Page, user: int, number: int) -> None:
        """Take a reaction off that stands for nothing.

        Not if its person has done something with it since, which is still to be handled: what is
        to be taken off may have been set anew by then.
        """
        line = self._lines.get((page.round_id, user), ())
        if not any(_is(one, page, number) for one in islice(line, 1, None)):
            emoji = page.emoji_for(number)
            self._removals.take_off(Standing(page.channel, page.message, user, emoji))

    def is_turned_away(self, page: Page, user: int, number: int) -> bool:
        """Whether a reaction waits here to be taken off."""
        emoji = page.emoji_for(number)
        return self._removals.doomed(Standing(page.channel, page.message, user, emoji))

    def explain(
        self, actor: Actor, round_id: str, error: MintmarkError, *, is_bot: bool = False
    ) -> None:
        """Say why a vote does not count: once for each person, round and reason."""
        if is_bot:
            return
        words = Words(actor.locale, FRONT_END)
        reason = digest(error.template).removeprefix("sha256:")[:16]
        told = words.of_error(error) if error.facts else words.again(str(error))
        message = Message(told, title=words.say("Your vote was not counted"), tone="notice")
        purpose = f"refused:{round_id}:{actor.person_id}:{reason}"
        self._whispers.tell(Whisper(purpose, round_id, actor, message))

    def _confirm(self, actor: Actor, round_id: str, output: Output) -> None:
        """Say where a vote stands that nobody may see."""
        message = present(output, scene_of(self._client.studio, actor))
        purpose = f"voted:{round_id}:{actor.person_id}"
        self._whispers.tell(Whisper(purpose, round_id, actor, message))


def _is(change: Change, page: Page, number: int) -> bool:
    return change.page.message == page.message and change.number == number


def _emoji(event: discord.RawReactionActionEvent) -> str:
    emoji = event.emoji
    return f"{emoji.name}:{emoji.id}" if emoji.id else emoji.name


def _standing(event: discord.RawReactionActionEvent) -> Standing:
    return Standing(event.channel_id, event.message_id, event.user_id, _emoji(event))


def _is_bot(member: discord.Member | None) -> bool:
    return member is not None and member.bot
