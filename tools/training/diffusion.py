"""Training of the denoiser and its text encoder: seeded, budgeted, resumable.

v-prediction (Salimans & Ho 2022, arXiv:2202.00512) over a cosine schedule, with uniform timesteps
stratified over each batch and captions dropped at times for classifier-free guidance. Cells of the
latent grid that hold the face weigh more in the loss: a mouth is a few pixels, and is what people
look at. An exponential moving average of the weights is what gets shipped.

A run stops at its budget of steps or minutes; the learning rate falls along the same budget. All
state, random numbers included, lies in one checkpoint file, so that a run cut off at any point
ends in the same weights as one that was not.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.training.dataset import Dataset, caption, traits_of
from tools.training.house import HOUSE, Networks, Size, new_networks
from tools.training.latents import encoded
from tools.training.text import MAX_TOKENS

if TYPE_CHECKING:
    import torch

Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a run learns; recorded with the shipped weights."""

    seed: int = 20240
    batch: int = 16
    learning_rate: float = 1e-3
    # share of the budget after which the learning rate falls, along a cosine, to `final_rate`
    decay_from: float = 0.4
    final_rate: float = 2e-5
    warmup_steps: int = 200
    weight_decay: float = 0.01
    caption_dropout: float = 0.1
    ema: float = 0.9985
    mouth_weight: float = 3.0
    eyes_weight: float = 1.5
    size: Size = field(default_factory=lambda: HOUSE)


@dataclass(frozen=True)
class Budget:
    """When a run ends: after so many steps, or so many minutes of training."""

    steps: int | None = None
    minutes: float | None = None

    def progress(self, step: int, seconds: float) -> float:
        """Share of the budget that is used, 0 to 1."""
        by_steps = step / self.steps if self.steps else 0.0
        by_time = seconds / (60 * self.minutes) if self.minutes else 0.0
        return min(1.0, max(by_steps, by_time))


class Trainer:
    """One run: networks, optimiser, averages and the random state between two steps."""

    def __init__(self, dataset: Dataset, settings: Settings) -> None:
        import torch

        self.dataset, self.settings = dataset, settings
        self.networks: Networks = new_networks(dataset, settings.seed, settings.size)
        self.latents = encoded(self.networks.vae, dataset.pixels)
        self.parameters = [
            *self.networks.unet.parameters(),
            *self.networks.text_encoder.parameters(),
        ]
        self.average = [p.detach().clone() for p in self.parameters]
        self.optimiser = torch.optim.AdamW(
            self.parameters,
            lr=settings.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=settings.weight_decay,
            fused=True,
        )
        self.random = random.Random(settings.seed)
        self.noise = torch.Generator().manual_seed(settings.seed)
        self.alphas = _cosine_alphas()
        self.weights = face_weights(settings)
        self.step, self.seconds, self.loss = 0, 0.0, 0.0

    def train(self, budget: Budget, report: Report | None = None, every: int = 200) -> None:
        """Train until the budget is used up, reporting every so many steps."""
        started = time.monotonic() - self.seconds
        losses: list[float] = []
        while (progress := budget.progress(self.step, self.seconds)) < 1:
            losses.append(self.advance(learning_rate(self.settings, self.step, progress)))
            self.seconds = time.monotonic() - started
            if self.step % every == 0:
                self.loss = float(np.mean(losses[-every:]))
                if report:
                    report(self.metrics())

    def metrics(self) -> dict[str, Any]:
        """Where the run stands."""
        return {
            "step": self.step,
            "images": self.step * self.settings.batch,
            "seconds": round(self.seconds, 1),
            "loss": round(self.loss, 5),
        }

    def advance(self, rate: float) -> float:
        """One optimiser step at that learning rate; returns the loss."""
        import torch

        for group in self.optimiser.param_groups:
            group["lr"] = rate
        loss = self._loss()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        weight = min(self.settings.ema, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - weight)
        return float(loss.detach())

    def _loss(self) -> torch.Tensor:
        """Weighted squared error of v on one random batch."""
        import torch

        size = self.settings.batch
        chosen = [self.random.randrange(len(self.dataset)) for _ in range(size)]
        clean = self.latents[chosen].to(memory_format=torch.channels_last)
        noise = torch.randn(clean.shape, generator=self.noise)
        times = self._stratified_times(size)
        alpha = self.alphas[times].view(-1, 1, 1, 1)
        signal, spread = alpha.sqrt(), (1 - alpha).sqrt()
        predicted = self.networks.unet(
            signal * clean + spread * noise, times, self._text(chosen)
        ).sample
        error = (predicted - (signal * noise - spread * clean)) ** 2
        loss: torch.Tensor = (error.mean(1) * self.weights).mean()
        return loss

    def _stratified_times(self, size: int) -> torch.Tensor:
        import torch

        within = torch.rand(size, generator=self.noise)
        return ((torch.arange(size) + within) / size * 1000).long().clamp(max=999)

    def _text(self, chosen: list[int]) -> torch.Tensor:
        """Text states (batch, tokens, width) of a fresh caption for each example."""
        captions = [self._caption(index) for index in chosen]
        tokens = self.networks.tokenizer(
            captions,
            padding="max_length",
            max_length=MAX_TOKENS,
            truncation=True,
            return_tensors="pt",
        )
        states: torch.Tensor = self.networks.text_encoder(tokens.input_ids).last_hidden_state
        return states

    def _caption(self, index: int) -> str:
        if self.random.random() < self.settings.caption_dropout:
            return ""
        return caption(traits_of(self.dataset.labels[index]), self.random)

    def save(self, path: Path) -> None:
        """Write the whole state; the file is replaced at once or not at all."""
        import torch

        state = {
            "settings": asdict(self.settings),
            "unet": self.networks.unet.state_dict(),
            "text_encoder": self.networks.text_encoder.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average,
            "random": self.random.getstate(),
            "noise": self.noise.get_state(),
            "clock": (self.step, self.seconds, self.loss),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, path)

    def restore(self, path: Path) -> None:
        """Take up a saved state, so that the next step is the one that would have followed."""
        import torch

        state = torch.load(path, weights_only=True)
        self.networks.unet.load_state_dict(state["unet"])
        self.networks.text_encoder.load_state_dict(state["text_encoder"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average = state["average"]
        self.random.setstate(state["random"])
        self.noise.set_state(state["noise"])
        self.step, self.seconds, self.loss = state["clock"]

    def averaged_networks(self) -> Networks:
        """The networks with the moving average as their weights (what is shipped)."""
        import torch

        with torch.no_grad():
            for parameter, average in zip(self.parameters, self.average, strict=True):
                parameter.copy_(average)
        return self.networks


def train_base(
    dataset: Dataset, run: Path, budget: Budget, settings: Settings, every: int = 200
) -> Trainer:
    """Train, or go on training, in the folder `run`: `checkpoint.pt` and `metrics.jsonl`."""
    trainer, checkpoint = Trainer(dataset, settings), run / "checkpoint.pt"
    if checkpoint.exists():
        trainer.restore(checkpoint)
    run.mkdir(parents=True, exist_ok=True)

    def report(metrics: dict[str, Any]) -> None:
        trainer.save(checkpoint)
        with (run / "metrics.jsonl").open("a") as lines:
            lines.write(json.dumps(metrics) + "\n")

    trainer.train(budget, report, every)
    trainer.save(checkpoint)
    return trainer


def learning_rate(settings: Settings, step: int, progress: float) -> float:
    """Linear warm-up, then constant, then one cosine fall along the rest of the budget."""
    warm = min(1.0, (step + 1) / settings.warmup_steps)
    falling = max(0.0, progress - settings.decay_from) / (1 - settings.decay_from)
    share = 0.5 * (1 + float(np.cos(np.pi * falling)))
    return warm * (settings.final_rate + (settings.learning_rate - settings.final_rate) * share)


def face_weights(settings: Settings) -> torch.Tensor:
    """(8, 8) loss weights of the latent cells, mean 1; a cell is 4x4 pixels."""
    import torch

    weights = torch.ones(8, 8)
    weights[3:5, 2:6] = settings.eyes_weight
    weights[4:6, 2:6] = settings.mouth_weight
    return weights / weights.mean()


def _cosine_alphas() -> torch.Tensor:
    """Cumulative signal power of the 1,000 training timesteps, as the shipped scheduler has it."""
    from tools.training.house import sampling_scheduler

    alphas: torch.Tensor = sampling_scheduler().alphas_cumprod
    return alphas
