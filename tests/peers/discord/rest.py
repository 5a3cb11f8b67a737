"""REST: from an HTTP request to a handler and back, with Discord's errors, headers and types."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import BodyPartReader, web

from tests.peers.discord import errors
from tests.peers.discord.composing import Upload
from tests.peers.discord.errors import DiscordError
from tests.peers.discord.permissions import Permission, in_channel, in_guild
from tests.peers.discord.state import Channel, Guild, Member, Message

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]
FILE_FIELD = re.compile(r"files\[(\d+)\]")
LARGEST_REQUEST = 120 * 1024 * 1024


@dataclass
class Call:
    """One request, taken apart."""

    peer: Peer
    request: web.Request
    body: Any = field(default_factory=dict)
    uploads: dict[int, Upload] = field(default_factory=dict)

    def id(self, name: str) -> int:
        """A snowflake from the path."""
        text = self.request.match_info[name]
        if not text.isdigit():
            fault = {"code": "NUMBER_TYPE_COERCE", "message": f'Value "{text}" is not snowflake.'}
            errors_at = {name: {"_errors": [fault]}}
            raise DiscordError(400, 50035, "Invalid Form Body", errors_at)
        return int(text)

    def query(self, name: str, default: int, least: int = 0, most: int = 2**63) -> int:
        """A number from the query string, between bounds."""
        text = self.request.query.get(name)
        if text is None:
            return default
        if not text.isdigit() or not least <= int(text) <= most:
            code = "NUMBER_TYPE_MAX" if text.isdigit() else "NUMBER_TYPE_COERCE"
            fault = {"code": code, "message": f"int value should be between {least} and {most}."}
            raise DiscordError(400, 50035, "Invalid Form Body", {name: {"_errors": [fault]}})
        return int(text)

    # --- what the path names, seen with the bot's eyes ---

    def guild(self) -> Guild:
        """The guild in the path, which the bot must be in."""
        guild = self.peer.guilds.get(self.id("guild"))
        if guild is None:
            raise errors.unknown_guild()
        if self.peer.application.user.id not in guild.members:
            raise errors.missing_access()
        return guild

    def me(self, guild: Guild) -> Member:
        """The bot's membership of a guild."""
        member = guild.members.get(self.peer.application.user.id)
        if member is None:
            raise errors.missing_access()
        return member

    def channel(self, *needed: Permission) -> Channel:
        """The channel in the path, in which the bot holds these permissions."""
        channel = self.peer.channels.get(self.id("channel"))
        if channel is None:
            raise errors.unknown_channel()
        self.need(channel, *needed)
        return channel

    def message(self, *needed: Permission) -> Message:
        """The message in the path, in a channel where the bot holds these permissions."""
        channel = self.channel(*needed)
        message = channel.messages.get(self.id("message"))
        if message is None:
            raise errors.unknown_message()
        return message

    def need(self, channel: Channel, *needed: Permission) -> None:
        """Refuse unless the bot holds these permissions in a channel."""
        held = self.held(channel)
        if not held & Permission.VIEW_CHANNEL:
            raise errors.missing_access()
        if any(not held & one for one in needed):
            raise errors.missing_permissions()

    def need_in_guild(self, guild: Guild, needed: Permission) -> None:
        """Refuse unless the bot holds a permission in a guild."""
        if not in_guild(guild, self.me(guild)) & needed:
            raise errors.missing_permissions()

    def held(self, channel: Channel) -> Permission:
        """What the bot may do in a channel."""
        me = self.peer.application.user.id
        return in_channel(channel, channel.guild.members.get(me) if channel.guild else None)


Handler = Callable[[Call], Awaitable[Any]]
Routes = dict[tuple[str, str], Handler]


def answer(result: Any) -> web.Response:
    """A handler's result as a response: nothing is 204, a pair carries its own status."""
    if result is None:
        return web.Response(status=204)
    status, body = result if isinstance(result, tuple) else (200, result)
    return json_response(status, body)


def json_response(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    """JSON whose type is exactly `application/json`, without a charset."""
    response = web.Response(body=orjson.dumps(body), status=status, headers=headers)
    response.headers["Content-Type"] = "application/json"
    return response


def refusal(error: DiscordError) -> web.Response:
    """A refusal as a response."""
    return json_response(error.status, error.body())


async def read(peer: Peer, request: web.Request) -> Call:
    """Take a request apart: JSON, or multipart with `payload_json` and `files[n]`."""
    call = Call(peer, request)
    if request.method in ("GET", "HEAD") or not request.can_read_body:
        return call
    kind = request.content_type
    if kind == "multipart/form-data":
        await _read_multipart(call)
    elif kind == "application/json":
        call.body = _parse(await request.read())
    else:
        message = f'Expected "Content-Type" header to be one of {{"application/json"}}, got {kind}'
        raise DiscordError(400, 50035, message)
    return call


def _parse(raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError as error:
        message = "The request body contains invalid JSON."
        raise DiscordError(400, 50109, message) from error


async def _read_multipart(call: Call) -> None:
    async for part in await call.request.multipart():
        if not isinstance(part, BodyPartReader):
            raise DiscordError(400, 50035, "Invalid Form Body")
        name = part.name or ""
        match = FILE_FIELD.fullmatch(name)
        if name == "payload_json":
            call.body = _parse(bytes(await part.read()))
        elif match:
            data = bytes(await part.read())
            kind = part.headers.get("Content-Type", "application/octet-stream")
            call.uploads[int(match[1])] = Upload(part.filename or "unknown", data, kind)
        else:
            await part.read()
