"""Whole runs: from nothing to a shipped house model, and from its drawings to a trait reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.training.autoencoder import DecoderSettings, round_trip_decibels, train_decoder
from tools.training.dataset import Dataset, manifest, rendered
from tools.training.diffusion import Budget, Settings, Trainer, train_base
from tools.training.export import export_house_model, load_house_model, read_facts, write_facts
from tools.training.latents import Autoencoder
from tools.training.measure import measured
from tools.training.reader import (
    Damage,
    ReaderSettings,
    accuracy,
    export_reader,
    fitted_temperature,
    train_reader,
)
from tools.training.traits import CATEGORIES

if TYPE_CHECKING:
    from tools.scoring.trait_network import TraitNetwork

Say = Callable[[str], None]

READER_PICTURES = 30_000
TEST_PICTURES = 1_000


@dataclass(frozen=True)
class RunPlan:
    """Where a run keeps its state, what it writes, and how long its parts may take."""

    # resumable state: drawn data set, checkpoints, metrics
    run: Path
    # the directory that gets the trained weights
    out: Path
    denoiser: Budget
    decoder: Budget
    # how many drawn characters to train on
    pictures: int


def run_base(plan: RunPlan, say: Say) -> None:
    """Draw the data set, train denoiser and decoder, and write the pipeline directory."""
    say(f"Drawing {plan.pictures} characters, or reading them back")
    dataset = rendered("train", plan.pictures, plan.run / "cache")
    say("Training the denoiser")
    trainer = train_base(dataset, plan.run, plan.denoiser, Settings())
    say("Training the decoder")
    decoder = _trained_decoder(trainer.networks.vae, dataset, plan)
    export_house_model(trainer.averaged_networks(), plan.out, _record(trainer, decoder, plan))
    say(f"House model written to {plan.out}")


def _trained_decoder(vae: Autoencoder, dataset: Dataset, plan: RunPlan) -> dict[str, Any]:
    """Train the decoder, or take it from the run's folder when that was done before."""
    import torch

    stored = plan.run / "decoder.pt"
    if stored.exists():
        state = torch.load(stored, weights_only=True)
        vae.decoder.load_state_dict(state["decoder"])
        return dict(state["metrics"])
    metrics = train_decoder(vae, dataset, plan.decoder)
    metrics["decibels"] = round(round_trip_decibels(vae, rendered("test", 256)), 2)
    torch.save({"decoder": vae.decoder.state_dict(), "metrics": metrics}, stored)
    return metrics


def _record(trainer: Trainer, decoder: dict[str, Any], plan: RunPlan) -> dict[str, Any]:
    """What the run was made of, for `mintmark.json`."""
    return {
        "dataset": {"digest": manifest(plan.pictures)["digest"], "pictures": plan.pictures},
        "denoiser": {
            "settings": asdict(trainer.settings),
            "budget": asdict(plan.denoiser),
            **trainer.metrics(),
        },
        "decoder": {"settings": asdict(DecoderSettings()), **decoder},
    }


def run_reader(house_model: Path, out: Path, cache: Path, budget: Budget, say: Say) -> None:
    """Train the trait reader on drawings seen through the house model's decoder.

    It learns from all pairs of traits, those held out from the house model included.
    """
    dataset = rendered("judge", READER_PICTURES, cache)
    vae = load_house_model(house_model).vae
    settings = ReaderSettings()
    network = train_reader(dataset, vae, budget, settings, report=lambda facts: say(str(facts)))
    damage = Damage(vae, ReaderSettings(decoded_share=1.0), seed=1)
    test = rendered("test", TEST_PICTURES, cache)
    temperature = fitted_temperature(network, damage(test.pixels), test.labels)
    metrics = reader_metrics(network, vae, cache)
    digest = manifest(READER_PICTURES, "judge")["digest"]
    export_reader(network, out, settings, metrics, temperature, digest)
    say(f"Trait reader written to {out}: {metrics}")


def reader_metrics(network: TraitNetwork, vae: Autoencoder, cache: Path) -> dict[str, Any]:
    """Accuracy per category on drawings it never saw: clean, of held-out pairs, and decoded."""
    from tools.training.latents import pictures_of

    test, held_out = (rendered(s, TEST_PICTURES, cache) for s in ("test", "held-out"))
    decoded = Damage(vae, ReaderSettings(decoded_share=1.0, latent_noise=0.1), seed=2)
    cases = {
        "drawn": (pictures_of(test.pixels), test.labels),
        "held_out": (pictures_of(held_out.pixels), held_out.labels),
        "decoded": (decoded(test.pixels), test.labels),
    }
    return {
        name: dict(zip(CATEGORIES, accuracy(network, *case).round(4).tolist(), strict=True))
        for name, case in cases.items()
    }


def run_measure(house_model: Path, count: int, say: Say) -> dict[str, Any]:
    """Measure the model in a folder with the shipped reader; write the figures into it."""
    from tools.scoring.trait_reader import TraitReader

    pipeline, reader = load_house_model(house_model), TraitReader.load()
    facts = read_facts(house_model)
    facts["metrics"] = {
        "unseen_combinations": measured(pipeline, reader, "test", count),
        "held_out_pairs": measured(pipeline, reader, "held-out", count // 2),
        "reader": reader.digest,
    }
    write_facts(house_model, facts)
    say(f"Measured on {count} pictures: {facts['metrics']}")
    return dict(facts["metrics"])
