"""Jobs and pictures can be looked at by everybody, and called off by those who may."""

import pytest

from tests.conftest import sign_in_to
from tests.tools.generation.studio_work import ask, paint, status
from tools.errors import Conflict, NotFound, Refused
from tools.generation.gallery import CandidateDetail, CollectionsOut, GalleryOut, ModelsOut
from tools.generation.jobs import JobStatus
from tools.people import Actor, Role
from tools.studio import Studio


@pytest.fixture
def mo(studio: Studio) -> Actor:
    """A member."""
    return sign_in_to(studio, "mo")


@pytest.fixture
def olga(studio: Studio) -> Actor:
    """An operator."""
    return sign_in_to(studio, "olga", Role.OPERATOR)


def cancel(studio: Studio, actor: Actor, job_id: str) -> JobStatus:
    out = studio.door.call("cancel_job", {"job_id": job_id}, actor)
    assert isinstance(out, JobStatus)
    return out


def seen(studio: Studio, actor: Actor, **wanted: object) -> list[str]:
    out = studio.door.call("gallery", wanted, actor)
    assert isinstance(out, GalleryOut)
    return [candidate.candidate_id for candidate in out.candidates]


def test_a_new_job_waits_in_the_queue(studio: Studio, ada: Actor, mo: Actor) -> None:
    job = ask(studio, ada)
    now = status(studio, mo, job.job_id)
    assert (now.state, now.stage, now.progress, now.position) == ("queued", "waiting", 0, 1)
    assert now.candidates == []


def test_a_cancelled_job_makes_room_in_the_queue(studio: Studio, ada: Actor) -> None:
    first, second = ask(studio, ada), ask(studio, ada)
    assert cancel(studio, ada, first.job_id).state == "cancelled"
    assert status(studio, ada, second.job_id).position == 1


def test_only_its_creator_or_an_operator_cancels_a_job(
    studio: Studio, ada: Actor, olga: Actor
) -> None:
    bob = sign_in_to(studio, "bob", Role.CREATOR)
    job = ask(studio, ada)
    with pytest.raises(Refused, match="someone else's"):
        cancel(studio, bob, job.job_id)
    assert status(studio, ada, job.job_id).state == "queued"
    assert cancel(studio, olga, job.job_id).state == "cancelled"


def test_a_job_is_cancelled_once(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada)
    cancel(studio, ada, job.job_id)
    with pytest.raises(Conflict, match="is cancelled already"):
        cancel(studio, ada, job.job_id)


def test_an_unknown_job_is_not_found(studio: Studio, mo: Actor) -> None:
    with pytest.raises(NotFound, match="no job 'j_none'"):
        status(studio, mo, "j_none")


def test_the_gallery_shows_the_newest_first_and_filters(
    studio: Studio, ada: Actor, mo: Actor
) -> None:
    bob = sign_in_to(studio, "bob", Role.CREATOR)
    mine = paint(studio, ada, ask(studio, ada, count=2).brief_id).candidates
    his = paint(studio, bob, ask(studio, bob, count=1).brief_id).candidates
    expected = [c.candidate_id for c in (*his, *reversed(mine))]
    assert seen(studio, mo) == expected
    assert seen(studio, mo, limit=1) == expected[:1]
    assert seen(studio, ada, mine=True) == expected[1:]
    assert seen(studio, mo, verdict="shortlisted") == []
    assert seen(studio, mo, collection="mintlings") == []


def test_a_candidate_is_shown_with_how_it_was_made(studio: Studio, ada: Actor, mo: Actor) -> None:
    (made,) = paint(studio, ada, ask(studio, ada, count=1).brief_id).candidates
    shown = studio.door.call("show_candidate", {"candidate_id": made.candidate_id}, mo)
    assert isinstance(shown, CandidateDetail)
    assert shown.candidate == made
    assert (shown.model, shown.steps, shown.scheduler) == ("tiny", 3, "DDIMScheduler")
    with pytest.raises(NotFound, match="`gallery` lists them"):
        studio.door.call("show_candidate", {"candidate_id": "c_none"}, mo)


def test_collections_and_models_say_what_is_wrong_with_them(studio: Studio, mo: Actor) -> None:
    folder = studio.settings.collections_dir
    assert folder is not None
    (folder / "broken.toml").write_text("slug = 1")
    listed = studio.door.call("collections", {}, mo)
    assert isinstance(listed, CollectionsOut)
    problems = {c.slug: c.problem for c in listed.collections}
    assert "broken.toml is wrong" in problems["broken"]
    assert problems["sketches"] == ""
    known = studio.door.call("models", {}, mo)
    assert isinstance(known, ModelsOut)
    assert next(m for m in known.models if m.name == "tiny").size == 16
