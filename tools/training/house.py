"""The house model's networks: what is trained, how large it is, how its noise is scheduled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.training.dataset import Dataset
from tools.training.drawing import SIZE
from tools.training.latents import BLOCK, LATENT_CHANNELS, new_autoencoder
from tools.training.text import TEXT_WIDTH, new_text_encoder, new_tokenizer

if TYPE_CHECKING:
    from diffusers import AutoencoderTiny, DPMSolverMultistepScheduler, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

LATENT_SIZE = SIZE // BLOCK


@dataclass(frozen=True)
class Size:
    """Widths of the denoiser; `HOUSE` is the shipped one, tests use a tiny one."""

    channels: tuple[int, int] = (64, 128)
    heads: int = 4
    groups: int = 32


HOUSE = Size()


@dataclass
class Networks:
    """The parts of one house model."""

    vae: AutoencoderTiny
    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    unet: UNet2DConditionModel


def new_networks(dataset: Dataset, seed: int, size: Size = HOUSE) -> Networks:
    """Untrained networks; the same seed and data set give the same weights."""
    import torch

    torch.manual_seed(seed)
    tokenizer = new_tokenizer()
    return Networks(
        vae=new_autoencoder(dataset),
        tokenizer=tokenizer,
        text_encoder=new_text_encoder(tokenizer),
        unet=_new_unet(size),
    )


def _new_unet(size: Size) -> UNet2DConditionModel:
    import torch
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel(
        sample_size=LATENT_SIZE,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=size.channels,
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D",) * 2,
        up_block_types=("CrossAttnUpBlock2D",) * 2,
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=size.heads,
        norm_num_groups=size.groups,
    )
    return unet.to(memory_format=torch.channels_last)


def sampling_scheduler() -> DPMSolverMultistepScheduler:
    """DPM-Solver++ (2M) over the schedule the model is trained on."""
    from diffusers import DPMSolverMultistepScheduler

    return DPMSolverMultistepScheduler(
        num_train_timesteps=1000,
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        algorithm_type="dpmsolver++",
        solver_order=2,
    )
