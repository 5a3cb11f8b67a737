"""What Discord demands of a message: text, embeds, files, mentions.

Source: Discord's documentation, "Message Resource" (limits of embeds, allowed mentions, flags).
"""

from typing import Any

from tests.peers.discord.check_components import check_message_components
from tests.peers.discord.errors import DiscordError
from tests.peers.discord.forms import Form, Path
from tests.peers.discord.state import Flag

Json = dict[str, Any]

MOST_CONTENT = 2000
MOST_FILES = 10
MOST_EMBEDS = 10
MOST_EMBED_TEXT = 6000
SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.IS_COMPONENTS_V2
SHOWN_IN_EMBED = ("title", "description", "fields", "image", "thumbnail", "author", "footer")
LEGACY = ("content", "embeds", "poll", "sticker_ids")


def check_message(
    body: Json, path: Path, *, v2: bool, files: set[str], flags: int = SETTABLE
) -> None:
    """The body of a new or edited message; `files` are the names it may refer to."""
    form = Form()
    form.text(body, "content", path, MOST_CONTENT)
    form.text(body, "nonce", path, 25) if isinstance(body.get("nonce"), str) else None
    _check_embeds(form, body, path)
    given = body.get("flags") or 0
    if not isinstance(given, int) or given & ~flags:
        form.bad((*path, "flags"), "BITFIELD_TYPE_INVALID", "Invalid flags")
    if v2:
        _check_no_legacy(form, body, path)
    if body.get("components"):
        here = (*path, "components")
        check_message_components(form, body["components"], here, v2=v2, files=files)
    _check_allowed_mentions(form, body, path)
    form.check()


def _check_no_legacy(form: Form, body: Json, path: Path) -> None:
    for key in LEGACY:
        if body.get(key):
            message = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            form.bad((*path, key), code, message)


def _check_embeds(form: Form, body: Json, path: Path) -> None:
    embeds = form.items(body, "embeds", path, MOST_EMBEDS)
    for place, embed in enumerate(embeds):
        _check_embed(form, embed, (*path, "embeds", place))
    if sum(_embed_size(embed) for embed in embeds) > MOST_EMBED_TEXT:
        message = f"Embed size exceeds maximum size of {MOST_EMBED_TEXT}"
        form.bad((*path, "embeds"), "MAX_EMBED_SIZE_EXCEEDED", message)


def _check_embed(form: Form, embed: Json, path: Path) -> None:
    if not any(embed.get(key) for key in SHOWN_IN_EMBED):
        form.bad((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")
    form.text(embed, "title", path, 256)
    form.text(embed, "description", path, 4096)
    form.number(embed, "color", path, 0, 0xFFFFFF)
    form.text(embed.get("footer") or {}, "text", (*path, "footer"), 2048)
    form.text(embed.get("author") or {}, "name", (*path, "author"), 256)
    for place, one in enumerate(form.items(embed, "fields", path, 25)):
        here = (*path, "fields", place)
        form.text(one, "name", here, 256, 1, required=True)
        form.text(one, "value", here, 1024, 1, required=True)


def _embed_size(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for one in embed.get("fields") or []:
        texts += [one.get("name"), one.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _check_allowed_mentions(form: Form, body: Json, path: Path) -> None:
    allowed = body.get("allowed_mentions")
    if not allowed:
        return
    here = (*path, "allowed_mentions")
    parse = form.items(allowed, "parse", here, 3)
    for place, one in enumerate(parse):
        form.choice(one, (*here, "parse", place), ("users", "roles", "everyone"))
    for key in ("users", "roles"):
        if form.items(allowed, key, here, 100) and key in parse:
            message = f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.'
            form.bad((*here, key), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)


def check_files(sizes: list[int], kept: int, limit: int) -> None:
    """The files of one request: not too many, none too large (bytes)."""
    if len(sizes) + kept > MOST_FILES:
        raise DiscordError(400, 30015, f"Maximum number of attachments reached ({MOST_FILES})")
    if any(size > limit for size in sizes):
        raise DiscordError(413, 40005, "Request entity too large")


def check_alt_texts(attachments: list[Json], path: Path) -> None:
    """The descriptions of attachments."""
    form = Form()
    for place, attachment in enumerate(attachments):
        form.text(attachment, "description", (*path, "attachments", place), 1024)
    form.check()
