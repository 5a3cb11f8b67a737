"""A picture that is not the minted one never passes, however it was changed."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from tests.tools.verification.conftest import Play
from tests.tools.verification.failing import must_fail
from tools.studio import Studio
from tools.verification.verify import verify_certificate, verify_picture, verify_target


def flip(data: bytes) -> Image.Image:
    """The picture with one bit of one pixel changed."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    red, green, blue = image.getpixel((5, 9))  # type: ignore[misc]  # RGB gives three
    image.putpixel((5, 9), (red ^ 1, green, blue))
    return image


def saved(image: Image.Image, **texts: str) -> bytes:
    info, file = PngImagePlugin.PngInfo(), io.BytesIO()
    for name, text in texts.items():
        info.add_text(name, text)
    image.save(file, "PNG", pnginfo=info)
    return file.getvalue()


def retold(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with words changed in its texts, and the checksum of the chunk set right."""
    start = data.index(b"tEXt")
    length = int.from_bytes(data[start - 4 : start])
    chunk = data[start : start + 4 + length].replace(old, new)
    return data[:start] + chunk + zlib.crc32(chunk).to_bytes(4) + data[start + 8 + length :]


PICTURES: list[tuple[str, Callable[[Play], bytes], str, str]] = [
    (
        "one pixel, mark kept",
        lambda play: saved(flip(play.picture()), mintmark=play.candidate),
        "picture: pixels",
        "1 of 262144 pixels differ, the first at x=5, y=9",
    ),
    (
        "one pixel, mark stripped",
        lambda play: saved(flip(play.picture())),
        "picture: pixels",
        "1 of 262144 pixels differ, the first at x=5, y=9",
    ),
    (
        "texts stripped",
        lambda play: saved(Image.open(io.BytesIO(play.picture())).convert("RGB")),
        "picture: file",
        "its address is",
    ),
    (
        "a text changed",
        lambda play: retold(play.picture(), b"a fox", b"a fix"),
        "picture: file",
        "its digest is",
    ),
    (
        "a text changed without its checksum",
        lambda play: play.picture().replace(b"a fox", b"a fix", 1),
        "origin",
        "not a PNG",
    ),
    ("bytes added", lambda play: play.picture() + b"\0", "picture: file", "its digest is"),
    (
        "another picture with this mark",
        lambda play: saved(Image.new("RGB", (8, 8), "red"), mintmark=play.candidate),
        "picture: pixels",
        "it has 8x8 pixels, the original 512x512",
    ),
    (
        "a stranger's picture",
        lambda play: saved(Image.linear_gradient("L").convert("RGB")),
        "origin",
        "no picture of this studio",
    ),
    ("no picture at all", lambda play: b"hello", "origin", "not a PNG"),
]


@pytest.mark.parametrize(
    ("change", "step", "says"), [row[1:] for row in PICTURES], ids=[row[0] for row in PICTURES]
)
def test_a_changed_picture_fails(studio: Studio, play: Play, change, step: str, says: str):
    must_fail(verify_picture(change(play), studio), step, says)


def test_another_picture_does_not_pass_with_a_right_token(
    studio: Studio, play: Play, tmp_path: Path
):
    path = tmp_path / "wrong.png"
    path.write_bytes(saved(flip(play.picture())))
    must_fail(verify_target(play.token, studio, path), "picture: pixels", "1 of 262144")


def test_a_wrong_picture_fails_with_a_right_certificate(play: Play):
    picture = saved(flip(play.picture()), mintmark=play.candidate)
    must_fail(
        verify_certificate(play.certificate, picture=picture), "picture: pixels", "their hash"
    )
