"""Pictures descend from pictures: varied, remixed, drawn again; lineage says whose they were."""

import pytest
from sqlalchemy import delete, select

from tests.conftest import sign_in_to
from tests.tools.generation.conftest import TOOLS, Painting
from tests.tools.generation.studio_work import (
    ask,
    candidates,
    count,
    descend,
    made,
    paint,
)
from tools.errors import InvalidInput, NotFound, Refused
from tools.generation.briefs import JobOut
from tools.generation.gallery import CandidateDetail
from tools.generation.tables import Brief, Candidate, Job
from tools.people import Actor, Role
from tools.provenance.tables import Plaintext, Record
from tools.settings import Settings
from tools.studio import Studio


def brief_of(studio: Studio, job: JobOut) -> Brief:
    with studio.db.read() as session:
        return session.get_one(Brief, job.brief_id)


def planned(studio: Studio, job: JobOut) -> list[dict[str, str]]:
    return [picture["traits"] for picture in brief_of(studio, job).settings["pictures"]]


def words(studio: Studio, commitment: str) -> Plaintext:
    with studio.db.read() as session:
        return session.get_one(Plaintext, commitment)


def prompts(studio: Studio, job: JobOut) -> list[str]:
    pictures = brief_of(studio, job).settings["pictures"]
    return [words(studio, picture["prompt"]).text for picture in pictures]


@pytest.fixture
def bob(studio: Studio) -> Actor:
    """Another creator."""
    return sign_in_to(studio, "bob", Role.CREATOR)


def test_whoever_varies_a_picture_is_the_creator_and_the_lineage_says_whose_it_was(
    settings: Settings, painting: Painting
) -> None:
    with Studio(painting(settings), TOOLS) as studio:
        ada, bob = (sign_in_to(studio, name, Role.CREATOR) for name in ("ada", "bob"))
        (parent,) = made(studio, ada, count=1)
        job = descend(studio, bob, "vary", candidate_id=parent.candidate_id, count=2)
        children = paint(studio, bob, job.brief_id).candidates
        assert job.parent_id == parent.candidate_id
        assert {(c.creator, c.parent_id) for c in children} == {("bob", parent.candidate_id)}
        child = children[0].candidate_id
        again = descend(studio, ada, "remix", candidate_id=child, prompt="a ship")
        (grandchild, *_) = paint(studio, ada, again.brief_id).candidates
        detail = studio.door.call("show_candidate", {"candidate_id": grandchild.candidate_id}, bob)
        assert isinstance(detail, CandidateDetail)
        assert [(a.candidate_id, a.how, a.creator) for a in detail.lineage] == [
            (child, "remix", "bob"),
            (parent.candidate_id, "vary", "ada"),
        ]
        shown = studio.door.call("show_candidate", {"candidate_id": parent.candidate_id}, bob)
        assert shown.model_dump()["descendants"] == 2


def test_a_variation_has_the_words_and_what_was_asked_for_but_other_seeds(
    studio: Studio, ada: Actor, bob: Actor
) -> None:
    (parent,) = made(studio, ada, prompt="a stormy sea", count=1)
    job = descend(studio, bob, "vary", candidate_id=parent.candidate_id, count=3)
    assert planned(studio, job) == [{"mood": "wild"}] * 3
    assert set(prompts(studio, job)) == {"a stormy sea, in a storm"}
    assert parent.seed not in job.seeds


def test_a_variation_changes_a_third_of_what_nobody_asked_for(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, collection="mintlings", prompt="a violet fox", count=1, model="house")
    parent = _as_if_painted(studio, ada, job)
    varied = descend(studio, ada, "vary", candidate_id=parent.id, count=8)
    for traits in planned(studio, varied):
        changed = {name for name in traits if traits[name] != parent.traits[name]}
        assert len(changed) == 2
        assert not changed & {"species", "palette"}


def test_what_a_remix_does_not_name_stays_as_it_was(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, collection="mintlings", prompt="a violet fox", count=1, model="house")
    parent = _as_if_painted(studio, ada, job)
    other = descend(studio, ada, "remix", candidate_id=parent.id, prompt="with a halo", count=2)
    assert planned(studio, other) == [parent.traits | {"headgear": "halo"}] * 2
    assert other.traits == {"headgear": "halo"}
    unknown = descend(studio, ada, "remix", candidate_id=parent.id, prompt="baroque", count=1)
    assert "every trait stays as it was" in unknown.notes[0]


def _as_if_painted(studio: Studio, actor: Actor, job: JobOut) -> Candidate:
    """The candidate of a brief whose picture nobody needs."""
    picture = brief_of(studio, job).settings["pictures"][0]
    row = Candidate(
        id="c_painted",
        tool_call_id=brief_of(studio, job).tool_call_id,
        brief_id=job.brief_id,
        person_id=actor.person_id,
        collection=job.collection,
        ordinal=0,
        seed=picture["seed"],
        traits=picture["traits"],
        image_cid="",
        image_sha256="",
        pixel_sha256="",
        perceptual_hash="0" * 64,
        width=1,
        height=1,
        recipe={},
    )
    with studio.db.write() as session:
        session.add(row)
    return row


def test_a_remix_may_begin_from_the_same_seed(studio: Studio, ada: Actor) -> None:
    parent = made(studio, ada, count=2)[1]
    same = {"candidate_id": parent.candidate_id, "prompt": "a ship", "same_seed": True}
    assert descend(studio, ada, "remix", **same, count=2).seeds[0] == parent.seed
    assert descend(
        studio, ada, "reseed", candidate_id=parent.candidate_id, prompt="a ship"
    ).seeds == [parent.seed]


def test_the_same_seed_and_words_are_the_same_picture_whatever_batch_it_was_made_in(
    studio: Studio, ada: Actor, bob: Actor
) -> None:
    parent = made(studio, ada, count=3)[1]
    job = descend(studio, bob, "reseed", candidate_id=parent.candidate_id)
    assert job.notes == []
    (again,) = paint(studio, bob, job.brief_id).candidates
    old, new = (_row(studio, id) for id in (parent.candidate_id, again.candidate_id))
    assert new.pixel_sha256 == old.pixel_sha256
    assert new.recipe["batch"] == old.recipe["batch"] == {"size": 3, "position": 1}


def _row(studio: Studio, candidate_id: str) -> Candidate:
    with studio.db.read() as session:
        return session.get_one(Candidate, candidate_id)


def test_what_has_changed_since_is_said_before_the_same_picture_is_drawn(
    studio: Studio, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (parent,) = made(studio, ada, count=1)
    monkeypatch.setattr("tools.generation.reproduction.library_versions", lambda: {"torch": "99.0"})
    (note,) = descend(studio, ada, "reseed", candidate_id=parent.candidate_id).notes
    assert note.startswith("Since the picture was made this changed, so a few pixels may differ")
    assert "→ 99.0" in note


@pytest.mark.parametrize("tool", ["vary", "reseed"])
def test_without_the_words_only_other_words_help(studio: Studio, ada: Actor, tool: str) -> None:
    (parent,) = made(studio, ada, count=1)
    with studio.db.write() as session:
        session.execute(delete(Plaintext))
    with pytest.raises(InvalidInput, match=r"were erased: remix it with words of your own\."):
        descend(studio, ada, tool, candidate_id=parent.candidate_id)
    descend(studio, ada, "remix", candidate_id=parent.candidate_id, prompt="a ship")


def test_words_that_are_taken_over_stay_their_authors(
    studio: Studio, ada: Actor, bob: Actor
) -> None:
    (parent,) = made(studio, ada, prompt="a zyzzyva", negative_prompt="quagga", count=1)
    varied = descend(studio, bob, "vary", candidate_id=parent.candidate_id, count=1)
    brief = brief_of(studio, varied)
    assert words(studio, brief.prompt).person_id == ada.person_id
    assert words(studio, brief.negative_prompt).person_id == ada.person_id
    remixed = descend(studio, bob, "remix", candidate_id=parent.candidate_id, prompt="a ship")
    brief = brief_of(studio, remixed)
    assert words(studio, brief.prompt).person_id == bob.person_id
    assert words(studio, brief.negative_prompt).text == "quagga"
    assert words(studio, brief.negative_prompt).person_id == ada.person_id
    with studio.db.read() as session:
        logged = "".join(session.scalars(select(Record.body)))
    assert "zyzzyva" not in logged
    assert "quagga" not in logged


def test_words_that_are_denied_meanwhile_are_not_taken_over(studio: Studio, ada: Actor) -> None:
    (parent,) = made(studio, ada, prompt="a fox at sea", count=1)
    folder = studio.settings.collections_dir
    assert folder is not None
    file = folder / "sketches.toml"
    file.write_text(file.read_text().replace('["nude"]', '["nude", "fox"]'))
    for tool in ("vary", "reseed"):
        with pytest.raises(InvalidInput, match="not allowed here"):
            descend(studio, ada, tool, candidate_id=parent.candidate_id)


def test_a_picture_that_is_not_there_has_no_descendants(studio: Studio, ada: Actor) -> None:
    with pytest.raises(NotFound, match="`gallery` lists them"):
        descend(studio, ada, "vary", candidate_id="c_none")
    assert count(studio, Brief) == count(studio, Job) == 0


def test_members_make_nothing_from_pictures(studio: Studio, ada: Actor) -> None:
    (parent,) = made(studio, ada, count=1)
    with pytest.raises(Refused, match="needs the role creator"):
        descend(studio, sign_in_to(studio, "mo"), "vary", candidate_id=parent.candidate_id)


def test_the_record_of_a_descendant_names_its_parent(studio: Studio, ada: Actor) -> None:
    (parent,) = made(studio, ada, count=1)
    job = descend(studio, ada, "vary", candidate_id=parent.candidate_id)
    with studio.db.read() as session:
        brief = session.get_one(Brief, job.brief_id)
        bodies = session.scalars(select(Record.body).filter_by(tool_call_id=brief.tool_call_id))
        assert f'"parent":"{parent.candidate_id}"' in list(bodies)[-1]
    assert candidates(studio, job.brief_id) == []
