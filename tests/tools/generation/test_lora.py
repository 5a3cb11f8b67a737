"""A collection's fine-tunes are applied with their weight, and stand in every recipe."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import sign_in_to
from tests.tools.generation.conftest import COLLECTION, TOOLS, Painting
from tests.tools.generation.studio_work import ask, candidates, paint
from tools.errors import IntegrityError, InvalidInput
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio

INKED = """
[[model.loras]]
name = "ink"
weight = {weight}
"""


def save_lora(pipeline: Path, folder: Path) -> None:
    """A LoRA with random weights for the tiny pipeline's denoiser."""
    import torch
    from diffusers import StableDiffusionPipeline, UNet2DConditionModel
    from peft import LoraConfig, get_peft_model_state_dict

    unet = UNet2DConditionModel.from_pretrained(pipeline / "unet")
    torch.manual_seed(1)
    unet.add_adapter(LoraConfig(r=2, target_modules=["to_q", "to_v"], init_lora_weights=False))
    layers = get_peft_model_state_dict(unet)
    StableDiffusionPipeline.save_lora_weights(folder, layers, weight_name="ink.safetensors")


@pytest.fixture
def studio(
    sqlite_settings: Settings, painting: Painting, tiny_pipeline: Path, tmp_path: Path
) -> Iterator[Studio]:
    """A studio with the same collection bare, inked, and inked with no weight."""
    save_lora(tiny_pipeline, tmp_path)
    settings = painting(sqlite_settings)
    for slug, weight in (("inked", 1.0), ("faint", 0.0)):
        text = COLLECTION.replace('"sketches"', f'"{slug}"') + INKED.format(weight=weight)
        (tmp_path / "collections" / f"{slug}.toml").write_text(text)
    loras = {"ink": tmp_path / "ink.safetensors"}
    generation = settings.generation.model_copy(update={"loras": loras})
    with Studio(settings.model_copy(update={"generation": generation}), TOOLS) as studio:
        yield studio


def painted(studio: Studio, actor: Actor, collection: str) -> str:
    job = ask(studio, actor, seed=3, count=1, collection=collection)
    paint(studio, actor, job.brief_id)
    return candidates(studio, job.brief_id)[0].pixel_sha256


def test_a_fine_tune_changes_the_picture_by_its_weight(studio: Studio, ada: Actor) -> None:
    bare = painted(studio, ada, "sketches")
    assert painted(studio, ada, "inked") != bare
    assert painted(studio, ada, "faint") == bare


def test_the_recipe_names_the_fine_tune_with_digest_and_weight(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, count=1, collection="inked")
    paint(studio, ada, job.brief_id)
    (lora,) = candidates(studio, job.brief_id)[0].recipe["loras"]
    assert (lora["name"], lora["weight"]) == ("ink", "1")
    assert lora["digest"].startswith("sha256:")


def test_a_fine_tune_changed_since_the_brief_is_refused(
    studio: Studio, ada: Actor, tmp_path: Path
) -> None:
    job = ask(studio, ada, count=1, collection="inked")
    file = tmp_path / "ink.safetensors"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match="LoRA ink changed"):
        paint(studio, ada, job.brief_id)


def test_a_fine_tune_the_settings_do_not_name_is_refused(
    sqlite_settings: Settings, painting: Painting, tmp_path: Path
) -> None:
    settings = painting(sqlite_settings)
    text = COLLECTION + INKED.format(weight=1)
    (tmp_path / "collections" / "sketches.toml").write_text(text)
    with Studio(settings, TOOLS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        with pytest.raises(InvalidInput, match=r"no LoRA named 'ink'. There are: none"):
            ask(studio, ada)
