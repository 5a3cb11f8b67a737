"""One person, one vote, whatever happens at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.tools.voting.conftest import Hall
from tools.errors import Conflict, InvalidInput, MintmarkError, NotFound, Refused
from tools.people import Role
from tools.voting.tables import Ballot, StandingBallot


def _kinds(hall: Hall) -> list[str]:
    with hall.studio.db.read() as session:
        return list(session.scalars(select(Ballot.kind).order_by(Ballot.id)))


def _standing(hall: Hall) -> int:
    with hall.studio.db.read() as session:
        return session.scalar(select(func.count()).select_from(StandingBallot)) or 0


def _cast_at_once(hall: Hall, choices: list[str], round_id: str) -> list[str]:
    """Cast a ballot of one person in each of many threads; returns what became of each."""
    carol = hall.person("carol")
    with ThreadPoolExecutor(len(choices)) as pool:
        return list(pool.map(lambda choice: hall.vote(carol, choice, round_id).kind, choices))


def test_fifty_simultaneous_ballots_of_one_person_are_one_vote(either_hall: Hall) -> None:
    first, _ = either_hall.picture(), either_hall.picture()
    round_id = either_hall.open()

    kinds = _cast_at_once(either_hall, [first] * 50, round_id)

    assert sorted(kinds) == ["added"] + ["unchanged"] * 49
    assert _standing(either_hall) == 1
    assert either_hall.close(round_id).voters == 1


def test_fifty_simultaneous_ballots_for_different_candidates_leave_one_vote(
    either_hall: Hall,
) -> None:
    pictures = [either_hall.picture() for _ in range(3)]
    round_id = either_hall.open()

    kinds = _cast_at_once(either_hall, (pictures * 17)[:50], round_id)

    assert kinds.count("added") == 1
    assert _standing(either_hall) == 1
    closed = either_hall.close(round_id)
    assert sum(entry.votes or 0 for entry in closed.entries) == closed.voters == 1


def test_a_vote_by_number_or_id_moves_with_the_next_one(hall: Hall) -> None:
    first, second = hall.picture(), hall.picture()
    hall.open(candidate_ids=[first, second])
    carol = hall.person("carol")

    assert hall.vote(carol, "1").kind == "added"
    moved = hall.vote(carol, second)

    assert (moved.kind, moved.number, moved.voters) == ("changed", 2, 1)
    assert hall.call("show_round", carol).your_vote == 2
    assert _kinds(hall) == ["added", "changed"]


def test_voting_the_same_again_leaves_no_second_ballot(hall: Hall) -> None:
    hall.picture()
    hall.open()
    carol = hall.person("carol")

    assert [hall.vote(carol, "1").kind, hall.vote(carol, "1").kind] == ["added", "unchanged"]
    assert _kinds(hall) == ["added"]


def test_a_number_is_understood_as_a_number(hall: Hall) -> None:
    hall.picture()
    hall.open()
    carol = hall.person("carol")
    assert hall.call("vote", carol, choice=1).number == 1


def test_a_withdrawn_vote_does_not_count_and_is_kept_as_a_ballot(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    carol = hall.person("carol")
    hall.vote(carol, "1")

    withdrawn = hall.withdraw(carol)

    assert (withdrawn.kind, withdrawn.voters) == ("withdrawn", 0)
    assert _kinds(hall) == ["added", "withdrawn"]
    assert hall.close(round_id).winner_id is None


def test_who_has_not_voted_has_nothing_to_withdraw(hall: Hall) -> None:
    hall.picture()
    hall.open()
    with pytest.raises(Conflict, match="no vote in round"):
        hall.withdraw(hall.person("carol"))


def test_nobody_votes_for_their_own_picture_and_the_attempt_is_kept(hall: Hall) -> None:
    own = hall.picture(hall.ada)
    hall.open()

    with pytest.raises(Refused, match="You made this picture"):
        hall.vote(hall.ada, "1")

    with hall.studio.db.read() as session:
        kept = session.scalars(select(Ballot)).one()
    assert (kept.kind, kept.candidate_id, kept.person_id) == ("refused", own, hall.ada.person_id)
    assert "You made this picture" in (kept.reason or "")
    assert _standing(hall) == 0


def test_a_refused_change_leaves_the_vote_where_it_was(hall: Hall) -> None:
    hall.picture(hall.ada), hall.picture(hall.bob)
    hall.open()
    shown = hall.call("show_round", hall.ada)
    others = next(e for e in shown.entries if e.creator_id == hall.bob.person_id)
    own = next(e for e in shown.entries if e.creator_id == hall.ada.person_id)
    hall.vote(hall.ada, str(others.number))

    with pytest.raises(Refused):
        hall.vote(hall.ada, str(own.number))

    assert hall.call("show_round", hall.ada).your_vote == others.number


@pytest.mark.parametrize("choice", ["0", "3", "99999999999999999999", "cnd_nothere", "fox ²"])
def test_a_candidate_that_is_not_in_the_round_is_refused_with_the_numbers_there_are(
    hall: Hall, choice: str
) -> None:
    hall.picture(), hall.picture()
    hall.open()
    with pytest.raises(Refused, match="from 1 to 2"):
        hall.vote(hall.person("carol"), choice)
    assert _kinds(hall) == ["refused"]


def test_a_closed_round_refuses_votes_and_withdrawals(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    carol = hall.person("carol")
    hall.vote(carol, "1")
    hall.close(round_id)

    with pytest.raises(Conflict, match="ended at"):
        hall.vote(carol, "1", round_id)
    with pytest.raises(Conflict, match="ended at"):
        hall.withdraw(carol, round_id)

    assert _kinds(hall) == ["added", "refused", "refused"]


def test_a_round_past_its_time_refuses_votes_before_anybody_has_closed_it(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    hall.let_time_pass(round_id)
    with pytest.raises(Conflict, match="ended at"):
        hall.vote(hall.person("carol"), "1")


def test_a_round_of_another_guild_is_not_there(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    stranger = hall.person("dave", Role.OPERATOR, guild="elsewhere")
    for name, arguments in {
        "vote": {"choice": "1", "round_id": round_id},
        "close_round": {"round_id": round_id},
        "show_round": {"round_id": round_id},
    }.items():
        with pytest.raises(NotFound, match="no round"):
            hall.studio.door.call(name, arguments, stranger)


def test_without_an_open_round_a_vote_says_how_one_comes_about(hall: Hall) -> None:
    with pytest.raises(NotFound, match="/open_round"):
        hall.vote(hall.person("carol"), "1")


def test_with_two_open_rounds_a_vote_must_name_one(hall: Hall) -> None:
    hall.picture()
    first = hall.open()
    hall.picture()
    second = hall.open()
    with pytest.raises(InvalidInput, match=f"{first}, {second}"):
        hall.vote(hall.person("carol"), "1")
    assert hall.vote(hall.person("carol"), "1", second).round_id == second


def test_text_cannot_vote(hall: Hall) -> None:
    hall.picture()
    hall.open()
    with pytest.raises(MintmarkError, match="by hand"):
        hall.vote(hall.person("carol").by("text"), "1")
    assert hall.vote(hall.person("carol").by("reaction"), "1").kind == "added"
