"""A tool for tests that strikes a finished, shortlisted candidate without running a model.

The picture is one that the project draws itself; rows, store and record are the real ones.
"""

from tools.catalogue import TOOLS
from tools.definition import ANY_WAY, Input, Output, tool
from tools.generation.infotext import Infotext
from tools.generation.pixels import enlarge, pixel_sha256
from tools.generation.png import encode_png
from tools.generation.tables import Brief, Candidate
from tools.metadata.collection import collection_of
from tools.metadata.store import store_of
from tools.people import Actor, Role
from tools.provenance.commitments import commit
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.log import sha256
from tools.scoring.duplicates import perceptual_hash
from tools.scoring.tables import Verdict
from tools.settings import Settings
from tools.studio import Studio
from tools.training.drawing import draw

MODEL_DIGEST = sha256(b"a model's bundle")


class StrikeIn(Input):
    """Which picture to strike."""

    seed: int = 7
    species: str = "fox"


class StruckOut(Output):
    """The candidate that was struck."""

    candidate_id: str


@tool(least_role=Role.CREATOR, ways=ANY_WAY)
def strike(call: OpenCall, wish: StrikeIn) -> StruckOut:
    """Strike a shortlisted candidate."""
    import random

    collection = collection_of(call.studio)
    traits = collection.complete({"species": wish.species}, random.Random(wish.seed))
    image = enlarge(draw(traits, wish.seed), 16)
    data = encode_png(image, Infotext("a fox", "", {}), call.id)
    cid = store_of(call.studio).put(data)
    brief = Brief(
        id=short_id("b"),
        tool_call_id=call.id,
        person_id=call.actor.person_id,
        collection=collection.slug,
        collection_digest=collection.digest,
        prompt=commit("a fox").digest,
        negative_prompt=commit("").digest,
        traits={"species": wish.species},
        count=1,
        seed=str(wish.seed),
        settings={},
    )
    candidate = Candidate(
        id=short_id("c"),
        tool_call_id=call.id,
        brief_id=brief.id,
        person_id=call.actor.person_id,
        collection=collection.slug,
        ordinal=0,
        seed=str(wish.seed),
        traits=traits,
        image_cid=str(cid),
        image_sha256=sha256(data),
        pixel_sha256=pixel_sha256(image),
        perceptual_hash=perceptual_hash(image),
        width=image.width,
        height=image.height,
        recipe={
            "model": {"name": "drawn", "revision": "1", "digest": MODEL_DIGEST},
            "loras": [],
            "scheduler": {"name": "none", "digest": sha256(b"")},
            "steps": 1,
            "guidance": "1",
            "width": 32,
            "height": 32,
        },
    )
    verdict = Verdict(
        candidate_id=candidate.id,
        tool_call_id=call.id,
        verdict="shortlisted",
        value=900,
        reasons=[],
        thresholds={},
    )
    with call.studio.db.write() as session:
        session.add(brief)
        session.flush()
        session.add(candidate)
        session.flush()
        session.add(verdict)
    return StruckOut(candidate_id=candidate.id)


def striking_studio(settings: Settings) -> Studio:
    """A studio with every tool, and `strike`."""
    return Studio(settings, (*TOOLS, strike))


def struck(studio: Studio, creator: Actor, seed: int = 7, species: str = "fox") -> str:
    """Strike a candidate; its id."""
    output = studio.door.call("strike", {"seed": seed, "species": species}, creator)
    assert isinstance(output, StruckOut)
    return output.candidate_id
