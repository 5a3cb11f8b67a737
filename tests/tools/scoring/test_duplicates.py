"""Near duplicates are near, different characters are far, and the index finds them."""

import io
from collections.abc import Callable

import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tools.errors import InvalidInput
from tools.generation.pixels import enlarge
from tools.scoring.duplicates import (
    BITS,
    Neighbour,
    PerceptualIndex,
    distance,
    perceptual_hash,
)

Draw = Callable[..., Image.Image]
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)


def test_enlarging_by_whole_pixels_changes_no_bit(character: Draw) -> None:
    for seed in range(20):
        small = character(seed)
        assert perceptual_hash(enlarge(small, 16)) == perceptual_hash(small)


def test_a_re_encoded_or_resized_picture_stays_near(character: Draw) -> None:
    for seed in range(20):
        large = enlarge(character(seed), 16)
        known = perceptual_hash(large)
        assert distance(known, perceptual_hash(as_jpeg(large, 60))) <= 12
        half = large.resize((256, 256), Image.Resampling.BILINEAR)
        assert distance(known, perceptual_hash(half)) <= 12


def test_different_characters_are_far_apart(character: Draw) -> None:
    known = [perceptual_hash(character(seed)) for seed in range(30)]
    apart = [distance(a, b) for n, a in enumerate(known) for b in known[:n]]
    assert min(apart) > 24
    assert sorted(apart)[len(apart) // 2] > 80


def test_the_same_drawing_in_other_colours_of_equal_brightness_is_another_picture(
    character: Draw,
) -> None:
    first, second = character(body="#c06040"), character(body="#4084a8")
    luma = [np.asarray(i.convert("L")).astype(int) for i in (first, second)]
    assert abs(luma[0] - luma[1]).max() <= 12
    assert distance(perceptual_hash(first), perceptual_hash(second)) > 12
    assert imagehash.phash(first) - imagehash.phash(second) <= 8  # luma alone is nearly blind


def test_its_bits_are_those_of_the_cosine_transform_in_floats(character: Draw) -> None:
    """DCT-II by its formula; bits may differ only where a frequency lies at the median itself."""
    k, x = np.arange(12)[:, None], np.arange(32)
    cosines = np.cos(np.pi * k * (2 * x + 1) / 64)
    for seed in range(10):
        luma = np.asarray(character(seed).convert("YCbCr"))[..., 0].astype(float) - 128
        lowest = (cosines @ luma @ cosines.T).ravel()[:128]
        hash = bytes.fromhex(perceptual_hash(character(seed)))[:16]
        bits = np.unpackbits(np.frombuffer(hash, np.uint8)).astype(bool)
        clear = abs(lowest - np.median(lowest)) > 2
        assert clear.sum() > 120
        assert (bits == (lowest > np.median(lowest)))[clear].all()


def test_a_grey_picture_has_no_colour_bits_but_is_hashed(character: Draw) -> None:
    grey = perceptual_hash(character().convert("L"))
    assert grey[32:] == "0" * 32
    assert grey[:32] != "0" * 32


@given(hashes, hashes)
def test_the_distance_counts_differing_bits(first: str, second: str) -> None:
    differing = (int(first, 16) ^ int(second, 16)).bit_count()
    assert distance(first, second) == distance(second, first) == differing
    assert distance(first, first) == 0


@given(st.lists(hashes, max_size=20), hashes, st.integers(0, BITS))
def test_the_index_answers_as_a_search_through_all_would(
    known: list[str], wanted: str, at_most: int
) -> None:
    index = PerceptualIndex((str(n), hash) for n, hash in enumerate(known))
    all_of_them = [Neighbour(str(n), distance(hash, wanted)) for n, hash in enumerate(known)]
    by_distance = sorted(all_of_them, key=lambda neighbour: neighbour.distance)
    assert index.nearest(wanted) == (by_distance[0] if known else None)
    assert index.within(wanted, at_most) == [n for n in by_distance if n.distance <= at_most]
    assert len(index) == len(known)


def test_what_is_added_later_is_found_too() -> None:
    index = PerceptualIndex([("far", "f" * 64)])
    assert index.nearest("0" * 64) == Neighbour("far", 256)
    index.add("near", "0" * 63 + "1")
    assert index.nearest("0" * 64) == Neighbour("near", 1)


@pytest.mark.parametrize("wrong", ["", "f" * 16, "g" * 64, "F" * 64])
def test_what_is_no_hash_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="64 hex digits"):
        distance(wrong, "0" * 64)
    with pytest.raises(InvalidInput, match="64 hex digits"):
        PerceptualIndex([("x", wrong)])
