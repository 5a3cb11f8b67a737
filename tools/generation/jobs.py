"""Jobs: where the making of pictures stands, and calling it off.

    queued → running → done
       └───────┴─────→ cancelled, failed

A job moves only forward: every change names the states it may come from, so a cancel and a finish
at the same moment end in one of the two.
"""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tools.definition import PRIVATE, Input, Output, tool
from tools.errors import Conflict, NotFound, Refused
from tools.generation.candidates import CandidateOut, candidates_of_brief
from tools.generation.tables import Brief, Job
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import now
from tools.studio import Studio

QUEUED, RUNNING, DONE = "queued", "running", "done"
FAILED, CANCELLED = "failed", "cancelled"
UNFINISHED = (QUEUED, RUNNING)


class JobIn(Input):
    """Which job."""

    job_id: str


class JobStatus(Output):
    """Where a job stands."""

    job_id: str
    brief_id: str
    state: str  # queued, running, done, failed or cancelled
    stage: str  # what is being done, in words
    progress: int  # thousandths
    position: int  # in the queue: 1 is next; 0 once it has begun
    error: Annotated[str | None, PRIVATE]  # why it failed
    candidates: list[CandidateOut]


@tool(least_role=Role.MEMBER)
def job_status(call: OpenCall, which: JobIn) -> JobStatus:
    """Tell where a job stands and show the pictures made so far."""
    with call.studio.db.read() as session:
        return status_of(session, which.job_id)


@tool(least_role=Role.CREATOR)
def cancel_job(call: OpenCall, which: JobIn) -> JobStatus:
    """Call off a job that is not finished: your own, or any as an operator."""
    with call.studio.db.write() as session:
        job = job_of(session, which.job_id)
        brief = session.get_one(Brief, job.brief_id)
        if brief.person_id != call.actor.person_id and not call.role.reaches(Role.OPERATOR):
            raise Refused("This job is someone else's: only they or an operator can cancel it.")
        moved = move(
            session, job.id, UNFINISHED, state=CANCELLED, stage="cancelled", ended_at=now()
        )
        if not moved:
            session.refresh(job)
            raise Conflict(f"The job {job.id} is {job.state} already; there is nothing to cancel.")
        session.refresh(job)
        return status_of(session, job.id)


def status_of(session: Session, job_id: str) -> JobStatus:
    """Where a job stands; raises `NotFound`."""
    job = job_of(session, job_id)
    return JobStatus(
        job_id=job.id,
        brief_id=job.brief_id,
        state=job.state,
        stage=job.stage,
        progress=job.progress,
        position=position_of(session, job.id),
        error=job.error,
        candidates=candidates_of_brief(session, job.brief_id),
    )


def job_of(session: Session, job_id: str) -> Job:
    """The job; raises `NotFound`."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id[:32]!r}; `create` tells the id of a new one.")
    return job


def position_of(session: Session, job_id: str) -> int:
    """The job's place in the queue: 1 is next, 0 once it has begun or ended."""
    job = session.get_one(Job, job_id)
    if job.state != QUEUED:
        return 0
    ahead = session.scalar(
        select(func.count())
        .select_from(Job)
        .where(Job.state == QUEUED, Job.created_at < job.created_at)
    )
    return 1 + (ahead or 0)


def begin(studio: Studio, job_id: str) -> None:
    """Take a job up, also one that a dead process had taken up already.

    Raises:
        Conflict: if it is finished or was cancelled.
    """
    with studio.db.write() as session:
        job = job_of(session, job_id)
        started: datetime = job.started_at or now()
        if not move(session, job_id, UNFINISHED, state=RUNNING, started_at=started):
            raise Conflict(f"The job {job_id} is {job.state}: nothing more is made for it.")


def report(studio: Studio, job_id: str, stage: str, progress: int) -> bool:
    """Note how far a running job is, in thousandths; returns whether it is still wanted."""
    with studio.db.write() as session:
        return move(session, job_id, (RUNNING,), stage=stage, progress=progress)


def is_running(studio: Studio, job_id: str) -> bool:
    """Whether the job is still wanted."""
    with studio.db.read() as session:
        return job_of(session, job_id).state == RUNNING


def finish(studio: Studio, job_id: str) -> None:
    """The job is done; a job that was cancelled meanwhile stays so."""
    with studio.db.write() as session:
        move(session, job_id, UNFINISHED, state=DONE, stage="done", progress=1000, ended_at=now())


def fail(studio: Studio, job_id: str, sentence: str) -> None:
    """The job failed, for a reason fit to be shown."""
    ended = {"state": FAILED, "stage": "failed", "error": sentence, "ended_at": now()}
    with studio.db.write() as session:
        move(session, job_id, UNFINISHED, **ended)


def move(session: Session, job_id: str, from_states: tuple[str, ...], **to: Any) -> bool:
    """Change a job if it is in one of these states; returns whether it was."""
    changed = session.execute(
        update(Job).where(Job.id == job_id, Job.state.in_(from_states)).values(**to)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
