"""INTERACTION_CREATE as the JSON that Discord sends."""

from typing import Any

from tests.peers.discord.payloads import of_channel, of_member, of_message, of_user
from tests.peers.discord.permissions import in_channel
from tests.peers.discord.state import Application, Interaction

Json = dict[str, Any]


def of_interaction(interaction: Interaction, application: Application, size_limit: int) -> Json:
    """The data of INTERACTION_CREATE."""
    guild = interaction.guild
    me = application.user
    bot_member = guild.members.get(me.id) if guild else None
    data: Json = {
        "id": str(interaction.id),
        "application_id": str(application.id),
        "type": int(interaction.type),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(interaction.channel.id),
        "channel": of_channel(interaction.channel),
        "locale": interaction.user.locale,
        "app_permissions": str(int(in_channel(interaction.channel, bot_member))),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": size_limit,
        "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
        "context": 0 if guild else 1,
    }
    if interaction.source is not None:
        data["message"] = of_message(interaction.source, me.id)
    if guild is None:
        return data | {"user": of_user(interaction.user)}
    member = guild.members[interaction.user.id]
    allowed = str(int(in_channel(interaction.channel, member)))
    data["channel"]["permissions"] = allowed
    return data | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": of_member(member) | {"permissions": allowed},
    }
