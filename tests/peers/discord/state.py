"""What the server knows: users, guilds, channels, messages, interactions. Nothing here acts."""

from __future__ import annotations

import asyncio
from bisect import bisect_right, insort
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tests.peers.discord.reading import addresses_in, components_in, texts_of, unescaped

Json = dict[str, Any]


class ChannelType(IntEnum):
    """The kinds of channel the peer has."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


THREADS = (ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD)


class Flag:
    """Message flags."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    HAS_THREAD = 1 << 5
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


class AppFlag:
    """Application flags: which privileged intents are switched on in the developer portal."""

    GATEWAY_PRESENCE_LIMITED = 1 << 13
    GATEWAY_GUILD_MEMBERS_LIMITED = 1 << 15
    GATEWAY_MESSAGE_CONTENT_LIMITED = 1 << 19


@dataclass(eq=False, repr=False)
class User:
    """An account."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    display_name: str | None = None
    dms_closed: bool = False
    blocked_bot: bool = False

    def __repr__(self) -> str:
        return f"<user {self.name}>"


@dataclass(eq=False, repr=False)
class Role:
    """A role of a guild; the one with the guild's id is everyone's."""

    id: int
    name: str
    permissions: int = 0
    position: int = 1
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False
    bot_id: int | None = None  # whose own role it is

    def __repr__(self) -> str:
        return f"<role {self.name}>"


@dataclass(eq=False, repr=False)
class Member:
    """A user in a guild."""

    user: User
    guild: Guild
    joined_at: float
    roles: list[int] = field(default_factory=list)
    nick: str | None = None

    def __repr__(self) -> str:
        return f"<{self.user.name} in {self.guild.name}>"


@dataclass(eq=False, repr=False)
class Guild:
    """A server, as people call it."""

    id: int
    name: str
    owner_id: int
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)  # threads included
    commands: dict[int, Json] = field(default_factory=dict)
    attachment_size_limit: int = 10 * 1024 * 1024

    def __repr__(self) -> str:
        return f"<guild {self.name}>"


@dataclass(eq=False, repr=False)
class Overwrite:
    """What a channel allows or denies to a role (type 0) or a member (type 1)."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


@dataclass(eq=False, repr=False)
class Channel:
    """A text channel, category, thread or direct conversation."""

    id: int
    type: ChannelType
    name: str = ""
    guild: Guild | None = None
    topic: str | None = None
    parent_id: int | None = None
    position: int = 0
    nsfw: bool = False
    rate_limit_per_user: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipient: User | None = None  # of a direct conversation
    owner_id: int | None = None  # of a thread
    archived: bool = False
    locked: bool = False
    auto_archive_duration: int = 1440
    thread_members: dict[int, float] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)  # oldest first
    unseen: list[Message] = field(default_factory=list)  # ephemeral ones
    last_message_id: int | None = None
    deleted: bool = False

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.type in THREADS

    @property
    def parent_of_thread(self) -> Channel | None:
        """The channel whose permissions hold here, when this is a thread."""
        if not self.is_thread or self.guild is None or self.parent_id is None:
            return None
        return self.guild.channels.get(self.parent_id)

    def __repr__(self) -> str:
        return f"<channel {self.name or self.recipient}>"


@dataclass(eq=False, repr=False)
class Attachment:
    """A file of a message, on the CDN."""

    id: int
    filename: str
    content_type: str
    data: bytes
    url: str
    description: str | None = None
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False
    gone: bool = False

    def __repr__(self) -> str:
        return f"<file {self.filename}>"


class Reaction:
    """Who reacted to a message with one emoji. Discord pages them by user id."""

    def __init__(self, emoji: Json) -> None:
        self.emoji = emoji
        self.users: dict[int, None] = {}  # in the order of reacting
        self._sorted: list[int] = []

    def __len__(self) -> int:
        return len(self.users)

    def add(self, user_id: int) -> bool:
        """Add a user; False when they had reacted already."""
        if user_id in self.users:
            return False
        self.users[user_id] = None
        insort(self._sorted, user_id)
        return True

    def remove(self, user_id: int) -> bool:
        """Take a user away; False when they had not reacted."""
        if user_id not in self.users:
            return False
        del self.users[user_id]
        self._sorted.pop(bisect_right(self._sorted, user_id) - 1)
        return True

    def page(self, after: int, limit: int) -> list[int]:
        """The next users by id."""
        start = bisect_right(self._sorted, after)
        return self._sorted[start : start + limit]


@dataclass
class Pinged:
    """Whom a message makes a sound at."""

    everyone: bool = False
    users: list[int] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.everyone or bool(self.users) or bool(self.roles)


@dataclass(eq=False, repr=False)
class Message:
    """A message, with everything people and bots have put on it."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    type: int = 0
    flags: int = 0
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    reference: Message | None = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    pinged: Pinged = field(default_factory=Pinged)
    nonce: str | int | None = None
    edited_at: float | None = None
    edits: int = 0
    interaction: Interaction | None = None  # that this answers
    seen_only_by: int | None = None  # of an ephemeral message
    thread: Channel | None = None
    pinned: bool = False
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & Flag.EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says "thinking"."""
        return bool(self.flags & Flag.LOADING)

    @property
    def is_v2(self) -> bool:
        """Whether it is made of components alone."""
        return bool(self.flags & Flag.IS_COMPONENTS_V2)

    @property
    def text(self) -> str:
        """All that can be read on it: content, embeds, text displays, in the order of reading."""
        parts = [self.content, *texts_of(self.embeds)]
        parts += [found["content"] for found in components_in(self.components, {10})]
        return "\n".join(part for part in parts if part)

    @property
    def plain(self) -> str:
        """Its text as people read it: without the backslashes that keep marks from being marks."""
        return unescaped(self.text)

    @property
    def labels(self) -> list[str]:
        """What its buttons say, or their emoji where they say nothing."""
        return [
            button.get("label") or button.get("emoji", {}).get("name", "")
            for button in components_in(self.components, {2})
        ]

    @property
    def listed(self) -> list[Attachment]:
        """The attachments that the message object lists.

        Discord leaves out those that embeds or components show: they are found there.
        """
        shown = addresses_in(self.embeds, self.components)
        return [one for one in self.attachments if one.url not in shown]

    def __repr__(self) -> str:
        return f"<message by {self.author.name}: {self.text[:60]!r}>"


class InteractionType(IntEnum):
    """What a person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


@dataclass(eq=False, repr=False)
class Interaction:
    """Something a person did that an application must answer."""

    id: int
    token: str
    type: InteractionType
    user: User
    channel: Channel
    data: Json
    sent_at: float  # by the loop's clock, for the three seconds
    made_at: float  # by the server's clock, for the fifteen minutes
    name: str = ""  # of the command
    source: Message | None = None  # where the component stood
    trigger: Interaction | None = None  # that showed the modal
    acked_at: float | None = None
    response_type: int | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None
    failed: str | None = None
    updates: int = 0  # how often its original was edited after the acknowledgement
    acked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def guild(self) -> Guild | None:
        """The guild it happened in, if any."""
        return self.channel.guild

    def __repr__(self) -> str:
        what = self.name or self.data.get("custom_id")
        return f"<{self.type.name.lower()} {what} by {self.user.name}>"


@dataclass(eq=False, repr=False)
class Application:
    """The registered application and its bot user."""

    id: int
    token: str
    user: User
    flags: int
    name: str
    description: str = ""
    commands: dict[int, Json] = field(default_factory=dict)
