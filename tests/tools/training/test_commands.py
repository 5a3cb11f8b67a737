"""The training commands: a whole small run through the command line, taken up a second time."""

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from tools.training import runs
from tools.training.commands import app
from tools.training.diffusion import Settings
from tools.training.export import load_house_model, read_facts
from tools.training.house import Size

TINY = Settings(batch=4, size=Size(channels=(8, 16), heads=2, groups=4))


def test_a_run_from_nothing_writes_a_model_and_goes_on_when_called_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "Settings", lambda: TINY)
    folders = ["--run", str(tmp_path / "run"), "--out", str(tmp_path / "model")]

    def train(steps: int) -> int:
        budget = ["base", "--steps", str(steps), "--decoder-steps", "2", "--pictures", "64"]
        outcome = CliRunner().invoke(app, [*budget, *folders], catch_exceptions=False)
        assert outcome.exit_code == 0
        return int(read_facts(tmp_path / "model")["training"]["denoiser"]["step"])

    assert train(2) == 2
    assert train(3) == 3
    facts = read_facts(tmp_path / "model")["training"]
    assert facts["dataset"]["pictures"] == 64
    assert facts["decoder"]["steps"] == 2
    assert load_house_model(tmp_path / "model").unet.config.block_out_channels == [8, 16]


def test_the_dataset_command_prints_the_manifest_and_draws_a_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    outcome = CliRunner().invoke(app, ["dataset", "--pictures", "64", "--sheet", str(sheet)])
    assert outcome.exit_code == 0
    assert '"digest"' in outcome.output
    assert Image.open(sheet).size == (8 * 128, 6 * 128)
