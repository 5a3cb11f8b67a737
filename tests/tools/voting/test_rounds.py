"""Rounds open on what may stand, run for their time, and close once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.tools.voting.conftest import Hall
from tools.errors import Conflict, InvalidInput, MintmarkError, NotFound, Refused
from tools.people import STUDIO
from tools.provenance.tables import Record, ToolCall
from tools.voting.tables import Round


def _ids(hall: Hall, round_id: str) -> list[str]:
    shown = hall.call("show_round", hall.ada, round_id=round_id)
    return [entry.candidate_id for entry in shown.entries]


def test_a_round_without_candidates_takes_the_shortlist(hall: Hall) -> None:
    wanted = [hall.picture(), hall.picture()]
    hall.picture(verdict="rejected"), hall.picture(verdict=None), hall.picture(collection="other")
    assert _ids(hall, hall.open()) == wanted


def test_the_log_of_a_round_names_nobody(hall: Hall) -> None:
    hall.picture()
    shown = hall.call("show_round", hall.ada, round_id=hall.open())
    names = {entry.creator for entry in shown.entries}
    with hall.studio.db.read() as session:
        bodies = " ".join(record.body for record in session.query(Record))
    assert names
    assert not [name for name in names if f'"{name}"' in bodies]


def test_what_has_stood_before_does_not_stand_again_by_itself(hall: Hall) -> None:
    hall.picture()
    hall.close(hall.open())
    fresh = hall.picture()
    assert _ids(hall, hall.open()) == [fresh]


def test_of_more_than_ten_the_best_scored_stand(hall: Hall) -> None:
    scores = {hall.picture(value=value): value for value in range(500, 512)}
    standing = _ids(hall, hall.open())
    assert len(standing) == 10
    assert min(scores[candidate] for candidate in standing) == 502


def test_an_empty_shortlist_says_what_to_do(hall: Hall) -> None:
    with pytest.raises(NotFound, match="create pictures first"):
        hall.open()


def test_named_candidates_are_numbered_as_named(hall: Hall) -> None:
    first, second = hall.picture(), hall.picture()
    assert _ids(hall, hall.open(candidate_ids=[second, first])) == [second, first]


def test_a_candidate_of_a_closed_round_may_be_named_again(hall: Hall) -> None:
    picture = hall.picture()
    hall.close(hall.open())
    assert _ids(hall, hall.open(candidate_ids=[picture])) == [picture]


def test_candidates_that_may_not_stand_are_refused_with_the_reason(hall: Hall) -> None:
    good, rejected = hall.picture(), hall.picture(verdict="rejected")
    other = hall.picture(collection="other")
    for ids, error, reason in (
        (["cnd_nothere"], NotFound, "no candidate 'cnd_nothere'"),
        ([rejected], InvalidInput, "is rejected: only shortlisted"),
        ([good, other], InvalidInput, "one collection"),
        ([good, good], InvalidInput, "name each candidate once"),
    ):
        with pytest.raises(error, match=reason):
            hall.open(candidate_ids=ids)
    hall.open(candidate_ids=[good])
    with pytest.raises(Conflict, match="stands in the open round"):
        hall.open(candidate_ids=[good])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"minutes": 0}, "minutes: Input should be greater"),
        ({"minutes": 43_201}, "minutes: Input should be less"),
        ({"minutes": float("nan")}, "minutes"),
        ({"quorum": 0}, "quorum: Input should be greater"),
        ({"title": "line\nbreak"}, "visible characters"),
        ({"title": "turned \u202e round"}, "visible characters"),
        ({"candidate_ids": [f"cnd_{n}" for n in range(101)]}, "at most 100"),
    ],
)
def test_a_round_has_bounds(hall: Hall, arguments: dict[str, object], reason: str) -> None:
    hall.picture()
    with pytest.raises(InvalidInput, match=reason):
        hall.open(**arguments)


def test_only_an_operator_opens_and_closes_and_not_by_text(hall: Hall) -> None:
    hall.picture()
    with pytest.raises(Refused, match="operator"):
        hall.call("open_round", hall.ada)
    with pytest.raises(Refused, match="by hand"):
        hall.studio.door.call("open_round", {}, hall.operator.by("text"))
    round_id = hall.open()
    with pytest.raises(Refused, match="operator"):
        hall.call("close_round", hall.ada, round_id=round_id)


def test_a_title_does_not_reach_the_log(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open(title="Foxes 👩‍🎨 of spring")
    with hall.studio.db.read() as session:
        assert session.get_one(Round, round_id).title == "Foxes 👩‍🎨 of spring"
        call = session.scalars(select(ToolCall).filter_by(tool="open_round")).one()
    assert call.arguments["title"].startswith("sha256:")


def test_two_operators_who_open_at_once_do_not_share_candidates(either_hall: Hall) -> None:
    either_hall.picture(), either_hall.picture()

    def opened(_: int) -> str:
        try:
            return either_hall.open()
        except NotFound:
            return "nothing left"

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(opened, range(2)))
    assert results.count("nothing left") == 1


def test_of_many_who_close_at_once_one_counts_and_the_others_are_told(either_hall: Hall) -> None:
    either_hall.picture()
    round_id = either_hall.open()
    either_hall.vote(either_hall.person("carol"), "1")

    def closing(_: int) -> str:
        try:
            return str(either_hall.close(round_id).tally_hash)
        except Conflict as conflict:
            return str(conflict)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(closing, range(8)))
    told = f"Round {round_id} is closed already."
    assert results.count(told) == 7
    with either_hall.studio.db.read() as session:
        kept = session.get_one(Round, round_id).tally_hash
    assert kept in results


def test_votes_cast_while_it_closes_are_in_the_tally_or_refused(either_hall: Hall) -> None:
    either_hall.picture()
    round_id = either_hall.open()
    voters = [either_hall.person(f"voter{n}") for n in range(12)]

    def cast(n: int) -> bool:
        try:
            if n == 6:
                either_hall.close(round_id)
                return False
            either_hall.vote(voters[n], "1", round_id)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        accepted = sum(pool.map(cast, range(12)))
    with either_hall.studio.db.read() as session:
        tally = session.get_one(Round, round_id).tally
    assert tally is not None
    assert tally["voters"] == accepted


def test_an_extended_round_takes_votes_again_for_longer(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open(minutes=5)
    before = hall.call("show_round", hall.ada).closes_at
    extended = hall.call("extend_round", hall.operator, round_id=round_id, minutes=2.5)
    assert extended.closes_at - before == timedelta(minutes=2.5)
    with pytest.raises(Conflict, match="runs until"):
        hall.call("close_due_round", STUDIO, round_id=round_id)


def test_a_round_that_is_over_is_not_extended(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    more = {"round_id": round_id, "minutes": 1}
    hall.let_time_pass(round_id)
    with pytest.raises(Conflict, match="time of round"):
        hall.studio.door.call("extend_round", more, hall.operator)
    hall.close(round_id)
    with pytest.raises(Conflict, match="closed already"):
        hall.studio.door.call("extend_round", more, hall.operator)


def test_extensions_do_not_outlast_thirty_days(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open(minutes=43_200)
    with pytest.raises(InvalidInput, match="30 days"):
        hall.call("extend_round", hall.operator, round_id=round_id, minutes=1)


def test_the_studio_closes_a_round_that_is_due_and_nobody_else_can(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    hall.let_time_pass(round_id)
    with pytest.raises(MintmarkError):
        hall.call("close_due_round", hall.operator, round_id=round_id)
    closed = hall.call("close_due_round", STUDIO, round_id=round_id)
    assert (closed.state, closed.outcome) == (
        "closed",
        "No winner: nobody voted, and the quorum is 1.",
    )


def test_rounds_are_listed_by_state_the_newest_first(hall: Hall) -> None:
    hall.picture()
    first = hall.open(title="first")
    hall.close(first)
    hall.picture()
    second = hall.open(title="second")

    def listed(**arguments: str) -> list[str]:
        found = hall.call("rounds", hall.ada, **arguments)
        return [line.round_id for line in found.rounds]

    assert listed() == [second, first]
    assert listed(state="open") == [second]
    assert listed(state="closed") == [first]


def test_every_opening_and_extension_is_handed_to_the_workflows(hall: Hall) -> None:
    started: list[tuple[str, str]] = []

    class Listening:
        def start(self, workflow: str, key: str) -> None:
            started.append((workflow, key))

    hall.studio.dispatcher = Listening()
    hall.picture()
    round_id = hall.open()
    hall.call("extend_round", hall.operator, round_id=round_id, minutes=1)
    assert started == [("round", round_id)] * 2
