"""A broken render is told apart from a picture."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from tools.generation.pixels import enlarge
from tools.scoring.checks import check_file, check_picture

Draw = Callable[..., Image.Image]


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_a_drawn_character_is_sound(character: Draw) -> None:
    checked = check_file(png(enlarge(character(), 16)), (512, 512))
    assert checked.check.sound
    assert checked.check.reasons == ()
    assert checked.image is not None


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_does_not_decode_is_broken_and_says_why(data: bytes) -> None:
    checked = check_file(data)
    assert not checked.check.sound
    assert checked.image is None
    assert len(checked.check.reasons) == 1


def test_a_picture_of_the_wrong_size_is_broken(character: Draw) -> None:
    check = check_picture(character(), (64, 64))
    assert check.reasons == ("The picture has 32x32 pixels instead of 64x64.",)


@pytest.mark.parametrize("colour", ["black", "white", "orange"])
def test_a_frame_of_one_colour_is_blank(colour: str) -> None:
    assert not check_picture(Image.new("RGB", (32, 32), colour)).sound


def test_a_faint_grain_or_a_few_stray_pixels_do_not_make_a_picture() -> None:
    pixels = np.random.default_rng(0).integers(100, 106, (64, 64, 3), dtype=np.uint8)
    pixels[10, 10] = pixels[20, 30] = 255
    check = check_picture(Image.fromarray(pixels))
    assert not check.sound
    assert "blank" in check.reasons[0]


def test_one_lively_channel_is_enough(character: Draw) -> None:
    pixels = np.zeros((32, 32, 3), dtype=np.uint8)
    pixels[..., 2] = np.asarray(character().convert("L"))
    assert check_picture(Image.fromarray(pixels)).sound


def test_all_that_is_broken_is_listed() -> None:
    assert len(check_picture(Image.new("RGB", (8, 8)), (9, 9)).reasons) == 2
