"""Ten species: what is behind the head (ears, horns, gills), the head, and what lies on it.

The face is always at the same place, whatever the species, so that every eye, mouth and hat fits
every head: eyes on rows 13 to 17, mouth on rows 19 to 23, hats above row 10.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.training.drawing.canvas import (
    INK,
    Canvas,
    Mask,
    Ramp,
    X,
    Y,
    box,
    dome_light,
    ellipse,
    triangle,
)
from tools.training.drawing.palette import RAMPS

CENTRE = 15.5


@dataclass(frozen=True)
class Head:
    """The masks and strokes of one species."""

    # the head itself
    shape: Mask
    # drawn first, outlined, in fur: ears and horns
    behind: Mask
    # strokes over the finished head, under eyes and mouth
    details: Callable[[Canvas, Ramp], None]
    # the pale patch that the mouth stands on
    muzzle: Mask


def paint_head(canvas: Canvas, species: str, fur: Ramp, brightness: float) -> None:
    """Ears, head, muzzle and markings; `fur` is a palette ramp of eight shades."""
    head, light = HEADS[species], dome_light(CENTRE, 16.0, 11, 10) + brightness
    canvas.outlined(head.behind, fur[:6], light + 0.05)
    canvas.outlined(head.shape, fur[:6], light)
    canvas.shade(head.muzzle, fur[6:8], light * 1.6)
    head.details(canvas, fur)


def _mirrored(mask: Mask) -> Mask:
    return mask | mask[:, ::-1]


def _flat_pair(canvas: Canvas, mask: Mask, colour: int) -> None:
    canvas.flat(_mirrored(mask), colour)


def _nose(canvas: Canvas, colour: int = INK) -> None:
    canvas.flat(box(14, 17, 17, 17) | box(15, 18, 16, 18), colour)


def _fox(canvas: Canvas, fur: Ramp) -> None:
    _flat_pair(canvas, triangle((6, 4), (6.5, 9), (9, 9)), int(RAMPS["black"][0]))
    _flat_pair(canvas, triangle((5, 19), (11, 24), (5, 24)) & HEADS["fox"].shape, int(fur[7]))
    _nose(canvas)


def _cat(canvas: Canvas, fur: Ramp) -> None:
    _flat_pair(canvas, triangle((7, 5), (7, 9), (10, 9)), int(RAMPS["pink"][1]))
    canvas.flat(box(15, 9, 16, 11) | box(12, 9, 12, 10) | box(19, 9, 19, 10), int(fur[1]))
    _flat_pair(canvas, box(2, 18, 6, 18) | box(3, 21, 6, 21), int(RAMPS["white"][2]))
    _nose(canvas, int(RAMPS["pink"][0]))


def _rabbit(canvas: Canvas, fur: Ramp) -> None:
    _flat_pair(canvas, ellipse(6.3, 5, 1.1, 4.5), int(RAMPS["pink"][2]))
    _flat_pair(canvas, ellipse(7.5, 19.5, 1.6, 1.2), int(RAMPS["pink"][1]))
    _nose(canvas, int(RAMPS["pink"][0]))


def _bear(canvas: Canvas, fur: Ramp) -> None:
    _flat_pair(canvas, ellipse(6.4, 8.3, 1.9, 1.9), int(fur[1]))
    canvas.flat(ellipse(CENTRE, 17.4, 2.9, 1.3), INK)
    canvas.flat(box(14, 17, 15, 17), int(RAMPS["white"][0]))


def _frog(canvas: Canvas, fur: Ramp) -> None:
    _flat_pair(canvas, ellipse(8, 8.5, 2.2, 2), int(RAMPS["white"][2]))
    _flat_pair(canvas, box(8, 8, 9, 9), INK)
    _flat_pair(canvas, box(14, 17, 14, 17), int(fur[0]))
    for x, y in ((6, 20), (7, 22), (24, 20), (25, 18), (15, 10)):
        canvas.flat(box(x, y, x, y), int(fur[1]))


def _owl(canvas: Canvas, fur: Ramp) -> None:
    discs = _mirrored(ellipse(11, 15, 4.6, 4.6))
    canvas.shade(discs, fur[5:8], 1.1 - (Y - 10) / 12)
    canvas.flat(triangle((15.5, 19.2), (13.2, 16), (17.8, 16)), int(RAMPS["orange"][2]))
    canvas.flat(box(14, 16, 15, 16), int(RAMPS["orange"][3]))
    feathers = HEADS["owl"].shape & (Y < 11) & ((X + Y * 2) % 4 == 1)
    canvas.flat(feathers, int(fur[1]))


def _robot(canvas: Canvas, fur: Ramp) -> None:
    canvas.flat(box(7, 9, 24, 9), int(fur[5]))
    canvas.flat(box(7, 11, 24, 11), int(fur[1]))
    _flat_pair(canvas, box(7, 23, 7, 23) | box(7, 13, 7, 13), INK)
    _flat_pair(canvas, box(3, 14, 4, 18), int(RAMPS["steel"][2]))
    _flat_pair(canvas, box(3, 14, 4, 14), int(RAMPS["steel"][4]))
    _flat_pair(canvas, box(4, 6, 4, 12), int(RAMPS["steel"][1]))
    _flat_pair(canvas, box(3, 4, 5, 6), int(RAMPS["red"][2]))
    _flat_pair(canvas, box(3, 4, 3, 4), int(RAMPS["red"][3]))


def _axolotl(canvas: Canvas, fur: Ramp) -> None:
    _flat_pair(canvas, ellipse(7.2, 19.8, 1.7, 1.1), int(RAMPS["pink"][1]))
    for y, slope in ((8, 0.6), (13, 0.0), (18, -0.6)):
        frond = (abs(Y - y - (X - 5) * slope) < 0.6) & (X <= 5) & (X >= 1)
        _flat_pair(canvas, frond, int(RAMPS["pink"][0]))
    _flat_pair(canvas, box(14, 17, 14, 17), int(fur[1]))


def _ghost(canvas: Canvas, fur: Ramp) -> None:
    glow = HEADS["ghost"].shape & (X + Y < 24)
    canvas.shade(glow, fur[5:8], 0.9 - (X + Y - 14) / 14)
    _flat_pair(canvas, ellipse(7.8, 19.5, 1.6, 1.1), int(fur[3]))


def _dragon(canvas: Canvas, fur: Ramp) -> None:
    _flat_pair(canvas, triangle((6, 1.2), (7, 9), (10, 9)), int(RAMPS["gold"][3]))
    _flat_pair(canvas, box(6, 5, 8, 5) | box(7, 8, 9, 8), int(RAMPS["gold"][1]))
    scales = HEADS["dragon"].shape & (Y < 12) & (X % 3 == 0) & ((Y + X // 3) % 2 == 0)
    canvas.flat(scales, int(fur[1]))
    _flat_pair(canvas, ellipse(13.4, 17.7, 0.9, 0.7), int(fur[0]))


def _round_head(rx: float = 9.6, ry: float = 8.6, cy: float = 16.6) -> Mask:
    return ellipse(CENTRE, cy, rx, ry)


def _muzzle(rx: float = 6.6, ry: float = 3.9, cy: float = 20.8) -> Mask:
    return ellipse(CENTRE, cy, rx, ry)


_BODY_OF_GHOST = (ellipse(CENTRE, 15.5, 9.8, 9.5) | box(6, 15, 25, 27)) & (Y < 26)
_SQUARE = box(6, 8, 25, 24) & ~(_mirrored(box(6, 8, 6, 8) | box(6, 24, 6, 24)))
_GILLS = np.logical_or.reduce(
    [_mirrored((abs(Y - y - (X - 5) * s) < 1.6) & (X <= 6) & (X >= 1))
     for y, s in ((8, 0.6), (13, 0.0), (18, -0.6))]
)  # fmt: skip

HEADS: dict[str, Head] = {
    "fox": Head(
        _round_head(10.4, 8.2) & ((Y < 19) | (abs(X - CENTRE) < 10.5 - (Y - 19) * 0.6)),
        _mirrored(triangle((4.5, 0.5), (4.5, 12), (12, 9))),
        _fox,
        _muzzle(6.8, 4.2),
    ),
    "cat": Head(
        _round_head(9.8, 8.2), _mirrored(triangle((5.5, 2), (5.5, 13), (13, 9))), _cat, _muzzle()
    ),
    "rabbit": Head(_round_head(9.2, 8.4), _mirrored(ellipse(6.3, 6, 2.6, 6.6)), _rabbit, _muzzle()),
    "bear": Head(_round_head(10.2, 8.8), _mirrored(ellipse(6.4, 8.3, 3.7, 3.7)), _bear,
                 _muzzle(7.2, 4.6, 20.2)),
    "frog": Head(_round_head(11.4, 7.8, 17.4), _mirrored(ellipse(8, 9, 3.9, 3.9)), _frog,
                 _muzzle(8.6, 4.0, 21)),
    "owl": Head(
        _round_head(10.0, 8.8), _mirrored(triangle((5, 2.5), (6, 13), (13, 9))), _owl, _muzzle()
    ),
    "robot": Head(_SQUARE, _mirrored(box(3, 13, 5, 19)) | _mirrored(box(4, 5, 4, 13)), _robot,
                  box(9, 19, 22, 23)),
    "axolotl": Head(_round_head(10.0, 7.8, 17.0), _GILLS, _axolotl, _muzzle(7.4, 3.9, 20.9)),
    "ghost": Head(_BODY_OF_GHOST, ellipse(CENTRE, 8, 4, 3), _ghost, _muzzle(6.8, 3.8)),
    "dragon": Head(
        _round_head(9.8, 8.4),
        _mirrored(triangle((6, 0.5), (5.5, 10), (11.5, 9)) | triangle((1.5, 13), (7, 15), (6, 22))),
        _dragon,
        _muzzle(7.0, 4.2, 20.6),
    ),
}  # fmt: skip
