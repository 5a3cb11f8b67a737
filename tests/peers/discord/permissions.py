"""Permission bits, and who holds which of them where.

The order of computation is the one in Discord's documentation ("Permission Overwrites"): everyone's
role, then roles, then the channel's overwrites for everyone, for roles, and for the member.
"""

from enum import IntFlag

from tests.peers.discord.state import Channel, Guild, Member, Overwrite


class Permission(IntFlag):
    """The bits the peer knows how to ask for."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


P = Permission

EVERYTHING = Permission((1 << 53) - 1)

# What a fresh guild gives to everyone.
EVERYONE = (
    P.CREATE_INSTANT_INVITE
    | P.ADD_REACTIONS
    | P.VIEW_CHANNEL
    | P.SEND_MESSAGES
    | P.EMBED_LINKS
    | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY
    | P.USE_EXTERNAL_EMOJIS
    | P.CHANGE_NICKNAME
    | P.USE_APPLICATION_COMMANDS
    | P.CREATE_PUBLIC_THREADS
    | P.CREATE_PRIVATE_THREADS
    | P.SEND_MESSAGES_IN_THREADS
)

# What both sides of a conversation in direct messages hold.
IN_DIRECT_MESSAGES = (
    P.ADD_REACTIONS
    | P.VIEW_CHANNEL
    | P.SEND_MESSAGES
    | P.EMBED_LINKS
    | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY
    | P.USE_EXTERNAL_EMOJIS
    | P.USE_APPLICATION_COMMANDS
)

# For discord.py and the invite: what a bot that runs a studio usually asks for.
BOT = EVERYONE | P.MANAGE_MESSAGES | P.MANAGE_ROLES | P.MANAGE_CHANNELS | P.MANAGE_THREADS


def in_guild(guild: Guild, member: Member) -> Permission:
    """What a member may do in a guild, before any channel is asked."""
    if guild.owner_id == member.user.id:
        return EVERYTHING
    held = guild.roles[guild.id].permissions
    for role_id in member.roles:
        role = guild.roles.get(role_id)
        held |= role.permissions if role else 0
    return EVERYTHING if held & P.ADMINISTRATOR else Permission(held)


def in_channel(channel: Channel, member: Member | None) -> Permission:
    """What a member may do in a channel; a thread follows its parent."""
    if channel.guild is None:
        return IN_DIRECT_MESSAGES
    if member is None:
        return Permission(0)
    held = in_guild(channel.guild, member)
    if held & P.ADMINISTRATOR:
        return EVERYTHING
    held = _overwritten(held, (channel.parent_of_thread or channel).overwrites, channel, member)
    return held if held & P.VIEW_CHANNEL else Permission(0)


def _overwritten(
    held: Permission, overwrites: dict[int, Overwrite], channel: Channel, member: Member
) -> Permission:
    assert channel.guild is not None
    everyone = overwrites.get(channel.guild.id)
    if everyone:
        held = Permission((held & ~everyone.deny) | everyone.allow)
    of_roles = [overwrites[role] for role in member.roles if role in overwrites]
    for overwrite in of_roles:
        held = Permission(held & ~overwrite.deny)
    for overwrite in of_roles:
        held = Permission(held | overwrite.allow)
    own = overwrites.get(member.user.id)
    return Permission((held & ~own.deny) | own.allow) if own else held


def top_position(guild: Guild, member: Member) -> int:
    """The height of a member's highest role; the owner stands above all."""
    if guild.owner_id == member.user.id:
        return 1 << 30
    positions = (guild.roles[role].position for role in member.roles if role in guild.roles)
    return max(positions, default=0)
