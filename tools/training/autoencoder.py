"""Training of the autoencoder's decoder; the encoder is computed (`tools.training.latents`).

The decoder learns to undo the projection onto 24 components, which loses fine detail that the
regularity of pixel art gives back. Noise on the latents teaches it to forgive what the denoiser
leaves over; turned colours teach it hues that the drawings lack, for fine-tunes of other styles.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.training.dataset import Dataset
from tools.training.diffusion import Budget
from tools.training.latents import Autoencoder, pictures_of

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class DecoderSettings:
    """Everything that decides what the decoder learns; recorded with the shipped weights."""

    seed: int = 11
    batch: int = 16
    learning_rate: float = 2e-3
    # standard deviation of the latent noise is drawn from 0 to this, in scaled latents
    latent_noise: float = 0.25
    # share of pictures whose colour channels are permuted
    turned_colours: float = 0.2
    mouth_weight: float = 2.0


def train_decoder(
    vae: Autoencoder,
    dataset: Dataset,
    budget: Budget,
    settings: DecoderSettings | None = None,
    report: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Train `vae.decoder` in place until the budget is used; returns its last metrics."""
    import torch

    settings = settings or DecoderSettings()
    rng = np.random.default_rng(settings.seed)
    noise = torch.Generator().manual_seed(settings.seed)
    optimiser = torch.optim.AdamW(
        vae.decoder.parameters(), lr=settings.learning_rate, betas=(0.9, 0.99), weight_decay=0.0
    )
    vae.decoder.to(memory_format=torch.channels_last)
    started, step, seconds, losses = time.monotonic(), 0, 0.0, [0.0]
    while (progress := budget.progress(step, seconds)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * _falling(progress)
        losses.append(_one_step(vae, dataset, settings, optimiser, rng, noise))
        step, seconds = step + 1, time.monotonic() - started
        if report and step % 200 == 0:
            report({"step": step, "seconds": round(seconds), "loss": float(np.mean(losses[-200:]))})
    loss = round(float(np.mean(losses[-200:])), 5)
    return {"steps": step, "seconds": round(seconds), "loss": loss}


def _falling(progress: float) -> float:
    return 0.01 + 0.99 * 0.5 * (1 + float(np.cos(np.pi * max(0.0, progress - 0.3) / 0.7)))


def _one_step(
    vae: Autoencoder,
    dataset: Dataset,
    settings: DecoderSettings,
    optimiser: torch.optim.Optimizer,
    rng: np.random.Generator,
    noise: torch.Generator,
) -> float:
    import torch

    pictures = pictures_of(dataset.pixels[rng.integers(0, len(dataset), settings.batch)])
    turned = int(settings.batch * settings.turned_colours)
    if turned:
        pictures[:turned] = pictures[:turned, rng.permutation(3).tolist()]
    latents = noisy_latents(vae, pictures, settings.latent_noise, noise)
    error = vae.decode(latents).sample - pictures
    weighted = (error.abs() + 2 * error**2).mean(1) * mouth_weights(settings.mouth_weight)
    loss = weighted.mean()
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(vae.decoder.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


def noisy_latents(
    vae: Autoencoder, pictures: torch.Tensor, most: float, noise: torch.Generator
) -> torch.Tensor:
    """Raw latents of (n, 3, 32, 32) pictures with noise of a random strength for each."""
    import torch

    with torch.no_grad():
        latents: torch.Tensor = vae.encode(pictures).latents
    strength = torch.rand(len(latents), 1, 1, 1, generator=noise) * most
    strength = strength / float(vae.config.scaling_factor)
    return latents + strength * torch.randn(latents.shape, generator=noise)


def mouth_weights(weight: float) -> torch.Tensor:
    """(32, 32) pixel weights, heavier where mouths are."""
    import torch

    weights = torch.ones(32, 32)
    weights[19:25, 10:22] = weight
    return weights / weights.mean()


def round_trip_decibels(vae: Autoencoder, dataset: Dataset, count: int = 256) -> float:
    """Peak signal-to-noise ratio of decoded encodings, in dB, before any palette snap."""
    import torch

    pictures = pictures_of(dataset.pixels[:count])
    with torch.no_grad():
        restored = vae.decode(vae.encode(pictures).latents).sample.clamp(-1, 1)
    return float(-10 * torch.log10((((restored - pictures) / 2) ** 2).mean()))
