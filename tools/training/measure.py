"""Measures a house model: how often it draws what a prompt asks for, and how fast."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.training.dataset import Split, example_traits
from tools.training.drawing.palette import PALETTE, snapped
from tools.training.export import DEFAULT_SAMPLING, Pipeline, Sampling
from tools.training.traits import CATEGORIES, prompt_for

if TYPE_CHECKING:
    from PIL import Image

    from tools.scoring.trait_reader import TraitReader

BATCH = 10


def pictures_for(
    pipeline: Pipeline,
    prompts: list[str],
    seeds: list[int],
    sampling: Sampling = DEFAULT_SAMPLING,
) -> NDArray[np.uint8]:
    """(n, 32, 32) palette indices, one picture per prompt and seed, drawn in one batch."""
    import torch

    drawn = pipeline(
        prompts,
        generator=[torch.Generator().manual_seed(seed) for seed in seeds],
        num_inference_steps=sampling.steps,
        guidance_scale=sampling.guidance_scale,
        output_type="np",
    )
    return snapped((drawn.images * 255).round().astype(np.uint8))


def measured(
    pipeline: Pipeline,
    reader: TraitReader,
    split: Split,
    count: int,
    sampling: Sampling = DEFAULT_SAMPLING,
) -> dict[str, Any]:
    """Trait accuracy over `count` full prompts of a split, and seconds a picture.

    Trait combinations of "test" are new to the model for all practical purposes (one in
    fifteen million); those of "held-out" also pair a species and headgear it never saw together.
    """
    wanted = [example_traits(split, index) for index in range(count)]
    started, right = time.monotonic(), []
    for start in range(0, count, BATCH):
        batch = wanted[start : start + BATCH]
        seeds = list(range(start, start + len(batch)))
        pixels = pictures_for(pipeline, [prompt_for(t) for t in batch], seeds, sampling)
        right += _right(reader, batch, as_images(pixels))
    seconds = (time.monotonic() - started) / count
    return _summary(np.array(right), seconds)


def as_images(pixels: NDArray[np.uint8]) -> list[Image.Image]:
    """Palette indices as RGB pictures."""
    from PIL import Image

    return [Image.fromarray(PALETTE[plane]) for plane in pixels]


def _right(
    reader: TraitReader, wanted: list[dict[str, str]], images: list[Image.Image]
) -> list[list[bool]]:
    readings = reader.read(images)
    return [[reading[c].value == traits[c] for c in CATEGORIES]
            for traits, reading in zip(wanted, readings, strict=True)]  # fmt: skip


def _summary(right: NDArray[np.bool_], seconds: float) -> dict[str, Any]:
    per_trait = dict(zip(CATEGORIES, right.mean(0).round(4).tolist(), strict=True))
    return {
        "pictures": len(right),
        **per_trait,
        "trait_mean": round(float(right.mean()), 4),
        "trait_min": min(per_trait.values()),
        "all_right": round(float(right.all(1).mean()), 4),
        "s_per_image": round(seconds, 3),
    }
