"""The PNG of a candidate carries its pixels, its recipe and its mark, and nothing else."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tools.errors import InvalidInput
from tools.generation.infotext import Infotext, read_infotext
from tools.generation.pixels import decode_picture, enlarge, pixel_sha256
from tools.generation.png import encode_png, read_mark

ROOT = Path(__file__).parents[3]
SETTINGS = (("Steps", "12"), ("Sampler", "DDIM"), ("Seed", "7"))
RECIPE = Infotext("a fox 🦊", "", SETTINGS)


def picture() -> Image.Image:
    noise = np.random.default_rng(1).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    return Image.fromarray(noise)


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """(kind, whole chunk) of every chunk."""
    found, position = [], 8
    while position < len(data):
        end = position + int.from_bytes(data[position : position + 4]) + 12
        found.append((data[position + 4 : position + 8], data[position:end]))
        position = end
    return found


def test_pixels_recipe_and_mark_come_back() -> None:
    data = encode_png(picture(), RECIPE, "rec-42")
    assert pixel_sha256(decode_picture(data)) == pixel_sha256(picture())
    assert read_infotext(data) == RECIPE
    assert read_mark(data) == "rec-42"


@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=":"), min_size=1))
def test_a_prompt_in_any_script_comes_back(prompt: str) -> None:
    data = encode_png(Image.new("RGB", (2, 2)), Infotext(prompt, prompt, SETTINGS), prompt)
    assert read_infotext(data) == Infotext(prompt, prompt, SETTINGS)
    assert read_mark(data) == prompt


def test_nothing_but_header_texts_and_pixels_is_written() -> None:
    source = picture()
    source.info["icc_profile"] = b"someone's screen"
    source.info["exif"] = b"Exif\0\0someone's camera"
    data = encode_png(source, Infotext("fox", "", SETTINGS), "r")
    assert [kind for kind, _ in chunks(data)] == [b"IHDR", b"tEXt", b"tEXt", b"IDAT", b"IEND"]


def test_the_same_picture_and_texts_give_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; from PIL import Image; from tools.generation.infotext import Infotext;"
        "from tools.generation.png import encode_png;"
        "image = Image.linear_gradient('L').convert('RGB');"
        "sys.stdout.buffer.write(encode_png(image, Infotext('fox', '', ()), 'r'))"
    )
    elsewhere = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT)
    image = Image.linear_gradient("L").convert("RGB")
    assert encode_png(image, Infotext("fox", "", ()), "r") == elsewhere


def test_an_enlarged_pixel_drawing_stays_a_small_file() -> None:
    assert len(encode_png(enlarge(picture(), 16), RECIPE, "r")) < 64 * 1024


def test_a_picture_by_someone_else_has_no_mark() -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        file = io.BytesIO()
        picture().save(file, kind)
        assert read_mark(file.getvalue()) is None


def test_texts_after_the_pixels_are_found_too() -> None:
    data = encode_png(picture(), RECIPE, "rec-42")
    header, recipe, mark, pixels, end = (chunk for _, chunk in chunks(data))
    moved = data[:8] + header + pixels + recipe + mark + end
    assert read_mark(moved) == "rec-42"
    assert read_infotext(moved) == RECIPE


def test_the_texts_of_a_cut_file_are_refused() -> None:
    data = encode_png(picture(), RECIPE, "r")
    with pytest.raises(InvalidInput, match="damaged"):
        read_mark(data[: len(data) // 2])


def test_what_a_png_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidInput, match="NUL"):
        encode_png(picture(), Infotext("a\0b", "", SETTINGS), "r")
    with pytest.raises(InvalidInput, match="RGB or RGBA, not L"):
        encode_png(picture().convert("L"), RECIPE, "r")
