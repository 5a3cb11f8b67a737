"""What the pictures of a batch look like while they form: small, and cheap enough to do between.

A small autoencoder, such as the house model's, decodes the latents itself. A large one would cost
as much as several steps; in its place stands a linear map from latent channels to colours, fitted
by least squares to the model's own first batch: so there is something to see from the second on.

Where the scheduler keeps its latest guess at the finished picture, that is shown, else the latents
as they are, noise and all. Nothing here draws a random number or changes a tensor.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    import torch

_SMALL = 3_000_000  # weights of a decoder that may run between two steps
_GUESSES_PICTURE = ("dpmsolver++", "sde-dpmsolver++")

Map = NDArray[np.float32]  # (channels + 1, 3)


class Glimpse:
    """Looks at the latents of one loaded pipeline."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._vae: Any = getattr(pipeline, "vae", None)
        self._is_small = _weights(getattr(self._vae, "decoder", None)) <= _SMALL
        self._map: Map | None = None

    def pictures(self, latents: "torch.Tensor") -> list[Image.Image]:
        """How each picture looks so far; empty where that cannot be told cheaply."""
        if self._vae is None or latents.ndim != 4:
            return []
        seen = _guess(self._pipeline.scheduler, latents)
        if self._is_small:
            return self._decoded(seen)
        return [] if self._map is None else _mapped(seen, self._map)

    def learn(self, latents: "torch.Tensor", images: Sequence[Image.Image]) -> None:
        """Fit the linear map to finished pictures, if there is need of one and none yet."""
        if self._is_small or self._map is not None or latents.ndim != 4:
            return
        height, width = latents.shape[2:]
        small = [image.resize((width, height), Image.Resampling.BOX) for image in images]
        colours = np.stack([np.asarray(image, dtype=np.float32) for image in small]) / 255
        found, *_ = np.linalg.lstsq(_channels(latents), colours.reshape(-1, 3), rcond=None)
        self._map = found.astype(np.float32)

    def _decoded(self, latents: "torch.Tensor") -> list[Image.Image]:
        config = self._vae.config
        scaled = latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0)
        pixels = self._vae.decode(scaled.to(self._vae.dtype), return_dict=False)[0]
        plain = (pixels.float() / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).cpu().numpy()
        return _images(plain)


def _weights(module: Any) -> int:
    return sum(weight.numel() for weight in module.parameters()) if module is not None else 0


def _guess(scheduler: Any, latents: "torch.Tensor") -> "torch.Tensor":
    """The scheduler's latest guess at the finished latents, if it keeps one."""
    guesses = [g for g in getattr(scheduler, "model_outputs", None) or () if g is not None]
    keeps_pictures = scheduler.config.get("algorithm_type") in _GUESSES_PICTURE
    if guesses and keeps_pictures and guesses[-1].shape == latents.shape:
        guess: torch.Tensor = guesses[-1]
        return guess
    return latents


def _channels(latents: "torch.Tensor") -> Map:
    """Each place of the latents as its channels and a one."""
    rows = latents.float().permute(0, 2, 3, 1).cpu().numpy().reshape(-1, latents.shape[1])
    return np.concatenate([rows, np.ones((len(rows), 1), np.float32)], axis=1)


def _mapped(latents: "torch.Tensor", to_colours: Map) -> list[Image.Image]:
    colours = _channels(latents) @ to_colours
    return _images(colours.reshape(len(latents), *latents.shape[2:], 3).clip(0, 1))


def _images(pixels: NDArray[np.float32]) -> list[Image.Image]:
    """Pictures from colours between 0 and 1, as (picture, row, column, channel)."""
    return [Image.fromarray(np.rint(picture * 255).astype(np.uint8)) for picture in pixels]
