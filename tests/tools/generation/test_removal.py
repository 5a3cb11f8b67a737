"""A creator takes a picture away: it is gone everywhere, and everything else goes on holding."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.conftest import sign_in_to
from tests.rows import add_mint_request
from tests.striking import striking_studio, struck
from tests.tools.generation.studio_work import count, drawn, hang
from tools.catalogue import open_studio
from tools.errors import Conflict, MintmarkError, NotFound, Refused
from tools.generation.gallery import GalleryOut
from tools.generation.removal import RemovedOut
from tools.generation.tables import Candidate, Job, Removal
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.minting import requests
from tools.minting.binding import BoundDocument, bind
from tools.minting.tables import MintRequest
from tools.people import Actor, Role
from tools.provenance import log
from tools.settings import Settings
from tools.studio import Studio
from tools.verification.history import ProvenanceOut


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    """A studio with every tool, on either database."""
    with open_studio(settings) as studio:
        yield studio


@pytest.fixture
def ada(studio: Studio) -> Actor:
    """A creator."""
    return sign_in_to(studio, "ada", Role.CREATOR)


@pytest.fixture
def olga(studio: Studio) -> Actor:
    """An operator."""
    return sign_in_to(studio, "olga", Role.OPERATOR)


def remove(studio: Studio, actor: Actor, candidate_id: str) -> RemovedOut:
    out = studio.door.call("remove_candidate", {"candidate_id": candidate_id}, actor)
    assert isinstance(out, RemovedOut)
    return out


def stored(studio: Studio, cid: str) -> bool:
    return store_of(studio).has(Cid.parse(cid))


def test_a_removed_picture_is_gone_from_everywhere_it_could_be_used(
    studio: Studio, ada: Actor, olga: Actor
) -> None:
    gone, kept = hang(studio, ada, drawn(1)), hang(studio, ada, drawn(2))
    assert remove(studio, ada, gone.id) == RemovedOut(candidate_id=gone.id, files=1)
    assert not stored(studio, gone.image_cid)
    assert stored(studio, kept.image_cid)
    gallery = studio.door.call("gallery", {}, ada)
    assert isinstance(gallery, GalleryOut)
    assert [c.candidate_id for c in gallery.candidates] == [kept.id]
    opened = studio.door.call("open_round", {"title": "A"}, olga).model_dump()
    assert [entry["candidate_id"] for entry in opened["entries"]] == [kept.id]
    for tool, more in {
        "show_candidate": {},
        "vary": {},
        "remix": {"prompt": "a ship"},
        "reseed": {},
        "upscale": {},
        "propose_mint": {},
        "nominate": {},
    }.items():
        with pytest.raises(MintmarkError, match=r"was removed|is removed|removed by its creator"):
            studio.door.call(tool, {"candidate_id": gone.id, **more}, olga)


def test_its_history_stays_and_tells_who_removed_it(studio: Studio, ada: Actor) -> None:
    gone = hang(studio, ada, drawn(1))
    remove(studio, ada, gone.id)
    history = studio.door.call("provenance", {"subject_id": gone.id}, ada)
    assert isinstance(history, ProvenanceOut)
    assert [(step.tool, step.name) for step in history.steps] == [("remove_candidate", "ada")]
    with studio.db.read() as session:
        assert log.find_fault(session) is None
        assert session.get(Candidate, gone.id) is not None


def test_enlarged_files_go_with_the_picture(studio: Studio, ada: Actor) -> None:
    gone = hang(studio, ada, drawn(1))
    larger = studio.door.call("upscale", {"candidate_id": gone.id, "factor": 2}, ada).model_dump()
    assert remove(studio, ada, gone.id).files == 2
    assert not stored(studio, larger["image_cid"])


def test_a_file_that_something_else_refers_to_stays(studio: Studio, ada: Actor) -> None:
    gone = hang(studio, ada, drawn(1))
    request_id = add_mint_request(studio, ada, ada, state="rejected")
    with studio.db.write() as session:
        session.get_one(MintRequest, request_id).image_cid = gone.image_cid
    assert remove(studio, ada, gone.id).files == 0
    assert stored(studio, gone.image_cid)


def test_removing_again_only_clears_what_a_crash_left(studio: Studio, ada: Actor) -> None:
    gone = hang(studio, ada, drawn(1))
    data = store_of(studio).get(Cid.parse(gone.image_cid))
    remove(studio, ada, gone.id)
    path = store_of(studio).path(Cid.parse(gone.image_cid))
    path.write_bytes(data)
    assert remove(studio, ada, gone.id).files == 1
    assert remove(studio, ada, gone.id).files == 0
    assert count(studio, Removal) == 1


def test_only_its_creator_or_an_operator_removes_a_picture(
    studio: Studio, ada: Actor, olga: Actor
) -> None:
    first, second = hang(studio, ada, drawn(1)), hang(studio, ada, drawn(2))
    with pytest.raises(Refused, match="someone else's"):
        remove(studio, sign_in_to(studio, "bob", Role.CREATOR), first.id)
    remove(studio, olga, first.id)
    remove(studio, sign_in_to(studio, "ada", Role.MEMBER), second.id)
    with pytest.raises(NotFound):
        remove(studio, ada, "c_none")


def test_what_is_voted_on_or_to_be_minted_stays(studio: Studio, ada: Actor, olga: Actor) -> None:
    standing = hang(studio, ada, drawn(1))
    studio.door.call("open_round", {"title": "A"}, olga)
    with pytest.raises(Conflict, match="stands in the open round"):
        remove(studio, ada, standing.id)
    with studio.db.read() as session:
        asked = session.get_one(MintRequest, add_mint_request(studio, ada, olga, state="pending"))
    with pytest.raises(Conflict, match="is pending: it has to be rejected first"):
        remove(studio, ada, asked.candidate_id)
    assert stored(studio, standing.image_cid)
    assert count(studio, Removal) == 0


def test_a_picture_removed_while_it_is_being_proposed_is_not_proposed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with striking_studio(settings) as studio:
        olga = sign_in_to(studio, "olga", Role.OPERATOR)
        candidate_id = struck(studio, olga)

        def removed_meanwhile(*args: Any) -> BoundDocument:
            bound = bind(*args)
            remove(studio, olga, candidate_id)
            return bound

        monkeypatch.setattr(requests, "bind", removed_meanwhile)
        with pytest.raises(NotFound, match="was removed by its creator"):
            studio.door.call("propose_mint", {"candidate_id": candidate_id}, olga)
        assert count(studio, MintRequest) == 0


def test_a_picture_is_never_both_removed_and_in_a_new_round(
    studio: Studio, ada: Actor, olga: Actor
) -> None:
    for number in range(6):
        candidate = hang(studio, ada, drawn(number))
        at_once = Barrier(2)

        def attempt(tool: str, arguments: dict[str, Any], actor: Actor, start: Barrier) -> bool:
            start.wait()
            try:
                studio.door.call(tool, arguments, actor)
            except (NotFound, Conflict):
                return False
            return True

        which = {"candidate_id": candidate.id}, {"candidate_ids": [candidate.id], "title": "A"}
        with ThreadPoolExecutor(2) as threads:
            removed = threads.submit(attempt, "remove_candidate", which[0], ada, at_once)
            opened = threads.submit(attempt, "open_round", which[1], olga, at_once)
        assert [removed.result(), opened.result()].count(True) == 1


def test_a_picture_whose_job_is_not_over_stays(studio: Studio, ada: Actor) -> None:
    made = hang(studio, ada, drawn(1))
    job = Job(
        id="j_running",
        tool_call_id=made.tool_call_id,
        brief_id=made.brief_id,
        guild="hall",
        channel="floor",
        front_end="studio",
        state="running",
    )
    with studio.db.write() as session:
        session.add(job)
    with pytest.raises(Conflict, match="belongs to the job j_running, which is running"):
        remove(studio, ada, made.id)
