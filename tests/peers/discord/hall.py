"""A guild as its owner handles it: its roles, channels and members, and what goes wrong there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.peers.discord.people import Person
from tests.peers.discord.permissions import EVERYONE, Permission
from tests.peers.discord.state import (
    Channel,
    ChannelType,
    Guild,
    Member,
    Message,
    Overwrite,
    Role,
)

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

DAY = 86_400


class Hall:
    """A guild, and what its owner does with it."""

    def __init__(self, peer: Peer, guild: Guild, owner: Person) -> None:
        self.peer = peer
        self.guild = guild
        self.owner = owner

    @classmethod
    def found(cls, peer: Peer, name: str, permissions: int, number: int | None) -> Hall:
        """A new guild with everyone's role, the bot's role, and the bot in it."""
        owner = peer.add_user(f"{name}-owner")
        guild = Guild(number or peer.ids.next(), name, owner.id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", int(EVERYONE), 0)
        hall = cls(peer, guild, Person(peer, owner))
        bot_role = hall.role(peer.application.name, permissions, position=100, managed=True)
        bot_role.bot_id = peer.application.user.id
        now = peer.clock.now()
        me = peer.application.user
        guild.members[owner.id] = Member(owner, guild, now - 300 * DAY)
        guild.members[me.id] = Member(me, guild, now - 30 * DAY, [bot_role.id])
        peer.guilds[guild.id] = guild
        peer.gateway.joined(guild)
        return hall

    @property
    def id(self) -> int:
        """The guild's id."""
        return self.guild.id

    @property
    def everyone(self) -> Role:
        """The role that everybody has."""
        return self.guild.roles[self.guild.id]

    @property
    def bot_role(self) -> Role:
        """The bot's own role."""
        return next(role for role in self.guild.roles.values() if role.managed)

    @property
    def channels(self) -> list[Channel]:
        """Its channels, without threads."""
        return [one for one in self.guild.channels.values() if not one.is_thread]

    def channel_named(self, name: str) -> Channel:
        """A channel by name."""
        return next(one for one in self.guild.channels.values() if one.name == name)

    def role_named(self, name: str) -> Role:
        """A role by name."""
        return next(one for one in self.guild.roles.values() if one.name == name)

    def role(
        self, name: str, permissions: int = 0, *, position: int = 1, managed: bool = False
    ) -> Role:
        """Make a role."""
        role = Role(self.peer.ids.next(), name, int(permissions), position, managed=managed)
        return self.peer.world.add_role(self.guild, role)

    def text_channel(self, name: str, *, hidden: bool = False, bot_sees: bool = True) -> Channel:
        """Make a text channel; a hidden one is seen by nobody but the bot and the owner."""
        channel = Channel(self.peer.ids.next(), ChannelType.TEXT, name, self.guild)
        channel.position = len(self.guild.channels)
        view = int(Permission.VIEW_CHANNEL)
        if hidden:
            channel.overwrites[self.guild.id] = Overwrite(self.guild.id, 0, deny=view)
            bot = self.bot_role.id
            channel.overwrites[bot] = Overwrite(bot, 0, allow=view)
        if not bot_sees:
            me = self.peer.application.user.id
            channel.overwrites[me] = Overwrite(me, 1, deny=view)
        return self.peer.world.add_channel(channel)

    def thread(self, channel: Channel, name: str, opened_by: Person) -> Channel:
        """Open a public thread in a channel."""
        return self.peer.world.open_thread(channel, name, opened_by.user, None)

    def join(
        self,
        who: str | Person,
        *,
        account_age_days: float = 400,
        days_here: float = 100,
        roles: Iterable[Role] = (),
        locale: str = "en-US",
        bot: bool = False,
    ) -> Person:
        """Somebody joins, with an account of an age and having been here for some days."""
        if isinstance(who, str):
            user = self.peer.add_user(who, bot=bot, age_days=account_age_days)
            user.locale = locale
            who = Person(self.peer, user)
        joined = self.peer.clock.now() - days_here * DAY
        held = [role.id for role in roles]
        self.peer.world.add_member(Member(who.user, self.guild, joined, held))
        return who

    def crowd(self, count: int, *, account_age_days: float = 400) -> list[Person]:
        """Many members at once, without an event for each."""
        joined = self.peer.clock.now() - 100 * DAY
        people = []
        for number in range(count):
            user = self.peer.add_user(f"person{number}", age_days=account_age_days)
            self.guild.members[user.id] = Member(user, self.guild, joined)
            people.append(Person(self.peer, user))
        return people

    def leave(self, who: Person) -> None:
        """Somebody leaves."""
        self.peer.world.remove_member(who.member_of(self.guild))

    def give(self, who: Person, role: Role) -> None:
        """Give somebody a role."""
        member = who.member_of(self.guild)
        if role.id not in member.roles:
            member.roles.append(role.id)
            self.peer.world.member_changed(member)

    def take(self, who: Person, role: Role) -> None:
        """Take a role from somebody."""
        member = who.member_of(self.guild)
        if role.id in member.roles:
            member.roles.remove(role.id)
            self.peer.world.member_changed(member)

    def remove_bot(self) -> None:
        """The owner removes the bot."""
        self.guild.members.pop(self.peer.application.user.id, None)
        self.peer.gateway.left(self.guild)

    def allow(self, permissions: int) -> None:
        """Give the bot permissions, also where they were revoked."""
        self._set_bot(self.bot_role.permissions | int(permissions))
        for channel in self.channels:
            overwrite = channel.overwrites.get(self.peer.application.user.id)
            if overwrite is not None and overwrite.deny & int(permissions):
                overwrite.deny &= ~int(permissions)
                self.peer.world.channel_changed(channel)

    def revoke(self, permissions: int) -> None:
        """Take permissions from the bot, in every channel that there is, and from nobody else."""
        self._set_bot(self.bot_role.permissions & ~int(permissions))
        given_to_all = self.everyone.permissions & int(permissions)
        for channel in self.channels if given_to_all else []:
            self.deny(channel, given_to_all)

    def _set_bot(self, permissions: int) -> None:
        self.bot_role.permissions = permissions
        self.peer.world.role_changed(self.guild, self.bot_role)

    def deny(self, channel: Channel, permissions: int, who: Role | Person | None = None) -> None:
        """Deny permissions in one channel: to the bot, a role or a person."""
        number = who.id if who is not None else self.peer.application.user.id
        kind = 0 if isinstance(who, Role) else 1
        overwrite = channel.overwrites.setdefault(number, Overwrite(number, kind))
        overwrite.deny |= int(permissions)
        overwrite.allow &= ~int(permissions)
        self.peer.world.channel_changed(channel)

    def delete(self, what: Channel | Message) -> None:
        """Delete a channel or a message."""
        if isinstance(what, Channel):
            self.peer.world.delete_channel(what)
        else:
            self.peer.world.delete(what)
