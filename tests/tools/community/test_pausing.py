"""What an operator pauses stands still, with a reason for everybody, until it is resumed."""

from collections.abc import Iterator

import pytest

from tests.conftest import sign_in_to
from tools.catalogue import open_studio
from tools.community.rules import rules_of
from tools.errors import Conflict, Refused
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    with open_studio(sqlite_settings) as studio:
        yield studio


@pytest.fixture
def olga(studio: Studio) -> Actor:
    return sign_in_to(studio, "olga", Role.OPERATOR)


def test_what_is_paused_is_refused_with_the_reason_and_other_things_are_not(
    studio: Studio, olga: Actor
):
    studio.door.call("pause", {"what": "vote", "reason": "A bug is being mended."}, olga)
    rules = rules_of(studio, "hall")
    with pytest.raises(Refused, match=r"Voting is paused here: A bug is being mended\."):
        rules.refuse_if_paused("vote")
    rules.refuse_if_paused("create")
    rules_of(studio, "elsewhere").refuse_if_paused("vote")


def test_everything_is_paused_and_resumed_at_once_or_bit_by_bit(studio: Studio, olga: Actor):
    studio.door.call("pause", {"what": "everything", "reason": "A break."}, olga)
    assert rules_of(studio, "hall").paused.keys() == {"create", "vote", "mint"}
    studio.door.call("resume", {"what": "mint"}, olga)
    assert rules_of(studio, "hall").paused.keys() == {"create", "vote"}
    studio.door.call("resume", {"what": "everything"}, olga)
    assert rules_of(studio, "hall").paused == {}


def test_what_is_not_paused_cannot_be_resumed(studio: Studio, olga: Actor):
    studio.door.call("pause", {"what": "vote", "reason": "A break."}, olga)
    with pytest.raises(Conflict, match="Paused are: vote"):
        studio.door.call("resume", {"what": "mint"}, olga)


@pytest.mark.parametrize("tool", ["pause", "resume"])
def test_only_an_operator_may_and_only_by_hand(studio: Studio, olga: Actor, tool: str):
    wish = {"what": "vote"} | ({"reason": "x"} if tool == "pause" else {})
    for actor in (olga.by("text"), sign_in_to(studio, "ada", Role.CREATOR)):
        with pytest.raises(Refused):
            studio.door.call(tool, wish, actor)
