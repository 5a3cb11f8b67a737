"""The first check: is there a picture at all?

A broken render (a file that does not decode, a black frame, the wrong size) is a state of its own:
it says something about the machine that drew it and nothing about what was asked for, so it is
kept apart from pictures that were drawn and found wanting.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from tools.errors import InvalidInput
from tools.generation.pixels import decode_picture
from tools.phrases import phrase

SCORER = "check"
VERSION = "1"

_BLANK_SPREAD = 8  # of 255: less than this between the darkest and lightest of the middle 99 %
_TAIL_PERCENT = 0.5


@dataclass(frozen=True)
class Check:
    """Whether a picture is sound, and if not, what is broken about it."""

    sound: bool
    reasons: tuple[str, ...] = ()
    scorer: str = SCORER
    version: str = VERSION


@dataclass(frozen=True)
class CheckedFile:
    """A file's check, and its picture where it could be decoded."""

    check: Check
    image: Image.Image | None


def check_file(data: bytes, expected_size: tuple[int, int] | None = None) -> CheckedFile:
    """Decode a file and check its picture; never raises on a bad file."""
    try:
        image = decode_picture(data)
    except InvalidInput as error:
        return CheckedFile(Check(False, (str(error),)), None)
    return CheckedFile(check_picture(image, expected_size), image)


def check_picture(image: Image.Image, expected_size: tuple[int, int] | None = None) -> Check:
    """Check a decoded picture: of the expected (width, height) if given, and not blank."""
    reasons = []
    if expected_size is not None and image.size != expected_size:
        wrong_size = phrase(
            "The picture has {width}x{height} pixels instead of {right_width}x{right_height}.",
            width=image.width,
            height=image.height,
            right_width=expected_size[0],
            right_height=expected_size[1],
        )
        reasons.append(wrong_size)
    if _is_blank(image):
        reasons.append(phrase("The picture is blank: nearly all of it is one colour."))
    return Check(not reasons, tuple(map(str, reasons)))


def _is_blank(image: Image.Image) -> bool:
    """Whether in every channel the middle 99 % of the pixels lie within a few steps."""
    channels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    tails = (_TAIL_PERCENT, 100 - _TAIL_PERCENT)
    low, high = np.percentile(channels, tails, axis=0, method="nearest").astype(int)
    return bool((high - low < _BLANK_SPREAD).all())
