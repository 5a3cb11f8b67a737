"""The CDN: uploaded files by address, as they were or as a careless CDN leaves them."""

from __future__ import annotations

import mimetypes
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from aiohttp import web

from tests.peers.discord.state import Attachment

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

PNG = b"\x89PNG\r\n\x1a\n"
TEXT_CHUNKS = (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"caBX", b"tIME")


class Cdn:
    """Keeps what was uploaded, and may change it on the way out."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._files: dict[tuple[int, int], Attachment] = {}
        self.downloads = 0
        self._on_way_out: Callable[[bytes], bytes] | None = None

    def keep(self, channel_id: int, name: str, data: bytes, content_type: str) -> Attachment:
        """Store an uploaded file and give it an address."""
        number = self._peer.ids.next()
        name = PurePath(name.replace("\\", "/")).name.replace(" ", "_") or "unknown"
        guessed = mimetypes.guess_type(name)[0] or content_type
        signature = "?ex=7f000000&is=60000000&hm=" + f"{number:064x}"
        url = f"{self._peer.url}/attachments/{channel_id}/{number}/{name}{signature}"
        width, height = picture_size(data) or (None, None)
        kept = Attachment(number, name, guessed, data, url, width=width, height=height)
        self._files[channel_id, number] = kept
        return kept

    def strip_text_chunks(self) -> None:
        """From now on serve PNG files without the chunks that carry text."""
        self._on_way_out = without_text_chunks

    def recompress(self) -> None:
        """From now on serve PNG files as a re-encoding leaves them: the pixels and no more."""
        self._on_way_out = recompressed

    def change(self, change: Callable[[bytes], bytes] | None) -> None:
        """From now on serve files through this, or as they are again."""
        self._on_way_out = change

    def find(self, url: str) -> Attachment | None:
        """The file at an address of this CDN."""
        parts = url.partition("/attachments/")[2].split("?")[0].split("/")
        if len(parts) != 3 or not (parts[0].isdigit() and parts[1].isdigit()):
            return None
        return self._files.get((int(parts[0]), int(parts[1])))

    def served(self, attachment: Attachment) -> bytes:
        """A file's bytes as a download would give them."""
        return self._on_way_out(attachment.data) if self._on_way_out else attachment.data

    async def handle(self, request: web.Request) -> web.Response:
        """Serve one file."""
        found = self.find(request.path)
        self.downloads += 1
        if found is None or found.gone:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=self.served(found), content_type=found.content_type)


def without_text_chunks(data: bytes) -> bytes:
    """A PNG without its text, Exif and C2PA chunks; anything else unchanged."""
    if not data.startswith(PNG):
        return data
    kept = [_chunk(kind, body) for kind, body in _chunks(data) if kind not in TEXT_CHUNKS]
    return PNG + b"".join(kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG)
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def recompressed(data: bytes) -> bytes:
    """A PNG with the same pixels, other bytes and no text; anything else unchanged."""
    if not data.startswith(PNG):
        return data
    chunks = list(_chunks(without_text_chunks(data)))
    pixels = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    first = next(place for place, (kind, _) in enumerate(chunks) if kind == b"IDAT")
    others = [_chunk(kind, body) for kind, body in chunks if kind != b"IDAT"]
    packed = _chunk(b"IDAT", zlib.compress(pixels, 1))
    return PNG + b"".join([*others[:first], packed, *others[first:]])


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, WebP or JPEG, in pixels."""
    if data.startswith(PNG) and len(data) >= 24:
        return struct.unpack(">II", data[16:24])
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return struct.unpack("<HH", data[6:10])
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X" and len(data) >= 30:
        wide, high = data[24:27], data[27:30]
        return 1 + int.from_bytes(wide, "little"), 1 + int.from_bytes(high, "little")
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def png(width: int = 4, height: int = 4, color: tuple[int, int, int] = (88, 101, 242)) -> bytes:
    """A small real PNG of one colour, for people to upload."""
    row = b"\0" + bytes(color) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * height)), (b"IEND", b""))
    return PNG + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
