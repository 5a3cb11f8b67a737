"""A 32x32 canvas of palette indices, and the few strokes that everything is drawn with."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tools.training.drawing.palette import RAMPS

SIZE = 32

Mask = NDArray[np.bool_]
Plane = NDArray[np.float32]
Ramp = NDArray[np.uint8]

Y, X = (axis.astype(np.float32) for axis in np.mgrid[0:SIZE, 0:SIZE])

_BAYER4 = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)
BAYER: Plane = np.tile((_BAYER4 + 0.5) / 16, (SIZE // 4, SIZE // 4))
"""Ordered-dither thresholds in (0, 1)."""

INK = int(RAMPS["ink"][0])

SPRITE_KEY: dict[str, tuple[str, int]] = {
    # character -> (ramp, shade); "." is see-through, digits are shades of the wearer's fur
    "K": ("ink", 0),
    "u": ("white", 0), "w": ("white", 1), "W": ("white", 2),
    "z": ("steel", 0), "d": ("steel", 1), "s": ("steel", 2), "S": ("steel", 3), "Z": ("steel", 4),
    "q": ("gold", 0), "y": ("gold", 1), "Y": ("gold", 2), "G": ("gold", 3), "L": ("gold", 4),
    "e": ("red", 0), "r": ("red", 1), "R": ("red", 2), "E": ("red", 3),
    "j": ("orange", 0), "o": ("orange", 1), "O": ("orange", 2), "J": ("orange", 3),
    "m": ("green", 0), "n": ("green", 1), "N": ("green", 2), "M": ("green", 3),
    "x": ("blue", 0), "b": ("blue", 1), "B": ("blue", 2), "X": ("blue", 3),
    "v": ("purple", 0), "p": ("purple", 1), "P": ("purple", 2), "V": ("purple", 3),
    "i": ("pink", 0), "I": ("pink", 1), "H": ("pink", 2),
    "t": ("wood", 0), "f": ("wood", 1), "F": ("wood", 2), "T": ("wood", 3),
    "c": ("cyan", 0), "C": ("cyan", 1), "D": ("cyan", 2),
    "k": ("black", 0), "g": ("black", 1), "h": ("black", 2),
}  # fmt: skip


class Canvas:
    """Palette indices, 32x32."""

    def __init__(self) -> None:
        self.pixels: NDArray[np.uint8] = np.zeros((SIZE, SIZE), np.uint8)

    def flat(self, mask: Mask, colour: int) -> None:
        """One colour over a mask."""
        self.pixels[mask] = colour

    def shade(self, mask: Mask, ramp: Ramp, level: Plane) -> None:
        """A ramp over a mask: `level` 0 (dark) to 1 (light), mixed by ordered dithering."""
        steps = np.clip(level, 0, 1) * (len(ramp) - 1)
        index = np.clip(np.floor(steps + 0.2 + 0.55 * BAYER), 0, len(ramp) - 1).astype(np.intp)
        self.pixels[mask] = ramp[index[mask]]

    def outlined(self, mask: Mask, ramp: Ramp, level: Plane, colour: int = INK) -> None:
        """As `shade`, inside a one-pixel outline."""
        self.flat(grown(mask), colour)
        self.shade(mask, ramp, level)

    def sprite(self, rows: tuple[str, ...], x: int, y: int, fur: Ramp) -> None:
        """Stamp a text sprite with its top left corner at (x, y), clipped at the edges."""
        ys, xs, colours, shades = _parsed(rows)
        ys, xs = ys + y, xs + x
        keep = (ys >= 0) & (ys < SIZE) & (xs >= 0) & (xs < SIZE)
        colours = np.where(shades >= 0, fur[np.maximum(shades, 0)], colours)
        self.pixels[ys[keep], xs[keep]] = colours[keep]


@lru_cache(maxsize=256)
def _parsed(rows: tuple[str, ...]) -> tuple[NDArray[np.intp], ...]:
    """A sprite's pixels: rows, columns, palette colours, and fur shades (-1: none)."""
    cells = [(y, x, c) for y, row in enumerate(rows) for x, c in enumerate(row) if c != "."]
    colours = [0 if c.isdigit() else int(RAMPS[SPRITE_KEY[c][0]][SPRITE_KEY[c][1]])
               for _, _, c in cells]  # fmt: skip
    shades = [int(c) if c.isdigit() else -1 for _, _, c in cells]
    ys, xs = [y for y, _, _ in cells], [x for _, x, _ in cells]
    return tuple(np.array(column, np.intp) for column in (ys, xs, colours, shades))


def ellipse(cx: float, cy: float, rx: float, ry: float) -> Mask:
    """A filled ellipse."""
    return np.asarray(((X - cx) / rx) ** 2 + ((Y - cy) / ry) ** 2 <= 1)


def box(left: float, top: float, right: float, bottom: float) -> Mask:
    """A filled rectangle, edges included."""
    return np.asarray((left <= X) & (right >= X) & (top <= Y) & (bottom >= Y))


def triangle(*corners: tuple[float, float]) -> Mask:
    """A filled triangle of three (x, y) corners, in either turning sense."""
    sides = []
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        sides.append((bx - ax) * (Y - ay) - (by - ay) * (X - ax))
    return np.asarray(np.all(np.stack(sides) >= 0, 0) | np.all(np.stack(sides) <= 0, 0))


def grown(mask: Mask) -> Mask:
    """The mask and its four neighbours."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    return wide


def dome_light(cx: float, cy: float, rx: float, ry: float) -> Plane:
    """Light on an ellipsoid from the upper left: about 1 at its highlight, 0 in its shadow."""
    nx, ny = (X - cx) / rx, (Y - cy) / ry
    nz = np.sqrt(np.clip(1.15 - nx**2 - ny**2, 0, None))
    return np.asarray(0.42 - 0.33 * nx - 0.42 * ny + 0.22 * nz, np.float32)
