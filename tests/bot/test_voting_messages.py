"""Rounds, votes in stages, nominations and standings as people read them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.frontend import Message
from bot.presenters import present
from bot.scene import scene_of
from tests.conftest import sign_in_to
from tests.rows import add_candidate
from tools.people import STUDIO, Actor, Role
from tools.provenance.tables import now
from tools.studio import Studio
from tools.voting.tables import Round


@pytest.fixture
def people(studio: Studio) -> Mapping[str, Actor]:
    """An operator, a creator and two members."""
    roles = {"reed": Role.OPERATOR, "wren": Role.CREATOR, "moss": Role.MEMBER, "fern": Role.MEMBER}
    return {name: sign_in_to(studio, name, role) for name, role in roles.items()}


def _shown(studio: Studio, actor: Actor, tool: str, **arguments: object) -> Message:
    output = studio.door.call(tool, arguments, actor)
    return present(output, scene_of(studio, actor))


def _opened(studio: Studio, people: Mapping[str, Actor], pictures: int = 2, **wish: object) -> str:
    ids = [add_candidate(studio, people["wren"]) for _ in range(pictures)]
    wish = {"title": "Spring", "candidate_ids": ids} | wish
    opened: Any = studio.door.call("open_round", wish, people["reed"])
    return str(opened.round_id)


def test_an_open_round_has_numbered_pictures_that_say_what_they_show(
    studio: Studio, people: Mapping[str, Actor]
) -> None:
    _opened(studio, people, minutes=90)
    shown = _shown(studio, people["moss"], "show_round")
    assert shown.text.startswith("Open; closes in 1 hour (")
    assert shown.text.endswith("Nobody voted; it takes 1. Vote with /vote <number>.")
    assert [picture.caption.split(":")[0] for picture in shown.pictures] == ["1", "2"]
    assert shown.pictures[1].alt == "Number 2: a picture by wren"
    assert [button.label for button in shown.buttons] == ["Vote for 1", "Vote for 2"]


def test_a_round_of_many_has_no_button_for_each(
    studio: Studio, people: Mapping[str, Actor]
) -> None:
    round_id = _opened(studio, people, pictures=12)
    shown = _shown(studio, people["moss"], "show_round")
    assert (len(shown.pictures), shown.buttons) == (12, ())
    studio.door.call("vote", {"choice": "12"}, people["moss"])
    closed = _shown(studio, people["reed"], "close_round", round_id=round_id)
    assert closed.text == "Number 12 wins with 1 of 1 votes."


def test_secret_counts_are_shown_as_hidden_and_ones_own_vote_is_told(
    studio: Studio, people: Mapping[str, Actor]
) -> None:
    _opened(studio, people, hidden=True)
    studio.door.call("vote", {"choice": "2"}, people["moss"])
    mine = _shown(studio, people["moss"], "show_round")
    theirs = _shown(studio, people["fern"], "show_round")
    assert "How the votes stand is hidden until it closes. Your vote: number 2." in mine.text
    assert mine.pictures[1].caption.startswith("2: (yours)\n")
    assert theirs.pictures[1].caption.startswith("2:\n")
    assert not [p for p in theirs.pictures if "vote" in p.caption + p.alt]


def test_who_may_vote_is_told_where_a_rule_asks_for_something(
    studio: Studio, people: Mapping[str, Actor]
) -> None:
    rule = {"name": "min_account_days", "value": "30"}
    studio.door.call("set_rule", rule, people["reed"])
    _opened(studio, people)
    shown = _shown(studio, people["moss"], "show_round")
    assert shown.facts == (("age of the account", "30 days at least"),)


def test_a_round_that_waits_for_its_last_comparison_says_so(
    studio: Studio, people: Mapping[str, Actor]
) -> None:
    round_id = _opened(studio, people)
    counted = {"round_id": round_id, "front_end": "discord"}
    studio.door.call("count_round_by", counted, STUDIO)
    shown = _shown(studio, people["reed"], "close_round", round_id=round_id)
    assert shown.text == (
        "The voting is over; nobody voted. "
        "It is counted once Discord has told which reactions came and went last."
    )
    assert shown.buttons == ()
    with studio.db.write() as session:
        session.get_one(Round, round_id).closes_at = now() - timedelta(hours=2)
    late = _shown(studio, people["reed"], "close_round", round_id=round_id)
    assert "did not say what it last saw" in late.text


def test_a_bracket_shows_its_rounds_and_in_the_end_its_winner(
    studio: Studio, people: Mapping[str, Actor]
) -> None:
    ids = [add_candidate(studio, people["wren"]) for _ in range(4)]
    wish = {"title": "Spring", "candidate_ids": ids, "heat_size": 2}
    bracket: Any = studio.door.call("open_bracket", wish, people["reed"])
    shown = _shown(studio, people["moss"], "show_bracket")
    assert shown.text.startswith("Stage 1: 2 rounds, the last closes in ")
    assert "Spring · 1.2: open" in shown.text
    assert shown.facts == (("stage 1", "0 of 2 rounds closed, nobody voted in the fullest"),)
    assert [b.label for b in shown.buttons] == ["Show Spring · 1.1", "Show Spring · 1.2"]

    for number, line in enumerate(bracket.stages[0].rounds):
        if number == 0:
            vote = {"choice": "1", "round_id": line.round_id}
            studio.door.call("vote", vote, people["moss"])
        studio.door.call("close_round", {"round_id": line.round_id}, people["reed"])
    studio.door.call("advance_bracket", {"bracket_id": bracket.bracket_id}, STUDIO)
    ended = _shown(studio, people["moss"], "show_bracket")
    assert "by wren wins over 3 others." in ended.text
    assert [picture.alt for picture in ended.pictures] == ["The winner, a picture by wren"]


def test_a_nomination_says_how_many_wait(studio: Studio, people: Mapping[str, Actor]) -> None:
    picture = add_candidate(studio, people["wren"])
    shown = _shown(studio, people["wren"], "nominate", candidate_id=picture)
    assert shown.text == (
        f"{picture} is put to the vote: it stands in the next round before others. "
        "1 picture of mintlings waits for it."
    )


def test_the_leaderboard_names_pictures_and_creators(
    studio: Studio, people: Mapping[str, Actor]
) -> None:
    assert "No votes" in _shown(studio, people["moss"], "leaderboard").text
    round_id = _opened(studio, people)
    studio.door.call("vote", {"choice": "1"}, people["moss"])
    studio.door.call("close_round", {"round_id": round_id}, people["reed"])
    shown = _shown(studio, people["moss"], "leaderboard")
    assert shown.text == "Creators by wins:\n1. wren: 1 win"
    assert [p.caption.splitlines()[0] for p in shown.pictures] == ["1: 1 vote in 1 round"]
    assert shown.pictures[0].alt == "Place 1: a picture by wren, 1 vote"
