"""From a request body to a message: files placed, components filled in, mentions found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.peers.discord.check_messages import (
    SETTABLE,
    check_alt_texts,
    check_files,
    check_message,
)
from tests.peers.discord.errors import DiscordError, unknown_channel
from tests.peers.discord.forms import Path
from tests.peers.discord.mentions import find_mentions
from tests.peers.discord.reading import components_in
from tests.peers.discord.shapes import MESSAGE_SHAPE, check_shape
from tests.peers.discord.state import (
    Attachment,
    Channel,
    Flag,
    Interaction,
    InteractionType,
    Message,
    User,
)

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]


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

    def __post_init__(self) -> None:
        check_shape(self.body, MESSAGE_SHAPE, self.path)


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
    if channel.deleted:
        raise unknown_channel()
    body = draft.body
    flags = int(body.get("flags") or 0) if isinstance(body.get("flags"), int) else 0
    v2 = bool(flags & Flag.IS_COMPONENTS_V2)
    _check(peer, channel, draft, [], v2)
    said = str(body.get("content") or "").strip()
    if not (said or body.get("embeds") or body.get("components") or draft.uploads):
        raise empty_message()
    message = Message(
        id=peer.ids.next(),
        channel=channel,
        author=author,
        content=said,
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
    find_mentions(message, body)
    return message


def amend(peer: Peer, message: Message, draft: Draft) -> None:
    """An edit of a message from a request body; what the body does not name stays."""
    body = draft.body
    given = body.get("flags") or 0
    v2 = message.is_v2 or bool(isinstance(given, int) and given & Flag.IS_COMPONENTS_V2)
    kept = _kept(message, body)
    described = {str(one.get("id")) for one in body.get("attachments") or []}
    _check(peer, message.channel, draft, kept, v2, described)
    if not v2 and _would_be_empty(message, body, kept, draft):
        raise empty_message()
    if v2 and not message.is_v2 and (_stays(message, body)):
        code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
        errors = {"content": {"_errors": [{"code": code, "message": "Clear the old fields"}]}}
        raise DiscordError(400, 50035, "Invalid Form Body", errors)
    _take_over(peer, message, draft, kept, v2)


def _kept(message: Message, body: Json) -> list[Attachment]:
    """The files that stay: those the edit lists, and those its components still show."""
    if body.get("attachments") is None:
        return message.attachments
    wanted = {str(one.get("id")) for one in body["attachments"]}
    shown = str(body.get("components")) + str(body.get("embeds"))
    return [one for one in message.attachments if str(one.id) in wanted or one.url in shown]


def _would_be_empty(message: Message, body: Json, kept: list[Attachment], draft: Draft) -> bool:
    content = body.get("content", message.content) or body.get("embeds", message.embeds)
    return not (content or body.get("components", message.components) or kept or draft.uploads)


def empty_message() -> DiscordError:
    """A message must have something in it."""
    return DiscordError(400, 50006, "Cannot send an empty message")


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
        find_mentions(message, body, edit=True)


def _type_of(message: Message) -> int:
    if message.interaction is not None and not message.reference:
        return type_of_answer(message.interaction)
    return 19 if message.reference else 0


def type_of_answer(interaction: Interaction) -> int:
    """The type of a message that answers: to a slash command 20, to a menu 23, else 0."""
    if interaction.type is not InteractionType.COMMAND:
        return 0
    return 20 if interaction.data.get("type", 1) == 1 else 23


def _check(
    peer: Peer,
    channel: Channel,
    draft: Draft,
    kept: list[Attachment],
    v2: bool,
    described: set[str] | None = None,
) -> None:
    """An edit can refer only to new files that its `attachments` describe."""
    uploads = draft.uploads.items()
    known = [one for number, one in uploads if described is None or str(number) in described]
    names = {clean_name(upload.name) for upload in known}
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
