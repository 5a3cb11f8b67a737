"""Writes a trained house model as a diffusers pipeline directory, with its facts and its card.

The directory loads with `StableDiffusionPipeline.from_pretrained` like any other checkpoint.
Beside diffusers' own files it holds `mintmark.json`, what a studio must know of the model: its
sizes, default sampling, palette, data set and measured quality, and `README.md`, the same for
people.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.errors import NotFound
from tools.training.card import model_card
from tools.training.drawing import PALETTE_HEX, SIZE
from tools.training.house import LATENT_SIZE, Networks, sampling_scheduler
from tools.training.latents import LATENT_CHANNELS
from tools.training.traits import CATEGORIES

Pipeline = Any
"""A diffusers `StableDiffusionPipeline`: no types reach a checker from there."""

FACTS, CARD = "mintmark.json", "README.md"
MODEL_NAME, MODEL_VERSION = "mintmark-house", "1.0"


@dataclass(frozen=True)
class Sampling:
    """The settings at which the model is meant to draw, and is measured."""

    scheduler: str = "DPMSolverMultistepScheduler"
    steps: int = 12
    guidance_scale: float = 3.0


DEFAULT_SAMPLING = Sampling()


def pipeline_of(networks: Networks) -> Pipeline:
    """The networks as a pipeline; the house model needs no safety checker: it knows one world."""
    from diffusers import StableDiffusionPipeline

    return StableDiffusionPipeline(
        vae=networks.vae,
        text_encoder=networks.text_encoder,
        tokenizer=networks.tokenizer,
        unet=networks.unet,
        scheduler=sampling_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def export_house_model(networks: Networks, folder: Path, training: dict[str, Any]) -> None:
    """Write the pipeline in half precision, `mintmark.json` and the card.

    The folder is replaced as a whole; `training` is the record of the run (data set, settings,
    last metrics).
    """
    import torch

    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    pipeline_of(networks).to(torch.float16).save_pretrained(partial)
    write_facts(partial, house_facts(training))
    shutil.rmtree(folder, ignore_errors=True)
    partial.replace(folder)


def house_facts(training: dict[str, Any]) -> dict[str, Any]:
    """The contents of `mintmark.json`, before anything was measured."""
    return {
        "name": MODEL_NAME,
        "version": MODEL_VERSION,
        "licence": "MIT",
        "native_size": SIZE,
        "latent_size": LATENT_SIZE,
        "latent_channels": LATENT_CHANNELS,
        "sampling": {
            "scheduler": DEFAULT_SAMPLING.scheduler,
            "steps": DEFAULT_SAMPLING.steps,
            "guidance_scale": DEFAULT_SAMPLING.guidance_scale,
        },
        "prompt_grammar": "traits",
        "traits": {category: list(values) for category, values in CATEGORIES.items()},
        "palette": list(PALETTE_HEX),
        "training": training,
        "metrics": {},
    }


def read_facts(folder: Path) -> dict[str, Any]:
    """The facts of the model in `folder`; raises `NotFound` when there is none."""
    if not (folder / FACTS).is_file():
        raise NotFound("No house model in {folder}: it has no {facts}.", folder=folder, facts=FACTS)
    facts: dict[str, Any] = json.loads((folder / FACTS).read_text())
    return facts


def write_facts(folder: Path, facts: dict[str, Any]) -> None:
    """Write `mintmark.json` and the model card that tells the same."""
    (folder / FACTS).write_text(json.dumps(facts, indent=2) + "\n")
    (folder / CARD).write_text(model_card(facts))


def load_house_model(folder: Path) -> Pipeline:
    """The pipeline in `folder` in float32 (half precision is slower on a CPU), silent."""
    import torch
    from diffusers import StableDiffusionPipeline

    pipeline: Pipeline = StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
