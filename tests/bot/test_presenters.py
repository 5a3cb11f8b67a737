"""Outputs as messages: what is said, and which buttons are offered to whom."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.presenters import present
from bot.presenters.anything import in_words
from bot.presenters.rounds import when
from bot.scene import Scene, scene_of
from bot.texts import Words
from tests.conftest import sign_in_to
from tests.rows import add_candidate, add_job, add_mint_request
from tools.definition import Output
from tools.generation.tables import Job
from tools.people import Role
from tools.provenance.tables import now
from tools.studio import Studio


class Line(Output):
    name: str
    count: int


class Something(Output):
    done: bool
    when: datetime | None
    notes: list[str]
    lines: list[Line]


def labels(scene: Scene, tool: str, **arguments: str) -> list[str]:
    output = scene.studio.door.call(tool, arguments, scene.actor)
    return [button.label for button in present(output, scene).buttons]


def test_an_output_nobody_wrote_a_presenter_for_is_shown_by_its_fields(studio: Studio) -> None:
    scene = scene_of(studio, sign_in_to(studio, "moss"))
    lines = [Line(name="a", count=1), Line(name="b", count=2)]
    message = present(Something(done=True, when=None, notes=["x", "y"], lines=lines), scene)
    assert message.facts == (("done", "yes"), ("notes", "x, y"))
    assert message.text == "a  1\nb  2"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (False, "no"),
        (3, "3"),
        ({"a": 1, "b": [1, 2]}, "a: 1, b: 1, 2"),
        (datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC), "2030-01-02 03:04:05 UTC"),
    ],
)
def test_values_are_put_in_words(value: object, words: str) -> None:
    assert in_words(value, Words()) == words


def test_a_vote_is_offered_for_everything_but_ones_own(studio: Studio) -> None:
    wren, sol = (sign_in_to(studio, name, Role.CREATOR) for name in ("wren", "sol"))
    reed = sign_in_to(studio, "reed", Role.OPERATOR)
    add_candidate(studio, wren, value=900)
    add_candidate(studio, sol, value=800)
    studio.door.call("open_round", {"title": "A"}, reed)
    assert labels(scene_of(studio, wren), "show_round") == ["Vote for 2"]
    assert labels(scene_of(studio, sol), "show_round") == ["Vote for 1"]
    assert labels(scene_of(studio, reed), "show_round")[-1] == "Close it now"


def test_a_request_is_decided_by_operators_who_did_not_make_it(studio: Studio) -> None:
    wren = sign_in_to(studio, "wren", Role.CREATOR)
    reed, rush = (sign_in_to(studio, name, Role.OPERATOR) for name in ("reed", "rush"))
    asked = add_mint_request(studio, reed, rush, state="pending")
    decides = ["Approve exactly this", "Reject"]
    assert labels(scene_of(studio, rush), "mint_status", mint_request_id=asked) == decides
    assert labels(scene_of(studio, reed), "mint_status", mint_request_id=asked) == []
    assert labels(scene_of(studio, wren), "mint_status", mint_request_id=asked) == []


def test_the_approve_button_holds_the_digest_that_was_shown(studio: Studio) -> None:
    reed, rush = (sign_in_to(studio, name, Role.OPERATOR) for name in ("reed", "rush"))
    asked = add_mint_request(studio, reed, rush, state="pending")
    shown = studio.door.call("mint_status", {"mint_request_id": asked}, rush)
    message = present(shown, scene_of(studio, rush))
    facts, details = dict(message.facts), dict(message.details)
    approve, reject = message.buttons
    assert approve.arguments["frozen_digest"] == details["frozen as"]
    assert reject.asks == "reason"
    assert list(facts)[:4] == ["recipient", "chains", "may cost", "votes"]
    assert {"picture", "metadata"} < details.keys()


def test_a_failed_job_says_why(studio: Studio) -> None:
    wren = sign_in_to(studio, "wren", Role.CREATOR)
    job_id = add_job(studio, wren)
    with studio.db.write() as session:
        job = session.get_one(Job, job_id)
        job.state, job.error = "failed", "The model is gone."
    shown = studio.door.call("job_status", {"job_id": job_id}, wren)
    message = present(shown, scene_of(studio, wren))
    assert (message.text, message.tone) == (f"Job {job_id} failed. The model is gone.", "error")


@pytest.mark.parametrize(
    ("left", "words"),
    [(90, "in 1 minute ("), (125, "in 2 minutes ("), (7_300, "in 2 hours ("), (-5, "at ")],
)
def test_moments_are_told_by_how_far_they_are(studio: Studio, left: int, words: str) -> None:
    scene = scene_of(studio, sign_in_to(studio, "moss"))
    assert when(now() + timedelta(seconds=left), scene).startswith(words)


def test_a_history_leaves_a_ballot_secret(studio: Studio) -> None:
    wren, moss = sign_in_to(studio, "wren", Role.CREATOR), sign_in_to(studio, "moss")
    reed = sign_in_to(studio, "reed", Role.OPERATOR)
    add_candidate(studio, wren)
    studio.door.call("open_round", {"title": "A"}, reed)
    studio.door.call("vote", {"choice": "1"}, moss)
    round_ = studio.door.call("show_round", {}, reed)
    history = studio.door.call("provenance", {"subject_id": round_.round_id}, reed)
    message = present(history, scene_of(studio, reed))
    [whole], [section] = message.files, message.sections
    assert isinstance(whole.content, bytes)
    assert b"\xe2\x94\x94 open_round by reed (operator, command)" in whole.content
    assert b"vote by sha256:" in whole.content
    assert f"reed opened the round {round_.round_id}. (records " in section.text
    assert "1 person voted, 1 ballot. (records " in section.text
    assert "moss" not in section.text
    assert b"moss" not in whole.content
