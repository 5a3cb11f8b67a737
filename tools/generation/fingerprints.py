"""The three hashes of an uploaded file, for asking whose picture it is.

The file may be anything: too large, no picture, a picture that claims a billion pixels. Whatever is
wrong with it is `InvalidInput`, found before anything large is decoded.
"""

from dataclasses import dataclass

from tools.errors import InvalidInput
from tools.generation.pixels import DecodeLimits, decode_picture, pixel_sha256
from tools.generation.png import read_mark
from tools.provenance.log import sha256
from tools.scoring.duplicates import perceptual_hash

UPLOAD = DecodeLimits(file_bytes=16 * 1024 * 1024, pixels=4096 * 4096)
"""What a picture that somebody sends may cost."""

_LONGEST_MARK = 64


@dataclass(frozen=True)
class Fingerprints:
    """What `identify` looks for."""

    image_sha256: str  # of the file
    pixel_sha256: str  # of what it shows, whatever file that lies in
    perceptual_hash: str  # of what it looks like
    mark: str | None  # the candidate that the file's own text names; only a claim


def fingerprints(data: bytes, limits: DecodeLimits = UPLOAD) -> Fingerprints:
    """The hashes of a PNG, JPEG or WebP file.

    Raises:
        InvalidInput: if the file is too large, no such picture, has too many pixels, is animated or
            damaged.
    """
    image = decode_picture(data, limits)
    return Fingerprints(
        image_sha256=sha256(data),
        pixel_sha256=pixel_sha256(image),
        perceptual_hash=perceptual_hash(image),
        mark=_mark(data, limits),
    )


def _mark(data: bytes, limits: DecodeLimits) -> str | None:
    try:
        mark = read_mark(data, limits)
    except InvalidInput:
        return None  # its text is damaged; the picture was read all the same
    return mark if mark and len(mark) <= _LONGEST_MARK and mark.isascii() else None
