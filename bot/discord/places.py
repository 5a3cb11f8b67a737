"""Which channel of a guild something is shown in: the first of those wished for that takes it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import discord
from sqlalchemy.orm import Session

from bot.discord.posts import FRONT_END
from tools.provenance.tables import ToolCall

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

Place = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel


def open_places(
    client: "MintmarkClient", guild: str, wished: Iterable[str | None]
) -> Iterator[Place]:
    """The channels of a guild in which the bot may show pictures: those wished for, then others."""
    here = client.get_guild(int(guild)) if guild.isdecimal() else None
    if here is None:
        return
    named = (here.get_channel_or_thread(int(id_)) for id_ in wished if id_ and id_.isdecimal())
    seen: set[int] = set()
    for place in (*named, here.system_channel, *here.text_channels):
        if isinstance(place, Place) and place.id not in seen and may_show(place):
            seen.add(place.id)
            yield place


def may_show(place: Place) -> bool:
    """Whether the bot may write there, with pictures."""
    may = place.permissions_for(place.guild.me)
    writes = (
        may.send_messages_in_threads if isinstance(place, discord.Thread) else may.send_messages
    )
    return may.view_channel and writes and may.attach_files


def is_private(place: Place) -> bool:
    """Whether a channel is not for everybody in its guild."""
    return not place.permissions_for(place.guild.default_role).view_channel


def asked_in(session: Session, tool_call_id: str) -> str:
    """The channel of Discord in which somebody asked for something; "" if it was elsewhere."""
    call = session.get_one(ToolCall, tool_call_id)
    return call.channel if call.front_end == FRONT_END else ""
