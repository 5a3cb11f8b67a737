"""The gateway: sessions that log in, beat, resume, and get the events their intents ask for.

Source: Discord's documentation, "Gateway" and "Gateway Events". Frames are plain JSON text; the
client may ask for compression, which a server is free not to use.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import WSMsgType, web

from tests.peers.discord import payloads
from tests.peers.discord.permissions import Permission, in_channel
from tests.peers.discord.state import AppFlag, Channel, Guild, Interaction, Message

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11
REMEMBERED_EVENTS = 20_000
CHUNK = 1000
COMMANDS_PER_MINUTE = 120


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


PRIVILEGED = {
    Intent.GUILD_MEMBERS: AppFlag.GATEWAY_GUILD_MEMBERS_LIMITED | 1 << 14,
    Intent.GUILD_PRESENCES: AppFlag.GATEWAY_PRESENCE_LIMITED | 1 << 12,
    Intent.MESSAGE_CONTENT: AppFlag.GATEWAY_MESSAGE_CONTENT_LIMITED | 1 << 18,
}
KNOWN_INTENTS = (1 << 26) - 1


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
        self._acks = True
        self._refused_resumes = 0
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
        self._refused_resumes += times

    def keep_silent(self, silent: bool = True) -> None:
        """Acknowledge no heartbeats."""
        self._acks = not silent

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

    def interaction(self, interaction: Interaction) -> None:
        """Send INTERACTION_CREATE, which asks for no intent."""
        guild = interaction.guild
        limit = guild.attachment_size_limit if guild else self._peer.attachment_size_limit
        data = payloads.of_interaction(interaction, self._peer.application, limit)
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
        await Connection(self._peer, self, socket).serve()
        return socket


class Connection:
    """One socket: what a client says on it, and what it is answered."""

    def __init__(self, peer: Peer, gateway: Gateway, socket: web.WebSocketResponse) -> None:
        self._peer = peer
        self._gateway = gateway
        self._socket = socket
        self._session: Session | None = None
        self._writer: asyncio.Task[None] | None = None
        self._said: deque[float] = deque(maxlen=COMMANDS_PER_MINUTE)

    async def serve(self) -> None:
        """Read frames until the socket closes."""
        try:
            async for message in self._socket:
                if message.type is not WSMsgType.TEXT or not await self._hear(message.data):
                    break
        finally:
            if self._writer is not None:
                self._writer.cancel()
            if self._session is not None and self._session.socket is self._socket:
                self._session.socket = None

    async def _hear(self, text: str) -> bool:
        if not self._within_rate():
            return await self._close(4008)
        try:
            frame = orjson.loads(text)
        except orjson.JSONDecodeError:
            return await self._close(4002)
        match frame.get("op"):
            case 1:
                return await self._beat()
            case 2:
                return await self._identify(frame["d"])
            case 6:
                return await self._resume(frame["d"])
            case 8:
                return await self._members(frame["d"])
            case 3 | 4:
                return self._session is not None or await self._close(4003)
        return await self._close(4001)

    def _within_rate(self) -> bool:
        now = asyncio.get_running_loop().time()
        full = len(self._said) == COMMANDS_PER_MINUTE
        within = not full or now - self._said[0] > 60
        self._said.append(now)
        return within

    async def _close(self, code: int) -> bool:
        self._gateway.closed_because.append(code)
        await self._socket.close(code=code)
        return False

    async def _beat(self) -> bool:
        if self._session is not None:
            self._session.heartbeats += 1
        if self._gateway._acks:
            await self._socket.send_str('{"op":11,"d":null}')
        return True

    async def _identify(self, data: Json) -> bool:
        if self._session is not None:
            return await self._close(4005)
        if data.get("token") != self._peer.application.token:
            return await self._close(4004)
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            return await self._close(4010)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            return await self._close(4013)
        flags = self._peer.application.flags
        if any(intents & bit and not flags & granted for bit, granted in PRIVILEGED.items()):
            return await self._close(4014)
        self._gateway.identifies.append(data)
        self._begin(Session(secrets.token_hex(16), intents, (number, count)))
        self._welcome()
        return True

    def _begin(self, session: Session) -> None:
        self._session = session
        self._gateway.sessions[session.id] = session
        session.socket = self._socket
        session.outgoing = asyncio.Queue()
        self._writer = asyncio.create_task(self._write(session.outgoing))

    async def _write(self, outgoing: asyncio.Queue[bytes]) -> None:
        while True:
            frame = await outgoing.get()
            try:
                await self._socket.send_str(frame.decode())
            except (ConnectionError, RuntimeError):
                return

    def _welcome(self) -> None:
        session, peer = self._session, self._peer
        assert session is not None
        guilds = [guild for guild in peer.guilds.values() if session.serves(guild)]
        guilds = [guild for guild in guilds if peer.application.user.id in guild.members]
        ready = {
            "v": 10,
            "user": payloads.of_user(peer.application.user) | {"verified": True, "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": peer.gateway_url,
            "shard": list(session.shard),
            "application": {
                "id": str(peer.application.id),
                "flags": peer.application.flags,
            },
        }
        session.push("READY", orjson.dumps(ready))
        for guild in guilds:
            session.push("GUILD_CREATE", orjson.dumps(self._guild(guild, session)))

    def _guild(self, guild: Guild, session: Session) -> Json:
        large = len(guild.members) > 250
        me = guild.members[self._peer.application.user.id]
        told_all = session.intents & Intent.GUILD_PRESENCES and not large
        members = list(guild.members.values()) if told_all else [me]
        return payloads.of_created_guild(guild, members, large)

    async def _resume(self, data: Json) -> bool:
        gateway = self._gateway
        session = gateway.sessions.get(data.get("session_id", ""))
        if data.get("token") != self._peer.application.token:
            return await self._close(4004)
        refused = gateway._refused_resumes > 0
        gateway._refused_resumes -= int(refused)
        if session is None or refused or not self._can_replay(session, data["seq"]):
            gateway.sessions.pop(data.get("session_id", ""), None)
            await self._socket.send_str('{"op":9,"d":false}')
            return True
        missed = [frame for number, frame in session.sent if number > data["seq"]]
        self._begin(session)
        for frame in missed:
            session.outgoing.put_nowait(frame)
        session.push("RESUMED", b'{"_trace":[]}')
        session.resumes += 1
        gateway.resumed += 1
        return True

    @staticmethod
    def _can_replay(session: Session, sequence: int | None) -> bool:
        if sequence is None or sequence > session.sequence:
            return False
        return not session.sent or session.sent[0][0] <= sequence + 1

    async def _members(self, data: Json) -> bool:
        session = self._session
        if session is None:
            return await self._close(4003)
        guild = self._peer.guilds.get(int(data["guild_id"]))
        ids = data.get("user_ids")
        if guild is None or (isinstance(ids, list) and len(ids) > 100):
            return await self._close(4002)
        whole = ids is None and not data.get("query") and not data.get("limit")
        if whole and not session.intents & Intent.GUILD_MEMBERS:
            return await self._close(4014)
        self._send_chunks(session, guild, data, self._asked_for(guild, data))
        return True

    @staticmethod
    def _asked_for(guild: Guild, data: Json) -> list[Any]:
        ids = data.get("user_ids")
        if ids is not None:
            wanted = [int(one) for one in (ids if isinstance(ids, list) else [ids])]
            return [guild.members[one] for one in wanted if one in guild.members]
        query, limit = str(data.get("query") or "").lower(), int(data.get("limit") or 0)
        if not query:
            everybody = list(guild.members.values())
            return everybody[:limit] if limit else everybody
        named = (m for m in guild.members.values() if _named(m).startswith(query))
        return [member for _, member in zip(range(min(limit or 100, 100)), named, strict=False)]

    @staticmethod
    def _send_chunks(session: Session, guild: Guild, data: Json, members: list[Any]) -> None:
        pieces = [members[at : at + CHUNK] for at in range(0, len(members), CHUNK)] or [[]]
        ids = data.get("user_ids")
        ids = ids if isinstance(ids, list) or ids is None else [ids]
        missing = [one for one in ids or [] if int(one) not in guild.members]
        for number, piece in enumerate(pieces):
            chunk: Json = {
                "guild_id": str(guild.id),
                "members": [payloads.of_member(member) for member in piece],
                "chunk_index": number,
                "chunk_count": len(pieces),
                "not_found": [str(one) for one in missing],
            }
            if data.get("nonce") is not None:
                chunk["nonce"] = data["nonce"]
            session.push("GUILD_MEMBERS_CHUNK", orjson.dumps(chunk))


def _named(member: Any) -> str:
    return str(member.nick or member.user.display_name or member.user.name).lower()
