"""Files as Discord takes them: named so that a card can point at them, small enough to be sent.

A picture goes out byte for byte as it is stored, with all that its PNG says of itself. Only one
that is larger than Discord takes is shown as a smaller copy; its file stays in the store.
"""

import io
import re
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import discord

LARGEST = 10 * 1024 * 1024  # bytes in one file that every bot may send everywhere
_COPY_PIXELS = 2048  # a side of a smaller copy
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_SPOILER = re.compile(r"^(SPOILER_)+", re.IGNORECASE)  # a name that would hide the file


@dataclass(frozen=True)
class Attachment:
    """A file to be sent with a card; it can be sent any number of times."""

    name: str  # ASCII letters, digits, dot, underscore and dash, as `attachment://` needs them
    content: Path | bytes
    alt: str | None = None  # what it shows, where it is a picture

    @property
    def uri(self) -> str:
        """The address by which a card points at the file that is sent with it."""
        return f"attachment://{self.name}"

    def file(self) -> discord.File:
        """The file for one request.

        Raises:
            OSError: if it cannot be read any more.
        """
        source = self.content if isinstance(self.content, Path) else io.BytesIO(self.content)
        return discord.File(source, self.name, spoiler=False, description=self.alt)


def readable(path: Path) -> bool:
    """Whether there is a file that can be sent, of whatever size."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def name_of(wished: str, taken: Container[str], suffix: str = "") -> str:
    """A name that Discord keeps as it is, like the wished one and unlike those taken."""
    stem, dot, ending = _SPOILER.sub("", _ODD.sub("-", wished)).strip("-.").rpartition(".")
    stem, ending = (stem or ending)[:60] or "file", suffix or (f".{ending}" if dot and stem else "")
    name, number = f"{stem}{ending[:12]}", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{ending[:12]}"
    return name


def picture(path: Path, wished: str, taken: Container[str], alt: str) -> Attachment | None:
    """A stored picture, as it is or as a smaller copy; None if it cannot be read."""
    if not readable(path):
        return None
    if path.stat().st_size <= LARGEST:
        return Attachment(name_of(wished, taken, ".png"), path, alt)
    copy = _smaller(path)
    return None if copy is None else Attachment(name_of(wished, taken, ".webp"), copy, alt)


def document(content: Path | bytes, wished: str, taken: Container[str]) -> Attachment | None:
    """A file to be handed over; None if it cannot be read or is too large."""
    if isinstance(content, Path) and not readable(content):
        return None
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    return Attachment(name_of(wished, taken), content) if size <= LARGEST else None


def _smaller(path: Path) -> bytes | None:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as opened:
            opened.thumbnail((_COPY_PIXELS, _COPY_PIXELS))
            written = io.BytesIO()
            opened.convert("RGB").save(written, "WEBP", quality=90)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    return written.getvalue() if written.tell() <= LARGEST else None
