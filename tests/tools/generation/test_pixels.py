"""Pictures are decoded under guard, and their pixels keep their identity."""

import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from tools.errors import InvalidInput
from tools.generation.pixels import (
    DecodeLimits,
    decode_picture,
    enlarge,
    native,
    pixel_sha256,
    snap_to_palette,
)

pictures = hnp.arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 8), st.just(3))).map(
    Image.fromarray
)


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def gradient(size: int = 16) -> Image.Image:
    ramp = np.arange(size, dtype=np.uint8) * (255 // size)
    return Image.fromarray(
        np.stack([*np.meshgrid(ramp, ramp), np.full((size, size), 9, np.uint8)], -1)
    )


def png_claiming(width: int, height: int) -> bytes:
    """A few dozen bytes whose header promises a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b""))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_three_formats_decode_to_rgb(kind: str) -> None:
    image = decode_picture(file_of(gradient(), kind))
    assert (image.mode, image.size) == ("RGB", (16, 16))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(InvalidInput, match="not a PNG, JPEG or WebP"):
        decode_picture(file_of(gradient(), kind))


@given(st.binary(min_size=1, max_size=100))
def test_bytes_that_are_no_picture_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        decode_picture(data)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match="empty"):
        decode_picture(b"")


def test_a_file_with_too_many_bytes_is_refused_undecoded() -> None:
    with pytest.raises(InvalidInput, match="at most 100 are read"):
        decode_picture(b"\0" * 101, DecodeLimits(file_bytes=100))


@pytest.mark.parametrize("size", [(5000, 5000), (60_000, 60_000)])
def test_a_decompression_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput, match="pixels"):
        decode_picture(png_claiming(*size))


def test_an_animation_is_refused() -> None:
    frames = [gradient(), gradient().transpose(Image.Transpose.ROTATE_90)]
    data = file_of(frames[0], "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(InvalidInput, match="animated"):
        decode_picture(data)


def test_sixteen_bits_a_channel_are_refused() -> None:
    deep = Image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000)
    with pytest.raises(InvalidInput, match="8 bits a channel"):
        decode_picture(file_of(deep))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_file_is_refused(kind: str) -> None:
    data = file_of(gradient(64), kind)
    with pytest.raises(InvalidInput, match=r"damaged|not a PNG"):
        decode_picture(data[: len(data) // 2])


@given(position=st.integers(8, 2000), flip=st.integers(1, 255))
def test_a_changed_byte_of_the_file_never_escapes_as_another_error(
    position: int, flip: int
) -> None:
    data = bytearray(file_of(gradient()))
    data[position % len(data)] ^= flip
    with suppress(InvalidInput):
        assert decode_picture(bytes(data)).mode in ("RGB", "RGBA")


@given(pictures)
def test_the_pixel_hash_survives_any_lossless_file(image: Image.Image) -> None:
    known = pixel_sha256(image)
    for kind, options in (
        ("PNG", {}),
        ("PNG", {"compress_level": 9}),
        ("WEBP", {"lossless": True}),
    ):
        assert pixel_sha256(decode_picture(file_of(image, kind, **options))) == known


def test_the_pixel_hash_is_that_of_the_colours_not_of_their_encoding() -> None:
    image = snap_to_palette(gradient(), [(0, 0, 0), (255, 255, 255), (9, 9, 200)])
    paletted = image.quantize(3, method=Image.Quantize.FASTOCTREE)
    assert paletted.mode == "P"
    assert pixel_sha256(paletted) == pixel_sha256(paletted.convert("RGB"))
    assert pixel_sha256(image.convert("RGBA")) == pixel_sha256(image)


def test_the_pixel_hash_is_computed_as_documented() -> None:
    """sha256("mintmark/pixels/1 RGB 2x1\\n" + 6 bytes), by coreutils."""
    image = Image.fromarray(np.array([[[1, 2, 3], [4, 5, 6]]], dtype=np.uint8))
    expected = "sha256:8fd3f3d2d77d819c9eee105f7635f465322cf5be95080465ec34810ee5210bbb"
    assert pixel_sha256(image) == expected


@given(pictures, st.integers(0, 7), st.integers(0, 7), st.integers(0, 2), st.integers(1, 255))
def test_one_changed_channel_changes_the_pixel_hash(
    image: Image.Image, row: int, column: int, channel: int, change: int
) -> None:
    pixels = np.array(image)
    pixels[row % pixels.shape[0], column % pixels.shape[1], channel] ^= change
    assert pixel_sha256(Image.fromarray(pixels)) != pixel_sha256(image)


def test_a_row_is_not_a_column() -> None:
    row = Image.new("RGB", (4, 1))
    assert pixel_sha256(row) != pixel_sha256(row.transpose(Image.Transpose.ROTATE_90))


@given(pictures, st.integers(1, 16))
def test_enlarging_repeats_every_pixel_exactly(image: Image.Image, factor: int) -> None:
    large = np.asarray(enlarge(image, factor))
    assert large.shape[0] == image.height * factor
    for offset in (0, factor - 1):
        assert (large[offset::factor, offset::factor] == np.asarray(image)).all()


def test_the_native_picture_is_found_again_inside_the_enlarged_one() -> None:
    image = gradient()
    assert pixel_sha256(native(enlarge(image, 16))) == pixel_sha256(image)
    assert native(image) is image


@given(pictures, st.integers(1, 9))
def test_enlarging_the_native_picture_gives_the_picture_back(
    image: Image.Image, factor: int
) -> None:
    large = enlarge(image, factor)
    small = native(large)
    assert pixel_sha256(enlarge(small, large.width // small.width)) == pixel_sha256(large)


def test_a_picture_of_one_colour_has_no_smaller_self() -> None:
    assert native(Image.new("RGB", (32, 32), "red")).size == (32, 32)


def test_enlarging_by_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="from 1"):
        enlarge(gradient(), 0)


@given(
    pictures,
    st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=6),
)
def test_every_pixel_takes_the_nearest_colour_of_the_palette(
    image: Image.Image, palette: list[tuple[int, int, int]]
) -> None:
    before, after = np.asarray(image).reshape(-1, 3), np.asarray(snap_to_palette(image, palette))
    for pixel, snapped in zip(before.tolist(), after.reshape(-1, 3).tolist(), strict=True):
        nearest = min(
            palette, key=lambda c: sum((a - b) ** 2 for a, b in zip(pixel, c, strict=True))
        )
        assert tuple(snapped) == nearest


def test_an_empty_palette_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one colour"):
        snap_to_palette(gradient(), [])
