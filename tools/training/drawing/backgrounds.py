"""The eight scenes behind a character, each with a far, a middle and a near plane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tools.training.drawing.canvas import SIZE, Canvas, Plane, X, Y, box, ellipse, triangle
from tools.training.drawing.palette import RAMPS

Scene = Callable[[Canvas, Generator], None]

EVERYWHERE = np.ones((SIZE, SIZE), np.bool_)


def paint_background(canvas: Canvas, value: str, rng: Generator) -> None:
    """Fill the canvas with the scene of a background value."""
    _SCENES[value](canvas, rng)


def _scene(value: str) -> NDArray[np.uint8]:
    return RAMPS[f"scene:{value}"]


def _ridge(rng: Generator, base: float, swing: float, waves: float) -> Plane:
    """Row of a rolling skyline for each column, broadcast over the canvas."""
    phase, other = rng.uniform(0, 6.28, 2)
    line = np.sin(X[0] * waves + phase) + 0.5 * np.sin(X[0] * waves * 2.3 + other)
    return np.asarray(np.broadcast_to(base + swing * line, (SIZE, SIZE)), np.float32)


def _scatter(canvas: Canvas, rng: Generator, count: int, rows: tuple[int, int], colour: int) -> None:
    canvas.pixels[rng.integers(*rows, count), rng.integers(0, SIZE, count)] = colour


def _forest(canvas: Canvas, rng: Generator) -> None:
    c = _scene("forest")
    canvas.shade(EVERYWHERE, c[2:], 1.0 - Y / 26)
    for depth, base, width in ((2, 15, 3.4), (1, 22, 4.2)):
        for x in range(-2, 35, 6):
            x0, top = x + rng.uniform(-1.5, 1.5), base - rng.uniform(5, 13)
            for tier in (0.0, 5.0):
                tree = triangle((x0, top + tier), (x0 - width, base + tier + 2),
                                (x0 + width, base + tier + 2))  # fmt: skip
                canvas.flat(tree, int(c[depth]))
                canvas.flat(tree & (x0 > X + 1), int(c[depth + 1]))
    canvas.shade(_ridge(rng, 27, 0.8, 0.3) <= Y, c[:3], (31 - Y) / 6)


def _ocean(canvas: Canvas, rng: Generator) -> None:
    c = _scene("ocean")
    horizon = 16 + int(rng.integers(0, 2))
    canvas.shade(EVERYWHERE, c[2:5], Y / horizon)
    for x, y in zip(rng.uniform(0, 32, 3), rng.uniform(3, 11, 3), strict=True):
        canvas.flat(ellipse(x, y, 4.5, 1.2) | ellipse(x + 1, y - 1, 2, 1.2), int(c[5]))
    sea = horizon <= Y
    canvas.shade(sea, c[:4], (26 - Y) / 12)
    glitter = sea & (np.sin(X * 0.9 + Y * 2.4 + rng.uniform(0, 6)) > 0.93)
    canvas.flat(glitter, int(c[4]))
    canvas.shade(_ridge(rng, 28, 0.7, 0.35) <= Y, c[5:][::-1], (Y - 26) / 8)


def _city(canvas: Canvas, rng: Generator) -> None:
    c = _scene("city")
    canvas.shade(EVERYWHERE, c[:5], Y / 24)
    for depth, lowest, highest in ((1, 12, 4), (0, 20, 10)):
        x = -int(rng.integers(0, 4))
        while x < SIZE:
            width, top = int(rng.integers(4, 7)), int(rng.integers(highest, lowest))
            canvas.flat(box(x, top, x + width - 1, 31), int(c[depth]))
            canvas.flat(box(x, top, x, 31), int(c[depth + 1]))
            lit = box(x + 2, top + 2, x + width - 2, 31) & (X % 2 == 0) & (Y % 3 == 1)
            canvas.flat(lit, int(c[5 if rng.random() < 0.5 else 6]))
            x += width + int(rng.integers(0, 2))


def _sunset(canvas: Canvas, rng: Generator) -> None:
    c = _scene("sunset")
    canvas.shade(EVERYWHERE, c, Y / 25)
    sun = rng.uniform(3, 7) if rng.random() < 0.5 else rng.uniform(25, 29)
    disc = ellipse(sun, 11, 4.6, 4.6)
    canvas.flat(disc & ((Y < 11) | (Y % 2 == 0)), int(c[6]))
    for y in (3, 7, 18):
        x = rng.uniform(0, 32)
        canvas.flat(ellipse(x, y, 6, 0.9) | ellipse(x + 2, y - 1, 3, 0.8), int(c[3 if y < 9 else 4]))
    canvas.shade(_ridge(rng, 24, 1.2, 0.25) <= Y, c[:3], (31 - Y) / 9)


def _desert(canvas: Canvas, rng: Generator) -> None:
    c = _scene("desert")
    canvas.shade(EVERYWHERE, c[:3], Y / 17)
    canvas.flat(ellipse(rng.uniform(3, 28), 4, 2.8, 2.8), int(c[2]))
    for base, lift in ((15.0, 0.0), (20.0, -0.2), (26.0, -0.45)):
        dune = _ridge(rng, base, 1.3, 0.2)
        canvas.shade(dune <= Y, c[2:][::-1], 0.92 + lift - (Y - dune) / 14)
    x = int(rng.choice([2, 28]))
    canvas.flat(box(x, 14, x + 1, 22) | box(x - 2, 16, x - 2, 18) | box(x + 3, 15, x + 3, 17)
                | box(x - 2, 18, x + 3, 18), int(RAMPS["green"][1]))  # fmt: skip


def _peaks(canvas: Canvas, rng: Generator) -> None:
    c = _scene("peaks")
    canvas.shade(EVERYWHERE, c[:3], Y / 18)
    for x, top, width in ((4, 5, 13), (28, 3, 14), (15, 9, 15)):
        x0, y0 = x + rng.uniform(-2, 2), top + rng.uniform(-2, 2)
        rock = triangle((x0, y0), (x0 - width, 27), (x0 + width, 27))
        canvas.flat(rock, int(c[5]))
        canvas.flat(rock & (x0 > X), int(c[4]))
        jagged = y0 + 6 + 1.5 * np.sin(X * 1.9 + x0)
        canvas.flat(rock & (jagged > Y), int(c[3]))
        canvas.flat(rock & (jagged > Y) & (x0 + 1 < X), int(c[2]))
    canvas.shade(_ridge(rng, 24, 0.9, 0.3) <= Y, c[1:4], (32 - Y) / 8)
    _scatter(canvas, rng, 10, (0, 24), int(c[3]))


def _night(canvas: Canvas, rng: Generator) -> None:
    c = _scene("night")
    canvas.shade(EVERYWHERE, c[:4], Y / 27)
    _scatter(canvas, rng, 16, (0, 22), int(c[4]))
    _scatter(canvas, rng, 8, (0, 22), int(c[5]))
    x = rng.uniform(3, 6) if rng.random() < 0.5 else rng.uniform(26, 28)
    canvas.flat(ellipse(x, 5, 3.4, 3.4), int(c[5]))
    canvas.flat(ellipse(x + 1.6, 4.2, 2.8, 2.8), int(c[1]))
    canvas.shade(_ridge(rng, 22, 1.4, 0.28) <= Y, c[1:3], (24 - Y) / 9)
    canvas.shade(_ridge(rng, 26, 1.1, 0.22) <= Y, c[[6, 0]], (29 - Y) / 6)


def _volcano(canvas: Canvas, rng: Generator) -> None:
    c = _scene("volcano")
    canvas.shade(EVERYWHERE, c[:5], Y / 24)
    x = float(rng.choice([4.0, 27.0])) + rng.uniform(-1, 1)
    cone = triangle((x, 2), (x - 16, 27), (x + 16, 27)) & (Y >= 7)
    canvas.flat(cone, int(c[1]))
    canvas.flat(cone & (x > X), int(c[2]))
    stream = cone & (abs(X - x - np.sin(Y * 0.8) * 1.2) < 1.3)
    canvas.flat(stream, int(c[5]))
    canvas.flat(ellipse(x, 7, 3, 1.2), int(c[6]))
    canvas.shade(_ridge(rng, 26, 0.8, 0.4) <= Y, c[3:7], (32 - Y) / 7)
    _scatter(canvas, rng, 10, (0, 24), int(c[5]))
    _scatter(canvas, rng, 5, (0, 24), int(c[6]))


_SCENES: dict[str, Scene] = {
    "forest": _forest,
    "ocean": _ocean,
    "city": _city,
    "sunset": _sunset,
    "desert": _desert,
    "peaks": _peaks,
    "night": _night,
    "volcano": _volcano,
}
