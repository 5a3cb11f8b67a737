"""The PNG file of a candidate: its pixels, its recipe as infotext, and the mark of its record.

Two text chunks stand before the pixels: `parameters`, the infotext other tools read back, and
`mintmark`, the id under which our provenance log knows the picture. The same picture and texts
give the same bytes under the same build of Pillow (deflate may differ between builds, the pixels
and their hash do not).
"""

import io

from PIL import Image, PngImagePlugin

from tools.errors import InvalidInput
from tools.generation.infotext import PARAMETERS, Infotext, png_text
from tools.generation.pixels import DEFAULT_LIMITS, DecodeLimits, open_picture

MARK = "mintmark"

_COMPRESSION = 6


def encode_png(image: Image.Image, infotext: Infotext, record_id: str) -> bytes:
    """The PNG file. Only pixels, infotext and mark are written: no date, no profile, no EXIF.

    Raises InvalidInput when the picture is not RGB or RGBA, or a text holds a NUL character.
    """
    if image.mode not in ("RGB", "RGBA"):
        raise InvalidInput("A candidate's picture is RGB or RGBA, not {mode}.", mode=image.mode)
    file = io.BytesIO()
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    bare.save(file, "PNG", pnginfo=_texts(infotext, record_id), compress_level=_COMPRESSION)
    return file.getvalue()


def read_mark(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> str | None:
    """The record id that a PNG of ours carries, or None for any other picture.

    Raises InvalidInput when the file is no picture or exceeds the limits.
    """
    with open_picture(data, limits) as image:
        return png_text(image, MARK) if image.format == "PNG" else None


def _texts(infotext: Infotext, record_id: str) -> PngImagePlugin.PngInfo:
    """tEXt where Latin-1 can say it, iTXt (UTF-8) where not: what PNG readers expect."""
    texts = PngImagePlugin.PngInfo()
    for key, text in ((PARAMETERS, str(infotext)), (MARK, record_id)):
        if "\0" in text:
            raise InvalidInput("The text {key!r} of a PNG cannot hold a NUL character.", key=key)
        texts.add_text(key, text)
    return texts
