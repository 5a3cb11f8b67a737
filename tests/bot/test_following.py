"""Work that goes on: how far it is, read from its rows, and news of what others did."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bot.following import Work, job, mint, voting
from bot.frontend import Progress
from bot.notices import Watch
from bot.scene import scene_of
from tests.conftest import sign_in_to
from tests.rows import add_candidate, add_job, add_mint_request
from tools.errors import NotFound
from tools.generation.tables import Job
from tools.minting.tables import MintRequest
from tools.people import Role
from tools.provenance.tables import now
from tools.studio import Studio


def look(studio: Studio, work: Work) -> Progress | None:
    with studio.db.read() as session:
        return work.look(session)


def change(studio: Studio, job_id: str, **to: object) -> None:
    with studio.db.write() as session:
        _set(session.get_one(Job, job_id), to)


def _set(row: object, to: dict[str, object]) -> None:
    for name, value in to.items():
        setattr(row, name, value)


def test_a_waiting_job_tells_its_place_and_guesses_its_time(studio: Studio) -> None:
    wren = sign_in_to(studio, "wren", Role.CREATOR)
    done, first, second = (add_job(studio, wren) for _ in range(3))
    began = now()
    change(studio, done, state="done", started_at=began, ended_at=began + timedelta(seconds=8))
    assert look(studio, job(first, "")) == Progress("waiting", 0, 0, 8.0)
    assert look(studio, job(second, "")) == Progress("waiting", 0, 1, 16.0)


def test_a_running_job_tells_the_time_left_once_it_can_be_known(studio: Studio) -> None:
    running = add_job(studio, sign_in_to(studio, "wren", Role.CREATOR))
    began = now() - timedelta(seconds=10)
    change(studio, running, state="running", stage="drawing", progress=50, started_at=began)
    assert look(studio, job(running, "")) == Progress("drawing", 50)
    change(studio, running, progress=500)
    assert look(studio, job(running, "")) == Progress("drawing", 500, eta_s=10)


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_job_that_ended_is_followed_no_longer(studio: Studio, state: str) -> None:
    ended = add_job(studio, sign_in_to(studio, "wren", Role.CREATOR))
    change(studio, ended, state=state)
    assert look(studio, job(ended, "")) is None


def test_what_there_is_not_cannot_be_followed(studio: Studio) -> None:
    for work in (job("j_0", ""), mint("m_0", ""), voting("rnd_0", "")):
        with pytest.raises(NotFound):
            look(studio, work)


def test_a_round_moves_with_its_time(studio: Studio) -> None:
    wren, reed = sign_in_to(studio, "wren", Role.CREATOR), sign_in_to(studio, "reed", Role.OPERATOR)
    add_candidate(studio, wren)
    opened = studio.door.call("open_round", {"minutes": 10}, reed)
    progress = look(studio, voting(opened.round_id, ""))
    assert progress is not None
    assert (progress.stage, progress.thousandths) == ("open, 0 voted", 0)
    assert progress.eta_s == pytest.approx(600, abs=5)


def test_operators_hear_of_requests_to_decide_and_requesters_of_the_outcome(
    studio: Studio,
) -> None:
    wren = sign_in_to(studio, "wren", Role.CREATOR)
    reed, rush = (sign_in_to(studio, name, Role.OPERATOR) for name in ("reed", "rush"))
    watches = {
        person.name: Watch(lambda person=person: scene_of(studio, person))
        for person in (wren, reed, rush)
    }
    asked = add_mint_request(studio, wren, reed, state="pending")
    told = {name: [message.text for message in watch.news()] for name, watch in watches.items()}
    assert told == {
        "wren": [],
        "reed": [],  # whose decision is written down already
        "rush": [f"{asked} waits for your decision: {_candidate(studio, asked)} is to be minted."],
    }
    with studio.db.write() as session:
        _end(session, asked)
    told = {name: [message.text for message in watch.news()] for name, watch in watches.items()}
    what = f"Your mint request {asked} for {_candidate(studio, asked)}"
    assert told["wren"] == [f"{what} has failed. The chain is gone."]
    assert told["rush"] == []


def _candidate(studio: Studio, asked: str) -> str:
    with studio.db.read() as session:
        return session.get_one(MintRequest, asked).candidate_id


def _end(session: Session, asked: str) -> None:
    request = session.get_one(MintRequest, asked)
    request.state, request.error = "failed", "The chain is gone."
