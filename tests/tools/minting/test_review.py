"""What operators are shown before they decide: everything about each picture that waits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot.presenters import present
from bot.scene import scene_of
from tests.conftest import sign_in_to
from tests.striking import striking_studio, struck
from tests.tools.minting.hall import Hall, open_hall
from tools.errors import Refused
from tools.generation.models import HOUSE_FOLDER
from tools.minting.review import ReviewItemOut, ReviewOut
from tools.minting.rights import licence_of_bundle, licence_of_weights
from tools.people import Role
from tools.settings import Settings


@pytest.fixture
def hall(sqlite_settings: Settings) -> Iterator[Hall]:
    with striking_studio(sqlite_settings) as studio:
        yield open_hall(studio)


def _reviewed(hall: Hall) -> list[ReviewItemOut]:
    output = hall.studio.door.call("review", {}, hall.operator)
    assert isinstance(output, ReviewOut)
    return output.items


def _won(hall: Hall) -> tuple[str, Any]:
    """A round that ada's fox won against an owl with two votes of three."""
    owl = struck(hall.studio, sign_in_to(hall.studio, "bob", Role.CREATOR), 8, "owl")
    wish = {"title": "Foxes", "candidate_ids": [hall.candidate, owl], "quorum": 2}
    round_: Any = hall.studio.door.call("open_round", wish, hall.operator)
    for name, choice in (("mia", "1"), ("nil", "1"), ("moss", "2")):
        hall.studio.door.call("vote", {"choice": choice}, sign_in_to(hall.studio, name))
    closed: Any = hall.studio.door.call("close_round", {"round_id": round_.round_id}, hall.operator)
    return owl, closed


def test_a_winner_that_nobody_proposed_is_shown_with_its_tally(hall: Hall):
    owl, round_ = _won(hall)
    [item] = _reviewed(hall)
    assert (item.candidate_id, item.state, item.mint_request_id) == (hall.candidate, "winner", None)
    assert item.vote is not None
    assert (item.vote.votes, item.vote.voters, item.vote.quorum) == (2, 3, 2)
    assert item.vote.tally_hash == round_.tally_hash
    assert [(like.candidate_id, like.creator) for like in item.similar] == [(owl, "bob")]
    assert 0 < item.similar[0].distance <= 256
    assert {lack.what for lack in item.missing} >= {"proposal", "approvals"}
    assert {cost.chain for cost in item.cost_estimate} == {"copper", "silver"}


def test_once_it_is_proposed_the_request_waits_instead_and_then_nothing(hall: Hall):
    _, round_ = _won(hall)
    request = hall.call("propose_mint", hall.proposer, round_id=round_.round_id)
    [item] = _reviewed(hall)
    assert (item.mint_request_id, item.state) == (request.mint_request_id, "pending")
    assert [lack.count for lack in item.missing if lack.what == "approvals"] == [1]
    hall.approve(request)
    assert _reviewed(hall) == []


def test_what_stands_in_the_way_is_told(hall: Hall):
    hall.propose(chains=["copper"], cost_cap_wei=1)
    hall.studio.door.call("pause", {"what": "mint", "reason": "A break."}, hall.operator)
    [item] = _reviewed(hall)
    told = {lack.what: lack for lack in item.missing}
    assert told["pause"].reason == "A break."
    assert told["cap"].chain == "copper"
    assert told["licence"].reason == "drawn"  # the model of this picture is not installed here


def test_a_rejected_winner_is_shown_with_the_reason(hall: Hall):
    _, round_ = _won(hall)
    request = hall.call("propose_mint", hall.proposer, round_id=round_.round_id)
    named = {"mint_request_id": request.mint_request_id, "reason": "Too dark."}
    hall.call("reject", hall.operator, **named)
    [item] = _reviewed(hall)
    assert [lack.reason for lack in item.missing if lack.what == "rejected"] == ["Too dark."]


def test_only_operators_review(hall: Hall):
    with pytest.raises(Refused, match="operator"):
        hall.studio.door.call("review", {}, hall.creator)


def test_the_list_says_it_in_words_and_has_a_button_for_each(hall: Hall):
    other = struck(hall.studio, hall.creator, 9, "cat")
    request = hall.propose(candidate_id=other)
    _won(hall)
    output = hall.studio.door.call("review", {}, hall.operator)
    message = present(output, scene_of(hall.studio, hall.operator))
    assert [(b.action, dict(b.arguments)) for b in message.buttons] == [
        ("mint_status", {"mint_request_id": request.mint_request_id}),
        ("propose_mint", {"candidate_id": hall.candidate}),
    ]
    for words in (
        "Votes: 2 of 3 in Foxes",
        "Score: 0.90",
        "by bob",
        "CC0 1.0 Universal",
        "Cost on copper and silver: about 0.0",
        "Nobody has proposed it",
    ):
        assert words in "\n".join(f"{one.title}\n{one.text}" for one in message.sections)
    assert len(message.every_picture) == 2


def test_licences_are_read_from_what_a_picture_was_made_with(tmp_path: Path):
    assert licence_of_bundle(HOUSE_FOLDER) == "MIT"
    (tmp_path / "README.md").write_text("---\nlicense: openrail++\ntags: []\n---\n# A model\n")
    assert licence_of_bundle(tmp_path) == "openrail++"
    weights = tmp_path / "style.safetensors"
    save_file({"a": np.zeros(2)}, weights, metadata={"modelspec.license": "CC-BY-4.0"})
    assert licence_of_weights(weights) == "CC-BY-4.0"
    save_file({"a": np.zeros(2)}, weights)
    assert licence_of_weights(weights) is None
    weights.write_bytes(b"\xff" * 64)
    assert licence_of_weights(weights) is None
