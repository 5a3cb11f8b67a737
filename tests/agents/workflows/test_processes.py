"""Processes come, die and come back; the work is done once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from agents.workflows.workshop import Workshop
from tests.agents.workflows.conftest import people_of, until
from tests.agents.workflows.craft import (
    TOOLS,
    calls,
    hold,
    job_of,
    request_of,
    traced,
)
from tests.rows import add_candidate, add_job, add_mint_request
from tools.errors import Conflict
from tools.provenance.tables import Record, ToolCall, now
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.tables import Round


@contextmanager
def _processes(settings: Settings, number: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that work on the same data, told to close at the end."""
    url = settings.database_url
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.agents.workflows.process", str(settings.data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | ({"MINTMARK_DATABASE_URL": url.get_secret_value()} if url else {}),
        )
        for _ in range(number)
    ]
    try:
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("process-")
        yield running
    finally:
        for process in running:
            process.communicate(timeout=60)


def _pid_of(settings: Settings, tool: str, subject: str) -> int:
    """The process in which a tool was called last."""
    words = [line.split() for line in traced(settings)]
    return int([w[2] for w in words if w[:2] == [tool, subject]][-1])


def test_live_processes_leave_each_others_work_alone_and_take_over_when_one_is_killed(
    settings: Settings,
) -> None:
    with Studio(settings, TOOLS) as studio:
        job_id = add_job(studio, people_of(studio)[0])
        brief_id = job_of(studio, job_id).brief_id
        hold(settings, "score").touch()
        with _processes(settings, 2) as running:
            until(lambda: calls(settings, brief_id)["score"] == 1)
            time.sleep(1.5)  # several sweeps of both
            assert calls(settings, brief_id) == {"render": 1, "score": 1}

            killed = _pid_of(settings, "score", brief_id)
            os.kill(killed, signal.SIGKILL)
            next(p for p in running if p.pid == killed).wait()
            hold(settings, "score").unlink()

            until(lambda: job_of(studio, job_id).state == "done")
            assert calls(settings, brief_id) == {"render": 1, "score": 2}
            assert _pid_of(settings, "score", brief_id) != killed
            until(lambda: "abandoned" in _outcomes(studio, "score"))
        assert sorted(_outcomes(studio, "score")) == ["abandoned", "settled"]
        assert _outcomes(studio, "render") == ["settled"]


def _outcomes(studio: Studio, tool: str) -> list[str]:
    with studio.db.read() as session:
        query = session.query(Record.phase).join(ToolCall, ToolCall.id == Record.tool_call_id)
        return [row[0] for row in query.filter(ToolCall.tool == tool, Record.closes)]


def test_what_waited_while_no_process_was_there_is_done_at_the_next_start(
    settings: Settings,
) -> None:
    with Studio(settings, TOOLS) as studio:
        ada, _, olga = people_of(studio)
        job_id = add_job(studio, ada)
        request_id = add_mint_request(studio, ada, olga)
        picture = add_candidate(studio, ada)
        studio.door.call("open_round", {"candidate_ids": [picture]}, olga)
        with studio.db.write() as session:
            session.query(Round).one().closes_at = now() - timedelta(hours=1)

        with Workshop(studio):
            until(lambda: job_of(studio, job_id).state == "done")
            until(lambda: request_of(studio, request_id).state == "minted")
            until(lambda: _round_state(studio) == "closed")


def _round_state(studio: Studio) -> str:
    with studio.db.read() as session:
        return session.query(Round).one().state


def test_the_next_stage_of_a_bracket_is_opened_once_though_processes_are_killed(
    sqlite_settings: Settings,
) -> None:
    settings = sqlite_settings
    with Studio(settings, TOOLS) as studio:
        ada, bob, olga = people_of(studio)
        pictures = [add_candidate(studio, ada) for _ in range(4)]
        wish = {"candidate_ids": pictures, "heat_size": 2}
        opened: Any = studio.door.call("open_bracket", wish, olga)
        with _processes(settings, 2) as running:
            for line in opened.stages[0].rounds:
                studio.door.call("vote", {"choice": "1", "round_id": line.round_id}, bob)
                studio.door.call("close_round", {"round_id": line.round_id}, olga)
            time.sleep(0.3)  # about when a sweep finds it
            running[0].kill()
            running[0].wait()
            until(lambda: _stages(studio) == [1, 1, 2])
            time.sleep(1)  # more sweeps
        assert _stages(studio) == [1, 1, 2]


def _stages(studio: Studio) -> list[int]:
    with studio.db.read() as session:
        return sorted(round_.stage or 0 for round_ in session.query(Round))


def test_closing_waits_for_the_step_in_hand_and_the_next_start_goes_on_after_it(
    sqlite_settings: Settings,
) -> None:
    hold(sqlite_settings, "render").touch()
    with Studio(sqlite_settings, TOOLS) as studio:
        job_id = add_job(studio, people_of(studio)[0])
        brief_id = job_of(studio, job_id).brief_id
        workshop = Workshop(studio).open()
        until(lambda: calls(sqlite_settings, brief_id)["render"] == 1)

        closing = Thread(target=workshop.close)
        closing.start()
        closing.join(0.5)
        assert closing.is_alive()
        hold(sqlite_settings, "render").unlink()
        closing.join(20)
        assert not closing.is_alive()
        assert job_of(studio, job_id).state == "running"
        assert calls(sqlite_settings, brief_id) == {"render": 1}

    with Studio(sqlite_settings, TOOLS) as studio, Workshop(studio, sweep_every_s=0.5):
        until(lambda: job_of(studio, job_id).state == "done")
        assert calls(sqlite_settings, brief_id) == {"render": 1, "score": 1}


def test_a_process_has_one_open_workshop_and_may_open_another_after_it(
    sqlite_settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    with Studio(sqlite_settings, TOOLS) as studio:
        with Workshop(studio), pytest.raises(Conflict, match="close that workshop first"):
            Workshop(studio).open()
        with Workshop(studio):
            assert studio.dispatcher is not None
        assert studio.dispatcher is None
    assert capfd.readouterr() == ("", "")
