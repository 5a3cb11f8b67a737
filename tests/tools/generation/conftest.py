"""A genuine diffusers pipeline with tiny random weights, and studios that paint with it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import sign_in_to
from tools.definition import AnyTool
from tools.generation.create import create
from tools.generation.descent import remix, reseed, vary
from tools.generation.gallery import collection, collections, gallery, models, show_candidate
from tools.generation.identify import identify
from tools.generation.jobs import cancel_job, job_status
from tools.generation.quotas import quota
from tools.generation.removal import remove_candidate
from tools.generation.render import render
from tools.generation.renditions import upscale
from tools.generation.waiting import queue
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio

TOOLS: tuple[AnyTool, ...] = (
    create,
    vary,
    remix,
    reseed,
    render,
    job_status,
    cancel_job,
    queue,
    quota,
    gallery,
    show_candidate,
    upscale,
    remove_candidate,
    identify,
    collections,
    collection,
    models,
)

COLLECTION = """
slug = "sketches"
name = "Sketches"
description = "Any picture at all."
licence = "CC0"
denied_words = ["nude"]

[prompt]
template = "{prompt}, {mood}"

[traits.mood]
calm = 3
wild = { weight = 1, phrase = "in a storm", synonyms = ["stormy"] }

[styles.ink]
description = "Drawn with a brush."
words = "black ink"
negative = "colour, blurry"
traits = { mood = "wild" }
"""


def save_tiny_pipeline(folder: Path) -> None:
    """Write a Stable Diffusion pipeline of about 100,000 random weights, 16 by 16 pixels."""
    import torch
    from diffusers import (
        AutoencoderTiny,
        DDIMScheduler,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel

    from tools.training.text import new_tokenizer

    torch.manual_seed(0)
    tokenizer = new_tokenizer(captions=50)
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=40,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    StableDiffusionPipeline(
        vae=AutoencoderTiny(
            encoder_block_out_channels=(8, 8),
            decoder_block_out_channels=(8, 8),
            num_encoder_blocks=(1, 1),
            num_decoder_blocks=(1, 1),
            upsampling_scaling_factor=2,
        ),
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        unet=UNet2DConditionModel(
            sample_size=8,
            block_out_channels=(16, 32),
            layers_per_block=1,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            cross_attention_dim=32,
            attention_head_dim=2,
            norm_num_groups=8,
        ),
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    facts = {"name": "tiny", "version": "1", "sampling": {"steps": 3, "guidance_scale": 2.0}}
    (folder / "mintmark.json").write_text(json.dumps(facts))


@pytest.fixture(scope="session")
def tiny_pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny pipeline; copy it before changing anything."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_tiny_pipeline(folder)
    return folder


Painting = Callable[[Settings], Settings]


@pytest.fixture
def painting(tiny_pipeline: Path, tmp_path: Path) -> Painting:
    """Settings turned into those of a studio that paints sketches with the tiny model."""
    folder = tmp_path / "collections"
    folder.mkdir(exist_ok=True)
    (folder / "sketches.toml").write_text(COLLECTION)

    def changed(settings: Settings) -> Settings:
        generation = settings.generation.model_copy(
            update={"model": "tiny", "models": {"tiny": str(tiny_pipeline)}}
        )
        return settings.model_copy(
            update={
                "generation": generation,
                "collection": "sketches",
                "collections_dir": folder,
            }
        )

    return changed


@pytest.fixture
def studio(sqlite_settings: Settings, painting: Painting) -> Iterator[Studio]:
    """A studio on SQLite that paints with the tiny model."""
    with Studio(painting(sqlite_settings), TOOLS) as studio:
        yield studio


@pytest.fixture
def ada(studio: Studio) -> Actor:
    """A creator."""
    return sign_in_to(studio, "ada", Role.CREATOR)
