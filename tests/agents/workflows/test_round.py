"""A round closes when its time is over, and not before."""

import time
from datetime import datetime, timedelta
from typing import Any

from tests.agents.workflows.conftest import Working, until
from tests.rows import add_candidate
from tools.provenance.tables import now
from tools.voting.tables import Round


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
