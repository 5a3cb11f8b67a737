"""From a request body to a message: files placed, components filled in, mentions found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.peers.discord.check_messages import (
    SETTABLE,
    check_alt_texts,
    check_files,
    check_message,
)
from tests.peers.discord.errors import DiscordError
from tests.peers.discord.forms import Path
from tests.peers.discord.permissions import Permission, in_channel
from tests.peers.discord.state import (
    Attachment,
    Channel,
    Flag,
    Interaction,
    Message,
    Pinged,
    User,
    components_in,
)

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]

USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")
EVERYONE_MENTION = re.compile(r"@(?:everyone|here)\b")


@dataclass(frozen=True)
class Upload:
    """One file part of a multipart request."""

    name: str
    data: bytes
    content_type: str = "application/octet-stream"


@dataclass
class Draft:
    """What a request asks a message to be."""

    body: Json
    uploads: dict[int, Upload] = field(default_factory=dict)  # by the n of files[n]
    path: Path = ()  # where the message stands in the request body
    ephemeral: bool = False


def compose(
    peer: Peer,
    channel: Channel,
    author: User,
    draft: Draft,
    *,
    interaction: Interaction | None = None,
    reference: Message | None = None,
) -> Message:
    """A new message from a request body, checked as Discord checks it, not yet posted."""
    body = draft.body
    flags = int(body.get("flags") or 0) if isinstance(body.get("flags"), int) else 0
    v2 = bool(flags & Flag.IS_COMPONENTS_V2)
    _check(peer, channel, draft, [], v2)
    if not (body.get("content") or body.get("embeds") or body.get("components") or draft.uploads):
        raise DiscordError(400, 50006, "Cannot send an empty message")
    message = Message(
        id=peer.ids.next(),
        channel=channel,
        author=author,
        content=str(body.get("content") or "").strip(),
        flags=(flags & SETTABLE) | (Flag.EPHEMERAL if draft.ephemeral else 0),
        embeds=body.get("embeds") or [],
        reference=reference,
        nonce=body.get("nonce"),
        interaction=interaction,
        seen_only_by=interaction.user.id if interaction and draft.ephemeral else None,
    )
    message.type = _type_of(message)
    message.attachments = _attach(peer, channel, draft, [])
    message.components = _placed(peer, message, body.get("components") or [])
    _show_embed_pictures(message)
    _find_mentions(message, body, default_all=True)
    return message


def amend(peer: Peer, message: Message, draft: Draft) -> None:
    """An edit of a message from a request body; what the body does not name stays."""
    body = draft.body
    given = body.get("flags") or 0
    v2 = message.is_v2 or bool(isinstance(given, int) and given & Flag.IS_COMPONENTS_V2)
    kept = message.attachments
    if body.get("attachments") is not None:
        wanted = {str(one.get("id")) for one in body["attachments"]}
        kept = [one for one in message.attachments if str(one.id) in wanted]
    _check(peer, message.channel, draft, kept, v2)
    if v2 and not message.is_v2 and (_stays(message, body)):
        code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
        errors = {"content": {"_errors": [{"code": code, "message": "Clear the old fields"}]}}
        raise DiscordError(400, 50035, "Invalid Form Body", errors)
    _take_over(peer, message, draft, kept, v2)


def _stays(message: Message, body: Json) -> bool:
    content = body.get("content", message.content) or body.get("embeds", message.embeds)
    return bool(content) and not message.loading


def _take_over(
    peer: Peer, message: Message, draft: Draft, kept: list[Attachment], v2: bool
) -> None:
    body = draft.body
    if "content" in body:
        message.content = str(body["content"] or "").strip()
    if "embeds" in body:
        message.embeds = body["embeds"] or []
    described = {str(one.get("id")): one for one in body.get("attachments") or []}
    for attachment in kept:
        changed = described.get(str(attachment.id), {}).get("description")
        attachment.description = changed or attachment.description
    if body.get("attachments") is not None or draft.uploads:
        for attachment in message.attachments:
            attachment.gone = attachment not in kept
        message.attachments = kept + _attach(peer, message.channel, draft, kept)
    if "components" in body:
        message.components = _placed(peer, message, body["components"] or [])
    if "flags" in body:
        settable = Flag.SUPPRESS_EMBEDS
        message.flags = (message.flags & ~settable) | (int(body["flags"] or 0) & settable)
    message.flags |= Flag.IS_COMPONENTS_V2 if v2 else 0
    message.edited_at = None if message.loading else peer.clock.now()
    message.flags &= ~Flag.LOADING
    _show_embed_pictures(message)
    if "content" in body or "components" in body:
        _find_mentions(message, body, default_all=True, edit=True)


def _type_of(message: Message) -> int:
    if message.interaction is not None and not message.reference:
        return {2: 20}.get(int(message.interaction.type), 0)
    return 19 if message.reference else 0


def _check(peer: Peer, channel: Channel, draft: Draft, kept: list[Attachment], v2: bool) -> None:
    names = {clean_name(upload.name) for upload in draft.uploads.values()}
    names |= {one.filename for one in kept}
    flags = SETTABLE | Flag.EPHEMERAL
    check_message(draft.body, draft.path, v2=v2, files=names, flags=flags)
    limit = channel.guild.attachment_size_limit if channel.guild else peer.attachment_size_limit
    check_files([len(one.data) for one in draft.uploads.values()], len(kept), limit)
    check_alt_texts(draft.body.get("attachments") or [], draft.path)


def clean_name(name: str) -> str:
    """A file name as the CDN keeps it."""
    return name.replace("\\", "/").rpartition("/")[2].replace(" ", "_") or "unknown"


def _attach(peer: Peer, channel: Channel, draft: Draft, kept: list[Attachment]) -> list[Attachment]:
    described = {str(one.get("id")): one for one in draft.body.get("attachments") or []}
    attached = []
    for number, upload in sorted(draft.uploads.items()):
        entry = described.get(str(number), {})
        name = entry.get("filename") or upload.name
        stored = peer.cdn.keep(channel.id, name, upload.data, upload.content_type)
        stored.description = entry.get("description")
        stored.ephemeral = draft.ephemeral
        attached.append(stored)
    return attached


def _placed(peer: Peer, message: Message, components: list[Json]) -> list[Json]:
    """Components as Discord gives them back: numbered, and with media resolved."""
    for number, component in enumerate(components_in(components), start=1):
        component.setdefault("id", number)
        if not component["id"]:
            component["id"] = number
        for holder in [component, *component.get("items", [])]:
            for key in ("media", "file"):
                if isinstance(holder.get(key), dict):
                    holder[key] = _media(peer, message, holder[key]["url"])
        if component.get("type") == 13:
            file = peer.cdn.find(component["file"]["url"])
            component |= {"name": file.filename, "size": len(file.data)} if file else {}
    return components


def _media(peer: Peer, message: Message, url: str) -> Json:
    name = url.partition("attachment://")[2]
    here = [one for one in message.attachments if name and one.filename == name]
    found = here[-1] if here else peer.cdn.find(url)
    address = found.url if found else url
    media: Json = {"url": address, "proxy_url": address, "loading_state": 2, "flags": 0}
    media |= {"placeholder": "", "placeholder_version": 1}
    if found is not None:
        media |= {"width": found.width, "height": found.height, "content_type": found.content_type}
    if found in message.attachments and found is not None:
        media["attachment_id"] = str(found.id)
    return media


def _show_embed_pictures(message: Message) -> None:
    by_name = {one.filename: one for one in message.attachments}
    for embed in message.embeds:
        embed.setdefault("type", "rich")
        for key in ("image", "thumbnail"):
            name = ((embed.get(key) or {}).get("url") or "").partition("attachment://")[2]
            if name in by_name:
                found = by_name[name]
                size = {"width": found.width, "height": found.height}
                embed[key] = {"url": found.url, "proxy_url": found.url, **size}


def _find_mentions(message: Message, body: Json, *, default_all: bool, edit: bool = False) -> None:
    """Fill in whom the text names, and whom it may make a sound at."""
    allowed = body.get("allowed_mentions")
    everything = {"parse": ["users", "roles", "everyone"], "replied_user": True}
    rule = everything if allowed is None and default_all else allowed or {}
    parse = rule.get("parse") or []
    texts = [found["content"] for found in components_in(message.components, {10})]
    text = "\n".join([message.content, *texts])
    guild = message.channel.guild
    users = [int(one) for one in dict.fromkeys(USER_MENTION.findall(text))]
    roles = [int(one) for one in dict.fromkeys(ROLE_MENTION.findall(text))]
    if "users" not in parse:
        users = [one for one in users if str(one) in map(str, rule.get("users") or [])]
    if "roles" not in parse:
        roles = [one for one in roles if str(one) in map(str, rule.get("roles") or [])]
    known = _people_of(message.channel)
    message.mentions = [known[one] for one in users if one in known]
    if message.reference is not None and rule.get("replied_user", False):
        replied = message.reference.author
        if replied not in message.mentions:
            message.mentions.append(replied)
    message.mention_roles = [one for one in roles if guild and one in guild.roles]
    loud = _may_mention_all(message)
    everyone = bool(EVERYONE_MENTION.search(text)) and "everyone" in parse
    message.mention_everyone = everyone and loud
    if not edit and not message.ephemeral:
        rings = [one for one in message.mention_roles if loud or _rings(message, one)]
        ids = [user.id for user in message.mentions if user is not message.author]
        message.pinged = Pinged(message.mention_everyone, ids, rings)


def _rings(message: Message, role_id: int) -> bool:
    assert message.channel.guild is not None
    return message.channel.guild.roles[role_id].mentionable


def _may_mention_all(message: Message) -> bool:
    guild = message.channel.guild
    if guild is None:
        return False
    member = guild.members.get(message.author.id)
    return bool(in_channel(message.channel, member) & Permission.MENTION_EVERYONE)


class _People(dict[int, User]):
    """Users by id, looked up in a guild without copying its members."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._guild = channel.guild
        if channel.recipient is not None:
            self[channel.recipient.id] = channel.recipient

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or bool(self._guild and key in self._guild.members)

    def __missing__(self, key: int) -> User:
        assert self._guild is not None
        return self._guild.members[key].user


def _people_of(channel: Channel) -> _People:
    return _People(channel)
