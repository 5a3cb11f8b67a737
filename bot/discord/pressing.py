"""Buttons and windows: whoever sent them, this process answers."""

from typing import TYPE_CHECKING, Any

import discord

from bot.discord import controls, modals

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient


async def setup(client: "MintmarkClient") -> None:
    """Know our buttons, and hear of windows that are handed in."""

    async def handed_in(interaction: "discord.Interaction[Any]") -> None:
        await modals.submitted(interaction)

    client.add_dynamic_items(*controls.ITEMS)
    client.hear("interaction", handed_in)
