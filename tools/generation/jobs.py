"""Jobs: where the making of pictures stands, and calling it off.

    queued → running → done
       └───────┴─────→ cancelled, failed

A job moves only forward: every change names the states it may come from, so a cancel and a finish
at the same moment end in one of the two.
"""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tools.definition import PRIVATE, Input, Output, tool
from tools.errors import Conflict, NotFound, Refused
from tools.generation import previews
from tools.generation.candidates import CandidateOut, candidates_of_brief
from tools.generation.previews import Sheet
from tools.generation.tables import Brief, Job, Preview
from tools.generation.waiting import DONE, RUNNING, UNFINISHED, position_of, time_left
from tools.people import Role
from tools.phrases import word
from tools.provenance.effects import OpenCall
from tools.provenance.tables import now
from tools.studio import Studio

FAILED, CANCELLED = "failed", "cancelled"


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
    eta_s: int | None  # until it is done, as far as that can be told
    creator_id: str
    parent_id: str | None  # the picture that its pictures descend from
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
            raise Conflict(
                "The job {job} is {state} already; there is nothing to cancel.",
                job=job.id,
                state=word(job.state),
            )
        session.refresh(job)
        return status_of(session, job.id)


def status_of(session: Session, job_id: str) -> JobStatus:
    """Where a job stands; raises `NotFound`."""
    job = job_of(session, job_id)
    brief = session.get_one(Brief, job.brief_id)
    return JobStatus(
        job_id=job.id,
        brief_id=job.brief_id,
        state=job.state,
        stage=job.stage,
        progress=job.progress,
        position=position_of(session, job.id),
        eta_s=time_left(session, job.id),
        creator_id=brief.person_id,
        parent_id=brief.parent_candidate_id,
        error=job.error,
        candidates=candidates_of_brief(session, job.brief_id),
    )


def job_of(session: Session, job_id: str) -> Job:
    """The job; raises `NotFound`."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(
            "There is no job {job!r}; `create` tells the id of a new one.", job=job_id[:32]
        )
    return job


def begin(studio: Studio, job_id: str) -> None:
    """Take a job up, also one that a dead process had taken up already.

    Raises:
        Conflict: if it is finished or was cancelled.
    """
    with studio.db.write() as session:
        job = job_of(session, job_id)
        started: datetime = job.started_at or now()
        if not move(session, job_id, UNFINISHED, state=RUNNING, started_at=started):
            raise Conflict(
                "The job {job} is {state}: nothing more is made for it.",
                job=job_id,
                state=word(job.state),
            )


def report(
    studio: Studio, job_id: str, stage: str, progress: int, sheet: Sheet | None = None
) -> bool:
    """Note how far a running job is, in thousandths, and what can be seen of its pictures.

    Returns whether it is still wanted.
    """
    with studio.db.write() as session:
        is_wanted = move(session, job_id, (RUNNING,), stage=stage, progress=progress)
        if is_wanted and sheet is not None:
            previews.keep(session, job_id, sheet)
        return is_wanted


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
    """Change a job if it is in one of these states; returns whether it was.

    What its pictures look like so far goes when the job ends.
    """
    changed = session.execute(
        update(Job).where(Job.id == job_id, Job.state.in_(from_states)).values(**to)
    )
    if to.get("state") in (DONE, FAILED, CANCELLED):
        session.execute(delete(Preview).where(Preview.job_id == job_id))
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
