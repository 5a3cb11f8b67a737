"""One connection to the gateway: what a client says on it, and what it is answered."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import WSMsgType, web

from tests.peers.discord import payloads
from tests.peers.discord.sessions import Intent, Session
from tests.peers.discord.state import AppFlag, Guild, Member

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]

CHUNK = 1000
COMMANDS_PER_MINUTE = 120
PRIVILEGED = {
    Intent.GUILD_MEMBERS: AppFlag.GATEWAY_GUILD_MEMBERS_LIMITED | 1 << 14,
    Intent.GUILD_PRESENCES: AppFlag.GATEWAY_PRESENCE_LIMITED | 1 << 12,
    Intent.MESSAGE_CONTENT: AppFlag.GATEWAY_MESSAGE_CONTENT_LIMITED | 1 << 18,
}
KNOWN_INTENTS = (1 << 26) - 1


class Connection:
    """One socket: what a client says on it, and what it is answered."""

    def __init__(self, peer: Peer, socket: web.WebSocketResponse) -> None:
        self._peer = peer
        self._gateway = peer.gateway
        self._socket = socket
        self._session: Session | None = None
        self._writer: asyncio.Task[None] | None = None
        self._said: deque[float] = deque(maxlen=COMMANDS_PER_MINUTE)

    async def serve(self) -> None:
        """Read frames until the socket closes."""
        try:
            while await self._next():
                pass
        finally:
            if self._writer is not None:
                self._writer.cancel()
            self._part()

    def _part(self) -> None:
        """Let go of the session; a client that closes with 1000 or 1001 gives it up."""
        session = self._session
        if session is None or session.socket is not self._socket:
            return
        session.socket = None
        if self._socket.close_code in (1000, 1001):
            self._gateway.sessions.pop(session.id, None)

    async def _next(self) -> bool:
        """Hear one frame; a client that sends no heartbeat in time is closed with 4009."""
        patience = self._gateway.heartbeat_interval_ms / 1000 * 1.5
        try:
            message = await self._socket.receive(timeout=patience)
        except TimeoutError:
            return await self._close(4009)
        return message.type is WSMsgType.TEXT and await self._hear(message.data)

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
        if self._gateway.acknowledges:
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
            session.push("GUILD_CREATE", orjson.dumps(self._gateway.whole(guild, session)))

    async def _resume(self, data: Json) -> bool:
        gateway = self._gateway
        session = gateway.sessions.get(data.get("session_id", ""))
        if data.get("token") != self._peer.application.token:
            return await self._close(4004)
        refused = gateway.refused_resumes > 0
        gateway.refused_resumes -= int(refused)
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
    def _asked_for(guild: Guild, data: Json) -> list[Member]:
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
    def _send_chunks(session: Session, guild: Guild, data: Json, members: list[Member]) -> None:
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


def _named(member: Member) -> str:
    return str(member.nick or member.user.display_name or member.user.name).lower()
