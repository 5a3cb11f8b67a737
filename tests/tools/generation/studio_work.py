"""What the tests of generation and scoring do at the door, in one line each."""

import random
from typing import Any

from PIL import Image
from sqlalchemy import func, select

from tests.rows import DIGEST, add_brief, add_call
from tools.generation.briefs import JobOut
from tools.generation.candidates import CandidateOut
from tools.generation.fingerprints import fingerprints
from tools.generation.infotext import Infotext
from tools.generation.jobs import JobStatus, finish
from tools.generation.pixels import enlarge
from tools.generation.png import encode_png
from tools.generation.render import RenderOut
from tools.generation.tables import Candidate
from tools.metadata.store import store_of
from tools.people import Actor, Role
from tools.provenance.effects import OpenCall, inside
from tools.provenance.identifiers import short_id
from tools.provenance.tables import Base
from tools.scoring.tables import Verdict
from tools.studio import Studio
from tools.training.drawing import draw
from tools.training.traits import complete

RECIPE = Infotext("a fox", "", (("Steps", "12"), ("Seed", "1"), ("Model", "house")))


def ask(studio: Studio, actor: Actor, **wish: Any) -> JobOut:
    """A wish for pictures."""
    out = studio.door.call("create", {"prompt": "a fox at sea", **wish}, actor)
    assert isinstance(out, JobOut)
    return out


def descend(studio: Studio, actor: Actor, tool: str, **wish: Any) -> JobOut:
    """A wish to vary, remix or reseed a picture."""
    out = studio.door.call(tool, wish, actor)
    assert isinstance(out, JobOut)
    return out


def made(studio: Studio, actor: Actor, **wish: Any) -> list[CandidateOut]:
    """Pictures, painted and their job over."""
    job = ask(studio, actor, **wish)
    painted = paint(studio, actor, job.brief_id).candidates
    finish(studio, job.job_id)
    return painted


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


def drawn(seed: int) -> Image.Image:
    """A character as the house model would draw it, at the size at which it is shown."""
    return enlarge(draw(complete({}, random.Random(seed)), seed), 16)


def hang(
    studio: Studio, actor: Actor, image: Image.Image, *, palette: str | None = DIGEST
) -> Candidate:
    """A finished picture of this creator, on the shortlist, with its file in the store."""
    id, call_id = short_id("c"), add_call(studio, actor, "render")
    png = encode_png(image, RECIPE, id)
    seen = fingerprints(png)
    with inside(OpenCall(call_id, studio, actor, Role.CREATOR, intent_digest="")):
        cid = store_of(studio).put(png)
    row = Candidate(
        id=id,
        tool_call_id=call_id,
        brief_id=add_brief(studio, actor),
        person_id=actor.person_id,
        collection="mintlings",
        ordinal=0,
        seed="1",
        traits={},
        image_cid=str(cid),
        image_sha256=seen.image_sha256,
        pixel_sha256=seen.pixel_sha256,
        perceptual_hash=seen.perceptual_hash,
        width=image.width,
        height=image.height,
        recipe={"finish": {"palette": palette}},
    )
    verdict = Verdict(
        candidate_id=id,
        tool_call_id=call_id,
        verdict="shortlisted",
        value=900,
        reasons=[],
        thresholds={},
    )
    with studio.db.write() as session:
        session.add(row)
        session.flush()
        session.add(verdict)
    return row
