"""The computed encoder: exactly the projection it claims to be, on a decodable scale."""

import numpy as np
import pytest

from tools.training.autoencoder import DecoderSettings, round_trip_decibels, train_decoder
from tools.training.dataset import Dataset, rendered
from tools.training.diffusion import Budget
from tools.training.drawing import PALETTE
from tools.training.latents import encoded, gathered, new_autoencoder, principal_components


@pytest.fixture(scope="module")
def pictures() -> Dataset:
    return rendered("train", 128)


def test_the_encoder_computes_the_principal_components_of_each_block(pictures: Dataset) -> None:
    mean, projection = principal_components(pictures)
    expected = (gathered(PALETTE[pictures.pixels[:8]] / 255.0) - mean) @ projection.T
    latents = encoded(new_autoencoder(pictures), pictures.pixels[:8])
    assert latents.shape == (8, 24, 8, 8)
    found = latents.permute(0, 2, 3, 1).reshape(-1, 24).numpy()
    assert np.allclose(found, expected, atol=1e-4)


def test_scaled_latents_have_unit_variance_overall(pictures: Dataset) -> None:
    latents = encoded(new_autoencoder(pictures), pictures.pixels)
    assert float(latents.mean()) == pytest.approx(0, abs=0.05)
    assert float((latents**2).mean()) == pytest.approx(1, abs=0.1)


def test_the_decoder_learns_and_the_encoder_stays(pictures: Dataset) -> None:
    vae = new_autoencoder(pictures)
    before = encoded(vae, pictures.pixels[:4])
    untrained = round_trip_decibels(vae, pictures, 32)
    train_decoder(vae, pictures, Budget(steps=12), DecoderSettings(batch=8))
    assert round_trip_decibels(vae, pictures, 32) > untrained
    assert np.array_equal(encoded(vae, pictures.pixels[:4]).numpy(), before.numpy())
