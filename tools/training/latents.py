"""The house model's latent space: an `AutoencoderTiny` whose encoder is computed, not learned.

Without residual blocks that encoder is linear. Its two stride-2 convolutions gather each 4×4 block
of pixels into 48 channels without loss, and its last convolution projects them onto the 24
strongest principal components of the data set. Component k, of variance λ_k, is scaled by
λ_k^(-1/4): half-way to whitening, so fine detail counts without drowning in noise. So the diffusion
model can train at once; only the decoder is learned (`tools.training.autoencoder`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tools.training.dataset import Dataset
from tools.training.drawing import PALETTE

if TYPE_CHECKING:
    import torch
    from diffusers import AutoencoderTiny

LATENT_CHANNELS = 24
BLOCK = 4
GATHERED = 3 * BLOCK * BLOCK
DECODER_WIDTH = 40
RAW_STD = 0.4
"""Standard deviation of raw latents: the decoder squashes them beyond ±3, so they stay small."""


def new_autoencoder(dataset: Dataset) -> AutoencoderTiny:
    """The autoencoder with its encoder set from the data and its decoder untrained."""
    import torch
    from diffusers import AutoencoderTiny

    mean, projection = principal_components(dataset)
    vae = AutoencoderTiny(
        encoder_block_out_channels=(GATHERED,) * 3,
        decoder_block_out_channels=(DECODER_WIDTH,) * 3,
        num_encoder_blocks=(0, 0, 0),
        num_decoder_blocks=(2, 2, 1),
        latent_channels=LATENT_CHANNELS,
        act_fn="silu",
        scaling_factor=1 / RAW_STD,
    )
    with torch.no_grad():
        _set_encoder(vae, mean, projection * RAW_STD)
    vae.encoder.requires_grad_(False)
    return vae


def principal_components(
    dataset: Dataset, sample: int = 4096
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean (48,) and projection (24, 48) of 4×4 blocks; projected data has mean variance 1."""
    blocks = gathered(PALETTE[dataset.pixels[:sample]].astype(np.float64) / 255)
    mean = blocks.mean(0)
    variances, axes = np.linalg.eigh(np.cov(blocks.T))
    variances, axes = variances[::-1][:LATENT_CHANNELS], axes[:, ::-1][:, :LATENT_CHANNELS]
    axes = axes * np.sign(axes.sum(0) + 1e-12)
    projection = axes.T * variances[:, None] ** -0.25
    projection /= np.sqrt(np.mean(variances**0.5))
    return mean.astype(np.float32), projection.astype(np.float32)


def gathered(pictures: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, H, W, 3) pictures -> (n·H/4·W/4, 48) blocks, in the encoder's channel order."""
    for _ in range(2):
        n, height, width, channels = pictures.shape
        pictures = pictures.reshape(n, height // 2, 2, width // 2, 2, channels)
        pictures = pictures.transpose(0, 1, 3, 2, 4, 5).reshape(n, height // 2, width // 2, -1)
    return pictures.reshape(-1, GATHERED)


def _set_encoder(
    vae: AutoencoderTiny, mean: NDArray[np.float32], projection: NDArray[np.float32]
) -> None:
    """Write space-to-depth, twice, and the projection into the encoder's convolutions."""
    import torch

    first, half, quarter, last = vae.encoder.layers
    for layer in (first, half, quarter, last):
        layer.weight.zero_()
    first.bias.zero_()
    for channel in range(3):
        first.weight[channel, channel, 1, 1] = 1
    for layer, channels in ((half, 3), (quarter, 12)):
        for row in range(2):
            for column in range(2):
                for channel in range(channels):
                    out = (row * 2 + column) * channels + channel
                    layer.weight[out, channel, 1 + row, 1 + column] = 1
    last.weight[:, :, 1, 1] = torch.from_numpy(projection)
    last.bias.copy_(torch.from_numpy(-projection @ mean))


def pictures_of(pixels: NDArray[np.uint8]) -> torch.Tensor:
    """(n, 32, 32) palette indices -> (n, 3, 32, 32) float32 in [-1, 1]."""
    import torch

    rgb = torch.from_numpy(PALETTE[pixels]).permute(0, 3, 1, 2).float()
    return rgb / 127.5 - 1


def encoded(vae: AutoencoderTiny, pixels: NDArray[np.uint8]) -> torch.Tensor:
    """(n, 32, 32) palette indices -> (n, 24, 8, 8) scaled latents, as the UNet sees them."""
    import torch

    with torch.no_grad():
        chunks = [vae.encode(pictures_of(pixels[i : i + 256])).latents
                  for i in range(0, len(pixels), 256)]  # fmt: skip
    return torch.cat(chunks) * vae.config.scaling_factor
