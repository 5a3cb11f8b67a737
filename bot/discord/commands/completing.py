"""Completing what somebody types into an option: quick, never an error, only what they may see."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

import discord
import structlog
from discord import app_commands

from bot.discord.commands.parameters import MOST_CHOICES, Choices, Completing
from bot.discord.commands.slash import TIDY, Shown, Slash
from bot.discord.safe_text import one_line
from bot.options import Option
from bot.suggestions import Suggestion, last_of_list, suggestions
from tools.errors import MintmarkError
from tools.people import Actor
from tools.studio import Studio

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

PATIENCE_S = 2.0
"""Discord waits three seconds; no suggestion is better than one that comes too late."""
_log = structlog.get_logger("mintmark.discord.completing")


def completing(slash: Slash) -> Completing:
    """Completes the options of a command."""

    async def complete(
        interaction: "discord.Interaction[MintmarkClient]",
        shown: Shown,
        option: Option,
        typed: object,
    ) -> Choices:
        try:
            async with asyncio.timeout(PATIENCE_S):
                actor = await interaction.client.known(interaction)
                given = dict(iter(interaction.namespace))
                wanted = (interaction.client.studio, actor, slash, shown, option, typed, given)
                return await asyncio.to_thread(choices, *wanted)
        except (MintmarkError, TimeoutError, discord.DiscordException) as error:
            _log.info("no suggestions", option=shown.label, reason=str(error))
            return []

    return complete


def choices(
    studio: Studio,
    actor: Actor,
    slash: Slash,
    shown: Shown,
    option: Option,
    typed: object,
    given: Mapping[str, object],
) -> Choices:
    """What Discord shows under an option, for this person.

    Raises:
        MintmarkError: if the database cannot be read.
    """
    role = studio.door.ledger.role_of(actor)
    tool = studio.door.tools[slash.told or slash.tool]
    if role is None or not role.reaches(tool.least_role):
        return []
    begun = typed if isinstance(typed, str) else ""
    if option.kind == "list":
        found = last_of_list(studio, actor, option, begun)
    else:
        source = shown.completed_by
        found = suggestions(studio, actor, option, begun, source=source, given=given)
    return [_choice(one) for one in found if 0 < len(one.value) <= TIDY][:MOST_CHOICES]


def _choice(found: Suggestion) -> app_commands.Choice[str]:
    told = f"{found.value} · {found.meaning}" if found.meaning else found.value
    return app_commands.Choice(name=one_line(told, TIDY) or found.value, value=found.value)
