"""A bracket holds its stages in turn, each opened once, until one picture is left."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import add_brief, add_call
from tests.tools.voting.conftest import Hall
from tools.errors import Conflict, InvalidInput, NotFound
from tools.generation.tables import Candidate, Removal
from tools.people import STUDIO
from tools.provenance.identifiers import short_id
from tools.provenance.tables import now
from tools.scoring.tables import Verdict
from tools.voting.brackets import BracketOut
from tools.voting.seeding import heats
from tools.voting.tables import Bracket, Round


def _opened(hall: Hall, **arguments: object) -> BracketOut:
    opened: BracketOut = hall.call("open_bracket", hall.operator, **arguments)
    return opened


def _advanced(hall: Hall, bracket: BracketOut) -> BracketOut:
    further: BracketOut = hall.call("advance_bracket", STUDIO, bracket_id=bracket.bracket_id)
    return further


def _play(hall: Hall, bracket: BracketOut, favourite: str | None = None) -> None:
    """Close the rounds of the last stage; somebody votes for the favourite, else for number 1."""
    voter = hall.person("carol")
    for line in bracket.stages[-1].rounds:
        shown = hall.call("show_round", voter, round_id=line.round_id)
        here = [e.candidate_id for e in shown.entries]
        hall.vote(voter, favourite if favourite and favourite in here else here[0], line.round_id)
        hall.close(line.round_id)


@given(st.integers(2, 300), st.integers(2, 25))
def test_heats_are_even_and_the_strongest_do_not_meet(people: int, size: int) -> None:
    dealt = heats(list(range(people)), size)
    assert sorted(n for heat in dealt for n in heat) == list(range(people))
    assert max(map(len, dealt)) <= size
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1
    assert all(len({n for n in heat if n < len(dealt)}) == 1 for heat in dealt)


def test_the_winners_of_heats_meet_until_one_is_left(hall: Hall) -> None:
    pictures = [hall.picture(value=500 + n) for n in range(7)]
    bracket = _opened(hall, title="Spring", heat_size=3)
    assert [len(stage.rounds) for stage in bracket.stages] == [3]
    assert bracket.candidates == 7

    _play(hall, bracket, favourite=pictures[0])
    final = _advanced(hall, bracket)
    assert [len(stage.rounds) for stage in final.stages] == [3, 1]
    assert final.stages[-1].rounds[0].title == "Spring · 2.1"
    _play(hall, final, favourite=pictures[0])
    ended = _advanced(hall, final)

    assert ended.state == "closed"
    assert ended.winner is not None
    assert ended.winner.candidate_id == pictures[0]
    assert hall.call("show_bracket", hall.ada).winner == ended.winner
    with pytest.raises(Conflict, match="closed already"):
        _advanced(hall, ended)


def test_a_stage_waits_for_its_last_heat(hall: Hall) -> None:
    for _ in range(4):
        hall.picture()
    bracket = _opened(hall, heat_size=2)
    hall.close(bracket.stages[0].rounds[0].round_id)
    with pytest.raises(Conflict, match=r"Stage 1 .* is not over"):
        _advanced(hall, bracket)


def test_a_heat_without_a_quorum_sends_nobody_and_a_lone_winner_has_won(hall: Hall) -> None:
    for _ in range(4):
        hall.picture()
    bracket = _opened(hall, heat_size=2)
    first, second = (line.round_id for line in bracket.stages[0].rounds)
    hall.vote(hall.person("carol"), "1", first)
    winner = hall.close(first).winner_id
    hall.close(second)
    ended = _advanced(hall, bracket)
    assert ended.state == "closed"
    assert ended.winner is not None
    assert ended.winner.candidate_id == winner


def test_where_nobody_votes_nobody_wins(hall: Hall) -> None:
    for _ in range(4):
        hall.picture()
    bracket = _opened(hall, heat_size=2)
    for line in bracket.stages[0].rounds:
        hall.close(line.round_id)
    ended = _advanced(hall, bracket)
    assert (ended.state, ended.winner) == ("closed", None)
    assert "No winner" in (ended.outcome or "")


def test_a_winner_that_was_removed_meanwhile_does_not_go_on(hall: Hall) -> None:
    for _ in range(4):
        hall.picture()
    bracket = _opened(hall, heat_size=2)
    _play(hall, bracket)
    shown = hall.call("show_bracket", hall.ada)
    gone, stays = (line.winner_id for line in shown.stages[0].rounds)
    removal = Removal(
        candidate_id=gone,
        tool_call_id=add_call(hall.studio, hall.ada, "remove_candidate"),
        person_id=hall.ada.person_id,
    )
    with hall.studio.db.write() as session:
        session.add(removal)
    ended = _advanced(hall, bracket)
    assert ended.winner is not None
    assert ended.winner.candidate_id == stays


def test_many_who_open_the_next_stage_at_once_open_it_once(either_hall: Hall) -> None:
    for _ in range(4):
        either_hall.picture()
    bracket = _opened(either_hall, heat_size=2)
    _play(either_hall, bracket)

    def advance(_: int) -> str:
        try:
            return _advanced(either_hall, bracket).stages[-1].rounds[0].round_id
        except Conflict:
            return "overtaken"

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(advance, range(6)))
    assert results.count("overtaken") == 5
    with either_hall.studio.db.read() as session:
        assert session.query(Round).filter_by(bracket_id=bracket.bracket_id).count() == 3


def test_what_is_in_a_bracket_stands_nowhere_else_until_it_ends(hall: Hall) -> None:
    pictures = [hall.picture() for _ in range(4)]
    bracket = _opened(hall, heat_size=2)
    first = bracket.stages[0].rounds[0].round_id
    hall.close(first)
    out = hall.call("show_round", hall.ada, round_id=first).entries[0].candidate_id
    assert out in pictures
    with pytest.raises(Conflict, match="belongs to the bracket"):
        hall.open(candidate_ids=[out])
    with pytest.raises(NotFound):
        hall.open()


def test_a_bracket_needs_two(hall: Hall) -> None:
    hall.picture()
    with pytest.raises(InvalidInput, match="at least two"):
        _opened(hall)
    with pytest.raises(NotFound, match="no bracket"):
        hall.call("show_bracket", hall.ada)


def test_closing_the_last_heat_hands_out_the_next_stage(hall: Hall) -> None:
    started: list[tuple[str, str]] = []

    class Listening:
        def start(self, workflow: str, key: str) -> None:
            started.append((workflow, key))

    for _ in range(4):
        hall.picture()
    hall.studio.dispatcher = Listening()
    bracket = _opened(hall, heat_size=2)
    rounds = [("round", line.round_id) for line in bracket.stages[0].rounds]
    assert started == rounds
    for _, round_id in rounds:
        hall.close(round_id)
    assert started[-1] == ("bracket", bracket.bracket_id)


def _many_pictures(hall: Hall, number: int) -> list[str]:
    call_id, brief_id = add_call(hall.studio, hall.ada, "render"), add_brief(hall.studio, hall.ada)
    ids = [short_id("cnd") for _ in range(number)]
    with hall.studio.db.write() as session:
        session.add_all(_picture(hall, id, call_id, brief_id, n) for n, id in enumerate(ids))
        session.flush()
        session.add_all(_verdict(id, call_id, n) for n, id in enumerate(ids))
    return ids


def _picture(hall: Hall, id: str, call_id: str, brief_id: str, ordinal: int) -> Candidate:
    facts: dict[str, Any] = dict.fromkeys(("image_cid", "perceptual_hash"), "x")
    facts |= dict.fromkeys(("image_sha256", "pixel_sha256"), f"sha256:{ordinal}")
    return Candidate(
        id=id,
        tool_call_id=call_id,
        brief_id=brief_id,
        person_id=hall.ada.person_id,
        collection="mintlings",
        ordinal=ordinal,
        seed="1",
        traits={},
        width=64,
        height=64,
        recipe={},
        **facts,
    )


def _verdict(id: str, call_id: str, value: int) -> Verdict:
    return Verdict(
        candidate_id=id,
        tool_call_id=call_id,
        verdict="shortlisted",
        value=value,
        reasons=[],
        thresholds={},
    )


def test_a_thousand_pictures_are_a_hundred_heats_then_ten_then_one(hall: Hall) -> None:
    pictures = _many_pictures(hall, 1_000)
    started = now()
    bracket = _opened(hall, candidate_ids=pictures)
    spent = (now() - started).total_seconds()
    assert (len(bracket.stages[0].rounds), bracket.candidates) == (100, 1_000)
    assert spent < 20  # far less where nothing else runs
    with hall.studio.db.write() as session:  # as if every heat had been won by its number 1
        for round_ in session.query(Round):
            round_.state, round_.winner_id = "closed", _number_one(session, round_.id)
    assert len(_advanced(hall, bracket).stages[1].rounds) == 10
    with hall.studio.db.read() as session:
        assert session.get_one(Bracket, bracket.bracket_id).state == "open"


def _number_one(session: Any, round_id: str) -> str:
    from tools.voting.tables import RoundEntry

    return str(session.get_one(RoundEntry, (round_id, 1)).candidate_id)
