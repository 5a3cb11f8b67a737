"""Measures of the image itself, and one figure of quality made from them.

Measured on the picture before whole-pixel enlargement, reduced to at most 256 pixels a side, so
that enlarging a drawing changes nothing:

    contrast        standard deviation of luma, in thousandths of the largest possible (127.5)
    colourfulness   M of Hasler and Süsstrunk, "Measuring colourfulness in natural images" (2003)
    edges           neighbouring pixels whose luma differs by more than 16, in thousandths
    coherence       correlation of luma between neighbours, in thousandths: 0 is noise
    colours         distinct colours

Each is turned into a merit from 0 to 1000 by the ramps below and weighed; the sum is the score.
Everything after the measures is integer arithmetic on recorded numbers. It tells a drawing from
noise, fog and flatness; it knows nothing of taste.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.generation.pixels import native
from tools.phrases import template
from tools.scoring.scores import FULL, Score, ramp

SCORER = "quality"
VERSION = "1"

_MOST_PIXELS_A_SIDE = 256
_EDGE = 16
_LARGEST_DEVIATION = 127.5
_WEAK = 500

# (name, weight, nothing, full): merit is 0 at `nothing` and 1000 from `full` on.
_RAMPS = (
    ("contrast", 250, 60, 390),
    ("colourfulness", 250, 5, 60),
    ("edges", 200, 5, 30),
    ("coherence", 200, 50, 300),
    ("colours", 100, 2, 12),
)
_TOO_MANY_EDGES = (800, 600)  # merit falls from 600 thousandths on and is 0 at 800

_WEAKNESSES = {
    "contrast": template("it has little contrast"),
    "colourfulness": template("it is nearly grey"),
    "edges": template("it has hardly any outlines, or nothing but outlines"),
    "coherence": template("it looks like noise"),
    "colours": template("it has very few colours"),
}

Plane = NDArray[np.int64]


@dataclass(frozen=True)
class Measures:
    """What was measured; units as the module says."""

    contrast: int
    colourfulness: int
    edges: int
    coherence: int
    colours: int


def quality(image: Image.Image) -> Score:
    """The quality of a picture from 0 to 1000, with its measures and what is weak about it."""
    measures = measure(image)
    merits = _merits(measures)
    value = sum(weight * merits[name] for name, weight, _, _ in _RAMPS) // FULL
    weak = tuple(_WEAKNESSES[name] for name, merit in merits.items() if merit < _WEAK)
    named = tuple((name, int(getattr(measures, name))) for name, _, _, _ in _RAMPS)
    return Score(SCORER, VERSION, value, weak, named)


def measure(image: Image.Image) -> Measures:
    """Take the five measures of a picture."""
    small = _reduced(native(image.convert("RGB")))
    pixels = np.asarray(small).astype(np.int64)
    luma = np.asarray(small.convert("L")).astype(np.int64)
    first, second = _neighbours(luma)
    return Measures(
        contrast=round(FULL * _deviation(luma) / _LARGEST_DEVIATION),
        colourfulness=round(_colourfulness(pixels)),
        edges=round(FULL * float((abs(first - second) > _EDGE).mean())) if first.size else 0,
        coherence=round(FULL * _correlation(first, second)),
        colours=len(np.unique(pixels @ np.array([65536, 256, 1]))),
    )


def _merits(measures: Measures) -> dict[str, int]:
    merits = {name: ramp(getattr(measures, name), low, full) for name, _, low, full in _RAMPS}
    merits["edges"] = min(merits["edges"], ramp(measures.edges, *_TOO_MANY_EDGES))
    return merits


def _reduced(image: Image.Image) -> Image.Image:
    factor = math.ceil(max(image.size) / _MOST_PIXELS_A_SIDE)
    return image.reduce(factor) if factor > 1 else image


def _neighbours(luma: Plane) -> tuple[Plane, Plane]:
    """Every pair of pixels that touch by a side: (first of each pair, second of each pair)."""
    first = np.concatenate((luma[:, :-1].ravel(), luma[:-1].ravel()))
    second = np.concatenate((luma[:, 1:].ravel(), luma[1:].ravel()))
    return first, second


def _colourfulness(pixels: Plane) -> float:
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    red_green, twice_yellow_blue = red - green, red + green - 2 * blue
    deviation = math.hypot(_deviation(red_green), _deviation(twice_yellow_blue) / 2)
    mean = math.hypot(_mean(red_green), _mean(twice_yellow_blue) / 2)
    return deviation + 0.3 * mean


def _mean(values: Plane) -> float:
    return int(values.sum()) / values.size


def _deviation(values: Plane) -> float:
    """Standard deviation from exact integer sums, so that it is the same on every machine."""
    return math.sqrt(_covariance(values, values)) / values.size


def _correlation(first: Plane, second: Plane) -> float:
    spread = math.sqrt(_covariance(first, first)) * math.sqrt(_covariance(second, second))
    return _covariance(first, second) / spread if spread else 0.0


def _covariance(first: Plane, second: Plane) -> int:
    """n² times the covariance, exactly."""
    return first.size * int((first * second).sum()) - int(first.sum()) * int(second.sum())
