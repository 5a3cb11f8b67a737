"""Before and after the vote: nominations, secret counts, large rounds, and who leads."""

import pytest

from tests.rows import add_call
from tests.tools.voting.conftest import Hall
from tools.errors import Conflict, InvalidInput, Refused
from tools.generation.tables import Removal


def _numbers(hall: Hall, round_id: str) -> list[str]:
    shown = hall.call("show_round", hall.ada, round_id=round_id)
    return [entry.candidate_id for entry in shown.entries]


def test_what_was_put_to_the_vote_stands_before_better_scored_pictures(hall: Hall) -> None:
    low, *_ = [hall.picture(value=500 + n) for n in range(5)]
    assert hall.call("nominate", hall.bob, candidate_id=low).waiting == 1
    assert low in _numbers(hall, hall.open(places=2))


def test_a_picture_is_put_to_the_vote_once(hall: Hall) -> None:
    picture = hall.picture()
    hall.call("nominate", hall.ada, candidate_id=picture)
    with pytest.raises(Conflict, match="put to the vote already"):
        hall.call("nominate", hall.bob, candidate_id=picture)


def test_only_creators_put_to_the_vote_and_only_what_may_stand(hall: Hall) -> None:
    rejected, gone = hall.picture(verdict="rejected"), hall.picture()
    with hall.studio.db.write() as session:
        session.add(
            Removal(
                candidate_id=gone,
                tool_call_id=add_call(hall.studio, hall.ada, "remove_candidate"),
                person_id=hall.ada.person_id,
            )
        )
    with pytest.raises(Refused, match="creator"):
        hall.call("nominate", hall.person("carol"), candidate_id=gone)
    with pytest.raises(InvalidInput, match="is rejected"):
        hall.call("nominate", hall.ada, candidate_id=rejected)
    with pytest.raises(Conflict, match="was removed"):
        hall.call("nominate", hall.ada, candidate_id=gone)


def test_what_has_stood_gets_another_chance_by_being_nominated_once(hall: Hall) -> None:
    picture = hall.picture()
    hall.close(hall.open())
    hall.call("nominate", hall.ada, candidate_id=picture)
    second = hall.open()
    assert _numbers(hall, second) == [picture]
    hall.close(second)
    hall.picture()
    assert picture not in _numbers(hall, hall.open())


def test_a_round_takes_as_many_as_it_has_places(hall: Hall) -> None:
    for _ in range(13):
        hall.picture()
    round_id = hall.open(places=100)
    assert len(_numbers(hall, round_id)) == 13
    assert hall.vote(hall.person("carol"), "13", round_id).number == 13


def test_secret_counts_are_told_to_nobody_until_the_round_closes(hall: Hall) -> None:
    first, second = hall.picture(), hall.picture()
    round_id = hall.open(candidate_ids=[first, second], hidden=True)
    carol = hall.person("carol")
    hall.vote(carol, "2")

    for who in (carol, hall.operator):
        shown = hall.call("show_round", who)
        assert shown.hidden
        assert [entry.votes for entry in shown.entries] == [None, None]
        assert shown.voters == 1
    assert hall.call("show_round", carol).your_vote == 2
    assert hall.call("show_round", hall.operator).your_vote is None
    assert hall.call("leaderboard", carol).pictures == []

    closed = hall.close(round_id)
    assert [entry.votes for entry in closed.entries] == [0, 1]
    assert [p.candidate_id for p in hall.call("leaderboard", carol).pictures] == [second]


def test_a_guild_may_keep_all_its_counts_secret(hall: Hall) -> None:
    hall.call("set_rule", hall.operator, name="hidden_counts", value="yes")
    hall.picture()
    hall.open()
    assert hall.call("show_round", hall.ada).hidden
    hall.picture()
    open_one = hall.open(hidden=False)
    assert not hall.call("show_round", hall.ada, round_id=open_one).hidden


def test_the_leaderboard_adds_votes_of_rounds_and_wins_of_creators(hall: Hall) -> None:
    mine, theirs = hall.picture(hall.ada), hall.picture(hall.bob)
    carol, dave = hall.person("carol"), hall.person("dave")
    for number in range(2):
        round_id = hall.open(candidate_ids=[mine, theirs])
        hall.vote(carol, mine, round_id)
        hall.vote(dave, mine if number else theirs, round_id)
        if number == 0:
            hall.vote(hall.ada, theirs, round_id)
            hall.close(round_id)

    shown = hall.call("leaderboard", carol)

    assert [(p.candidate_id, p.votes, p.rounds) for p in shown.pictures] == [
        (mine, 3, 2),
        (theirs, 2, 1),
    ]
    assert [(c.creator, c.wins) for c in shown.creators] == [("bob", 1)]
    assert hall.call("leaderboard", carol, collection="mintlings").pictures == shown.pictures
    elsewhere = hall.person("erin", guild="elsewhere")
    assert hall.call("leaderboard", elsewhere).pictures == []
