"""A picture is recognised by its file, its pixels, its looks, or at least by what it claims."""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.conftest import sign_in_to
from tests.tools.generation.studio_work import drawn, hang
from tools.catalogue import open_studio
from tools.errors import InvalidInput
from tools.generation.fingerprints import fingerprints
from tools.generation.identify import IdentifiedOut, MatchOut
from tools.generation.infotext import Infotext
from tools.generation.png import encode_png
from tools.generation.renditions import RenditionOut
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    """A studio with every tool, on either database."""
    with open_studio(settings) as studio:
        yield studio


@pytest.fixture
def ada(studio: Studio) -> Actor:
    """A creator."""
    return sign_in_to(studio, "ada", Role.CREATOR)


def bytes_of(studio: Studio, cid: str) -> bytes:
    return store_of(studio).get(Cid.parse(cid))


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def identified(studio: Studio, actor: Actor, data: bytes) -> list[MatchOut]:
    """What a front end learns of an uploaded file."""
    out = studio.door.call("identify", vars(fingerprints(data)), actor)
    assert isinstance(out, IdentifiedOut)
    return out.matches


def test_a_picture_is_known_by_its_file_its_pixels_and_its_looks(
    studio: Studio, ada: Actor
) -> None:
    image = drawn(1)
    ours = hang(studio, ada, image)
    hang(studio, ada, drawn(2))
    half = image.resize((256, 256), Image.Resampling.LANCZOS)
    uploads = {
        "file": bytes_of(studio, ours.image_cid),
        "pixels": saved(image, "PNG"),
        "looks": saved(half, "JPEG", quality=60),
    }
    for how, data in uploads.items():
        (match,) = identified(studio, ada, data)
        assert (match.candidate_id, match.how, match.creator) == (ours.id, how, "ada")
        assert (match.distance == 0) or how == "looks"


def test_a_strange_picture_is_not_known(studio: Studio, ada: Actor) -> None:
    hang(studio, ada, drawn(1))
    assert identified(studio, ada, saved(drawn(3), "PNG")) == []


def test_a_claim_in_the_file_comes_last_and_is_called_one(studio: Studio, ada: Actor) -> None:
    claimed, shown = hang(studio, ada, drawn(1)), hang(studio, ada, drawn(2))
    forged = encode_png(drawn(2), Infotext("", "", ()), claimed.id)
    sure, unsure = identified(studio, ada, forged)
    assert (sure.candidate_id, sure.how) == (shown.id, "pixels")
    assert (unsure.candidate_id, unsure.how) == (claimed.id, "text")
    assert unsure.distance > 20


def test_an_enlarged_picture_is_known_as_what_it_is(studio: Studio, ada: Actor) -> None:
    ours = hang(studio, ada, drawn(1))
    made = studio.door.call("upscale", {"candidate_id": ours.id, "factor": 2}, ada)
    assert isinstance(made, RenditionOut)
    (match,) = identified(studio, ada, bytes_of(studio, made.image_cid))
    assert (match.candidate_id, match.how) == (ours.id, "file")
    assert match.rendition_id == made.rendition_id


def test_a_removed_picture_is_known_as_removed(studio: Studio, ada: Actor) -> None:
    ours = hang(studio, ada, drawn(1))
    data = bytes_of(studio, ours.image_cid)
    studio.door.call("remove_candidate", {"candidate_id": ours.id}, ada)
    (match,) = identified(studio, ada, data)
    assert match.is_removed


def test_without_anything_to_go_by_it_says_what_is_needed(studio: Studio, ada: Actor) -> None:
    with pytest.raises(InvalidInput, match="at least one hash"):
        studio.door.call("identify", {}, ada)
    with pytest.raises(InvalidInput, match="perceptual_hash"):
        studio.door.call("identify", {"perceptual_hash": "xyz"}, ada)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size and whose pixels are missing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"<html>no picture</html>", "not a PNG, JPEG or WebP"),
        (png_claiming(60_000, 60_000), "pixels"),
        (png_claiming(8, 8), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (17 * 1024 * 1024), "at most"),
        (saved(Image.new("P", (4, 4)), "GIF"), "not a PNG, JPEG or WebP"),
    ],
)
def test_what_is_no_picture_is_refused_before_it_costs_anything(data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        fingerprints(data)
