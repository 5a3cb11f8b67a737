"""The invite: what the bot asks a server for, each thing with its reason, and nothing more."""

from dataclasses import dataclass
from urllib.parse import urlencode

import discord

SCOPES = ("bot", "applications.commands")

WHY: dict[str, str] = {
    "view_channel": "to see the channels it is used in",
    "send_messages": "to show galleries, rounds and results, also after the 15 minutes in which "
    "a command may be answered",
    "send_messages_in_threads": "to answer in threads",
    "attach_files": "to show pictures, and to hand over certificates",
    "read_message_history": "to find the votes that came while it was away, and to reply to "
    "messages",
    "add_reactions": "to offer 1️⃣ … 🔟 under a round",
    "manage_messages": "to take back reactions that are no valid votes; nothing is deleted",
}
"""Permissions, as discord.py names them, and what they are for."""

FOR_SETUP: dict[str, str] = {
    "manage_roles": "to make roles for creators and operators",
    "manage_channels": "to make channels for galleries, results and reviews",
}
"""What only `/setup` needs, and only where it is to make roles and channels itself."""


INTENTS = ("guilds", "guild_messages", "dm_messages", "guild_reactions")
"""Events that need no privilege: servers and their roles, messages, votes."""


@dataclass(frozen=True)
class Privilege:
    """An intent that Discord gives only to those who ask for it in the developer portal."""

    intent: str  # as discord.py names it
    flag: str  # as an application's flags name it, with `_limited` for small bots
    portal: str  # as the portal names it
    without: str  # what works less well without it


PRIVILEGED = (
    Privilege(
        "message_content",
        "gateway_message_content",
        "Message Content Intent",
        "the bot reads only messages that mention it, and direct messages; in threads it must be "
        "mentioned each time",
    ),
    Privilege(
        "members",
        "gateway_guild_members",
        "Server Members Intent",
        "a role that someone loses in Discord is lost here with their next step instead of at once",
    ),
)


def permissions(*, for_setup: bool = False) -> discord.Permissions:
    """What the invite asks for."""
    wanted = WHY | FOR_SETUP if for_setup else WHY
    return discord.Permissions(**dict.fromkeys(wanted, True))


def link(application_id: int, site: str = "https://discord.com", *, for_setup: bool = False) -> str:
    """The address at which somebody who manages a server invites the bot."""
    query = {
        "client_id": application_id,
        "permissions": permissions(for_setup=for_setup).value,
        "scope": " ".join(SCOPES),
    }
    return f"{site}/oauth2/authorize?{urlencode(query)}"


def intents(*privileges: Privilege) -> discord.Intents:
    """The events that the bot hears: those that need no privilege, and these that do."""
    wanted = discord.Intents.none()
    for name in INTENTS:
        setattr(wanted, name, True)
    for privilege in privileges:
        setattr(wanted, privilege.intent, True)
    return wanted


def granted(flags: discord.ApplicationFlags) -> list[Privilege]:
    """The privileges that are switched on in the developer portal."""
    return [
        one
        for one in PRIVILEGED
        if getattr(flags, one.flag) or getattr(flags, f"{one.flag}_limited")
    ]


def missing(held: discord.Permissions) -> list[str]:
    """Which of the permissions a server does not give, as Discord names them."""
    return [named(name) for name in WHY if not getattr(held, name)]


def named(permission: str) -> str:
    """A permission as people read it in Discord's settings."""
    return permission.replace("_", " ").title().replace("To", "to")
