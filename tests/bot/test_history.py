"""Histories and certificates as people read them."""

from typing import Any

import pytest

from bot.presenters import present
from bot.presenters.steps import places, told
from bot.scene import Scene, scene_of
from tests.conftest import sign_in_to
from tools.studio import Studio
from tools.verification.certify import CertificateOut
from tools.verification.history import StepOut


@pytest.fixture
def scene(studio: Studio) -> Scene:
    return scene_of(studio, sign_in_to(studio, "moss"))


def step(tool: str, record: int, **changes: Any) -> StepOut:
    """A step that did what it should, recorded in two places."""
    given: dict[str, Any] = {
        "call_id": f"call_{record}",
        "parent_id": None,
        "depth": 0,
        "tool": tool,
        "tool_version": "1",
        "who": "sha256:0123456789abcdef",
        "name": "wren",
        "role": "creator",
        "via": "command",
        "front_end": "discord",
        "at": "2026-01-02T03:04:05.000+00:00",
        "outcome": "settled",
        "arguments": {},
        "words": [],
        "result": {},
        "facts": {},
        "records": [record, record + 1],
        "digests": [],
    }
    return StepOut(**{**given, **changes})


def vote(record: int, person: str, **changes: Any) -> StepOut:
    given: dict[str, Any] = {"name": None, "who": person, "result": {"round_id": "rnd_1"}}
    return step("vote", record, **{**given, **changes})


def test_a_step_is_a_sentence_with_its_time_and_its_records(scene: Scene) -> None:
    assert told([step("create", 14, result={"count": 2})], scene) == [
        "2026-01-02 03:04:05 UTC  wren asked for 2 pictures. (records 14–15)"
    ]


def test_a_tool_without_a_sentence_is_told_by_its_name_and_how_it_ended(scene: Scene) -> None:
    [line] = told([step("strike", 1, outcome="failed")], scene)
    assert "wren called strike. It ended so: failed. (records 1–2)" in line
    [line] = told([step("upscale", 1, outcome="refused")], scene)  # no factor is known
    assert "wren called upscale. It ended so: refused." in line


def test_the_votes_of_a_round_are_one_line_that_names_nobody(scene: Scene) -> None:
    votes = [
        vote(3, "sha256:a"),
        vote(5, "sha256:b", outcome="refused", records=[5]),
        vote(6, "sha256:a"),
    ]
    lines = told([*votes, step("close_round", 8), vote(9, "sha256:c")], scene)
    assert len(lines) == 2
    assert "3 people voted, 3 ballots, 1 refused. (7 records, 3 to 10)" in lines[0]


def test_votes_that_are_sealed_belong_to_the_round_before_them(scene: Scene) -> None:
    opened = step("open_round", 1, result={"round_id": "rnd_1"})
    lines = told([opened, vote(3, "sha256:a", result={}), vote(5, "sha256:b", result={})], scene)
    assert [line.split("  ")[1] for line in lines] == [
        "wren opened the round rnd_1. (records 1–2)",
        "2 people voted, 2 ballots. (records 3–6)",
    ]


@pytest.mark.parametrize(
    ("records", "words"),
    [([], "no records"), ([4], "record 4"), ([4, 5], "records 4–5"), ([4, 9], "2 records, 4 to 9")],
)
def test_places_in_the_log_are_told_shortly(scene: Scene, records: list[int], words: str) -> None:
    assert places(records, scene) == words


def test_a_certificate_is_handed_over_and_nobody_reads_where_it_lies(scene: Scene) -> None:
    made = CertificateOut(
        token_id="t_1", cid="bafk", path="/srv/store/bafk", file_name="t_1.mintmark", size=1
    )
    message = present(made, scene)
    assert [file.name for file in message.files] == ["t_1.mintmark"]
    assert dict(message.facts) == {"check it": "mintmark verify t_1.mintmark"}
    assert "/srv" not in f"{message.title}{message.text}{message.facts}{message.details}"
