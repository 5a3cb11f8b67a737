"""The parts of the bot, in the order in which they are set up.

Each is a module with `async def setup(client)`, called once after the login and before the gateway
connects. A part says what it hears with `client.hear("raw_reaction_add", handler)`, adds commands
to `client.tree`, or buttons with `client.add_dynamic_items(…)`. Besides discord.py's own events
there are these, all with one argument:

    held           a shard whose reactions and posts this process handles from now on: whatever
                   was left undone is to be done
    let_go         a shard that another process handles now
    caught_up      a shard that was away and is back, and that this process handles: events may
                   have been missed
    raw_member_update  the event GUILD_MEMBER_UPDATE as it came, with the members intent
"""

from typing import TYPE_CHECKING, Any

from discord import app_commands

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient


def tree_of(client: "MintmarkClient") -> "app_commands.CommandTree[Any]":
    """The tree on which the commands grow."""
    from bot.discord.commands.tree import StudioTree

    return StudioTree(client)


async def set_up(client: "MintmarkClient") -> None:
    """Set up every part."""
    from bot.discord import (
        announcements,
        commands,
        homes,
        memberships,
        menus,
        pressing,
        resuming,
        setup,
        talking,
        translator,
    )
    from bot.discord.votes import voting

    each = (
        translator,
        commands,
        menus,
        setup,
        pressing,
        homes,
        talking,
        memberships,
        resuming,
        voting,
        announcements,
    )
    for part in each:
        await part.setup(client)
