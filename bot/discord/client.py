"""The client: one process's connection to Discord, and what it does with what it hears.

    interaction → acknowledged → claimed → the person signed in → a desk that answers there

It keeps no members and no messages in memory: whatever it needs to know of someone comes with the
event, or is asked for. `on_ready` may come any number of times, and so may everything that hangs
on it. Rendering is not done here but by workers.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

import discord
import structlog

from bot.desk import UNFORESEEN, Chat, Desk
from bot.discord import claims, disclosure, homes, parts
from bot.discord.acknowledging import Acknowledged, acknowledge
from bot.discord.following import Book
from bot.discord.leases import Leases
from bot.discord.place import Channel, Reply
from bot.discord.posts import FRONT_END, Owed, Posts
from bot.discord.promises import Promise
from bot.discord.registering import introduce, register
from bot.discord.saying import say_once
from bot.frontend import Message
from bot.texts import Words
from tools.community.tables import Post
from tools.errors import MintmarkError
from tools.people import Actor
from tools.studio import Studio

Handler = Callable[..., Coroutine[Any, Any, None]]
READY_AFTER_S = 1.0  # of silence after the last guild; discord.py's own default is two
_ELSEWHERE_S = 1.0  # how long the process that acknowledged has for its claim
_CLOSING_S = 10.0  # how long answers in hand may take when the bot stops
_log = structlog.get_logger("mintmark.discord")


class MintmarkClient(discord.AutoShardedClient):
    """The bot in one process."""

    def __init__(
        self,
        studio: Studio,
        chat: Chat,
        intents: discord.Intents,
        *,
        ready_after_s: float = READY_AFTER_S,
    ) -> None:
        """Make it; `start(token)` logs it in and serves until `close()`.

        Args:
            studio: opened by the caller, closed by the caller after the bot.
            chat: the agent that answers free text.
            intents: those that the application may ask for.
            ready_after_s: silence after which all guilds are taken to be known.
        """
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            guild_ready_timeout=ready_after_s,
        )
        self.studio = studio
        self.posts = Posts(studio)
        self.book = Book(self)
        self.desk = Desk(studio, Channel(self, None), chat, self.book)
        self.leases = Leases(studio, self._held, self._let_go)
        self.tree = parts.tree_of(self)
        self.told: set[str] = set()  # people who know that this is a bot
        self.saying: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by purpose
        self._hearing: dict[str, list[Handler]] = defaultdict(list)
        self._closers: list[Callable[[], Awaitable[None]]] = []
        self._in_hand: set[asyncio.Task[Any]] = set()
        self._stopping = False
        self._stopped = asyncio.Event()

    # --- what it hears ---

    def hear(self, event: str, handler: Handler) -> None:
        """Call a handler at every event of a name, such as "raw_reaction_add".

        Each call is a task of its own; calls begin in the order of the events.
        """
        self._hearing[event].append(handler)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Tell discord.py's own listeners and ours."""
        super().dispatch(event, *args, **kwargs)
        for handler in self._hearing.get(event, ()):
            self._schedule_event(handler, f"on_{event}", *args, **kwargs)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A handler failed: the log says where; nothing else stops."""
        _log.exception("unforeseen", handler=event_method)

    def on_close(self, closer: Callable[[], Awaitable[None]]) -> None:
        """Call this when the bot stops, while Discord can still be spoken to."""
        self._closers.append(closer)

    async def setup_hook(self) -> None:
        """After the login, before the gateway: parts, commands, profile."""
        await parts.set_up(self)
        await register(self)
        await introduce(self)

    async def on_shard_ready(self, shard: int) -> None:
        """A shard knows its guilds: for the first time, or after a session that was lost."""
        _log.info("ready", shard=shard, guilds=len(self.guilds))
        await self._is_back(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        """A dropped connection goes on; what was missed is sent again, but not for ever."""
        _log.info("resumed", shard=shard)
        await self._is_back(shard)

    async def on_shard_disconnect(self, shard: int) -> None:
        """A shard hears nothing; if that lasts, another process may take it."""
        self.leases.rest(shard)

    async def _is_back(self, shard: int) -> None:
        held = self.leases.holds(shard)
        await self.leases.want(shard)
        if held and self.leases.holds(shard):
            self.dispatch("caught_up", shard)

    async def _held(self, shard: int) -> None:
        self.dispatch("held", shard)

    async def _let_go(self, shard: int) -> None:
        self.dispatch("let_go", shard)

    def handles(self, guild: int | str | None) -> bool:
        """Whether this process handles a guild's reactions and posts; None for direct messages."""
        count = self.shard_count or 1
        return self.leases.holds((int(guild) >> 22) % count if guild else 0)

    # --- what it answers ---

    @asynccontextmanager
    async def answering(
        self, interaction: "discord.Interaction[Any]", *, private: bool = False
    ) -> AsyncIterator[tuple[Desk, Actor]]:
        """Acknowledge, claim, sign in; gives a desk that answers there, and the person.

        If another process answers, the task that came here is cancelled: its body must not run.
        What goes wrong inside is told to the person.

        Args:
            interaction: not yet acknowledged.
            private: whether only the person sees the answer.
        """
        place, is_kept = Reply(self, interaction, private=private), False
        async with self.at_work():
            async with self.telling(place):
                announced = await acknowledge(interaction, private)
                if not await self._is_ours(interaction, announced, private):
                    raise asyncio.CancelledError("another process answers")
                actor = await homes.actor_behind(self, interaction)
                place.words = Words(actor.locale, FRONT_END)
                yield self.desk.at(place), actor
                await place.withdraw()
                is_kept = await self._kept(interaction)
                await disclosure.tell_once(self, place, actor)
            if not is_kept:
                await self._kept(interaction)

    async def _is_ours(
        self, interaction: "discord.Interaction[Any]", announced: Acknowledged, private: bool
    ) -> bool:
        """Whether this process answers: exactly one does, whoever acknowledged."""
        if announced is Acknowledged.ELSEWHERE:
            await asyncio.sleep(_ELSEWHERE_S)
        promise = Promise.of(interaction, private).written()
        return await asyncio.to_thread(claims.take, self.studio, _key(interaction), promise)

    async def _kept(self, interaction: "discord.Interaction[Any]") -> bool:
        """The promised answer was given: note it; whether that could be done."""
        with suppress(MintmarkError):
            key, process = _key(interaction), self.studio.process
            await asyncio.to_thread(claims.settle, self.studio, key, process)
            return True
        return False

    async def claims(self, key: str) -> bool:
        """Whether this process, of all of them, is to do a thing; asked once for each key."""
        return await asyncio.to_thread(claims.take, self.studio, key)

    async def known(self, interaction: "discord.Interaction[Any]") -> Actor:
        """Whoever caused an interaction, with the role they have now; nothing is acknowledged.

        Raises:
            NotFound: if it comes from direct messages, and they share no guild with the bot.
        """
        return await homes.actor_behind(self, interaction)

    @asynccontextmanager
    async def telling(self, place: Reply | Channel) -> AsyncIterator[None]:
        """What goes wrong inside is told to the person at a place."""
        try:
            yield
        except homes.SeveralHomes as unclear:
            await place.tell(unclear.question(place.words))
        except MintmarkError as error:
            await place.tell(Message(place.words.of_error(error), tone="error"))
        except Exception as error:
            _log.error("unforeseen", exc_info=error)
            await place.tell(Message(place.words.say(UNFORESEEN), tone="error"))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The task inside is waited for, for some seconds, when the bot stops."""
        task = asyncio.current_task()
        assert task is not None  # this is a coroutine
        self._in_hand.add(task)
        try:
            yield
        finally:
            self._in_hand.discard(task)

    async def say_in(
        self,
        channel: int | str | None,
        message: Message,
        *,
        purpose: str,
        subject_id: str,
        guild: int | str,
        person: Actor | None = None,
        page: int = 1,
        words: Words | None = None,
    ) -> Post | None:
        """Say something once: in a channel, or to a person in private.

        However often this is called for one purpose, by however many processes, one message is
        sent. A process that dies in between is made good by the next call for the purpose.

        Args:
            channel: where; None for the direct messages of `person`.
            message: what to say.
            purpose: the one thing that this message is for.
            subject_id: what it is about.
            guild: whose business it is.
            person: for whom, where it is for someone.
            page: which of several messages about the subject.
            words: the language; the guild's if left out.

        Returns:
            The post, sent; None if another process is sending it.

        Raises:
            NotFound, Refused: if it cannot be sent there; the post is gone.
            ServiceUnavailable: if Discord does not answer; the post is still owed.
        """
        owed = Owed(
            purpose,
            subject_id,
            str(guild),
            str(channel or ""),
            person.person_id if person else None,
            page,
        )
        return await say_once(self, owed, message, words)

    # --- how it begins and ends ---

    async def connect(self, *, reconnect: bool = True) -> None:
        """Serve until closed, also if that comes while shards are still being launched."""
        serving = asyncio.create_task(super().connect(reconnect=reconnect))
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            serving.cancel()
            stopped.cancel()
            await asyncio.gather(serving, stopped, return_exceptions=True)

    async def close(self) -> None:
        """Finish the answers in hand, let go of the leases, and leave Discord."""
        if not self._stopping:
            self._stopping = True
            await self._put_down()
        await super().close()
        self._stopped.set()

    async def _put_down(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_S):
                while in_hand := self._in_hand - {asyncio.current_task()}:
                    await asyncio.wait(in_hand)
        for closer in self._closers:
            await closer()
        await self.desk.leave()
        try:
            await self.leases.release()
        except MintmarkError as error:
            _log.warning("leases not released", reason=str(error))


def _key(interaction: "discord.Interaction[Any]") -> str:
    """The claim of an interaction."""
    return f"interaction:{interaction.id}"
