"""Training of the trait reader: it learns, damage damages, and its export reads the same."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tools.scoring.trait_network import TraitNetwork
from tools.scoring.trait_reader import TraitReader
from tools.training.dataset import Dataset, rendered
from tools.training.diffusion import Budget
from tools.training.latents import Autoencoder, new_autoencoder, pictures_of
from tools.training.measure import as_images
from tools.training.reader import (
    SIZES,
    Damage,
    ReaderSettings,
    accuracy,
    export_reader,
    fitted_temperature,
    train_reader,
)
from tools.training.traits import CATEGORIES

SETTINGS = ReaderSettings(batch=16, decoded_share=0.25)


@pytest.fixture(scope="module")
def pictures() -> Dataset:
    return rendered("train", 128)


@pytest.fixture(scope="module")
def vae(pictures: Dataset) -> Autoencoder:
    return new_autoencoder(pictures)


@pytest.fixture(scope="module")
def network(pictures: Dataset, vae: Autoencoder) -> TraitNetwork:
    return train_reader(pictures, vae, Budget(steps=40), SETTINGS)


def test_forty_batches_teach_it_more_than_chance(network: TraitNetwork, pictures: Dataset) -> None:
    learned = accuracy(network, pictures_of(pictures.pixels), pictures.labels)
    assert learned.mean() > 2 * np.mean([1 / size for size in SIZES])


def test_training_repeats_bit_by_bit(pictures: Dataset, vae: Autoencoder) -> None:
    first, again = (train_reader(pictures, vae, Budget(steps=3), SETTINGS) for _ in range(2))
    for left, right in zip(first.parameters(), again.parameters(), strict=True):
        assert torch.equal(left, right)


def test_damage_leaves_the_tail_of_a_batch_clean_and_nothing_else(
    pictures: Dataset, vae: Autoencoder
) -> None:
    clean = pictures_of(pictures.pixels[:16])
    damaged = Damage(vae, SETTINGS, seed=1)(pictures.pixels[:16])
    changed = [not torch.equal(a, b) for a, b in zip(clean, damaged, strict=True)]
    assert changed == [True] * 10 + [False] * 6
    assert float(damaged.abs().max()) <= 1


def test_an_exported_reader_reads_what_the_trained_one_reads(
    network: TraitNetwork, pictures: Dataset, tmp_path: Path
) -> None:
    inputs = pictures_of(pictures.pixels[:32])
    temperature = fitted_temperature(network, inputs, pictures.labels[:32])
    export_reader(network, tmp_path, SETTINGS, {}, temperature, "0" * 64)
    readings = TraitReader.load(tmp_path).read(as_images(pictures.pixels[:32]))
    with torch.inference_mode():
        parts = torch.split(network(inputs), SIZES, 1)
    for (category, values), part in zip(CATEGORIES.items(), parts, strict=True):
        expected = [values[int(place)] for place in part.argmax(1)]
        agreeing = [r[category].value == e for r, e in zip(readings, expected, strict=True)]
        assert sum(agreeing) >= 30, "half precision may turn a near tie, no more"
