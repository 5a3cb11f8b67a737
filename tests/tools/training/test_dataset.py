"""The data set: drawn again identically, held-out pairs kept out, captions that tell the truth."""

import random
from pathlib import Path

import numpy as np
import pytest

from tools.training import dataset
from tools.training.dataset import (
    HELD_OUT,
    caption,
    example_traits,
    is_held_out,
    labels_of,
    manifest,
    rendered,
    traits_of,
)
from tools.training.traits import CATEGORIES, read_traits


def test_training_never_shows_a_held_out_pair() -> None:
    assert not any(is_held_out(example_traits("train", index)) for index in range(2000))


def test_the_held_out_split_shows_all_those_pairs_and_no_others() -> None:
    seen = [example_traits("held-out", index) for index in range(400)]
    assert {(t["species"], t["headgear"]) for t in seen} == HELD_OUT


def test_each_species_and_each_headgear_is_still_seen_in_training() -> None:
    for category, place in (("species", 0), ("headgear", 1)):
        others = len(CATEGORIES["headgear" if place == 0 else "species"])
        for value in CATEGORIES[category]:
            assert sum(pair[place] == value for pair in HELD_OUT) < others / 2


def test_rendering_again_or_from_the_cache_gives_the_same_pictures(tmp_path: Path) -> None:
    first, again = rendered("train", 12, tmp_path), rendered("train", 12)
    cached = rendered("train", 12, tmp_path)
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.pixels, cached.pixels)
    assert np.array_equal(first.labels, cached.labels)
    assert list(tmp_path.iterdir()), "the second call read the first one's file"


def test_labels_and_traits_are_two_spellings_of_the_same() -> None:
    traits = example_traits("test", 5)
    assert traits_of(np.array(labels_of(traits), np.uint8)) == traits


def test_captions_name_true_traits_only() -> None:
    rng = random.Random(3)
    for index in range(400):
        traits = example_traits("train", index)
        reading = read_traits(caption(traits, rng))
        assert reading.traits.items() <= traits.items()
        assert reading.traits, "a caption always says something"
        assert not reading.unknown


def test_captions_are_often_short_and_often_whole() -> None:
    rng = random.Random(3)
    named = [len(read_traits(caption(example_traits("train", i), rng)).traits) for i in range(400)]
    assert 0.4 < np.mean([count == 8 for count in named]) < 0.75
    assert min(named) <= 3


def test_the_digest_is_stable_and_covers_captions_and_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    digest = manifest(64)["digest"]
    assert manifest(64)["digest"] == digest
    assert manifest(65)["digest"] != digest
    monkeypatch.setattr(dataset, "DROPPED_SHARE", 0.5)
    assert manifest(64)["digest"] != digest
    monkeypatch.undo()
    monkeypatch.setattr(dataset, "draw_indices", lambda *_: np.zeros((32, 32), np.uint8))
    assert manifest(64)["digest"] != digest
