"""The exported and the shipped pipeline directories: genuine, loadable, able to draw."""

import json
from pathlib import Path

import numpy as np
import pytest
from diffusers import StableDiffusionPipeline

from tools.errors import NotFound
from tools.training.commands import HOUSE_MODEL
from tools.training.dataset import rendered
from tools.training.diffusion import Settings, Trainer
from tools.training.drawing import PALETTE, PALETTE_HEX
from tools.training.export import (
    Pipeline,
    Sampling,
    export_house_model,
    load_house_model,
    read_facts,
)
from tools.training.house import Size
from tools.training.measure import pictures_for
from tools.training.traits import CATEGORIES, prompt_for

BASE = {category: values[0] for category, values in CATEGORIES.items()}


@pytest.fixture(scope="module")
def shipped() -> Pipeline:
    return load_house_model(HOUSE_MODEL)


def test_an_export_loads_as_a_stable_diffusion_pipeline_and_draws(tmp_path: Path) -> None:
    settings = Settings(size=Size(channels=(8, 16), heads=2, groups=4))
    networks = Trainer(rendered("train", 64), settings).averaged_networks()
    export_house_model(networks, tmp_path / "model", {"dataset": {"digest": "0" * 64}})
    pipeline = load_house_model(tmp_path / "model")
    assert pipeline.unet.config.sample_size == 8
    assert pipeline.vae_scale_factor == 4
    assert pictures_for(pipeline, ["fox"], [1], Sampling(steps=2)).shape == (1, 32, 32)
    assert not list(tmp_path.glob("*.partial"))
    assert isinstance(pipeline, StableDiffusionPipeline)


def test_the_shipped_model_draws_full_pictures_that_follow_the_prompt(shipped: Pipeline) -> None:
    red, blue = (prompt_for(BASE | {"palette": colour}) for colour in ("crimson", "azure"))
    pixels = PALETTE[pictures_for(shipped, [red, blue], [5, 5])].astype(float)
    assert all(len(np.unique(picture.reshape(-1, 3), axis=0)) > 12 for picture in pixels)
    heads = pixels[:, 12:20, 8:24].mean((1, 2))
    assert heads[0][0] > heads[1][0] + 20, "the crimson head is redder"
    assert heads[1][2] > heads[0][2] + 20, "the azure head is bluer"


def test_the_same_seed_draws_the_same_picture(shipped: Pipeline) -> None:
    first, again = (pictures_for(shipped, [prompt_for(BASE)], [9]) for _ in range(2))
    assert np.array_equal(first, again)


def test_the_shipped_facts_say_what_a_studio_needs() -> None:
    facts = read_facts(HOUSE_MODEL)
    assert (facts["native_size"], facts["latent_size"]) == (32, 8)
    assert facts["palette"] == list(PALETTE_HEX)
    assert facts["traits"] == {category: list(values) for category, values in CATEGORIES.items()}
    assert len(facts["training"]["dataset"]["digest"]) == 64


def test_the_shipped_scheduler_matches_the_training() -> None:
    config = json.loads((HOUSE_MODEL / "scheduler" / "scheduler_config.json").read_text())
    assert config["prediction_type"] == "v_prediction"
    assert config["timestep_spacing"] == "trailing"
    assert config["beta_schedule"] == "squaredcos_cap_v2"


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"mintmark\.json"):
        read_facts(tmp_path)
