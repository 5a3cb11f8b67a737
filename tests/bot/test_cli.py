"""The `mintmark` command from outside: quick to help, errors in one sentence, clean ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
START = "from bot.cli import main; main()"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINTMARK_")}
    return kept | {
        "MINTMARK_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
    }


def mintmark(
    environment: dict[str, str], *arguments: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START, *arguments],
        env=environment,
        cwd=Path(environment["MINTMARK_DATA_DIR"]).parent,
        input=typed,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_help_loads_nothing_heavy(environment: dict[str, str]) -> None:
    code = (
        "import sys; from bot.cli import app; "
        "print([m for m in ('sqlalchemy', 'torch', 'web3', 'dbos', 'langgraph', 'rich.live', "
        "'prompt_toolkit', 'numpy') if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


def test_help_names_every_command(environment: dict[str, str]) -> None:
    shown = mintmark(environment, "--help").stdout
    for command in ("demo", "studio", "worker", "verify", "provenance", "doctor", "train", "db"):
        assert f" {command} " in shown


def test_training_has_help_of_its_own(environment: dict[str, str]) -> None:
    shown = mintmark(environment, "train", "--help").stdout
    assert "Usage: mintmark train" in shown
    assert " measure " in shown


def test_the_version_is_told(environment: dict[str, str]) -> None:
    assert mintmark(environment, "--version").stdout.startswith("mintmark 0")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("verify", "t_0000000000"), "'t_0000000000' is no file, and without a data folder"),
        (("provenance", "t_0000000000"), "There are no records in "),
        (("studio", "--as", ""), "A person needs a name, for example --as ada."),
        (("studio", "--as", "x" * 65), "--as takes 64 characters at most."),
    ],
)
def test_a_mistake_is_one_sentence_and_status_1(
    environment: dict[str, str], arguments: tuple[str, ...], sentence: str
) -> None:
    ended = mintmark(environment, *arguments)
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_wrong_settings_are_one_sentence(environment: dict[str, str]) -> None:
    ended = mintmark(environment | {"MINTMARK_LOG_LEVEL": "loud"}, "db", "upgrade")
    assert ended.returncode == 1
    assert ended.stderr.startswith("The settings are wrong. log_level: Input should be 'debug'")


def test_the_doctor_ends_with_1_only_if_something_is_wrong(environment: dict[str, str]) -> None:
    sound = mintmark(environment, "doctor")
    assert sound.returncode == 0
    assert "✓ language model: none is set up" in sound.stdout
    wrong = mintmark(environment | {"MINTMARK_COLLECTION": "nothing"}, "doctor")
    assert wrong.returncode == 1
    assert "✗ collection: There is no collection 'nothing'" in wrong.stdout


def test_a_script_of_lines_is_played_and_leaves_a_folder(environment: dict[str, str]) -> None:
    ended = mintmark(environment, "studio", "--as", "moss", typed="/who\nhello\n/nothing\n/quit\n")
    assert ended.returncode == 0, ended.stderr
    assert "You are moss, creator in home, channel studio." in ended.stdout
    assert "✗ There is no command /nothing." in ended.stdout
    assert ended.stderr == ""
    again = mintmark(environment, "db", "upgrade")
    assert again.stdout.startswith("The database has the newest schema already")
    unknown = mintmark(environment, "verify", "t_0000000000", "--json")
    assert "Nothing here is called 't_0000000000'" in unknown.stderr


def test_a_report_can_be_read_by_programs(environment: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "token.mintmark.json"
    broken.write_text('{"schema":"mintmark/certificate/1"}')
    ended = mintmark(environment, "verify", str(broken), "--json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["verdict"] == "failed"


def test_a_worker_ends_cleanly_on_sigterm(environment: dict[str, str]) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", START, "worker"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline().startswith("Working on ")
    time.sleep(0.2)
    worker.send_signal(signal.SIGTERM)
    _, complaints = worker.communicate(timeout=120)
    assert worker.returncode == 0
    assert complaints == ""
