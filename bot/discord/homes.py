"""The guild in which someone acts, also where Discord does not say it: in direct messages.

There it is the guild that they share with the bot; if they share several, the one they chose, else
the one in which they did something last from that conversation. If that tells nothing, they are
asked, once.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import discord
from sqlalchemy import select

from bot.discord import people, safe_send
from bot.discord.posts import FRONT_END
from tools.errors import NotFound
from tools.people import Actor
from tools.provenance.tables import ToolCall
from tools.studio import Studio

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

_MOST_ASKED = 20  # guilds in which a stranger is looked for


async def actor_behind(client: "MintmarkClient", interaction: "discord.Interaction[Any]") -> Actor:
    """Whoever caused an interaction, with the role they have at this moment.

    Raises:
        NotFound: if they share no guild with the bot.
        ServiceUnavailable: if Discord or the database does not answer.
    """
    locale = str(interaction.locale)
    channel = interaction.channel_id or 0
    if interaction.guild_id is not None:
        return await people.actor_of(
            client, interaction.user, interaction.guild_id, channel, locale
        )
    return await in_private(client, interaction.user, channel, locale)


async def in_private(
    client: "MintmarkClient",
    user: "discord.User | discord.Member",
    channel: int,
    locale: str | None = None,
) -> Actor:
    """Someone who acts in direct messages; their membership is looked up at this moment.

    Raises:
        NotFound: if they share no guild with the bot.
    """
    guild = await guild_of(client, user.id, channel)
    member = await people.member_of(client, guild, user.id)
    return await people.actor_of(client, member, guild, channel, locale)


async def guild_of(client: "MintmarkClient", user: int, channel: int) -> str:
    """The guild in which someone acts from a direct conversation.

    Raises:
        NotFound: if they share none with the bot.
    """
    shared = await asyncio.to_thread(
        people.guilds_of, client.studio, user, [guild.id for guild in client.guilds]
    )
    if len(shared) > 1 and (last := await asyncio.to_thread(last_used, client.studio, channel)):
        shared.sort(key=lambda guild: guild != last)
    for guild in shared or await _looked_for(client, user):
        return guild
    raise NotFound(
        "You and I share no server. Write to me from a server that has me, or invite me to yours."
    )


def last_used(studio: Studio, channel: int) -> str | None:
    """The guild for which something was done last from a conversation. Blocks."""
    with studio.db.read() as session:
        found = select(ToolCall.guild).filter_by(front_end=FRONT_END, channel=str(channel))
        return session.scalar(found.order_by(ToolCall.created_at.desc()).limit(1))


async def _looked_for(client: "MintmarkClient", user: int) -> list[str]:
    """The guilds that a stranger is in, of the first few that the bot is in."""
    found = []
    for guild in client.guilds[:_MOST_ASKED]:
        try:
            await people.member_of(client, guild.id, user)
        except safe_send.Gone:
            continue
        found.append(str(guild.id))
    return found
