"""The guild in which someone acts, also where Discord does not say it: in direct messages.

A button on a message that was sent about a guild acts in that guild. Else it is the guild that they
share with the bot; if they share several, the one in which they did something last from that
conversation. If that tells nothing, they are asked: a button for each guild, which does something
in it, so that from then on it is the one they used last.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord
from sqlalchemy import select

from bot.discord import controls, people, safe_send
from bot.discord.posts import FRONT_END
from bot.frontend import Button, Message
from bot.texts import Words
from tools.errors import NotFound
from tools.people import Actor
from tools.provenance.tables import ToolCall
from tools.studio import Studio

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.discord.client import MintmarkClient

ACT_IN = "act_in"
"""What the buttons do that ask for the guild; no tool has that name."""
_MOST_ASKED = 20  # guilds in which a stranger is looked for, and that are offered
_STRANGER = (
    "You and I share no server. Write to me from a server that has me, or invite me to yours."
)
_SEVERAL = "We share several servers. In which of them do you want to act from here?"


class SeveralHomes(NotFound):
    """Someone acts in direct messages, and it cannot be told in which guild."""

    def __init__(self, guilds: Sequence[tuple[str, str]]) -> None:
        super().__init__(_SEVERAL)
        self.guilds = guilds  # id and name

    def question(self, words: Words) -> Message:
        """What they are asked."""
        buttons = (Button(name, ACT_IN, {"guild": guild}) for guild, name in self.guilds)
        return Message(words.say(_SEVERAL), buttons=tuple(buttons))


async def setup(client: "MintmarkClient") -> None:
    """Know what the buttons do that ask for the guild."""
    client.desk.learn(ACT_IN, _settle)


async def _settle(desk: "Desk", actor: Actor, _: Mapping[str, object]) -> None:
    """Show the rules of the guild that was chosen: the last thing done decides from now on."""
    await desk.command(actor, "rules", {}, via="button")


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
    chosen = await _chosen(client, interaction)
    return await in_private(client, interaction.user, channel, locale, chosen)


async def _chosen(client: "MintmarkClient", interaction: "discord.Interaction[Any]") -> str | None:
    """The guild that a pressed button stands for, or that its message was sent about."""
    pressed = controls.read(interaction.custom_id or "")
    if pressed is not None and pressed.action == ACT_IN:
        button = await asyncio.to_thread(controls.find, client.studio, pressed.id)
        return button.arguments.get("guild")
    if interaction.message is None:
        return None
    post = await asyncio.to_thread(client.posts.of_message, interaction.message.id)
    return post.guild or None if post else None


async def in_private(
    client: "MintmarkClient",
    user: "discord.User | discord.Member",
    channel: int,
    locale: str | None = None,
    guild: str | None = None,
) -> Actor:
    """Someone who acts in direct messages; their membership is looked up at this moment.

    Raises:
        SeveralHomes: if they share several guilds with the bot, and none was used last.
        NotFound: if they share none.
    """
    if guild is None:
        guild = await guild_of(client, user.id, channel)
    member = await people.member_of(client, guild, user.id)
    return await people.actor_of(client, member, guild, channel, locale)


async def guild_of(client: "MintmarkClient", user: int, channel: int) -> str:
    """The guild in which someone acts from a direct conversation.

    Raises:
        SeveralHomes: if they share several with the bot, and none was used last.
        NotFound: if they share none.
    """
    shared = await asyncio.to_thread(
        people.guilds_of, client.studio, user, [guild.id for guild in client.guilds]
    )
    shared = shared or await _looked_for(client, user)
    if len(shared) > 1:
        last = await asyncio.to_thread(last_used, client.studio, channel)
        if last not in shared:
            raise SeveralHomes([(guild, _name(client, guild)) for guild in shared[:_MOST_ASKED]])
        return last
    if not shared:
        raise NotFound(_STRANGER)
    return shared[0]


def _name(client: "MintmarkClient", guild: str) -> str:
    place = client.get_guild(int(guild))
    return place.name if place else guild


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
