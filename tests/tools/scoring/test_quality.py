"""Quality tells a drawing from noise, fog and flatness, by measures that are exact."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from tools.generation.pixels import enlarge
from tools.scoring.quality import measure, quality

Draw = Callable[..., Image.Image]
pictures = hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))).map(
    Image.fromarray
)


def faded(image: Image.Image) -> Image.Image:
    return image.point(lambda value: 120 + value // 16)


def test_drawings_score_above_noise_and_fog(character: Draw, noise: Image.Image) -> None:
    drawn = [quality(character(seed)).value for seed in range(20)]
    assert min(drawn) > 800
    assert quality(noise).value < 650
    assert max(quality(faded(character(seed))).value for seed in range(20)) < 650


def test_it_says_what_is_weak(character: Draw, noise: Image.Image) -> None:
    assert quality(character()).reasons == ()
    assert "it looks like noise" in quality(noise).reasons
    assert "it has little contrast" in quality(faded(character())).reasons
    assert quality(character().convert("L").convert("RGB")).reasons == ("it is nearly grey",)


def test_enlarging_a_drawing_changes_nothing(character: Draw) -> None:
    for seed in range(5):
        assert quality(enlarge(character(seed), 16)) == quality(character(seed))


@given(pictures)
def test_the_measures_are_those_of_the_formulas_in_floats(image: Image.Image) -> None:
    pixels = np.asarray(image).astype(float)
    luma = np.asarray(image.convert("L")).astype(float)
    rg = pixels[..., 0] - pixels[..., 1]
    yb = (pixels[..., 0] + pixels[..., 1]) / 2 - pixels[..., 2]
    m = math.hypot(rg.std(), yb.std()) + 0.3 * math.hypot(rg.mean(), yb.mean())
    found = measure(enlarge(image, 2)) if min(image.size) == 1 else measure(image)
    assert abs(found.contrast - 1000 * luma.std() / 127.5) <= 0.5 + 1e-6
    assert abs(found.colourfulness - m) <= 0.5 + 1e-6
    assert found.colours == len(np.unique(pixels.reshape(-1, 3), axis=0))


@given(pictures)
def test_every_picture_has_a_score_within_bounds(image: Image.Image) -> None:
    score = quality(image)
    assert 0 <= score.value <= 1000
    assert all(isinstance(value, int) for _, value in score.measures)


def test_the_score_can_be_computed_again_from_its_measures(noise: Image.Image) -> None:
    """contrast, colourfulness and colours are full; edges above 800 and no coherence give 0."""
    measures = dict(quality(noise).measures)
    assert measures["contrast"] >= 390
    assert measures["colourfulness"] >= 60
    assert measures["colours"] >= 12
    assert measures["edges"] >= 800
    assert measures["coherence"] <= 50
    assert quality(noise).value == 250 + 250 + 100


@pytest.mark.parametrize("side", [300, 1000])
def test_a_large_painting_is_measured_at_a_bounded_size(side: int) -> None:
    ramp = np.linspace(0, 255, side).astype(np.uint8)
    painting = Image.fromarray(np.stack([*np.meshgrid(ramp, ramp), np.tile(ramp, (side, 1))], -1))
    assert measure(painting).coherence > 950
    assert measure(painting).colours <= 256 * 256
