"""Drawn characters: the same seed the same pixels, every value visible, palette colours only."""

import numpy as np
import pytest

from tools.errors import InvalidInput
from tools.training.dataset import example_traits
from tools.training.drawing import PALETTE, PALETTE_HEX, draw, draw_indices
from tools.training.drawing.palette import snapped
from tools.training.traits import CATEGORIES

BASE = {category: values[0] for category, values in CATEGORIES.items()}


def test_the_same_traits_and_seed_give_the_same_pixels() -> None:
    first, second = (np.asarray(draw(BASE, 7)) for _ in range(2))
    assert np.array_equal(first, second)


def test_another_seed_moves_the_picture() -> None:
    assert any(draw(BASE, 7).tobytes() != draw(BASE, seed).tobytes() for seed in range(8, 12))


@pytest.mark.parametrize("category", list(CATEGORIES))
def test_every_value_of_a_category_looks_different(category: str) -> None:
    pictures = [draw_indices(BASE | {category: value}, 3) for value in CATEGORIES[category]]
    for at, one in enumerate(pictures):
        for other in pictures[at + 1 :]:
            assert (one != other).sum() >= 12, "at least a dozen pixels tell two values apart"


def test_pictures_are_32_pixels_square_and_hold_palette_colours_only() -> None:
    colours = {tuple(int(part) for part in colour) for colour in PALETTE}
    for index in range(20):
        picture = draw(example_traits("test", index), index)
        assert picture.size == (32, 32)
        assert {tuple(p) for p in np.asarray(picture).reshape(-1, 3).tolist()} <= colours


def test_palette_colours_are_distinct_and_fit_a_byte() -> None:
    assert len(set(PALETTE_HEX)) == len(PALETTE_HEX) == len(PALETTE) < 256


def test_snapping_gives_palette_colours_back_and_mends_slight_errors() -> None:
    indices = draw_indices(BASE, 1)
    assert np.array_equal(PALETTE[snapped(PALETTE[indices])], PALETTE[indices])
    almost = np.clip(PALETTE[indices].astype(int) + 1, 0, 255).astype(np.uint8)
    assert np.array_equal(PALETTE[snapped(almost)], PALETTE[indices])


def test_a_missing_trait_is_named() -> None:
    with pytest.raises(InvalidInput, match="mouth"):
        draw({c: v for c, v in BASE.items() if c != "mouth"}, 1)
