"""Training of the trait reader on drawn characters, clean and damaged.

Damage is what generated pictures suffer from: latent noise seen through the decoder, colours that
were snapped to the palette, a little noise and brightness. So a confidence earned here means
something there. The temperature that calibrates confidences is fitted on damaged test drawings.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.training.autoencoder import noisy_latents
from tools.training.dataset import Dataset
from tools.training.diffusion import Budget
from tools.training.drawing.palette import PALETTE, snapped
from tools.training.latents import Autoencoder, pictures_of
from tools.training.traits import CATEGORIES

if TYPE_CHECKING:
    import torch

    from tools.scoring.trait_network import TraitNetwork

READER_VERSION = "1"
SIZES = [len(values) for values in CATEGORIES.values()]


@dataclass(frozen=True)
class ReaderSettings:
    """Everything that decides what the reader learns; recorded in its card."""

    seed: int = 5
    batch: int = 64
    learning_rate: float = 2e-3
    # share of a batch that is seen through the decoder, and how noisy its latents are at most
    decoded_share: float = 0.4
    latent_noise: float = 0.5
    pixel_noise: float = 0.12
    label_smoothing: float = 0.02


class Damage:
    """Turns palette indices into pictures as bad as generated ones can be."""

    def __init__(self, vae: Autoencoder, settings: ReaderSettings, seed: int) -> None:
        import torch

        self.vae, self.settings = vae, settings
        self.noise = torch.Generator().manual_seed(seed)

    def __call__(self, pixels: NDArray[np.uint8]) -> torch.Tensor:
        """(n, 32, 32) palette indices -> (n, 3, 32, 32) in [-1, 1]; the tail stays clean."""
        import torch

        pictures = pictures_of(pixels)
        decoded = int(len(pixels) * self.settings.decoded_share)
        noisy = decoded + (len(pixels) - decoded) // 2
        if decoded:
            pictures[:decoded] = self._decoded(pictures[:decoded])
        middle = pictures[decoded:noisy]
        grain = torch.rand(len(middle), 1, 1, 1, generator=self.noise) * self.settings.pixel_noise
        shift = torch.randn(len(middle), 3, 1, 1, generator=self.noise) * 0.06
        pictures[decoded:noisy] = (
            middle + shift + grain * torch.randn(middle.shape, generator=self.noise)
        )
        return pictures.clamp(-1, 1)

    def _decoded(self, pictures: torch.Tensor) -> torch.Tensor:
        """Through encoder, latent noise and decoder; every second picture palette-snapped."""
        import torch

        with torch.no_grad():
            latents = noisy_latents(self.vae, pictures, self.settings.latent_noise, self.noise)
            decoded: torch.Tensor = self.vae.decode(latents).sample.clamp(-1, 1)
        bytes_ = ((decoded[::2] + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
        rgb = torch.from_numpy(PALETTE[snapped(bytes_)]).permute(0, 3, 1, 2).float()
        decoded[::2] = rgb / 127.5 - 1
        return decoded


def train_reader(
    dataset: Dataset,
    vae: Autoencoder,
    budget: Budget,
    settings: ReaderSettings | None = None,
    report: Callable[[dict[str, Any]], None] | None = None,
) -> TraitNetwork:
    """Train a new reader until the budget is used."""
    import torch

    from tools.scoring.trait_network import TraitNetwork

    settings = settings or ReaderSettings()
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    network = TraitNetwork(sum(SIZES)).train()
    optimiser = torch.optim.AdamW(network.parameters(), settings.learning_rate, weight_decay=0.02)
    damage = Damage(vae, settings, settings.seed)
    started, step, seconds = time.monotonic(), 0, 0.0
    while (progress := budget.progress(step, seconds)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * 0.5 * (1 + float(np.cos(np.pi * progress)))
        chosen = rng.integers(0, len(dataset), settings.batch)
        logits = network(damage(dataset.pixels[chosen]))
        loss = _loss(logits, dataset.labels[chosen], settings.label_smoothing)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step, seconds = step + 1, time.monotonic() - started
        if report and step % 100 == 0:
            report({"step": step, "seconds": round(seconds), "loss": float(loss.detach())})
    return network.eval()


def _loss(logits: torch.Tensor, labels: NDArray[np.uint8], smoothing: float) -> torch.Tensor:
    """Mean cross-entropy over the categories."""
    import torch

    targets = torch.from_numpy(labels).long()
    losses = [
        torch.nn.functional.cross_entropy(part, targets[:, at], label_smoothing=smoothing)
        for at, part in enumerate(torch.split(logits, SIZES, 1))
    ]
    return torch.stack(losses).mean()


def accuracy(
    network: TraitNetwork, pictures: torch.Tensor, labels: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """(8,) share of pictures whose value is read right, per category."""
    right = _choices(network, pictures) == labels
    return np.asarray(right.mean(0), np.float64)


def _choices(network: TraitNetwork, pictures: torch.Tensor) -> NDArray[np.int64]:
    import torch

    with torch.inference_mode():
        logits = torch.cat([network(part) for part in pictures.split(256)])
    return np.stack([p.argmax(1).numpy() for p in torch.split(logits, SIZES, 1)], 1)


def fitted_temperature(
    network: TraitNetwork, pictures: torch.Tensor, labels: NDArray[np.uint8]
) -> float:
    """The temperature of least cross-entropy (Guo et al. 2017, arXiv:1706.04599)."""
    import torch

    with torch.inference_mode():
        logits = torch.cat([network(part) for part in pictures.split(256)])
    choices = [round(0.3 + 0.05 * step, 2) for step in range(55)]
    return min(choices, key=lambda t: float(_loss(logits / t, labels, 0.0)))


def halved(tensor: torch.Tensor) -> torch.Tensor:
    """Floating-point numbers in half precision; counters as they are."""
    return (tensor.half() if tensor.is_floating_point() else tensor).contiguous()


def export_reader(
    network: TraitNetwork,
    folder: Path,
    settings: ReaderSettings,
    metrics: dict[str, Any],
    temperature: float,
    dataset_digest: str,
) -> None:
    """Write the half-precision weights and the card that pins and describes them."""
    from safetensors.torch import save

    from tools.scoring.trait_reader import CARD, WEIGHTS

    weights = save({name: halved(tensor) for name, tensor in network.state_dict().items()})
    card = {
        "name": "mintmark-trait-reader",
        "version": READER_VERSION,
        "licence": "MIT",
        "sha256": hashlib.sha256(weights).hexdigest(),
        "categories": {category: list(values) for category, values in CATEGORIES.items()},
        "temperature": temperature,
        "dataset": dataset_digest,
        "settings": asdict(settings),
        "metrics": metrics,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(weights)
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n")
