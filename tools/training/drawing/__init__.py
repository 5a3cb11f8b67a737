"""Characters drawn by code: 32x32 pixel art of any set of traits.

`draw` gives the picture; `draw_indices` the same as palette indices, for a data set. The same
traits and seed always give the same pixels: the seed moves the pose by a pixel, varies the light
and scatters the scene, and never changes what the picture shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tools.errors import InvalidInput
from tools.training.drawing.backgrounds import paint_background
from tools.training.drawing.canvas import SIZE, Canvas
from tools.training.drawing.faces import paint_face
from tools.training.drawing.heads import paint_head
from tools.training.drawing.outfits import paint_accessory, paint_clothing, paint_headgear
from tools.training.drawing.palette import PALETTE, PALETTE_HEX, RAMPS
from tools.training.traits import CATEGORIES, validated

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["DRAWING_VERSION", "PALETTE", "PALETTE_HEX", "SIZE", "draw", "draw_indices"]

DRAWING_VERSION = 1
"""Raised whenever the same traits and seed would give other pixels."""

_SEE_THROUGH = 255


def draw(traits: Mapping[str, str], seed: int) -> Image.Image:
    """One character as an RGB picture, 32x32. All eight traits are needed."""
    from PIL import Image

    return Image.fromarray(PALETTE[draw_indices(traits, seed)])


def draw_indices(traits: Mapping[str, str], seed: int) -> NDArray[np.uint8]:
    """One character as (32, 32) indices into `PALETTE`."""
    known = validated(traits)
    if len(known) < len(CATEGORIES):
        missing = ", ".join(c for c in CATEGORIES if c not in known)
        raise InvalidInput(
            "A drawing needs all eight traits; missing here: {missing}.", missing=missing
        )
    rng = np.random.default_rng(seed)
    scene, figure = Canvas(), Canvas()
    paint_background(scene, known["background"], rng)
    figure.pixels[:] = _SEE_THROUGH
    _paint_character(figure, known, rng)
    dx, dy = rng.choice([-1, 0, 1], p=[0.15, 0.7, 0.15]), rng.choice([0, 1], p=[0.75, 0.25])
    moved = _moved(figure.pixels, int(dx), int(dy))
    return np.where(moved == _SEE_THROUGH, scene.pixels, moved)


def _paint_character(canvas: Canvas, traits: dict[str, str], rng: np.random.Generator) -> None:
    fur = RAMPS[f"fur:{traits['palette']}"]
    paint_clothing(canvas, traits["clothing"])
    paint_head(canvas, traits["species"], fur, float(rng.uniform(-0.06, 0.06)))
    paint_face(canvas, traits["eyes"], traits["mouth"], fur)
    paint_headgear(canvas, traits["headgear"], fur)
    paint_accessory(canvas, traits["accessory"], fur)


def _moved(pixels: NDArray[np.uint8], dx: int, dy: int) -> NDArray[np.uint8]:
    """The character shifted down by `dy` and right by `dx`, which may be negative.

    What it leaves behind is see-through. The first column is free in all but axolotls, whose gill
    tips come back on the right when they step to the left.
    """
    out = np.roll(pixels, (dy, dx), (0, 1))
    out[:dy] = _SEE_THROUGH
    out[:, : max(dx, 0)] = _SEE_THROUGH
    return np.asarray(out)
