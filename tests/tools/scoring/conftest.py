"""Small drawn characters for the scorers to look at."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

Draw = Callable[..., Image.Image]


def _character(seed: int = 0, body: str = "orange", sky: str = "skyblue") -> Image.Image:
    """A 32x32 creature: the seed moves ears, eyes and ground, the colours are given."""
    chance = np.random.default_rng(seed)
    image = Image.new("RGB", (32, 32), sky)
    pen = ImageDraw.Draw(image)
    ground = int(chance.integers(20, 30))
    pen.rectangle((0, ground, 31, 31), fill="seagreen")
    left, top = (int(n) for n in chance.integers(3, 10, 2))
    pen.ellipse((left, top, left + 18, top + 18), fill=body, outline="black")
    for x in chance.integers(left, left + 14, 2):
        pen.polygon([(x, top + 4), (x + 2, max(0, top - 3)), (x + 5, top + 4)], fill="crimson")
    for x in (left + 6, left + 11):
        pen.rectangle((x, top + 7, x + 2, top + 9), fill="white", outline="black")
    pen.line((left + 6, top + 14, left + 12, top + 14), fill="black")
    for x, y in chance.integers(0, 32, (12, 2)):
        pen.point((int(x), int(y)), fill=tuple(int(c) for c in chance.integers(0, 255, 3)))
    return image


@pytest.fixture
def character() -> Draw:
    return _character


@pytest.fixture
def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(3).integers(0, 256, (32, 32, 3), dtype=np.uint8))
