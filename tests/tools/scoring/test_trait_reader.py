"""The shipped trait reader: right on drawings, honest when damaged, strict about its input."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tools.errors import IntegrityError, InvalidInput, NotFound
from tools.scoring.trait_reader import CARD, SHIPPED, TraitReader
from tools.training.dataset import example_seed, example_traits
from tools.training.drawing import draw
from tools.training.traits import CATEGORIES


@pytest.fixture(scope="module")
def reader() -> TraitReader:
    return TraitReader.load()


def drawings(count: int) -> tuple[list[dict[str, str]], list[Image.Image]]:
    traits = [example_traits("test", 5000 + index) for index in range(count)]
    return traits, [draw(t, example_seed("test", 5000 + i)) for i, t in enumerate(traits)]


def test_it_reads_every_category_of_fresh_drawings(reader: TraitReader) -> None:
    traits, images = drawings(120)
    readings = reader.read(images)
    for category in CATEGORIES:
        right = sum(r[category].value == t[category] for r, t in zip(readings, traits, strict=True))
        assert right / len(traits) >= 0.95, category


def test_an_enlarged_picture_reads_like_the_small_one(reader: TraitReader) -> None:
    _, images = drawings(4)
    large = [image.resize((512, 512), Image.Resampling.NEAREST) for image in images]
    for small, big in zip(reader.read(images), reader.read(large), strict=True):
        assert {c: r.value for c, r in small.items()} == {c: r.value for c, r in big.items()}


def test_confidence_falls_when_the_picture_is_damaged(reader: TraitReader) -> None:
    _, images = drawings(20)
    rng = np.random.default_rng(2)
    noisy = [Image.fromarray(rng.integers(0, 256, (32, 32, 3), np.uint8)) for _ in images]

    def mean_confidence(pictures: list[Image.Image]) -> float:
        return float(
            np.mean([r.confidence for read in reader.read(pictures) for r in read.values()])
        )

    assert mean_confidence(images) > 0.9
    assert mean_confidence(noisy) < mean_confidence(images) - 0.1


def test_a_picture_of_another_shape_is_refused(reader: TraitReader) -> None:
    with pytest.raises(InvalidInput, match="30x30"):
        reader.read([Image.new("RGB", (30, 30))])
    with pytest.raises(InvalidInput, match="64x32"):
        reader.read([Image.new("RGB", (64, 32))])


def test_reading_nothing_gives_nothing(reader: TraitReader) -> None:
    assert reader.read([]) == []


def test_its_card_pins_its_weights(reader: TraitReader, tmp_path: Path) -> None:
    copy = tmp_path / "reader"
    shutil.copytree(SHIPPED, copy)
    card = json.loads((copy / CARD).read_text())
    assert card["sha256"] == reader.digest
    (copy / CARD).write_text(json.dumps(card | {"sha256": "0" * 64}))
    with pytest.raises(IntegrityError, match="is not the file its card names"):
        TraitReader.load(copy)


def test_a_missing_reader_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="needs"):
        TraitReader.load(tmp_path)
