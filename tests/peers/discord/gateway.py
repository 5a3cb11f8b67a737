"""The gateway: sessions that log in, beat, resume, and get the events their intents ask for.

Source: Discord's documentation, "Gateway" and "Gateway Events". Frames are plain JSON text; the
client may ask for compression, which a server is free not to use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from tests.peers.discord import payloads
from tests.peers.discord.connection import Connection
from tests.peers.discord.payloads_interactions import of_interaction
from tests.peers.discord.permissions import Permission, in_channel
from tests.peers.discord.sessions import Intent, Session
from tests.peers.discord.state import Channel, Guild, Interaction, Message

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]

RECONNECT, INVALID_SESSION, HELLO = 7, 9, 10
LARGE = 250  # members, above which a guild does not name them unasked


class Gateway:
    """All sessions of the application, and the ways to trouble them."""

    heartbeat_interval_ms = 41_250

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.sessions: dict[str, Session] = {}
        self.identifies: list[Json] = []
        self.resumed = 0
        self.closed_because: list[int] = []  # close codes given to clients that broke a rule
        self._away = False
        self.acknowledges = True
        self.refused_resumes = 0
        self._twice: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

    # --- the ways to trouble a client ---

    @property
    def connected(self) -> list[Session]:
        """Sessions with an open socket."""
        return [one for one in self.sessions.values() if one.socket is not None]

    async def drop(self, code: int = 4000) -> None:
        """Close every connection with a close code; sessions can be resumed."""
        for session in self.connected:
            socket, session.socket = session.socket, None
            if socket is not None:
                await socket.close(code=code, message=b"dropped")

    def ask_to_reconnect(self) -> None:
        """Send op 7 to everybody."""
        self._to_all({"op": RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9 to everybody, and forget the sessions unless they are resumable."""
        self._to_all({"op": INVALID_SESSION, "d": resumable})
        if not resumable:
            self.sessions.clear()

    def refuse_resume(self, times: int = 1) -> None:
        """Answer the next RESUMEs with Invalid Session, so that READY comes again."""
        self.refused_resumes += times

    def keep_silent(self, silent: bool = True) -> None:
        """Acknowledge no heartbeats."""
        self.acknowledges = not silent

    def duplicate(self, event: str, times: int = 1) -> None:
        """Send the next events of this name twice."""
        self._twice[event] += times

    def lose(self, event: str, times: int = 1) -> None:
        """Send the next events of this name to nobody."""
        self._lost[event] += times

    @asynccontextmanager
    async def outage(self, *, forget: bool = True) -> AsyncIterator[None]:
        """Nobody is connected inside this block; what happens is lost if sessions are forgotten."""
        self._away = True
        await self.drop(1001)
        if forget:
            self.sessions.clear()
        try:
            yield
        finally:
            self._away = False

    def _to_all(self, frame: Json) -> None:
        for session in self.connected:
            session.outgoing.put_nowait(orjson.dumps(frame))

    # --- events ---

    def dispatch(
        self,
        event: str,
        data: Json,
        *,
        guild: Guild | None,
        intent: int = 0,
        without_content: Callable[[], Json] | None = None,
    ) -> None:
        """Send an event to the sessions whose intents and shard ask for it."""
        if self._lost[event] > 0:
            self._lost[event] -= 1
            return
        times = 2 if self._twice[event] > 0 else 1
        self._twice[event] -= times - 1
        if guild is not None:
            data = {**data, "guild_id": str(guild.id)}
        full: bytes | None = None
        for session in self.sessions.values():
            if not session.serves(guild) or (intent and not session.intents & intent):
                continue
            if without_content and not session.intents & Intent.MESSAGE_CONTENT:
                extra = {"guild_id": str(guild.id)} if guild else {}
                frame = orjson.dumps({**without_content(), **extra})
            else:
                frame = full = full or orjson.dumps(data)
            for _ in range(times):
                session.push(event, frame)

    def joined(self, guild: Guild) -> None:
        """The bot was added to a guild: the whole guild is sent."""
        for session in self.sessions.values():
            if session.serves(guild):
                session.push("GUILD_CREATE", orjson.dumps(self.whole(guild, session)))

    def left(self, guild: Guild) -> None:
        """The bot was removed from a guild."""
        for session in self.sessions.values():
            if session.serves(guild):
                session.push("GUILD_DELETE", orjson.dumps({"id": str(guild.id)}))

    def whole(self, guild: Guild, session: Session) -> Json:
        """A guild with the members that Discord names without being asked.

        Only the bot's own, unless the presence intent is on and the guild is not large.
        """
        large = len(guild.members) > LARGE
        me = guild.members[self._peer.application.user.id]
        told_all = session.intents & Intent.GUILD_PRESENCES and not large
        members = list(guild.members.values()) if told_all else [me]
        return payloads.of_created_guild(guild, members, large)

    def interaction(self, interaction: Interaction) -> None:
        """Send INTERACTION_CREATE, which asks for no intent."""
        guild = interaction.guild
        limit = guild.attachment_size_limit if guild else self._peer.attachment_size_limit
        data = of_interaction(interaction, self._peer.application, limit)
        self.dispatch("INTERACTION_CREATE", data, guild=guild)

    def sees(self, channel: Channel) -> bool:
        """Whether the bot user may see a channel, and so gets its events."""
        if channel.guild is None:
            return True
        member = channel.guild.members.get(self._peer.application.user.id)
        return bool(in_channel(channel, member) & Permission.VIEW_CHANNEL)

    def may_read(self, message: Message) -> bool:
        """Whether the application reads a message's content without the intent for it."""
        me = self._peer.application.user
        return message.channel.guild is None or message.author is me or me in message.mentions

    # --- connections ---

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection from HELLO to its close."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        if self._away:
            await socket.close(code=1001)
            return socket
        hello = {"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_interval_ms}}
        await socket.send_str(orjson.dumps(hello).decode())
        await Connection(self._peer, socket).serve()
        return socket
