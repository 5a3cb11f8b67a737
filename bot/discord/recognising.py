"""Which of our pictures a message shows: by the books, else by what the pictures themselves are.

A message that the bot sent is in its books. A picture that somebody saved and uploaded again is
known by its file, by its pixels if the file was written anew, or by its looks if it was changed.
Files are fetched only from where Discord keeps them, and only so many bytes of them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import discord

from tools.errors import InvalidInput, MintmarkError, NotFound, ServiceUnavailable
from tools.generation.fingerprints import UPLOAD, fingerprints
from tools.people import Actor

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

MOST_PICTURES = 10
_PATIENCE_S = 20.0
_ALSO = {"cdn.discordapp.com": "media.discordapp.net"}  # where Discord serves the same files
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_UNKNOWN = (
    "I do not know this picture: neither its file, nor its pixels, nor its looks are those of a "
    "picture that was made here."
)
_NOTHING = "There is no picture in this message that I could look at."


@dataclass(frozen=True)
class Known:
    """A picture of ours, and how it was known."""

    candidate_id: str
    how: str  # book, file, pixels, looks, or text: what the file says of itself
    distance: int = 0  # in bits of 256, by which the looks differ


async def pictures_in(
    client: "MintmarkClient", actor: Actor, message: discord.Message
) -> list[Known]:
    """Our pictures in a message, at least one.

    Raises:
        NotFound: if there is none, or none that is known.
        InvalidInput: if a file cannot be read as a picture.
        ServiceUnavailable: if Discord does not hand a file over.
    """
    if booked := await in_books(client, message):
        return [Known(candidate, "book") for candidate in booked]
    shown = uploads(message)
    if not shown:
        raise NotFound(_NOTHING)
    found = await recognised(client, actor, shown)
    if not found:
        raise NotFound(_UNKNOWN)
    return found


async def in_books(client: "MintmarkClient", message: discord.Message) -> list[str]:
    """The candidates that a message of the bot shows; also if somebody passed the message on."""
    ids = [message.id]
    if message.reference is not None and message.message_snapshots:
        ids += [message.reference.message_id or 0]
    for id_ in ids:
        if known := await asyncio.to_thread(client.posts.pictures_in, id_):
            return list(known.values())
    return []


def uploads(message: discord.Message) -> list[discord.Attachment]:
    """The pictures that were uploaded with a message, or with one that was passed on in it."""
    passed_on = (one for shot in message.message_snapshots for one in shot.attachments)
    return [one for one in (*message.attachments, *passed_on) if _is_picture(one)][:MOST_PICTURES]


async def recognised(
    client: "MintmarkClient", actor: Actor, shown: Sequence[discord.Attachment]
) -> list[Known]:
    """Those of the uploaded pictures that were made here.

    Raises:
        InvalidInput, ServiceUnavailable: if none could even be looked at.
    """
    found: list[Known] = []
    problem: MintmarkError | None = None
    for upload in shown:
        try:
            found += await _recognised(client, actor, upload)
        except (InvalidInput, ServiceUnavailable) as error:
            problem = error
    if problem is not None and not found:
        raise problem
    return list({known.candidate_id: known for known in reversed(found)}.values())[::-1]


async def _recognised(
    client: "MintmarkClient", actor: Actor, upload: discord.Attachment
) -> list[Known]:
    data = await fetched(upload)
    prints = await asyncio.to_thread(fingerprints, data)
    output: Any = await client.studio.door.acall("identify", vars(prints), actor)
    known = [Known(match.candidate_id, match.how, match.distance) for match in output.matches]
    return known[:1]


async def fetched(upload: discord.Attachment) -> bytes:
    """An uploaded file, from where Discord keeps it and from nowhere else.

    Raises:
        InvalidInput: if it is too large, or does not lie with Discord.
        ServiceUnavailable: if it cannot be had.
    """
    most = UPLOAD.file_bytes
    if upload.size > most:
        raise InvalidInput(
            "The picture has {size} bytes; I look at pictures of at most {most}.",
            size=upload.size,
            most=most,
        )
    if not _lies_with_discord(upload.url):
        raise InvalidInput("This picture does not lie with Discord, so I do not fetch it.")
    try:
        return await _downloaded(upload.url, most)
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise ServiceUnavailable(
            "Discord does not hand this picture over at the moment: try again."
        ) from None


async def _downloaded(url: str, most: int) -> bytes:
    timeout = aiohttp.ClientTimeout(total=_PATIENCE_S)
    async with (
        aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        data = b""
        async for chunk in answer.content.iter_chunked(1 << 16):
            data += chunk
            if len(data) > most:
                raise InvalidInput("The picture is larger than Discord said; I stopped reading it.")
        return data


def _lies_with_discord(url: str) -> bool:
    """Whether an address is one of the CDN that belongs to the API in use."""
    ours, asked = urlsplit(discord.Asset.BASE), urlsplit(url)
    hosts = {ours.netloc, _ALSO.get(ours.netloc, ours.netloc)}
    return asked.scheme == ours.scheme and asked.netloc in hosts


def _is_picture(upload: discord.Attachment) -> bool:
    kind = (upload.content_type or "").partition("/")[0]
    return kind == "image" or upload.filename.casefold().endswith(_PICTURES)
