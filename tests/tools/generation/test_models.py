"""Which checkpoints are loaded, which are refused and in what words, and what a digest covers."""

import json
from pathlib import Path

import pytest

from tools.errors import InvalidInput, ServiceUnavailable
from tools.generation.bundle import DigestCache
from tools.generation.models import Model, ModelRegistry

INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "scheduler": ["diffusers", "DDIMScheduler"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
    "feature_extractor": [None, None],
}


def write_bundle(folder: Path, weights: str = "diffusion_pytorch_model.safetensors") -> Path:
    files = {
        "model_index.json": json.dumps(INDEX),
        "scheduler/scheduler_config.json": '{"beta_end": 0.02}',
        "unet/config.json": '{"sample_size": 64}',
        f"unet/{weights}": "weights of the denoiser",
        "vae/config.json": '{"block_out_channels": [1, 2, 3, 4]}',
        "vae/diffusion_pytorch_model.safetensors": "weights of the decoder",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "painter")


def load(source: Path | str, cache: Path | None = None) -> Model:
    digests = DigestCache(cache or Path("/nonexistent/digests.json"))
    return ModelRegistry({"painter": str(source)}, {}, digests).model("painter")


def refusal(source: Path | str) -> str:
    with pytest.raises(InvalidInput) as caught:
        load(source)
    return str(caught.value)


def test_a_pipeline_directory_is_known_by_its_configuration(bundle: Path) -> None:
    model = load(bundle)
    assert (model.pipeline, model.scheduler) == ("StableDiffusionPipeline", "DDIMScheduler")
    assert model.size == 512
    assert not model.speaks_traits


def test_facts_beside_the_pipeline_set_how_it_is_sampled(bundle: Path) -> None:
    facts = {"name": "ours", "native_size": 64, "sampling": {"steps": 9, "guidance_scale": 2.5}}
    (bundle / "mintmark.json").write_text(json.dumps(facts))
    model = load(bundle)
    assert (model.source, model.size, model.facts.sampling.steps) == ("ours", 64, 9)


def test_wrong_facts_are_named_by_file_and_field(bundle: Path) -> None:
    (bundle / "mintmark.json").write_text('{"sampling": {"steps": 0}}')
    assert "mintmark.json is wrong at sampling.steps" in refusal(bundle)


def test_an_unknown_name_is_answered_with_the_known_ones(bundle: Path) -> None:
    registry = ModelRegistry({"painter": str(bundle)}, {}, DigestCache(bundle / "digests"))
    with pytest.raises(InvalidInput, match=r"no model named 'dali'. There are: house, painter"):
        registry.model("dali")


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".bin", ".pth", ".pkl"])
def test_a_pickled_file_is_refused_and_told_how_to_convert(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"model{suffix}"
    file.write_bytes(b"\x80\x04.")
    message = refusal(file)
    assert "can run code" in message
    assert "safe_serialization=True" in message


def test_a_pickled_file_is_refused_also_where_it_is_not_there(tmp_path: Path) -> None:
    assert "pickled" in refusal(tmp_path / "gone.ckpt")


def test_a_single_safetensors_file_is_told_to_become_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"")
    assert "save_pretrained(folder)" in refusal(file)


def test_a_component_with_pickled_weights_only_is_refused(tmp_path: Path) -> None:
    folder = write_bundle(tmp_path / "old", weights="diffusion_pytorch_model.bin")
    assert "unet has pickled weights only" in refusal(folder)


def test_a_folder_without_an_index_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "it has no model_index.json" in refusal(tmp_path / "empty")


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert "no model folder" in refusal(tmp_path / "nowhere")


def test_a_missing_component_is_named(bundle: Path) -> None:
    for path in (bundle / "vae").iterdir():
        path.unlink()
    assert "The component vae is missing" in refusal(bundle)


def test_code_that_ships_with_a_checkpoint_is_not_run(bundle: Path) -> None:
    index = INDEX | {"unet": ["my_unet", "Denoiser"]}
    (bundle / "model_index.json").write_text(json.dumps(index))
    assert "not run" in refusal(bundle)


@pytest.mark.parametrize(
    "name",
    [
        "model_index.json",
        "scheduler/scheduler_config.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ],
)
def test_the_digest_covers_every_file_that_decides_pixels(bundle: Path, name: str) -> None:
    before = load(bundle).digest
    path = bundle / name
    path.write_text(path.read_text() + " ")
    assert load(bundle).digest != before


def test_the_digest_leaves_out_what_decides_nothing(bundle: Path) -> None:
    before = load(bundle).digest
    (bundle / "README.md").write_text("words")
    (bundle / "mintmark.json").write_text("{}")
    (bundle / "safety_checker").mkdir()
    (bundle / "safety_checker" / "model.safetensors").write_text("never loaded")
    assert load(bundle).digest == before


def test_a_kept_digest_is_dropped_when_the_file_changes(bundle: Path, tmp_path: Path) -> None:
    cache = tmp_path / "digests.json"
    before = load(bundle, cache).digest
    assert load(bundle, cache).digest == before
    (bundle / "unet/diffusion_pytorch_model.safetensors").write_text("other weights")
    assert load(bundle, cache).digest != before


def test_a_damaged_cache_is_made_anew(bundle: Path, tmp_path: Path) -> None:
    cache = tmp_path / "digests.json"
    before = load(bundle, cache).digest
    cache.write_text("{not json")
    assert load(bundle, cache).digest == before


def test_a_hub_model_is_found_in_the_local_cache_with_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "c" * 40
    home = tmp_path / "hub" / "models--org--painter"
    write_bundle(home / "snapshots" / commit)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    model = load("org/painter")
    assert (model.source, model.revision) == ("org/painter", commit)


def test_a_hub_model_that_cannot_be_fetched_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(ServiceUnavailable, match="org/painter is not on this machine"):
        load("org/painter@v2")


def test_a_lora_must_be_a_safetensors_file_that_the_settings_name(tmp_path: Path) -> None:
    pickled, safe = tmp_path / "ink.pt", tmp_path / "ink.safetensors"
    pickled.write_bytes(b"x")
    safe.write_bytes(b"x")
    registry = ModelRegistry({}, {"old": pickled, "ink": safe}, DigestCache(tmp_path / "d"))
    assert registry.lora("ink", 0.5).digest.startswith("sha256:")
    with pytest.raises(InvalidInput, match="There are: ink, old"):
        registry.lora("../ink", 1.0)
    with pytest.raises(InvalidInput, match=r"must be a \.safetensors file"):
        registry.lora("old", 1.0)
