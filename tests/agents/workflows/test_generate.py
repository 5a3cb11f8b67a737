"""A job is rendered and scored once, and ends as done, failed or cancelled."""

import pytest
from sqlalchemy import update

from tests.agents.workflows.conftest import Working, until
from tests.agents.workflows.craft import Deed, calls, fail_with, hold, job_of, script
from tests.rows import add_job
from tools.errors import InvalidInput, NotFound
from tools.generation.tables import Job
from tools.people import Role, set_role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import ToolCall


def _ended(working: Working, job_id: str) -> Job:
    until(lambda: job_of(working.studio, job_id).state not in ("queued", "running"))
    return job_of(working.studio, job_id)


def _started(working: Working, **deeds: Deed) -> tuple[str, str]:
    """A job that is handed out, and what its tools do; returns the ids of job and brief."""
    job_id = add_job(working.studio, working.ada, state="cancelled")
    brief_id = job_of(working.studio, job_id).brief_id
    script.update({(tool, brief_id): deed for tool, deed in deeds.items()})
    with working.studio.db.write() as session:
        session.get_one(Job, job_id).state = "queued"
    working.studio.dispatch("generate", job_id)
    return job_id, brief_id


def test_a_job_is_rendered_then_scored_as_its_creator_and_done(working: Working) -> None:
    job_id, brief_id = _started(working)
    job = _ended(working, job_id)
    assert (job.state, job.progress, job.error) == ("done", 1000, None)
    assert job.started_at is not None
    assert job.ended_at is not None
    assert calls(working.studio.settings, brief_id) == {"render": 1, "score": 1}
    with working.studio.db.read() as session:
        call = session.query(ToolCall).filter_by(tool="render").order_by(ToolCall.id.desc()).first()
    assert call is not None
    assert (call.person_id, call.via) == (working.ada.person_id, "workflow")


def test_a_job_handed_out_many_times_runs_once(working: Working) -> None:
    job_id, brief_id = _started(working)
    for _ in range(5):
        working.studio.dispatch("generate", job_id)
    _ended(working, job_id)
    working.studio.dispatch("generate", job_id)
    marker, _ = _started(working)
    assert _ended(working, marker).state == "done"
    assert calls(working.studio.settings, brief_id) == {"render": 1, "score": 1}


def test_a_job_nobody_handed_out_is_found(working: Working) -> None:
    job_id = add_job(working.studio, working.ada)
    assert _ended(working, job_id).state == "done"


def test_a_failure_ends_the_job_with_its_sentence(working: Working) -> None:
    failing = fail_with(InvalidInput("The model has no such style."))
    job_id, brief_id = _started(working, render=failing)
    job = _ended(working, job_id)
    assert (job.state, job.error) == ("failed", "The model has no such style.")
    assert calls(working.studio.settings, brief_id) == {"render": 1}


def test_a_mistake_in_a_tool_ends_the_job_without_its_words(working: Working) -> None:
    job_id, _ = _started(working, score=fail_with(KeyError("secret")))
    job = _ended(working, job_id)
    assert job.state == "failed"
    assert job.error == "score failed unexpectedly; the studio's log has the details."


def test_a_job_cancelled_while_it_waits_is_not_rendered(working: Working) -> None:
    job_id = add_job(working.studio, working.ada, state="cancelled")
    working.studio.dispatch("generate", job_id)
    marker, _ = _started(working)
    _ended(working, marker)
    assert job_of(working.studio, job_id).state == "cancelled"
    assert calls(working.studio.settings, job_of(working.studio, job_id).brief_id) == {}


def test_a_job_cancelled_while_it_is_rendered_stays_cancelled(working: Working) -> None:
    def cancel(call: OpenCall) -> None:
        with call.studio.db.write() as session:
            session.execute(update(Job).where(Job.state == "running").values(state="cancelled"))

    job_id, brief_id = _started(working, render=cancel)
    until(lambda: job_of(working.studio, job_id).state == "cancelled")
    marker, _ = _started(working)
    _ended(working, marker)
    assert job_of(working.studio, job_id).state == "cancelled"
    assert calls(working.studio.settings, brief_id) == {"render": 1}


def test_a_role_that_is_gone_stops_the_job(working: Working) -> None:
    with working.studio.db.write() as session:
        set_role(session, working.bob.person_id, working.bob.guild, Role.MEMBER)
    job_id = add_job(working.studio, working.bob)
    brief_id = job_of(working.studio, job_id).brief_id
    working.studio.dispatch("generate", job_id)
    job = _ended(working, job_id)
    assert job.state == "failed"
    assert job.error == "render needs the role creator; you are member."
    assert calls(working.studio.settings, brief_id) == {}


def test_a_job_whose_workflow_ended_without_an_outcome_fails_and_says_so(
    working: Working,
) -> None:
    from dbos import DBOS

    hold(working.studio.settings, "render").touch()
    job_id, _ = _started(working)
    until(lambda: job_of(working.studio, job_id).state == "running")
    DBOS.cancel_workflow(f"generate:{job_id}")
    job = _ended(working, job_id)
    hold(working.studio.settings, "render").unlink()
    assert job.state == "failed"
    assert job.error is not None
    assert "stopped again and again" in job.error


def test_there_are_no_other_workflows(working: Working) -> None:
    with pytest.raises(NotFound, match="use generate, round, bracket or mint"):
        working.studio.dispatch("dance", "job_1")
