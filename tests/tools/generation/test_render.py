"""Prompts become pictures that can be made again, and nothing is kept by halves."""

from typing import Any

from sqlalchemy import select

from tools.generation.create import JobOut
from tools.generation.infotext import read_infotext
from tools.generation.render import RenderOut
from tools.generation.tables import Candidate
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Actor
from tools.studio import Studio


def ask(studio: Studio, actor: Actor, **wish: Any) -> JobOut:
    out = studio.door.call("create", {"prompt": "a fox at sea", **wish}, actor)
    assert isinstance(out, JobOut)
    return out


def paint(studio: Studio, actor: Actor, brief_id: str) -> RenderOut:
    out = studio.door.call("render", {"brief_id": brief_id}, actor.by("workflow"))
    assert isinstance(out, RenderOut)
    return out


def pixels(studio: Studio, brief_id: str) -> list[str]:
    query = select(Candidate.pixel_sha256).filter_by(brief_id=brief_id)
    with studio.db.read() as session:
        return list(session.scalars(query.order_by(Candidate.ordinal)))


def test_a_brief_becomes_candidates_with_files_and_recipes(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, count=2, seed=7)
    made = paint(studio, ada, job.brief_id).candidates
    assert [c.seed for c in made] == ["7", "8"]
    data = store_of(studio).get(Cid.parse(made[0].image_cid))
    infotext = read_infotext(data)
    assert infotext is not None
    assert infotext.prompt.startswith("a fox at sea, ")
    assert infotext.setting("Seed") == "7"
    assert (made[0].width, made[0].height) == (16, 16)
