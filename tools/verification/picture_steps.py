"""Steps about a picture file: its bytes, its pixels, what it looks like."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tools.errors import InvalidInput
from tools.generation.pixels import decode_picture, pixel_sha256
from tools.generation.tables import Candidate
from tools.metadata.token_json import TokenJson
from tools.metadata.unixfs import cid_of
from tools.provenance import log
from tools.scoring.duplicates import BITS, distance, perceptual_hash
from tools.verification.report import Step, failed, judged

_FILE = "The bytes of the picture have the digest and the address that were recorded"
_PIXELS = "The decoded pixels have the hash that was recorded"
_LOOK = "The perceptual hash is the one that was recorded"


@dataclass(frozen=True)
class ExpectedPicture:
    """What a picture should be."""

    cid: str
    sha256: str
    pixel_sha256: str
    perceptual_hash: str
    by: str  # who says so: "the JSON", or the row

    @classmethod
    def by_document(cls, document: TokenJson) -> "ExpectedPicture":
        """As the token JSON says."""
        image = document.provenance.image
        cid = str(document.image_cid)
        return cls(cid, image.sha256, image.pixel_sha256, image.perceptual_hash, "the JSON")

    @classmethod
    def by_row(cls, row: Candidate) -> "ExpectedPicture":
        """As the candidate's row says."""
        by = f"the row of {row.id}"
        return cls(row.image_cid, row.image_sha256, row.pixel_sha256, row.perceptual_hash, by)


def picture_steps(
    name: str, data: bytes | None, expected: ExpectedPicture, original: bytes | None = None
) -> Iterator[Step]:
    """Check one picture file.

    Args:
        name: of the file, in the steps' names: "stored picture", "picture".
        data: its bytes; None if it is gone.
        expected: what it should be.
        original: the picture as it was stored, to say which pixels differ.
    """
    if data is None:
        yield failed(f"{name}: file", _FILE, f"no file lies under {expected.cid}.")
        return
    yield _file_step(name, data, expected)
    try:
        image = decode_picture(data)
    except InvalidInput as error:
        yield failed(f"{name}: pixels", _PIXELS, str(error))
        return
    yield _pixel_step(name, image, expected, original)
    yield _look_step(name, image, expected)


def _file_step(name: str, data: bytes, expected: ExpectedPicture) -> Step:
    cid, digest = str(cid_of(data)), log.sha256(data)
    wrong = []
    if cid != expected.cid:
        wrong.append(f"its address is {cid}, {expected.by} says {expected.cid}")
    if digest != expected.sha256:
        wrong.append(f"its digest is {digest}, {expected.by} says {expected.sha256}")
    return judged(f"{name}: file", _FILE, wrong, f"{len(data)} bytes, ipfs://{cid}")


def _pixel_step(
    name: str, image: Image.Image, expected: ExpectedPicture, original: bytes | None
) -> Step:
    found = pixel_sha256(image)
    wrong = []
    if found != expected.pixel_sha256:
        wrong.append(f"their hash is {found}, {expected.by} says {expected.pixel_sha256}")
        wrong += _where(image, original, expected.cid)
    detail = f"{image.width}x{image.height} pixels, {found}"
    return judged(f"{name}: pixels", _PIXELS, wrong, detail)


def _where(image: Image.Image, original: bytes | None, cid: str) -> Iterator[str]:
    """Which pixels differ from the original, if it lies here unchanged and has the same size."""
    if original is None or str(cid_of(original)) != cid:
        return
    try:
        other = decode_picture(original)
    except InvalidInput:
        return
    if other.size != image.size:
        sizes = (f"{shown.width}x{shown.height}" for shown in (image, other))
        yield "it has {} pixels, the original {}".format(*sizes)
        return
    differs = (np.asarray(image.convert("RGBA")) != np.asarray(other.convert("RGBA"))).any(axis=2)
    if differs.any():
        y, x = (int(place) for place in np.argwhere(differs)[0])
        yield f"{int(differs.sum())} of {differs.size} pixels differ, the first at x={x}, y={y}"


def _look_step(name: str, image: Image.Image, expected: ExpectedPicture) -> Step:
    found = perceptual_hash(image)
    wrong = []
    if found != expected.perceptual_hash:
        wrong.append(
            f"{_bits(found, expected.perceptual_hash)} differ from what {expected.by} says"
        )
    return judged(f"{name}: look", _LOOK, wrong, found)


def _bits(found: str, meant: str) -> str:
    try:
        return f"{distance(found, meant)} of {BITS} bits"
    except InvalidInput:
        return f"all of {BITS} bits"
