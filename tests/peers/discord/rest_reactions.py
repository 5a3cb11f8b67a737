"""REST routes of reactions."""

from typing import Any

from tests.peers.discord import payloads
from tests.peers.discord.errors import DiscordError
from tests.peers.discord.permissions import Permission
from tests.peers.discord.rest import Call, Routes

Json = dict[str, Any]
MOST_EMOJIS = 20


def emoji_key(text: str) -> str:
    """The emoji of a path: a character, or name:id."""
    name, _, number = text.partition(":")
    if number.isdigit() and name:
        return text
    if not text or text.isascii() or len(text) > 32:
        raise DiscordError(400, 10014, "Unknown Emoji")
    return text


def _key(call: Call) -> str:
    return emoji_key(call.request.match_info["emoji"])


async def add(call: Call) -> None:
    """PUT …/reactions/{emoji}/@me"""
    message = call.message(Permission.READ_MESSAGE_HISTORY)
    key = _key(call)
    if key not in message.reactions:
        call.need(message.channel, Permission.ADD_REACTIONS)
        if len(message.reactions) >= MOST_EMOJIS:
            raise DiscordError(400, 30010, "Maximum number of reactions reached (20)")
    call.peer.world.react(message, call.peer.application.user, key)


async def remove_own(call: Call) -> None:
    """DELETE …/reactions/{emoji}/@me"""
    message = call.message()
    call.peer.world.unreact(message, call.peer.application.user.id, _key(call))


async def remove(call: Call) -> None:
    """DELETE …/reactions/{emoji}/{user}"""
    message = call.message()
    number = call.id("user")
    if number != call.peer.application.user.id:
        call.need(message.channel, Permission.MANAGE_MESSAGES)
    call.peer.world.unreact(message, number, _key(call))


async def page(call: Call) -> list[Json]:
    """GET …/reactions/{emoji}"""
    message = call.message(Permission.READ_MESSAGE_HISTORY)
    limit = call.query("limit", 25, 1, 100)
    reaction = message.reactions.get(_key(call))
    if reaction is None or call.query("type", 0) == 1:
        return []
    users = reaction.page(call.query("after", 0), limit)
    return [payloads.of_user(call.peer.users[one]) for one in users]


async def clear(call: Call) -> None:
    """DELETE …/reactions"""
    call.peer.world.clear_reactions(call.message(Permission.MANAGE_MESSAGES))


async def clear_emoji(call: Call) -> None:
    """DELETE …/reactions/{emoji}"""
    message = call.message(Permission.MANAGE_MESSAGES)
    call.peer.world.clear_emoji(message, _key(call))


BASE = "/channels/{channel}/messages/{message}/reactions"
ROUTES: Routes = {
    ("PUT", f"{BASE}/{{emoji}}/@me"): add,
    ("DELETE", f"{BASE}/{{emoji}}/@me"): remove_own,
    ("DELETE", f"{BASE}/{{emoji}}/{{user}}"): remove,
    ("GET", f"{BASE}/{{emoji}}"): page,
    ("DELETE", f"{BASE}/{{emoji}}"): clear_emoji,
    ("DELETE", BASE): clear,
}
