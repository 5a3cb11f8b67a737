"""The first answer to an interaction: that there will be one. All that can wait comes after it.

Discord shows “The application did not respond” after three seconds, and lets exactly one process
acknowledge. Whatever becomes of the acknowledgement, the work is done all the same: who does it is
decided by a claim, and where the answer goes by what is open then.
"""

import asyncio
from enum import Enum
from typing import Any

import discord
import structlog

from bot.discord import safe_send

ACKNOWLEDGED_WITHIN_S = 2.7  # of the three seconds that Discord gives
_ALREADY = 40060  # Discord's code: somebody has acknowledged it
_AGAIN_S = 0.2
_log = structlog.get_logger("mintmark.discord.acknowledging")


class Acknowledged(Enum):
    """Who announced the answer to an interaction."""

    HERE = "this process"
    ELSEWHERE = "another process, or an earlier try of this one"
    NOBODY = "nobody, as far as can be known"


async def acknowledge(interaction: "discord.Interaction[Any]", private: bool) -> Acknowledged:
    """Tell Discord, before anything else, that an answer will come."""
    try:
        async with asyncio.timeout(ACKNOWLEDGED_WITHIN_S):
            return await _announced(interaction, private)
    except (TimeoutError, OSError, discord.ClientException, *safe_send.TRANSIENT) as error:
        _log.warning("not acknowledged", reason=repr(error)[:200])
        return Acknowledged.NOBODY


async def _announced(interaction: "discord.Interaction[Any]", private: bool) -> Acknowledged:
    while True:
        try:
            await interaction.response.defer(ephemeral=private, thinking=True)
            return Acknowledged.HERE
        except discord.InteractionResponded:
            return Acknowledged.HERE
        except discord.HTTPException as error:
            if error.code == _ALREADY:
                return Acknowledged.ELSEWHERE
            if error.status != 429 and error.status < 500:
                _log.warning("not acknowledged", code=error.code)
                return Acknowledged.NOBODY
        await asyncio.sleep(_AGAIN_S)
