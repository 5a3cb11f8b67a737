"""Training of the denoiser: it learns, obeys its budget, and goes on exactly where it stopped."""

from pathlib import Path

import pytest
import torch

from tools.training.dataset import Dataset, rendered
from tools.training.diffusion import (
    Budget,
    Settings,
    Trainer,
    face_weights,
    learning_rate,
    train_base,
)
from tools.training.house import Size

TINY = Settings(batch=4, size=Size(channels=(8, 16), heads=2, groups=4), warmup_steps=4)


@pytest.fixture(scope="module")
def pictures() -> Dataset:
    return rendered("train", 64)


def test_a_run_cut_off_and_taken_up_ends_like_one_that_was_not(
    pictures: Dataset, tmp_path: Path
) -> None:
    whole = Trainer(pictures, TINY)
    whole.train(Budget(steps=6))

    cut = Trainer(pictures, TINY)
    for step in range(3):
        cut.advance(learning_rate(TINY, step, step / 6))
    cut.save(tmp_path / "checkpoint.pt")
    resumed = train_base(pictures, tmp_path, Budget(steps=6), TINY)

    assert resumed.step == whole.step == 6
    for left, right in zip(whole.average, resumed.average, strict=True):
        assert torch.equal(left, right)
    for left, right in zip(whole.parameters, resumed.parameters, strict=True):
        assert torch.equal(left, right)


def test_training_lowers_the_loss(pictures: Dataset) -> None:
    trainer = Trainer(pictures, TINY)
    losses = [trainer.advance(3e-3) for _ in range(40)]
    assert sum(losses[-10:]) < 0.97 * sum(losses[:10])


def test_a_run_reports_its_progress_and_leaves_no_half_written_file(
    pictures: Dataset, tmp_path: Path
) -> None:
    train_base(pictures, tmp_path, Budget(steps=4), TINY, every=2)
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["checkpoint.pt", "metrics.jsonl"]


def test_a_budget_counts_steps_or_minutes_whichever_runs_out_first() -> None:
    assert Budget(steps=10).progress(5, 1e9) == 0.5
    assert Budget(minutes=2).progress(10**9, 60) == 0.5
    assert Budget(steps=10, minutes=2).progress(5, 120) == 1


def test_the_learning_rate_warms_up_holds_and_falls_once() -> None:
    settings = Settings(warmup_steps=10)
    assert learning_rate(settings, 0, 0) == pytest.approx(settings.learning_rate / 10)
    assert learning_rate(settings, 50, 0.3) == pytest.approx(settings.learning_rate)
    falling = [learning_rate(settings, 50, progress) for progress in (0.5, 0.7, 0.9, 1.0)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] == pytest.approx(settings.final_rate)


def test_cells_of_the_face_weigh_more_at_the_same_mean() -> None:
    weights = face_weights(Settings())
    assert float(weights.mean()) == pytest.approx(1)
    assert float(weights[5, 3]) == float(weights.max()) > float(weights[0, 0])
