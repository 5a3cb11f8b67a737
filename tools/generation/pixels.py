"""Pixels: decoding under guard, their hash, exact enlargement, and snapping to a palette.

A picture inside Mintmark is a PIL image in mode RGB, or RGBA where something is transparent.

This module does not know about prompts, records or files on disk.
"""

import hashlib
import io
import math
import struct
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from tools.errors import InvalidInput

FORMATS = ("PNG", "JPEG", "WEBP")

_EIGHT_BIT_MODES = frozenset(("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "CMYK"))
_DECODE_FAILURES = (OSError, SyntaxError, ValueError, TypeError, IndexError, EOFError)

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class DecodeLimits:
    """What a picture from outside may cost before and after it is decoded."""

    file_bytes: int = 32 * 1024 * 1024  # checked before anything is decoded
    pixels: int = 4096 * 4096  # checked after the header, before the pixels


DEFAULT_LIMITS = DecodeLimits()


def decode_picture(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> Image.Image:
    """Decode a PNG, JPEG or WebP file completely; the result has mode RGB or RGBA.

    Raises InvalidInput when the file is too large, is no picture of these kinds, holds too many
    pixels (nothing is decoded then), is animated, has more than 8 bits a channel, or is damaged.
    """
    with open_picture(data, limits) as image:
        _load(image)
        return _plain(image)


def open_picture(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> Image.Image:
    """Read a picture's header and check it against the limits; its pixels are not decoded yet.

    Raises InvalidInput as `decode_picture` does, except for damage that only pixels show.
    """
    _check_file_size(data, limits)
    image = _open(data)
    _check_header(image, limits)
    return image


def pixel_sha256(image: Image.Image) -> str:
    """`sha256:` and the hex digest of what the picture shows, whatever file it came from.

    Hashed are the ASCII line "mintmark/pixels/1 <mode> <width>x<height>" with its newline, then
    the raw bytes row by row, 8 bits a channel. The mode is RGB, or RGBA when any pixel is not
    opaque: a palette PNG and the RGB PNG with the same colours have the same hash.
    """
    plain = _plain(image)
    head = f"mintmark/pixels/1 {plain.mode} {plain.width}x{plain.height}\n"
    return f"sha256:{hashlib.sha256(head.encode('ascii') + plain.tobytes()).hexdigest()}"


def enlarge(image: Image.Image, factor: int) -> Image.Image:
    """Every pixel becomes a square of `factor` x `factor` pixels of exactly its colour.

    Raises InvalidInput when the factor is below 1.
    """
    if factor < 1:
        raise InvalidInput(
            "A picture is enlarged by a whole number from 1, not by {factor}.", factor=factor
        )
    pixels = np.asarray(image)
    return Image.fromarray(pixels.repeat(factor, axis=0).repeat(factor, axis=1))


def native(image: Image.Image) -> Image.Image:
    """The picture before `enlarge`: one pixel for each square of equal colour.

    A picture that was not enlarged comes back as it is; a single-coloured one is not reduced.
    """
    pixels = np.asarray(image)
    factor = _square_size(pixels)
    return Image.fromarray(pixels[::factor, ::factor]) if factor > 1 else image


def snap_to_palette(image: Image.Image, palette: Sequence[Colour]) -> Image.Image:
    """Every pixel takes the nearest colour of the palette (RGB distance; the first of equals).

    Raises InvalidInput for an empty palette. Transparency is dropped.
    """
    if not palette:
        raise InvalidInput("A palette needs at least one colour.")
    packed = _packed(np.asarray(image.convert("RGB")))
    found, where = np.unique(packed, return_inverse=True)
    colours = np.stack((found >> 16, found >> 8 & 255, found & 255), axis=1)
    nearest = _nearest(colours, np.asarray(palette, dtype=np.int64))
    table = np.asarray(palette, dtype=np.uint8)[nearest]
    return Image.fromarray(table[where.reshape(packed.shape)])


def _nearest(colours: NDArray[np.int64], palette: NDArray[np.int64]) -> NDArray[np.int64]:
    """For every colour (n, 3) the index of the nearest of the palette (m, 3)."""
    best = np.zeros(len(colours), dtype=np.int64)
    least = np.full(len(colours), np.iinfo(np.int64).max)
    for index, colour in enumerate(palette):
        distance = ((colours - colour) ** 2).sum(axis=1)
        closer = distance < least
        best[closer], least[closer] = index, distance[closer]
    return best


def _packed(pixels: Pixels) -> NDArray[np.int64]:
    """Each RGB pixel as one integer: np.unique on rows would take minutes."""
    wide = pixels.astype(np.int64)
    return wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]


def _square_size(pixels: Pixels) -> int:
    """The largest square of equal pixels that tiles the picture; 1 if it is of one colour."""
    height, width = pixels.shape[:2]
    rows = _changes(pixels)
    columns = _changes(pixels[[0, *rows]].swapaxes(0, 1))  # equal rows change at equal places
    if not rows and not columns:
        return 1
    return math.gcd(height, width, *rows, *columns)


def _changes(lines: Pixels) -> list[int]:
    """The positions at which a line differs from the line before it."""
    flat = lines.reshape(len(lines), -1)
    differs = (flat[1:] != flat[:-1]).any(axis=1)
    return [int(index) + 1 for index in np.flatnonzero(differs)]


def _plain(image: Image.Image) -> Image.Image:
    """The picture as RGB, or as RGBA where something is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    with_alpha = image.convert("RGBA")
    opaque = with_alpha.getchannel("A").getextrema() == (255, 255)
    return with_alpha.convert("RGB") if opaque else with_alpha


def _check_file_size(data: bytes, limits: DecodeLimits) -> None:
    if not data:
        raise InvalidInput("The picture file is empty.")
    if len(data) > limits.file_bytes:
        raise InvalidInput(
            "The picture file has {size} bytes; at most {most} are read.",
            size=len(data),
            most=limits.file_bytes,
        )


def _check_header(image: Image.Image, limits: DecodeLimits) -> None:
    if image.width * image.height > limits.pixels:
        raise InvalidInput(
            "The picture has {width}x{height} pixels; at most {most} pixels are decoded.",
            width=image.width,
            height=image.height,
            most=limits.pixels,
        )
    if getattr(image, "n_frames", 1) > 1:
        raise InvalidInput("The picture is animated; send a single still picture.")
    if image.mode not in _EIGHT_BIT_MODES:
        raise InvalidInput(
            "The picture's pixels have the form {mode}; save it with 8 bits a channel.",
            mode=image.mode,
        )


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Our own pixel limit, checked right after, is lower than the one that warns.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise InvalidInput("The file is not a PNG, JPEG or WebP picture.") from None
    except Image.DecompressionBombError:
        raise InvalidInput("The picture claims far more pixels than are ever decoded.") from None
    except (*_DECODE_FAILURES, struct.error, zlib.error) as error:
        raise InvalidInput("The picture's header is damaged: {error}.", error=str(error)) from error


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except (*_DECODE_FAILURES, struct.error, zlib.error) as error:
        raise InvalidInput(
            "The picture is damaged and cannot be decoded: {error}.", error=str(error)
        ) from error
