"""Every picture of a brief gets its scores and one verdict with reasons, run once or often."""

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from tests.conftest import sign_in_to
from tests.tools.generation.studio_work import ask, candidates, count
from tools.definition import BY_WORKFLOW, Input, Output, tool
from tools.errors import IntegrityError, NotFound
from tools.generation.create import create
from tools.generation.pixels import enlarge, pixel_sha256
from tools.generation.tables import Brief, Candidate
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Actor, Role
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.log import sha256
from tools.scoring import tables
from tools.scoring.duplicates import perceptual_hash
from tools.scoring.score import ScoreOut, score
from tools.settings import Settings
from tools.studio import Studio
from tools.training.drawing import draw

FOX = {
    "species": "fox",
    "palette": "violet",
    "background": "night",
    "eyes": "round",
    "mouth": "smile",
    "headgear": "crown",
    "clothing": "robe",
    "accessory": "wand",
}
CAT = FOX | {"species": "cat", "palette": "amber", "background": "desert", "headgear": "none"}

SCENES = ("night", "ocean", "desert", "city", "forest", "volcano")


class HangIn(Input):
    """A drawn picture to hang in a brief's place."""

    brief_id: str
    shows: dict[str, str]  # the traits that are drawn; none: a blank picture
    seed: int = 1


class HangOut(Output):
    """The candidate."""

    candidate_id: str


@tool(least_role=Role.CREATOR, ways=BY_WORKFLOW)
def hang(call: OpenCall, wish: HangIn) -> HangOut:
    """Keep a drawing as the brief's next candidate, as if the model had made it."""
    import io

    blank = Image.new("RGB", (32, 32), (40, 40, 40))
    image = enlarge(draw(wish.shows, wish.seed) if wish.shows else blank, 16)
    file = io.BytesIO()
    image.save(file, "PNG")
    cid = store_of(call.studio).put(file.getvalue())
    ordinal = len(candidates(call.studio, wish.brief_id))
    with call.studio.db.write() as session:
        brief = session.get_one(Brief, wish.brief_id)
        row = Candidate(
            id=short_id("c"),
            tool_call_id=call.id,
            brief_id=brief.id,
            person_id=brief.person_id,
            collection=brief.collection,
            ordinal=ordinal,
            seed=str(wish.seed),
            traits=brief.settings["pictures"][ordinal]["traits"],
            image_cid=str(cid),
            image_sha256=sha256(file.getvalue()),
            pixel_sha256=pixel_sha256(image),
            perceptual_hash=perceptual_hash(image),
            width=512,
            height=512,
            recipe={},
        )
        session.add(row)
    return HangOut(candidate_id=row.id)


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    with Studio(sqlite_settings, (create, hang, score)) as studio:
        yield studio


@pytest.fixture
def ada(studio: Studio) -> Actor:
    return sign_in_to(studio, "ada", Role.CREATOR)


def hung(studio: Studio, actor: Actor, *drawings: dict[str, str], **wish: Any) -> str:
    """A brief for violet foxes whose places are taken by these drawings; its id."""
    job = ask(studio, actor, prompt="a fox", traits=FOX, count=len(drawings), **wish)
    for place, shows in enumerate(drawings):
        arguments = {"brief_id": job.brief_id, "shows": shows, "seed": place}
        studio.door.call("hang", arguments, actor.by("workflow"))
    return job.brief_id


def judged(studio: Studio, actor: Actor, brief_id: str) -> ScoreOut:
    out = studio.door.call("score", {"brief_id": brief_id}, actor.by("workflow"))
    assert isinstance(out, ScoreOut)
    return out


def test_a_picture_that_shows_what_was_asked_is_shortlisted(studio: Studio, ada: Actor) -> None:
    (verdict,) = judged(studio, ada, hung(studio, ada, FOX)).verdicts
    assert verdict.verdict == "shortlisted"
    assert verdict.reasons[0].startswith("shows 8 of 8 wished traits")


def test_a_picture_of_something_else_is_rejected_with_what_is_missing(
    studio: Studio, ada: Actor
) -> None:
    other = CAT | {"eyes": "angry", "clothing": "suit", "accessory": "sword"}
    (verdict,) = judged(studio, ada, hung(studio, ada, other)).verdicts
    assert verdict.verdict == "rejected"
    assert any("asked for species fox, reader sees cat" in why for why in verdict.reasons)


def test_a_blank_picture_is_broken_and_scores_nothing(studio: Studio, ada: Actor) -> None:
    (verdict,) = judged(studio, ada, hung(studio, ada, {})).verdicts
    assert (verdict.verdict, verdict.score) == ("broken", 0)
    assert "blank" in verdict.reasons[0]


def test_the_second_of_two_equal_pictures_is_the_duplicate(studio: Studio, ada: Actor) -> None:
    brief = ask(studio, ada, prompt="a fox", traits=FOX, count=2).brief_id
    for _ in range(2):
        arguments = {"brief_id": brief, "shows": FOX, "seed": 5}
        studio.door.call("hang", arguments, ada.by("workflow"))
    first, second = judged(studio, ada, brief).verdicts
    assert (first.verdict, second.verdict) == ("shortlisted", "rejected")
    assert f"near duplicate of {first.candidate_id}" in second.reasons[0]


def test_duplicates_are_found_in_other_peoples_briefs_too(studio: Studio, ada: Actor) -> None:
    bob = sign_in_to(studio, "bob", Role.CREATOR)
    first = judged(studio, ada, hung(studio, ada, FOX)).verdicts[0]
    again = judged(studio, bob, hung(studio, bob, FOX)).verdicts[0]
    assert f"near duplicate of {first.candidate_id}" in again.reasons[0]


def test_every_scorer_leaves_a_row_with_its_version(studio: Studio, ada: Actor) -> None:
    judged(studio, ada, hung(studio, ada, FOX))
    with studio.db.read() as session:
        rows = {row.scorer: row for row in session.scalars(select(tables.Score))}
        verdict = session.scalars(select(tables.Verdict)).one()
    assert set(rows) == {"check", "phash-ycbcr", "quality", "fidelity"}
    assert all(row.passed and row.version for row in rows.values())
    assert "reader-" in rows["fidelity"].version
    assert verdict.thresholds["fidelity_at_least"] == 600


def test_scoring_again_changes_nothing(studio: Studio, ada: Actor) -> None:
    brief = hung(studio, ada, FOX, CAT)
    first = judged(studio, ada, brief)
    before = count(studio, tables.Score)
    assert judged(studio, ada, brief) == first
    assert count(studio, tables.Score) == before


def test_pictures_that_came_later_are_scored_when_it_runs_again(studio: Studio, ada: Actor) -> None:
    brief = ask(studio, ada, prompt="a fox", traits=FOX, count=2).brief_id
    for seed in (1, 2):
        arguments = {"brief_id": brief, "shows": FOX | {"mouth": "open"}, "seed": seed}
        studio.door.call("hang", arguments, ada.by("workflow"))
        assert len(judged(studio, ada, brief).verdicts) == seed


def test_good_pictures_beyond_the_places_of_the_shortlist_only_pass(
    studio: Studio, ada: Actor
) -> None:
    moods = ({"mouth": m, "eyes": e} for m in ("smile", "open", "fangs") for e in ("round", "wink"))
    drawings = [FOX | mood | {"background": b} for mood, b in zip(moods, SCENES, strict=True)]
    verdicts = judged(studio, ada, hung(studio, ada, *drawings)).verdicts
    assert [v.verdict for v in verdicts].count("shortlisted") == 4
    assert [v.verdict for v in verdicts].count("passed") == 2
    passed = next(v for v in verdicts if v.verdict == "passed")
    assert passed.reasons[0] == "good, but others of its brief go to people first"


def test_an_altered_file_is_no_verdict_but_an_alarm(studio: Studio, ada: Actor) -> None:
    brief = hung(studio, ada, FOX)
    cid = Cid.parse(candidates(studio, brief)[0].image_cid)
    path = store_of(studio).path(cid)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IntegrityError, match="has been altered"):
        judged(studio, ada, brief)
    assert count(studio, tables.Verdict) == 0


def test_an_unknown_brief_is_not_found(studio: Studio, ada: Actor) -> None:
    with pytest.raises(NotFound):
        judged(studio, ada, "b_none")
