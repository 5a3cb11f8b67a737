"""A tool for tests that strikes a finished, shortlisted candidate without running a model.

The picture is one that the project draws itself; rows, store and record are the real ones.
"""

from tools.catalogue import TOOLS
from tools.definition import ANY_WAY, Input, Output, tool
from tools.generation.candidates import CandidateOut, candidates_of_brief
from tools.generation.infotext import Infotext
from tools.generation.pixels import enlarge, pixel_sha256
from tools.generation.png import encode_png
from tools.generation.tables import Brief, Candidate
from tools.metadata.collection import collection_of
from tools.metadata.store import store_of
from tools.people import Actor, Role
from tools.provenance.canonical import digest
from tools.provenance.commitments import commit
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.log import sha256
from tools.scoring.duplicates import perceptual_hash
from tools.scoring.score import VerdictOut
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
    """The candidate that was struck: what asking, making and scoring would give back."""

    candidate_id: str
    brief_id: str
    collection: str
    count: int
    seeds: list[str]
    traits: dict[str, str]
    candidates: list[CandidateOut]
    verdicts: list[VerdictOut]


@tool(least_role=Role.CREATOR, ways=ANY_WAY)
def strike(call: OpenCall, wish: StrikeIn) -> StruckOut:
    """Strike a shortlisted candidate."""
    import random

    collection = collection_of(call.studio)
    traits = collection.complete({"species": wish.species}, random.Random(wish.seed))
    image = enlarge(draw(traits, wish.seed), 16)
    candidate_id = short_id("c")
    data = encode_png(image, Infotext("a fox", "", ()), candidate_id)
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
        id=candidate_id,
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
            "model": {
                "name": "drawn",
                "source": "drawn",
                "revision": "1",
                "digest": MODEL_DIGEST,
            },
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
        session.flush()
        shown = candidates_of_brief(session, brief.id)
    _note(call, brief, candidate, collection.digest)
    said = VerdictOut(candidate_id=candidate_id, verdict="shortlisted", score=900, reasons=[])
    return StruckOut(
        candidate_id=candidate_id,
        brief_id=brief.id,
        collection=collection.slug,
        count=1,
        seeds=[brief.seed],
        traits=brief.traits,
        candidates=shown,
        verdicts=[said],
    )


def _note(call: OpenCall, brief: Brief, candidate: Candidate, collection: str) -> None:
    """What create, render and score note of their work."""
    picture = {
        "candidate": candidate.id,
        "pixels": candidate.pixel_sha256,
        "recipe": candidate.recipe,
    }
    call.note(
        model=MODEL_DIGEST,
        collection=collection,
        prompt=brief.prompt,
        negative_prompt=brief.negative_prompt,
        settings=digest(brief.settings),
        generation={"model": MODEL_DIGEST, "pictures": [picture]},
        thresholds={},
    )


def striking_studio(settings: Settings) -> Studio:
    """A studio with every tool, and `strike`."""
    return Studio(settings, (*TOOLS, strike))


def struck(studio: Studio, creator: Actor, seed: int = 7, species: str = "fox") -> str:
    """Strike a candidate; its id."""
    output = studio.door.call("strike", {"seed": seed, "species": species}, creator)
    assert isinstance(output, StruckOut)
    return output.candidate_id
