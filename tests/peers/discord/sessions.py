"""Gateway sessions and the intents they are opened with."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from tests.peers.discord.state import Guild

REMEMBERED_EVENTS = 20_000


class Intent:
    """Gateway intents that the peer's events ask for."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


@dataclass(eq=False)
class Session:
    """One logged-in connection, which outlives its socket until it is forgotten."""

    id: str
    intents: int
    shard: tuple[int, int]
    socket: web.WebSocketResponse | None = None
    sequence: int = 0
    sent: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REMEMBERED_EVENTS))
    outgoing: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    resumes: int = 0
    heartbeats: int = 0

    def serves(self, guild: Guild | None) -> bool:
        """Whether events of this guild go over this shard; direct messages go over the first."""
        return self.shard[0] == (0 if guild is None else (guild.id >> 22) % self.shard[1])

    def push(self, event: str, data: bytes) -> None:
        """Number an event, remember it, and send it if somebody listens."""
        self.sequence += 1
        frame = b'{"op":0,"t":"%b","s":%d,"d":%b}' % (event.encode(), self.sequence, data)
        self.sent.append((self.sequence, frame))
        if self.socket is not None:
            self.outgoing.put_nowait(frame)
