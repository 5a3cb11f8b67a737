"""Eyes and mouths as sprites: big and plain, for they are what a face is read by.

Characters are the keys of `canvas.SPRITE_KEY`. Eyes are drawn for the left and mirrored for the
right, unless a whole strip of both is given; the mouth is a strip ten pixels wide.
"""

from __future__ import annotations

from tools.training.drawing.canvas import Canvas, Ramp

Rows = tuple[str, ...]

EYES_AT = (8, 13)
MOUTH_AT = (11, 19)

_LEFT_EYES: dict[str, Rows] = {
    "round": (
        ".KKKKK.",
        "KKWWKKK",
        "KKWWKKK",
        "KKKKKBK",
        ".KKBBK.",
    ),
    "sleepy": (
        ".11111.",
        "1222221",
        "KKKKKKK",
        "KWWKKWK",
        ".WWKKW.",
    ),
    "happy": (
        "..KKK..",
        ".KKKKK.",
        "KKK.KKK",
        "KK...KK",
        ".......",
    ),
    "angry": (
        "KKK....",
        "KWKKKK.",
        "KWWRKKK",
        "KWRRWWK",
        ".KWWWK.",
    ),
    "heart": (
        "KRRKRRK",
        "KEWRRRK",
        "KRERRRK",
        ".KRRRK.",
        "..KRK..",
    ),
    "star": (
        "..KGK..",
        "KKKLKKK",
        "KGLLGYK",
        ".KGGYK.",
        ".KYKYK.",
    ),
}

_STRIPS: dict[str, Rows] = {
    "wink": (
        ".KKKKK...KK.....",
        "KKWWKKK...KKK...",
        "KKWWKKK.....KKK.",
        "KKKKKBK...KKK...",
        ".KKBBK...KK.....",
    ),
    "shades": (
        "KKKKKKKKKKKKKKKK",
        "KZShhggKKZShhggK",
        "KShhgggKKShhgggK",
        "KhhggggKKhhggggK",
        ".KKKKK....KKKKK.",
    ),
}

MOUTHS: dict[str, Rows] = {
    "smile": (
        "K........K",
        "KK......KK",
        ".KKKKKKKK.",
        "..KKKKKK..",
    ),
    "frown": (
        "..........",
        "..KKKKKK..",
        ".KKKKKKKK.",
        "KK......KK",
        "K........K",
    ),
    "grin": (
        "KKKKKKKKKK",
        "KWWKWWKWWK",
        "KWWKWWKWWK",
        ".KKKKKKKK.",
    ),
    "open": (
        "..KKKKKK..",
        ".KeeeeeeK.",
        ".KeeRReeK.",
        ".KeRRRReK.",
        "..KKKKKK..",
    ),
    "tongue": (
        "KKKKKKKKKK",
        "..KRIIRK..",
        "..KIIIIK..",
        "..KIHIIK..",
        "...KKKK...",
    ),
    "fangs": (
        "KKKKKKKKKK",
        "KWWrrrrWWK",
        ".WWKrrKWW.",
        ".KWKKKKWK.",
        "..K....K..",
    ),
}


def _strip(value: str) -> Rows:
    """Both eyes, sixteen pixels wide: left eye, two pixels between, its mirror image."""
    if value in _STRIPS:
        return _STRIPS[value]
    return tuple(f"{row}..{row[::-1]}" for row in _LEFT_EYES[value])


EYES: dict[str, Rows] = {value: _strip(value) for value in (*_LEFT_EYES, *_STRIPS)}


def paint_face(canvas: Canvas, eyes: str, mouth: str, fur: Ramp) -> None:
    """Eyes on rows 13 to 17, mouth on rows 19 to 23."""
    canvas.sprite(EYES[eyes], *EYES_AT, fur)
    canvas.sprite(MOUTHS[mouth], *MOUTH_AT, fur)
