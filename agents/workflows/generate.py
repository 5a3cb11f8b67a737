"""The pictures of a brief: rendered, then scored, then the job is done.

queued → running → done
                 → failed, with the sentence of what failed
cancelled stays cancelled, whenever it comes
"""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import CursorResult

from agents.workflows.durable import Order, Outcome, call_tool, step, workflow
from tools.errors import NotFound
from tools.generation.tables import Brief, Job
from tools.people import Actor
from tools.provenance.tables import Person, now
from tools.studio import Studio

UNFINISHED = ("queued", "running")


def order(job_id: str) -> Order:
    """What to run for a job."""
    return Order("generate", f"generate:{job_id}", (job_id,))


@workflow
def generate(job_id: str) -> None:
    """Render and score the brief of a job."""
    if not step("begin", _begin, job_id):
        return
    outcome = step("render", _call, job_id, "render")
    if outcome.is_done and step("drawn", _say, job_id, "scoring"):
        outcome = step("score", _call, job_id, "score")
    step("finish", _finish, job_id, outcome)


def fail(studio: Studio, job_id: str, sentence: str) -> None:
    """The job ends here, with the reason; what ended otherwise already stays so."""
    _move(studio, job_id, state="failed", stage="failed", error=sentence, ended_at=now())


def _begin(studio: Studio, job_id: str) -> bool:
    """Whether there is still something to do; says so in the job."""
    moment: datetime = now()
    return _move(studio, job_id, state="running", stage="starting", started_at=moment)


def _say(studio: Studio, job_id: str, stage: str) -> bool:
    return _move(studio, job_id, stage=stage)


def _call(studio: Studio, job_id: str, tool: str) -> Outcome:
    brief_id, creator = _brief_and_creator(studio, job_id)
    return call_tool(studio, tool, {"brief_id": brief_id}, creator)


def _finish(studio: Studio, job_id: str, outcome: Outcome) -> None:
    if outcome.is_done:
        _move(studio, job_id, state="done", stage="done", progress=1000, ended_at=now())
    else:
        fail(studio, job_id, outcome.sentence)


def _brief_and_creator(studio: Studio, job_id: str) -> tuple[str, Actor]:
    """The brief, and its creator as who the work is done; their role is read afresh at the door."""
    with studio.db.read() as session:
        job = session.get(Job, job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id!r}.")
        person = session.get_one(Person, session.get_one(Brief, job.brief_id).person_id)
        creator = Actor(
            person.id,
            person.name or "",
            job.guild,
            job.channel,
            job.front_end,
            via="workflow",
            thread=job.thread,
        )
        return job.brief_id, creator


def _move(studio: Studio, job_id: str, **to: Any) -> bool:
    """Change a job that is not finished; returns whether it was still so."""
    unfinished = update(Job).where(Job.id == job_id, Job.state.in_(UNFINISHED))
    with studio.db.write() as session:
        result = session.execute(unfinished.values(**to))
    assert isinstance(result, CursorResult)  # what an UPDATE gives
    return result.rowcount == 1
