"""Whom a message names, and whom it may make a sound at (allowed mentions)."""

import re
from typing import Any

from tests.peers.discord.permissions import Permission, in_channel
from tests.peers.discord.reading import components_in
from tests.peers.discord.state import Channel, Message, Pinged, User

Json = dict[str, Any]

USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")
EVERYONE_MENTION = re.compile(r"@(?:everyone|here)\b")
EVERYTHING: Json = {"parse": ["users", "roles", "everyone"], "replied_user": True}


def find_mentions(message: Message, body: Json, *, edit: bool = False) -> None:
    """Fill in a message's mentions from its text and the body's `allowed_mentions`.

    An edit changes whom the message names, but makes no sound.
    """
    allowed = body.get("allowed_mentions")
    rule: Json = EVERYTHING if allowed is None else allowed
    texts = [found["content"] for found in components_in(message.components, {10})]
    text = "\n".join([message.content, *texts])
    message.mentions = _users(message, rule, text)
    guild = message.channel.guild
    roles = _allowed(ROLE_MENTION.findall(text), rule, "roles")
    message.mention_roles = [one for one in roles if guild and one in guild.roles]
    everyone = bool(EVERYONE_MENTION.search(text)) and "everyone" in (rule.get("parse") or [])
    loud = _may_mention_all(message)
    message.mention_everyone = everyone and loud
    if not edit and not message.ephemeral:
        rings = [one for one in message.mention_roles if loud or _rings(message, one)]
        ids = [user.id for user in message.mentions if user is not message.author]
        message.pinged = Pinged(message.mention_everyone, ids, rings)


def _allowed(found: list[str], rule: Json, kind: str) -> list[int]:
    """The ids in a text that a rule lets through, each once."""
    once = list(dict.fromkeys(found))
    if kind not in (rule.get("parse") or []):
        listed = {str(one) for one in rule.get(kind) or []}
        once = [one for one in once if one in listed]
    return [int(one) for one in once]


def _users(message: Message, rule: Json, text: str) -> list[User]:
    known = _People(message.channel)
    ids = _allowed(USER_MENTION.findall(text), rule, "users")
    users = [known[one] for one in ids if one in known]
    if message.reference is not None and rule.get("replied_user", False):
        replied = message.reference.author
        if replied not in (message.author, *users):
            users.append(replied)
    return users


def _rings(message: Message, role_id: int) -> bool:
    assert message.channel.guild is not None
    return message.channel.guild.roles[role_id].mentionable


def _may_mention_all(message: Message) -> bool:
    guild = message.channel.guild
    if guild is None:
        return False
    member = guild.members.get(message.author.id)
    return bool(in_channel(message.channel, member) & Permission.MENTION_EVERYONE)


class _People(dict[int, User]):
    """Users by id, looked up in a guild without copying its members."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._guild = channel.guild
        if channel.recipient is not None:
            self[channel.recipient.id] = channel.recipient

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or bool(self._guild and key in self._guild.members)

    def __missing__(self, key: int) -> User:
        assert self._guild is not None
        return self._guild.members[key].user
