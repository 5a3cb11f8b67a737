"""The pictures of a brief: rendered, then scored, then the job is done.

queued → running → done
                 → failed, with the sentence of what failed
cancelled stays cancelled, whenever it comes
"""

from agents.workflows.durable import Order, Outcome, call_tool, step, workflow
from tools.errors import Conflict, NotFound
from tools.generation import jobs
from tools.generation.render import RENDERED
from tools.generation.tables import Brief
from tools.people import Actor
from tools.provenance.tables import Person
from tools.studio import Studio


def order(job_id: str) -> Order:
    """What to run for a job."""
    return Order("generate", f"generate:{job_id}", (job_id,))


@workflow
def generate(job_id: str) -> None:
    """Render and score the brief of a job."""
    if not step("begin", _begin, job_id):
        return
    outcome = step("render", _call, job_id, "render")
    if outcome.is_done and step("drawn", jobs.report, job_id, "scoring", RENDERED):
        outcome = step("score", _call, job_id, "score")
    step("finish", _finish, job_id, outcome)


def _begin(studio: Studio, job_id: str) -> bool:
    """Take the job up; returns whether there is still something to do."""
    try:
        jobs.begin(studio, job_id)
    except (Conflict, NotFound):
        return False
    return True


def _call(studio: Studio, job_id: str, tool: str) -> Outcome:
    brief_id, creator = _brief_and_creator(studio, job_id)
    return call_tool(studio, tool, {"brief_id": brief_id}, creator)


def _finish(studio: Studio, job_id: str, outcome: Outcome) -> None:
    if outcome.is_done:
        jobs.finish(studio, job_id)
    else:
        jobs.fail(studio, job_id, outcome.sentence)


def _brief_and_creator(studio: Studio, job_id: str) -> tuple[str, Actor]:
    """The brief, and its creator as who the work is done; their role is read afresh at the door."""
    with studio.db.read() as session:
        job = jobs.job_of(session, job_id)
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
