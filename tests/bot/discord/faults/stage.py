"""Where the trouble happens: a guild with its people, and bots that can be killed."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest
from discord.webhook import async_
from sqlalchemy import func, select

from bot import following
from bot.discord import (
    acknowledging,
    announcements,
    client,
    edits,
    insisting,
    leases,
    resuming,
)
from bot.discord.client import MintmarkClient
from bot.discord.votes import galleries, reconciling, tidying
from tests.bot.discord.conftest import People, running_bot
from tests.peers.discord import Channel, Message, Peer, Person
from tools.catalogue import open_studio
from tools.errors import ServiceUnavailable
from tools.provenance.tables import Base
from tools.settings import Settings
from tools.studio import Studio

HURRY = 0.01
"""The share of discord.py's own pauses that is waited for."""
FIFTEEN_MINUTES_S = 15 * 60
_bot_of: ContextVar[int] = ContextVar("bot", default=0)

_IMPATIENCE = (
    (following, "_EVERY_S", 0.05),
    (edits, "EVERY_S", 0.05),
    (leases, "RENEWED_EVERY_S", 0.1),
    (resuming, "EVERY_S", 0.2),
    (galleries, "LOOKS_EVERY_S", 0.1),
    (galleries, "EDITS_EVERY_S", 0.1),
    (galleries, "TRIES_EVERY_S", 0.2),
    (reconciling, "LOOKS_EVERY_S", 0.1),
    (reconciling, "_AGAIN_S", 0.2),
    (tidying, "LOOKS_EVERY_S", 0.1),
    (announcements, "LOOKS_EVERY_S", 0.1),
    (announcements, "TRIES_EVERY_S", 0.2),
    (insisting, "_LONGEST_PAUSE_S", 0.02),
    (client, "_ELSEWHERE_S", 0.2),
    (acknowledging, "_AGAIN_S", 0.05),
)
"""How long the bot waits before it looks or tries again, where only the waiting is cut short."""


class Hurried:
    """asyncio, for discord.py alone, with shorter pauses."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, delay: float, result: Any = None) -> Any:
        """A share of the pause."""
        return await asyncio.sleep(delay * HURRY, result)


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Let nobody wait where waiting proves nothing."""
    for module in (discord.http, discord.shard, discord.client, async_):
        patch.setattr(module, "asyncio", Hurried())
    for place, name, seconds in _IMPATIENCE:
        patch.setattr(place, name, seconds)


@dataclass
class Stage:
    """A guild, the bots that serve it, and a process of no bot's that looks on."""

    peer: Peer
    people: People
    settings: Settings
    studio: Studio  # of the one who looks on: also the worker, where pictures are made
    patch: pytest.MonkeyPatch
    bots: list[MintmarkClient] = field(default_factory=list)
    _tasks: dict[int, list[asyncio.Task[Any]]] = field(default_factory=dict)
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _dead: set[int] = field(default_factory=set)

    async def start(self) -> MintmarkClient:
        """Start one more bot, a process of its own as far as the studio can tell."""
        number = len(self.bots) + 1
        self._tasks[number] = []
        context = copy_context()
        context.run(_bot_of.set, number)
        ready: asyncio.Future[MintmarkClient] = asyncio.get_running_loop().create_future()
        over = asyncio.Event()
        life = asyncio.create_task(self._live(ready, over), context=context)
        self._tasks[number].remove(life)
        self._open.push_async_callback(self._end, number, life, over)
        await asyncio.wait({life, ready}, return_when=asyncio.FIRST_COMPLETED)
        self.bots.append(ready.result() if ready.done() else life.result())
        return self.bots[-1]

    async def _live(self, ready: "asyncio.Future[MintmarkClient]", over: asyncio.Event) -> Any:
        with open_studio(self.settings) as studio:
            async with running_bot(self.peer, studio) as bot:
                await self.peer.until(lambda: len(self.bots) or bot.leases.holds(0))
                ready.set_result(bot)
                await over.wait()

    async def _end(self, number: int, life: "asyncio.Task[Any]", over: asyncio.Event) -> None:
        if number not in self._dead:
            over.set()
            await life
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)

    async def kill(self, bot: MintmarkClient | None = None) -> None:
        """End a bot as SIGKILL does: nothing more is written, said or released by it."""
        bot = bot or self.bots[-1]
        number = self.bots.index(bot) + 1
        self._dead.add(number)
        bot.studio.db.read = bot.studio.db.write = _dead  # type: ignore[method-assign]  # it is dead
        bot.studio.liveness.release()
        connector = bot.http._HTTPClient__session.connector  # type: ignore[attr-defined]  # there is no other way to cut it off
        await connector.close()
        for task in self._tasks[number]:
            task.cancel()
        await asyncio.wait(self._tasks[number], timeout=1)

    async def restart(self) -> MintmarkClient:
        """Kill the bot, and start another."""
        await self.kill()
        return await self.start()

    async def close(self) -> None:
        """End all bots."""
        await self._open.aclose()

    def task(self, loop: asyncio.AbstractEventLoop, coro: Any, **more: Any) -> Any:
        """Make a task, and note of which bot it is: the loop's task factory."""
        task = asyncio.Task(coro, loop=loop, **more)
        context = more.get("context")
        number = context.get(_bot_of, 0) if context else _bot_of.get()
        if number:
            self._tasks.setdefault(number, []).append(task)
        return task

    # --- looking ---

    async def until(self, holds: Callable[[], object], what: str, timeout: float = 10.0) -> None:
        """Wait until something holds; what, if it does not."""
        try:
            await self.peer.until(holds, timeout)
        except TimeoutError:
            raise AssertionError(f"{what} did not happen. {self.seen()}") from None

    def seen(self) -> str:
        """What stands in Discord, for those who wonder why a test fails."""
        lines = []
        for channel in self.peer.channels.values():
            for message in (*channel.messages.values(), *channel.unseen):
                state = "thinking" if message.loading else "deleted" if message.deleted else ""
                lines.append(f"{channel.name or channel.recipient}: {state} {message.plain[:90]!r}")
        return "\n  ".join(["There is:", *lines])

    def count(self, table: type[Base], **filters: Any) -> int:
        """How many rows there are."""
        with self.studio.db.read() as session:
            found = select(func.count()).select_from(table).filter_by(**filters)
            return session.scalar(found) or 0

    def shown_to(self, person: Person, words: str) -> list[Message]:
        """All messages that somebody can read and that say something, wherever they stand."""
        places = [*self.peer.channels.values(), person.dm]
        every = {one.id: one for place in places for one in self._sees(person, place)}
        return [one for one in every.values() if words in one.plain and not one.deleted]

    @staticmethod
    def _sees(person: Person, channel: Channel) -> list[Message]:
        if channel.guild is None and channel.recipient is not person.user:
            return []
        return person.sees(channel)

    def hanging(self) -> list[Message]:
        """Messages that still say “thinking…”, as Discord lets them for fifteen minutes."""
        every = [m for c in self.peer.channels.values() for m in (*c.messages.values(), *c.unseen)]
        return [one for one in every if one.loading and not one.deleted and self._is_alive(one)]

    def _is_alive(self, message: Message) -> bool:
        made_at = message.interaction.made_at if message.interaction else self.peer.clock.now()
        return self.peer.clock.now() - made_at <= FIFTEEN_MINUTES_S


def _dead() -> Any:
    raise ServiceUnavailable("This process is dead.")
