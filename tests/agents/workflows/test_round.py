"""A round closes when its time is over, and not before."""

import time
from datetime import datetime, timedelta
from typing import Any

from tests.agents.workflows.conftest import Working, until
from tests.rows import add_candidate
from tools.people import STUDIO
from tools.provenance.tables import now
from tools.voting.tables import Bracket, Round


def _opened(working: Working, seconds: float) -> str:
    picture = add_candidate(working.studio, working.ada)
    arguments = {"candidate_ids": [picture], "minutes": seconds / 60}
    opened: Any = working.studio.door.call("open_round", arguments, working.olga)
    return str(opened.round_id)


def _round(working: Working, round_id: str) -> Round:
    with working.studio.db.read() as session:
        return session.get_one(Round, round_id)


def _closed(working: Working, round_id: str) -> datetime:
    until(lambda: _round(working, round_id).state == "closed")
    closed_at = _round(working, round_id).closed_at
    assert closed_at is not None
    return closed_at


def test_a_round_closes_by_itself_soon_after_its_time(working: Working) -> None:
    round_id = _opened(working, seconds=4)
    working.studio.door.call("vote", {"choice": "1", "round_id": round_id}, working.bob)
    late = _closed(working, round_id) - _round(working, round_id).closes_at
    assert timedelta(0) <= late < timedelta(seconds=20)
    assert _round(working, round_id).outcome == "Number 1 wins with 1 of 1 votes."


def test_an_extended_round_closes_at_its_new_time(working: Working) -> None:
    round_id = _opened(working, seconds=5)
    more = {"round_id": round_id, "minutes": 1.5 / 60}
    working.studio.door.call("extend_round", more, working.olga)
    assert _closed(working, round_id) >= _round(working, round_id).closes_at


def test_an_extension_that_nobody_handed_out_is_kept_all_the_same(working: Working) -> None:
    round_id = _opened(working, seconds=5)
    with working.studio.db.write() as session:
        session.get_one(Round, round_id).closes_at += timedelta(seconds=1.5)
    assert _closed(working, round_id) >= _round(working, round_id).closes_at


def test_a_round_closed_by_hand_is_left_alone_at_its_time(working: Working) -> None:
    round_id = _opened(working, seconds=4)
    working.studio.door.call("close_round", {"round_id": round_id}, working.olga)
    before = _round(working, round_id)
    time.sleep(max(0.0, (before.closes_at - now()).total_seconds()))
    other = _opened(working, seconds=1.2)
    _closed(working, other)
    after = _round(working, round_id)
    assert (after.closed_at, after.tally_hash) == (before.closed_at, before.tally_hash)


def test_a_round_opened_where_no_workshop_was_open_is_found(working: Working) -> None:
    dispatcher, working.studio.dispatcher = working.studio.dispatcher, None
    round_id = _opened(working, seconds=1.5)
    working.studio.dispatcher = dispatcher
    assert _closed(working, round_id) >= _round(working, round_id).closes_at


def test_a_round_that_a_front_end_counts_closes_once_that_has_said_what_it_saw(
    working: Working,
) -> None:
    round_id = _opened(working, seconds=2)
    counted = {"round_id": round_id, "front_end": "studio"}
    working.studio.door.call("count_round_by", counted, STUDIO)
    until(lambda: now() > _round(working, round_id).closes_at + timedelta(seconds=1.5))
    assert _round(working, round_id).state == "open"  # though the workflow has looked at it

    seen = [{"person_id": working.bob.person_id, "number": 1}]
    dispatcher, working.studio.dispatcher = working.studio.dispatcher, None
    report = counted | {"seen": seen, "begun_at": now()}  # as another process would give it
    working.studio.door.call("reconcile_round", report, STUDIO)
    working.studio.dispatcher = dispatcher

    _closed(working, round_id)
    assert _round(working, round_id).outcome == "Number 1 wins with 1 of 1 votes."


def test_a_bracket_goes_through_its_stages_by_itself(working: Working) -> None:
    pictures = [add_candidate(working.studio, working.ada) for _ in range(4)]
    wish = {"candidate_ids": pictures, "heat_size": 2, "minutes": 60}
    opened: Any = working.studio.door.call("open_bracket", wish, working.olga)
    for line in opened.stages[0].rounds:
        vote = {"choice": "1", "round_id": line.round_id}
        working.studio.door.call("vote", vote, working.bob)
        working.studio.door.call("close_round", {"round_id": line.round_id}, working.olga)
    until(lambda: len(_of_bracket(working, opened.bracket_id)) == 3)
    final = next(r for r in _of_bracket(working, opened.bracket_id) if r.stage == 2)
    working.studio.door.call("vote", {"choice": "2", "round_id": final.id}, working.bob)
    working.studio.door.call("close_round", {"round_id": final.id}, working.olga)
    until(lambda: _bracket(working, opened.bracket_id).state == "closed")
    won = _round(working, final.id).winner_id
    assert _bracket(working, opened.bracket_id).winner_id == won
    assert won in pictures


def _of_bracket(working: Working, bracket_id: str) -> list[Round]:
    with working.studio.db.read() as session:
        return session.query(Round).filter_by(bracket_id=bracket_id).all()


def _bracket(working: Working, bracket_id: str) -> Bracket:
    with working.studio.db.read() as session:
        return session.get_one(Bracket, bracket_id)
