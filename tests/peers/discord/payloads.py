"""State as the JSON that Discord sends."""

from typing import Any

from tests.peers.discord.clock import iso, seconds_of
from tests.peers.discord.state import (
    Application,
    Attachment,
    Channel,
    Guild,
    Interaction,
    InteractionType,
    Member,
    Message,
    Role,
    User,
)

Json = dict[str, Any]


def of_user(user: User) -> Json:
    """A user object."""
    return {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0",
        "global_name": user.display_name,
        "avatar": None,
        "avatar_decoration_data": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def of_member(member: Member, *, with_user: bool = True) -> Json:
    """A guild member object."""
    data: Json = {
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role) for role in member.roles],
        "joined_at": iso(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    return {"user": of_user(member.user), **data} if with_user else data


def of_role(role: Role) -> Json:
    """A role object; a bot's own role says whose it is."""
    tags = {"tags": {"bot_id": str(role.bot_id)}} if role.bot_id else {}
    return tags | {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "mentionable": role.mentionable,
        "managed": role.managed,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def of_channel(channel: Channel) -> Json:
    """A channel object: of a guild, a thread or a direct conversation."""
    last = str(channel.last_message_id) if channel.last_message_id else None
    data: Json = {"id": str(channel.id), "type": int(channel.type), "last_message_id": last}
    if channel.guild is None:
        assert channel.recipient is not None
        return {**data, "flags": 0, "recipients": [of_user(channel.recipient)]}
    data |= {
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "rate_limit_per_user": channel.rate_limit_per_user,
        "flags": 0,
    }
    return data | (_of_thread(channel) if channel.is_thread else _of_guild_channel(channel))


def _of_guild_channel(channel: Channel) -> Json:
    return {
        "topic": channel.topic,
        "position": channel.position,
        "nsfw": channel.nsfw,
        "permission_overwrites": [
            {"id": str(one.id), "type": one.type, "allow": str(one.allow), "deny": str(one.deny)}
            for one in channel.overwrites.values()
        ],
    }


def _of_thread(channel: Channel) -> Json:
    return {
        "owner_id": str(channel.owner_id),
        "message_count": len(channel.messages),
        "total_message_sent": len(channel.messages),
        "member_count": len(channel.thread_members),
        "thread_metadata": {
            "archived": channel.archived,
            "auto_archive_duration": channel.auto_archive_duration,
            "archive_timestamp": iso(seconds_of(channel.id)),
            "locked": channel.locked,
            "create_timestamp": iso(seconds_of(channel.id)),
        },
    }


def of_guild(guild: Guild) -> Json:
    """A guild object as REST gives it."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "owner_id": str(guild.owner_id),
        "preferred_locale": guild.locale,
        "roles": [of_role(role) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "afk_timeout": 300,
        "afk_channel_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "max_members": 500_000,
        "description": None,
    }


def of_created_guild(guild: Guild, members: list[Member], large: bool) -> Json:
    """A guild object as GUILD_CREATE gives it, with the members Discord would name."""
    channels = list(guild.channels.values())
    return of_guild(guild) | {
        "large": large,
        "unavailable": False,
        "joined_at": iso(members[0].joined_at) if members else None,
        "member_count": len(guild.members),
        "members": [of_member(member) for member in members],
        "channels": [of_channel(one) for one in channels if not one.is_thread],
        "threads": [of_channel(one) for one in channels if one.is_thread and not one.archived],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def of_attachment(attachment: Attachment) -> Json:
    """An attachment object."""
    data: Json = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.data),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": attachment.content_type,
    }
    if attachment.description is not None:
        data["description"] = attachment.description
    if attachment.width is not None:
        data |= {"width": attachment.width, "height": attachment.height}
    return data | ({"ephemeral": True} if attachment.ephemeral else {})


def of_message(message: Message, me: int, *, with_reference: bool = True) -> Json:
    """A message object, as the bot user `me` is shown it."""
    data: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "author": of_user(message.author),
        "content": message.content,
        "timestamp": iso(seconds_of(message.id)),
        "edited_timestamp": iso(message.edited_at) if message.edited_at else None,
        "tts": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [of_user(user) for user in message.mentions],
        "mention_roles": [str(role) for role in message.mention_roles],
        "attachments": [of_attachment(one) for one in message.listed],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned,
        "type": message.type,
        "flags": message.flags,
    }
    if message.reactions:
        data["reactions"] = _of_reactions(message, me)
    if message.nonce is not None:
        data["nonce"] = message.nonce
    if message.thread is not None:
        data["thread"] = of_channel(message.thread)
    if message.interaction is not None:
        data |= _of_answered(message.interaction, me)
    if message.reference is not None and with_reference:
        data |= _of_reference(message.reference, me)
    return data


def _of_reactions(message: Message, me: int) -> list[Json]:
    return [
        {
            "emoji": reaction.emoji,
            "count": len(reaction),
            "count_details": {"normal": len(reaction), "burst": 0},
            "me": me in reaction.users,
            "me_burst": False,
            "burst_colors": [],
        }
        for reaction in message.reactions.values()
    ]


def _of_reference(target: Message, me: int) -> Json:
    reference = {"type": 0, "message_id": str(target.id), "channel_id": str(target.channel.id)}
    if target.channel.guild is not None:
        reference["guild_id"] = str(target.channel.guild.id)
    shown = None if target.deleted else of_message(target, me, with_reference=False)
    return {"message_reference": reference, "referenced_message": shown}


def _of_answered(interaction: Interaction, me: int) -> Json:
    owners = {"0": str(interaction.guild.id)} if interaction.guild else {"0": "0"}
    metadata: Json = {
        "id": str(interaction.id),
        "type": int(interaction.type),
        "user": of_user(interaction.user),
        "authorizing_integration_owners": owners,
    }
    if interaction.type is InteractionType.COMMAND:
        metadata |= {"name": interaction.name, "command_type": interaction.data.get("type", 1)}
        if "target_id" in interaction.data:
            metadata["target_message_id"] = interaction.data["target_id"]
    if interaction.type is InteractionType.COMPONENT and interaction.source is not None:
        metadata["interacted_message_id"] = str(interaction.source.id)
    if interaction.type is InteractionType.MODAL and interaction.trigger is not None:
        trigger = _of_answered(interaction.trigger, me)["interaction_metadata"]
        metadata["triggering_interaction_metadata"] = trigger
    data: Json = {"interaction_metadata": metadata, "application_id": str(me)}
    if interaction.type is InteractionType.COMMAND:
        old = {"id": str(interaction.id), "type": 2, "name": interaction.name}
        data["interaction"] = {**old, "user": of_user(interaction.user)}
    return data | {"webhook_id": str(me)}


def of_application(application: Application, owner: User, guilds: int) -> Json:
    """An application object."""
    return {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "description": application.description,
        "summary": "",
        "type": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": application.flags,
        "owner": of_user(owner),
        "team": None,
        "bot": of_user(application.user),
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "install_params": None,
        "integration_types_config": {"0": {}},
        "tags": [],
    }


def without_content(data: Json) -> Json:
    """A message object as applications without the message content intent get it."""
    blank: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
    shown = data.get("referenced_message")
    if shown:
        blank["referenced_message"] = {**shown, **blank}
    return {**data, **blank}
