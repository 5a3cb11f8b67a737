"""REST routes of messages."""

from typing import Any

from tests.peers.discord import errors, payloads
from tests.peers.discord.clock import seconds_of
from tests.peers.discord.composing import Draft, amend, compose
from tests.peers.discord.errors import DiscordError
from tests.peers.discord.permissions import Permission
from tests.peers.discord.rest import Call, Routes
from tests.peers.discord.shapes import MESSAGE_SHAPE, check_shape
from tests.peers.discord.state import AppFlag, Channel, Flag, Message

Json = dict[str, Any]
TWO_WEEKS = 14 * 86_400
READS_CONTENT = 1 << 18 | AppFlag.GATEWAY_MESSAGE_CONTENT_LIMITED


def _shown(call: Call, message: Message) -> Json:
    """A message as the bot is shown it: without its content if that intent is switched off."""
    data = payloads.of_message(message, call.peer.application.user.id)
    allowed = call.peer.application.flags & READS_CONTENT
    return (
        data if allowed or call.peer.gateway.may_read(message) else payloads.without_content(data)
    )


async def create(call: Call) -> Json:
    """POST /channels/{channel}/messages"""
    channel = call.channel()
    right = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    call.need(channel, right)
    _check_uses(call, channel)
    _check_reachable(call, channel)
    draft = Draft(call.body, call.uploads)
    sent = _sent_before(call, channel)
    if sent is not None:
        return _shown(call, sent)
    author = call.peer.application.user
    if int(call.body.get("flags") or 0) & Flag.EPHEMERAL:
        fault = {"code": "MESSAGE_FLAGS_INVALID", "message": "Ephemeral is for interactions"}
        raise DiscordError(400, 50035, "Invalid Form Body", {"flags": {"_errors": [fault]}})
    reference = _referenced(call, channel)
    message = compose(call.peer, channel, author, draft, reference=reference)
    return _shown(call, call.peer.world.post(message))


def _check_uses(call: Call, channel: Channel) -> None:
    check_shape(call.body, MESSAGE_SHAPE, ())
    if call.uploads:
        call.need(channel, Permission.ATTACH_FILES)
    if call.body.get("embeds"):
        call.need(channel, Permission.EMBED_LINKS)
    if channel.archived and channel.locked:
        raise DiscordError(400, 50083, "Thread is archived")


def _check_reachable(call: Call, channel: Channel) -> None:
    who, me = channel.recipient, call.peer.application.user.id
    if who is None:
        return
    if who.dms_closed:
        raise DiscordError(403, 50007, "Cannot send messages to this user")
    shared = (
        me in guild.members and who.id in guild.members for guild in call.peer.guilds.values()
    )
    if not any(shared):
        message = "Cannot send messages to this user due to having no mutual guilds"
        raise DiscordError(403, 50278, message)


def _sent_before(call: Call, channel: Channel) -> Message | None:
    nonce = call.body.get("nonce")
    if not call.body.get("enforce_nonce") or nonce is None:
        return None
    recent = list(channel.messages.values())[-200:]
    mine = [one for one in recent if one.author is call.peer.application.user]
    return next((one for one in mine if one.nonce == nonce), None)


def _referenced(call: Call, channel: Channel) -> Message | None:
    reference = call.body.get("message_reference")
    if not reference:
        return None
    call.need(channel, Permission.READ_MESSAGE_HISTORY)
    message = channel.messages.get(int(reference.get("message_id") or 0))
    if message is None and reference.get("fail_if_not_exists", True):
        fault = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}
        errors_at = {"message_reference": {"_errors": [fault]}}
        raise DiscordError(400, 50035, "Invalid Form Body", errors_at)
    return message


async def history(call: Call) -> list[Json]:
    """GET /channels/{channel}/messages"""
    channel = call.channel()
    limit = call.query("limit", 50, 1, 100)
    if not call.held(channel) & Permission.READ_MESSAGE_HISTORY:
        return []
    messages = list(channel.messages.values())
    query = call.request.query
    if "around" in query:
        middle = call.query("around", 0)
        older = [one for one in messages if one.id < middle][-(limit // 2) :]
        newer = [one for one in messages if one.id >= middle][: limit - len(older)]
        return [_shown(call, one) for one in reversed(older + newer)]
    if "after" in query:
        messages = [one for one in messages if one.id > call.query("after", 0)][:limit]
    else:
        before = call.query("before", 2**63)
        messages = [one for one in messages if one.id < before][-limit:]
    return [_shown(call, one) for one in reversed(messages)]


async def fetch(call: Call) -> Json:
    """GET /channels/{channel}/messages/{message}"""
    return _shown(call, call.message(Permission.READ_MESSAGE_HISTORY))


async def edit(call: Call) -> Json:
    """PATCH /channels/{channel}/messages/{message}"""
    message = call.message()
    if message.author is not call.peer.application.user:
        if set(call.body) - {"tts"} == {"flags"}:
            call.need(message.channel, Permission.MANAGE_MESSAGES)
        else:
            raise DiscordError(403, 50005, "Cannot edit a message authored by another user")
    amend(call.peer, message, Draft(call.body, call.uploads))
    call.peer.world.changed(message)
    return _shown(call, message)


async def delete(call: Call) -> None:
    """DELETE /channels/{channel}/messages/{message}"""
    message = call.message()
    if message.author is not call.peer.application.user:
        if message.channel.guild is None:
            raise DiscordError(403, 50003, "Cannot execute action on a DM channel")
        call.need(message.channel, Permission.MANAGE_MESSAGES)
    call.peer.world.delete(message)


async def delete_many(call: Call) -> None:
    """POST /channels/{channel}/messages/bulk-delete"""
    channel = call.channel(Permission.MANAGE_MESSAGES)
    ids = [int(one) for one in call.body.get("messages") or []]
    if not 2 <= len(ids) <= 100:
        fault = {"code": "BASE_TYPE_BAD_LENGTH", "message": "Must be between 2 and 100 in length."}
        raise DiscordError(400, 50035, "Invalid Form Body", {"messages": {"_errors": [fault]}})
    now = call.peer.clock.now()
    if any(now - seconds_of(one) > TWO_WEEKS for one in ids):
        message = "You can only bulk delete messages that are under 14 days old."
        raise DiscordError(400, 50034, message)
    found = [channel.messages[one] for one in ids if one in channel.messages]
    call.peer.world.delete_many(channel, found)


async def type_in(call: Call) -> None:
    """POST /channels/{channel}/typing"""
    channel = call.channel(Permission.SEND_MESSAGES)
    call.peer.world.type_in(channel, call.peer.application.user)


async def pin(call: Call) -> None:
    """PUT /channels/{channel}/messages/pins/{message}"""
    message = call.message(Permission.PIN_MESSAGES)
    message.pinned = True
    call.peer.world.changed(message)


async def open_thread(call: Call) -> Any:
    """POST /channels/{channel}/messages/{message}/threads, and without the message"""
    with_message = "message" in call.request.match_info
    channel = call.channel(Permission.CREATE_PUBLIC_THREADS)
    if channel.guild is None or channel.is_thread:
        raise DiscordError(400, 50024, "Cannot execute action on this channel type")
    message = call.message() if with_message else None
    if message is not None and message.thread is not None:
        raise DiscordError(400, 160004, "A thread has already been created for this message")
    name = str(call.body.get("name") or "")
    if not 1 <= len(name) <= 100:
        fault = {"code": "BASE_TYPE_BAD_LENGTH", "message": "Must be between 1 and 100 in length."}
        raise DiscordError(400, 50035, "Invalid Form Body", {"name": {"_errors": [fault]}})
    thread = call.peer.world.open_thread(channel, name, call.peer.application.user, message)
    return 201, payloads.of_channel(thread)


async def join_thread(call: Call) -> None:
    """PUT /channels/{channel}/thread-members/{user}"""
    thread = call.channel()
    who = call.request.match_info["user"]
    number = call.peer.application.user.id if who == "@me" else int(who)
    if thread.guild is None or number not in thread.guild.members:
        raise errors.unknown_member()
    call.peer.world.join_thread(thread, thread.guild.members[number].user)


ROUTES: Routes = {
    ("POST", "/channels/{channel}/messages"): create,
    ("GET", "/channels/{channel}/messages"): history,
    ("POST", "/channels/{channel}/messages/bulk-delete"): delete_many,
    ("GET", "/channels/{channel}/messages/{message}"): fetch,
    ("PATCH", "/channels/{channel}/messages/{message}"): edit,
    ("DELETE", "/channels/{channel}/messages/{message}"): delete,
    ("PUT", "/channels/{channel}/messages/pins/{message}"): pin,
    ("POST", "/channels/{channel}/typing"): type_in,
    ("POST", "/channels/{channel}/messages/{message}/threads"): open_thread,
    ("POST", "/channels/{channel}/threads"): open_thread,
    ("PUT", "/channels/{channel}/thread-members/{user}"): join_thread,
}
