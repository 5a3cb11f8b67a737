"""The queue: who waits for pictures, in which place, and how long it will be.

The time is guessed from what jobs really took lately. The pace is the time in which anything was
made at all, divided by the pictures that came of it: so it holds whether one job is made at a time
or several on several machines.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tools.definition import PRIVATE, Input, Output, tool
from tools.generation.tables import Brief, Job
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person, now

QUEUED, RUNNING, DONE = "queued", "running", "done"
UNFINISHED = (QUEUED, RUNNING)

_RECENT = 20  # finished jobs from which the pace is taken
_SHOWN = 25  # jobs that are listed
_TELLING = 100  # thousandths from which a job's own progress tells how long it takes


class QueueIn(Input):
    """No arguments."""


class QueuedOut(Output):
    """A job that is not finished."""

    position: int  # 1 is next; 0 while it is made
    job_id: str
    state: str
    stage: str
    progress: int  # thousandths
    creator_id: str
    creator: Annotated[str, PRIVATE]
    collection: str
    count: int
    eta_s: int | None
    yours: bool


class QueueOut(Output):
    """The unfinished jobs of this guild, in their order."""

    jobs: list[QueuedOut]
    elsewhere: int  # unfinished jobs of other guilds, which the same machines make


@tool(least_role=Role.MEMBER)
def queue(call: OpenCall, _: QueueIn) -> QueueOut:
    """Show the jobs that wait or are being made, with their places and the time left."""
    with call.studio.db.read() as session:
        rows = session.execute(
            select(Job, Brief, Person.name)
            .join(Brief, Brief.id == Job.brief_id)
            .join(Person, Person.id == Brief.person_id)
            .where(Job.state.in_(UNFINISHED))
            .order_by(Job.state.desc(), Job.created_at)  # those that are made stand first
        ).all()
        here = [row for row in rows if row[0].guild == call.actor.guild]
        jobs = [_queued(session, call, *row) for row in here[:_SHOWN]]
    return QueueOut(jobs=jobs, elsewhere=len(rows) - len(here))


def _queued(
    session: Session, call: OpenCall, job: Job, brief: Brief, creator: str | None
) -> QueuedOut:
    return QueuedOut(
        position=position_of(session, job.id),
        job_id=job.id,
        state=job.state,
        stage=job.stage,
        progress=job.progress,
        creator_id=brief.person_id,
        creator=creator or "someone",
        collection=brief.collection,
        count=brief.count,
        eta_s=time_left(session, job.id),
        yours=brief.person_id == call.actor.person_id,
    )


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


def jobs_before(session: Session, job: Job) -> int:
    """How many jobs are made or wait before it."""
    before = select(func.count()).where(
        Job.state.in_(UNFINISHED), Job.created_at < job.created_at, Job.id != job.id
    )
    return session.scalar(before) or 0


def time_left(session: Session, job_id: str) -> int | None:
    """Seconds until the job is done; None when nothing tells, and once it has ended."""
    job = session.get_one(Job, job_id)
    if job.state == RUNNING and job.started_at is not None and job.progress >= _TELLING:
        spent = (now() - job.started_at).total_seconds()
        return round(spent * (1000 - job.progress) / job.progress)
    if job.state not in UNFINISHED:
        return None
    seconds = pace(session)
    return None if seconds is None else round(seconds * _pictures_until(session, job))


def _pictures_until(session: Session, job: Job) -> float:
    """How many pictures have yet to be made until those of this job are there."""
    own = session.get_one(Brief, job.brief_id).count * _rest(job)
    if job.state == RUNNING:
        return own
    before = session.execute(
        select(Job, Brief.count)
        .join(Brief, Brief.id == Job.brief_id)
        .where(Job.state.in_(UNFINISHED), Job.created_at < job.created_at, Job.id != job.id)
    )
    return own + sum(count * _rest(other) for other, count in before)


def _rest(job: Job) -> float:
    return (1000 - job.progress) / 1000


def pace(session: Session) -> float | None:
    """Seconds a picture took lately; None before the first job is done."""
    ended = session.execute(
        select(Job.started_at, Job.ended_at, Brief.count)
        .join(Brief, Brief.id == Job.brief_id)
        .where(Job.state == DONE)
        .order_by(Job.ended_at.desc())
        .limit(_RECENT)
    )
    spans = [(began, end, count) for began, end, count in ended if began and end]
    pictures = sum(count for _, _, count in spans)
    return _busy_s((began, end) for began, end, _ in spans) / pictures if pictures else None


def _busy_s(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """The seconds that lie in at least one of the spans."""
    busy, until = 0.0, None
    for began, end in sorted(spans):
        begin = began if until is None else max(began, until)
        busy += max(0.0, (end - begin).total_seconds())
        until = end if until is None else max(until, end)
    return busy
