"""Roles that change in Discord change here at once, where the members intent lets the bot hear it.

discord.py tells of a changed member only if it keeps members in memory, which this bot does not:
so the event is taken where it comes in. Without the intent, a change counts from the person's next
step on, because every step brings the member as they are then.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord

from bot.discord import people

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient


async def setup(client: "MintmarkClient") -> None:
    """Hear of members who change or leave."""
    if not client.intents.members:
        return

    async def left(event: discord.RawMemberRemoveEvent) -> None:
        await asyncio.to_thread(
            people.forget, client.studio, str(event.user.id), str(event.guild_id)
        )

    async def changed(data: Mapping[str, Any]) -> None:
        guild = client.get_guild(int(data["guild_id"]))
        if guild is None or client.user is None or int(data["user"]["id"]) == client.user.id:
            return
        member = discord.Member(data=data, guild=guild, state=client._connection)  # type: ignore[arg-type]  # the event has the fields of a member
        await asyncio.to_thread(people.changed, client.studio, people.seen(member), str(guild.id))

    client.hear("raw_member_remove", left)
    client.hear("raw_member_update", changed)
    _tell(client)


def _tell(client: "MintmarkClient") -> None:
    """Let the gateway's own event be heard as `raw_member_update`."""
    parsers = client._connection.parsers
    parse = parsers["GUILD_MEMBER_UPDATE"]

    def told(data: Any) -> None:
        parse(data)
        client.dispatch("raw_member_update", data)

    parsers["GUILD_MEMBER_UPDATE"] = told
