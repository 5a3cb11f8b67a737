"""The queue tells places, and times by what jobs really took."""

from datetime import timedelta

import pytest

from tests.conftest import sign_in_to
from tests.rows import add_job
from tests.tools.generation.conftest import TOOLS, Painting
from tests.tools.generation.studio_work import ask, status
from tools.generation.tables import Job
from tools.generation.waiting import QueueOut, pace
from tools.people import Actor, Role
from tools.provenance.tables import now
from tools.settings import Settings
from tools.studio import Studio


def queue(studio: Studio, actor: Actor) -> QueueOut:
    out = studio.door.call("queue", {}, actor)
    assert isinstance(out, QueueOut)
    return out


def ended(studio: Studio, actor: Actor, begun_s: float, took_s: float) -> None:
    """A job of one picture that began so many seconds ago and took so long."""
    job_id = add_job(studio, actor)
    with studio.db.write() as session:
        job = session.get_one(Job, job_id)
        job.state = "done"
        job.started_at = now() - timedelta(seconds=begun_s)
        job.ended_at = job.started_at + timedelta(seconds=took_s)


def paced(studio: Studio) -> float | None:
    with studio.db.read() as session:
        return pace(session)


def test_the_queue_shows_places_and_times(settings: Settings, painting: Painting) -> None:
    with Studio(painting(settings), TOOLS) as studio:
        ada, bob = (sign_in_to(studio, name, Role.CREATOR) for name in ("ada", "bob"))
        ended(studio, ada, begun_s=100, took_s=3)
        first = ask(studio, ada, count=2)
        second = ask(studio, bob, count=4)
        assert (first.eta_s, second.eta_s) == (6, 18)
        jobs = queue(studio, bob).jobs
        assert [(j.job_id, j.position, j.count, j.eta_s, j.creator, j.yours) for j in jobs] == [
            (first.job_id, 1, 2, 6, "ada", False),
            (second.job_id, 2, 4, 18, "bob", True),
        ]
        assert status(studio, ada, second.job_id).eta_s == 18


def test_running_jobs_stand_first_and_tell_how_far_they_are(studio: Studio, ada: Actor) -> None:
    waiting = ask(studio, ada, count=1)
    running = ask(studio, ada, count=1)
    with studio.db.write() as session:
        job = session.get_one(Job, running.job_id)
        job.state, job.progress = "running", 250
        job.started_at = now() - timedelta(seconds=10)
    shown = queue(studio, ada).jobs
    assert [(j.job_id, j.position) for j in shown] == [(running.job_id, 0), (waiting.job_id, 1)]
    assert shown[0].eta_s == pytest.approx(30, abs=1)


def test_jobs_of_other_guilds_are_counted_and_not_shown(studio: Studio, ada: Actor) -> None:
    ask(studio, sign_in_to(studio, "zoe", Role.CREATOR, guild="barn"), count=1)
    assert queue(studio, ada) == QueueOut(jobs=[], elsewhere=1)


def test_before_the_first_job_nobody_knows_how_long_it_takes(studio: Studio, ada: Actor) -> None:
    assert ask(studio, ada).eta_s is None
    assert paced(studio) is None


def test_jobs_made_at_the_same_time_share_the_time(studio: Studio, ada: Actor) -> None:
    for _ in range(4):
        ended(studio, ada, begun_s=100, took_s=8)
    assert paced(studio) == pytest.approx(2, abs=0.5)


def test_time_in_which_nothing_was_made_does_not_count(studio: Studio, ada: Actor) -> None:
    ended(studio, ada, begun_s=1000, took_s=8)
    ended(studio, ada, begun_s=100, took_s=4)
    assert paced(studio) == pytest.approx(6, abs=0.5)
