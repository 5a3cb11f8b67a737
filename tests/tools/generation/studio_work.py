"""What the tests of generation and scoring do at the door, in one line each."""

from typing import Any

from sqlalchemy import func, select

from tools.generation.briefs import JobOut
from tools.generation.jobs import JobStatus
from tools.generation.render import RenderOut
from tools.generation.tables import Candidate
from tools.people import Actor
from tools.provenance.tables import Base
from tools.studio import Studio


def ask(studio: Studio, actor: Actor, **wish: Any) -> JobOut:
    """A wish for pictures."""
    out = studio.door.call("create", {"prompt": "a fox at sea", **wish}, actor)
    assert isinstance(out, JobOut)
    return out


def paint(studio: Studio, actor: Actor, brief_id: str) -> RenderOut:
    """The step of durable work that makes a brief's pictures."""
    out = studio.door.call("render", {"brief_id": brief_id}, actor.by("workflow"))
    assert isinstance(out, RenderOut)
    return out


def status(studio: Studio, actor: Actor, job_id: str) -> JobStatus:
    """Where a job stands."""
    out = studio.door.call("job_status", {"job_id": job_id}, actor)
    assert isinstance(out, JobStatus)
    return out


def candidates(studio: Studio, brief_id: str) -> list[Candidate]:
    """The rows of a brief's pictures, in order."""
    query = select(Candidate).filter_by(brief_id=brief_id).order_by(Candidate.ordinal)
    with studio.db.read() as session:
        return list(session.scalars(query))


def count(studio: Studio, table: type[Base]) -> int:
    """How many rows a table has."""
    with studio.db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
