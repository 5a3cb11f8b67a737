"""What can happen on the server. Each change is made to the state and told to the gateway.

Nothing is checked here: the REST routes ask for permissions and look at forms, people's clients
look at what people may do, and both then come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.peers.discord import payloads
from tests.peers.discord.clock import iso
from tests.peers.discord.sessions import Intent
from tests.peers.discord.state import (
    Channel,
    ChannelType,
    Flag,
    Guild,
    Member,
    Message,
    Reaction,
    Role,
    User,
)

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]


class World:
    """The changes that people and applications make."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    # --- messages ---

    def post(self, message: Message) -> Message:
        """A message appears in its channel; an ephemeral one only before one person."""
        channel = message.channel
        if message.ephemeral:
            channel.unseen.append(message)
        else:
            channel.messages[message.id] = message
            channel.archived = False
            channel.last_message_id = message.id
            self._tell_message("MESSAGE_CREATE", message)
        self._peer.messages[message.id] = message
        self._peer.notify()
        return message

    def changed(self, message: Message) -> None:
        """A message was edited."""
        message.edits += 1
        if not message.ephemeral:
            self._tell_message("MESSAGE_UPDATE", message)
        self._peer.notify()

    def delete(self, message: Message) -> None:
        """A message goes away, with its files."""
        self._forget(message)
        if not message.ephemeral:
            data = {"id": str(message.id), "channel_id": str(message.channel.id)}
            self._tell_channel("MESSAGE_DELETE", data, message.channel, _messages(message.channel))
        self._peer.notify()

    def delete_many(self, channel: Channel, messages: list[Message]) -> None:
        """Several messages go away at once."""
        for message in messages:
            self._forget(message)
        ids = [str(message.id) for message in messages]
        data = {"ids": ids, "channel_id": str(channel.id)}
        self._tell_channel("MESSAGE_DELETE_BULK", data, channel, _messages(channel))
        self._peer.notify()

    def _forget(self, message: Message) -> None:
        message.deleted = True
        message.channel.messages.pop(message.id, None)
        if message in message.channel.unseen:
            message.channel.unseen.remove(message)
        self._peer.messages.pop(message.id, None)
        for attachment in message.attachments:
            attachment.gone = True

    def _tell_message(self, event: str, message: Message) -> None:
        channel, gateway = message.channel, self._peer.gateway
        if not gateway.sees(channel):
            return
        data = payloads.of_message(message, self._peer.application.user.id)
        data["channel_type"] = int(channel.type)
        if channel.guild is not None and message.interaction is None:
            member = channel.guild.members.get(message.author.id)
            data |= {"member": payloads.of_member(member, with_user=False)} if member else {}
        blank = None if gateway.may_read(message) else lambda: payloads.without_content(data)
        intent = _messages(channel)
        gateway.dispatch(event, data, guild=channel.guild, intent=intent, without_content=blank)

    def _tell_channel(self, event: str, data: Json, channel: Channel, intent: int) -> None:
        if self._peer.gateway.sees(channel):
            self._peer.gateway.dispatch(event, data, guild=channel.guild, intent=intent)

    def type_in(self, channel: Channel, user: User) -> None:
        """Somebody types."""
        data: Json = {
            "channel_id": str(channel.id),
            "user_id": str(user.id),
            "timestamp": int(self._peer.clock.now()),
        }
        if channel.guild is not None and user.id in channel.guild.members:
            data["member"] = payloads.of_member(channel.guild.members[user.id])
        direct = channel.guild is None
        intent = Intent.DIRECT_MESSAGE_TYPING if direct else Intent.GUILD_MESSAGE_TYPING
        self._tell_channel("TYPING_START", data, channel, intent)

    # --- reactions ---

    def react(self, message: Message, user: User, key: str) -> bool:
        """A reaction is added; False when it was there."""
        if key not in message.reactions:
            message.reactions[key] = Reaction(emoji_of(key))
        if not message.reactions[key].add(user.id):
            return False
        data = self._reaction(message, key) | {"user_id": str(user.id), "burst": False, "type": 0}
        data["message_author_id"] = str(message.author.id)
        guild = message.channel.guild
        if guild is not None and user.id in guild.members:
            data["member"] = payloads.of_member(guild.members[user.id])
        self._tell_reaction("MESSAGE_REACTION_ADD", data, message)
        return True

    def unreact(self, message: Message, user_id: int, key: str) -> bool:
        """A reaction is taken back; False when there was none."""
        reaction = message.reactions.get(key)
        if reaction is None or not reaction.remove(user_id):
            return False
        if not reaction:
            del message.reactions[key]
        data = self._reaction(message, key) | {"user_id": str(user_id), "burst": False, "type": 0}
        self._tell_reaction("MESSAGE_REACTION_REMOVE", data, message)
        return True

    def clear_emoji(self, message: Message, key: str) -> None:
        """All reactions with one emoji are removed."""
        if message.reactions.pop(key, None) is not None:
            data = self._reaction(message, key)
            self._tell_reaction("MESSAGE_REACTION_REMOVE_EMOJI", data, message)

    def clear_reactions(self, message: Message) -> None:
        """All reactions are removed."""
        message.reactions.clear()
        data = {"channel_id": str(message.channel.id), "message_id": str(message.id)}
        self._tell_reaction("MESSAGE_REACTION_REMOVE_ALL", data, message)

    @staticmethod
    def _reaction(message: Message, key: str) -> Json:
        return {
            "channel_id": str(message.channel.id),
            "message_id": str(message.id),
            "emoji": emoji_of(key),
        }

    def _tell_reaction(self, event: str, data: Json, message: Message) -> None:
        direct = message.channel.guild is None
        intent = Intent.DIRECT_MESSAGE_REACTIONS if direct else Intent.GUILD_MESSAGE_REACTIONS
        self._tell_channel(event, data, message.channel, intent)
        self._peer.notify()

    # --- channels and threads ---

    def add_channel(self, channel: Channel) -> Channel:
        """A channel is made in a guild."""
        assert channel.guild is not None
        channel.guild.channels[channel.id] = channel
        self._peer.channels[channel.id] = channel
        self._tell_guild("CHANNEL_CREATE", payloads.of_channel(channel), channel.guild)
        return channel

    def channel_changed(self, channel: Channel) -> None:
        """A channel's settings or permissions changed."""
        assert channel.guild is not None
        event = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
        self._tell_guild(event, payloads.of_channel(channel), channel.guild)

    def delete_channel(self, channel: Channel) -> None:
        """A channel goes away with its messages and threads."""
        assert channel.guild is not None
        for thread in [c for c in channel.guild.channels.values() if c.parent_id == channel.id]:
            if thread.is_thread:
                self.delete_channel(thread)
        data = payloads.of_channel(channel)
        channel.deleted = True
        channel.guild.channels.pop(channel.id, None)
        self._peer.channels.pop(channel.id, None)
        for message in [*channel.messages.values(), *channel.unseen]:
            self._forget(message)
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self._tell_guild(event, data, channel.guild)

    def open_thread(
        self, parent: Channel, name: str, owner: User, message: Message | None
    ) -> Channel:
        """A thread is opened, from a message or on its own."""
        assert parent.guild is not None
        thread = Channel(
            id=message.id if message else self._peer.ids.next(),
            type=ChannelType.PUBLIC_THREAD,
            name=name,
            guild=parent.guild,
            parent_id=parent.id,
            owner_id=owner.id,
        )
        thread.thread_members[owner.id] = self._peer.clock.now()
        parent.guild.channels[thread.id] = thread
        self._peer.channels[thread.id] = thread
        if message is not None:
            message.thread = thread
            message.flags |= Flag.HAS_THREAD
        data = payloads.of_channel(thread) | {"newly_created": True}
        self._tell_guild("THREAD_CREATE", data, parent.guild)
        return thread

    def join_thread(self, thread: Channel, user: User) -> None:
        """Somebody becomes part of a thread."""
        assert thread.guild is not None
        thread.thread_members[user.id] = self._peer.clock.now()
        joined = {
            "id": str(thread.id),
            "user_id": str(user.id),
            "join_timestamp": iso(self._peer.clock.now()),
            "flags": 0,
        }
        data = {"id": str(thread.id), "member_count": len(thread.thread_members)}
        update = {**data, "added_members": [joined], "removed_member_ids": []}
        self._tell_guild("THREAD_MEMBERS_UPDATE", update, thread.guild)

    # --- guilds, roles, members ---

    def add_role(self, guild: Guild, role: Role) -> Role:
        """A role is made."""
        guild.roles[role.id] = role
        self._tell_guild("GUILD_ROLE_CREATE", {"role": payloads.of_role(role)}, guild)
        return role

    def role_changed(self, guild: Guild, role: Role) -> None:
        """A role's name, permissions or place changed."""
        self._tell_guild("GUILD_ROLE_UPDATE", {"role": payloads.of_role(role)}, guild)

    def delete_role(self, guild: Guild, role: Role) -> None:
        """A role goes away, from its holders too."""
        guild.roles.pop(role.id, None)
        for member in guild.members.values():
            if role.id in member.roles:
                member.roles.remove(role.id)
        self._tell_guild("GUILD_ROLE_DELETE", {"role_id": str(role.id)}, guild)

    def add_member(self, member: Member) -> Member:
        """Somebody joins."""
        member.guild.members[member.user.id] = member
        data = payloads.of_member(member)
        self._tell_guild("GUILD_MEMBER_ADD", data, member.guild, Intent.GUILD_MEMBERS)
        return member

    def member_changed(self, member: Member) -> None:
        """Somebody's roles or nickname changed."""
        data = payloads.of_member(member)
        me = member.user is self._peer.application.user
        intent = 0 if me else Intent.GUILD_MEMBERS
        self._tell_guild("GUILD_MEMBER_UPDATE", data, member.guild, intent)

    def remove_member(self, member: Member) -> None:
        """Somebody leaves or is removed."""
        member.guild.members.pop(member.user.id, None)
        data = {"user": payloads.of_user(member.user)}
        self._tell_guild("GUILD_MEMBER_REMOVE", data, member.guild, Intent.GUILD_MEMBERS)

    def _tell_guild(
        self, event: str, data: Json, guild: Guild, intent: int = Intent.GUILDS
    ) -> None:
        if self._peer.application.user.id in guild.members:
            self._peer.gateway.dispatch(event, data, guild=guild, intent=intent)
        self._peer.notify()


def _messages(channel: Channel) -> int:
    return Intent.DIRECT_MESSAGES if channel.guild is None else Intent.GUILD_MESSAGES


def emoji_of(key: str) -> Json:
    """An emoji object from the form it has in a route: a character, or name:id."""
    name, _, number = key.partition(":")
    return {"id": number, "name": name} if number else {"id": None, "name": key}
