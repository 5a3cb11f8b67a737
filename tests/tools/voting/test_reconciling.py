"""A front end that was away tells what changed, and the round closes on what it saw last."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.tools.voting.conftest import Hall
from tools.errors import Conflict, MintmarkError, NotFound, Refused
from tools.people import STUDIO, Actor, Role
from tools.provenance.tables import Person, Record, ToolCall, now
from tools.voting.reconciling import ReconciledOut
from tools.voting.tables import Ballot, Round


def _report(
    hall: Hall,
    round_id: str,
    *seen: tuple[Actor, int | None],
    begun_at: datetime | None = None,
    final: bool = True,
) -> ReconciledOut:
    """What the terminal, taken as the front end that counts, saw."""
    told: ReconciledOut = hall.call(
        "reconcile_round",
        STUDIO,
        round_id=round_id,
        front_end="studio",
        seen=[{"person_id": who.person_id, "number": number} for who, number in seen],
        begun_at=begun_at or now(),
        final=final,
    )
    return told


def _counted(hall: Hall, **arguments: object) -> str:
    round_id = hall.open(**arguments)
    hall.call("count_round_by", STUDIO, round_id=round_id, front_end="studio")
    return round_id


def _round(hall: Hall, round_id: str) -> Round:
    with hall.studio.db.read() as session:
        return session.get_one(Round, round_id)


def _close_due(hall: Hall, round_id: str) -> Any:
    return hall.call("close_due_round", STUDIO, round_id=round_id)


def test_every_difference_becomes_a_ballot_in_one_record(hall: Hall) -> None:
    first, second = hall.picture(), hall.picture()
    round_id = hall.open(candidate_ids=[first, second])
    carol, dave, erin, finn = (hall.person(name) for name in ("carol", "dave", "erin", "finn"))
    for person in (carol, dave, finn):
        hall.vote(person, "1")

    told = _report(hall, round_id, (carol, 2), (dave, None), (erin, 2), (hall.ada, 1))

    assert (told.added, told.changed, told.withdrawn, told.voters) == (1, 1, 1, 3)
    assert [(r.person_id, r.number) for r in told.refused] == [(hall.ada.person_id, 1)]
    assert "You made this picture" in told.refused[0].reason
    with hall.studio.db.read() as session:
        rows = session.scalars(select(Ballot).order_by(Ballot.id)).all()
    kinds = [row.kind for row in rows]
    assert kinds == ["added"] * 3 + ["changed", "withdrawn", "added", "refused"]
    assert len({row.tool_call_id for row in rows[3:]}) == 1
    closed = hall.close(round_id)
    assert {entry.number: entry.votes for entry in closed.entries} == {1: 1, 2: 2}


def test_the_record_names_people_by_commitment_only(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    carol = hall.person("carol")
    _report(hall, round_id, (carol, 1), (hall.ada, 1))

    with hall.studio.db.read() as session:
        call = session.scalars(select(ToolCall).filter_by(tool="reconcile_round")).one()
        records = session.scalars(select(Record).filter_by(tool_call_id=call.id)).all()
        commitment = session.get_one(Person, carol.person_id).commitment
    bodies = " ".join(record.body for record in records)
    assert commitment in bodies
    assert carol.person_id not in bodies
    assert hall.ada.person_id not in bodies


def test_a_reaction_that_went_away_leaves_a_vote_that_has_moved_since(hall: Hall) -> None:
    hall.picture(), hall.picture()
    round_id = hall.open()
    carol, dave = hall.person("carol"), hall.person("dave")
    for person in (carol, dave):
        hall.vote(person, "2")
    gone = [
        {"person_id": carol.person_id, "number": None, "was": 1},
        {"person_id": dave.person_id, "number": None, "was": 2},
    ]
    told = hall.call(
        "reconcile_round",
        STUDIO,
        round_id=round_id,
        front_end="studio",
        seen=gone,
        begun_at=now(),
    )
    assert (told.withdrawn, told.voters) == (1, 1)
    assert hall.call("show_round", carol).your_vote == 2


def test_a_live_withdrawal_may_name_what_it_is_about(hall: Hall) -> None:
    hall.picture(), hall.picture()
    round_id = hall.open()
    carol = hall.person("carol")
    hall.vote(carol, "2")
    with pytest.raises(Conflict, match="stands on number 2, not on 1"):
        hall.call("withdraw_vote", carol, round_id=round_id, choice="1")
    assert hall.call("withdraw_vote", carol, round_id=round_id, choice=2).kind == "withdrawn"


def test_who_took_a_vote_away_and_chose_their_own_picture_has_no_vote(hall: Hall) -> None:
    hall.picture(hall.ada), hall.picture(hall.bob)
    round_id = hall.open()
    shown = hall.call("show_round", hall.ada)
    own = next(e.number for e in shown.entries if e.creator_id == hall.ada.person_id)
    hall.vote(hall.ada, str(3 - own))

    told = _report(hall, round_id, (hall.ada, None), (hall.ada, own))

    assert (told.withdrawn, len(told.refused), told.voters) == (1, 1, 0)


def test_people_whom_the_front_end_never_signed_in_are_not_taken(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    carol = hall.person("carol")
    nobody = Actor("p_nobody", "x", "hall", "floor", "studio")
    with pytest.raises(NotFound, match="p_nobody"):
        _report(hall, round_id, (carol, 1), (nobody, 1))
    assert hall.call("show_round", carol).voters == 0


def test_who_has_no_role_in_the_guild_is_refused(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    stranger = hall.person("dave", guild="elsewhere")
    told = _report(hall, round_id, (stranger, 1))
    assert "no role here" in told.refused[0].reason


def test_only_the_studio_reconciles(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    arguments = {"round_id": round_id, "front_end": "studio", "seen": [], "begun_at": now()}
    with pytest.raises(MintmarkError, match="studio"):
        hall.studio.door.call("reconcile_round", arguments, hall.operator)


def test_a_round_counted_by_a_front_end_waits_for_its_last_comparison(hall: Hall) -> None:
    hall.picture()
    round_id = _counted(hall)
    carol = hall.person("carol")
    _report(hall, round_id, begun_at=now() - timedelta(minutes=1))
    hall.let_time_pass(round_id)

    with pytest.raises(Conflict, match=r"waits until .* for studio"):
        _close_due(hall, round_id)
    assert hall.call("show_round", carol, round_id=round_id).waits_for == "studio"
    _report(hall, round_id, (carol, 1))
    closed = _close_due(hall, round_id)

    assert (closed.state, closed.voters, closed.waits_for) == ("closed", 1, None)
    assert closed.outcome == "Number 1 wins with 1 of 1 votes."
    tally = _round(hall, round_id).tally
    assert tally is not None
    assert (tally["counted_by"], tally["compared"]) == ("studio", True)


def test_a_part_of_a_comparison_does_not_let_the_round_close(hall: Hall) -> None:
    hall.picture()
    round_id = _counted(hall)
    hall.let_time_pass(round_id)
    _report(hall, round_id, (hall.person("carol"), 1), final=False)
    with pytest.raises(Conflict, match="waits"):
        _close_due(hall, round_id)


def test_a_comparison_that_began_before_the_end_is_not_the_last(hall: Hall) -> None:
    hall.picture()
    round_id = _counted(hall)
    before = now() - timedelta(minutes=1)
    hall.let_time_pass(round_id)
    _report(hall, round_id, begun_at=before)
    with pytest.raises(Conflict, match="waits"):
        _close_due(hall, round_id)


def test_after_the_grace_it_is_closed_and_says_what_is_missing(hall: Hall) -> None:
    hall.picture()
    round_id = _counted(hall)
    hall.vote(hall.person("carol"), "1")
    with hall.studio.db.write() as session:
        session.get_one(Round, round_id).closes_at = now() - timedelta(minutes=61)

    closed = _close_due(hall, round_id)

    assert "did not say what it last saw" in closed.outcome
    assert closed.winner_id is not None
    tally = _round(hall, round_id).tally
    assert tally is not None
    assert tally["compared"] is False


def test_an_operator_ends_the_voting_and_the_count_follows_the_comparison(hall: Hall) -> None:
    hall.picture()
    round_id = _counted(hall, minutes=60)
    carol, dave = hall.person("carol"), hall.person("dave")

    ended = hall.close(round_id)

    assert (ended.state, ended.waits_for) == ("open", "studio")
    assert ended.closes_at <= now()
    with pytest.raises(Conflict, match="ended at"):
        hall.vote(carol, "1", round_id)
    with pytest.raises(Conflict, match="time of round"):
        hall.call("extend_round", hall.operator, round_id=round_id, minutes=5)
    assert _report(hall, round_id, (dave, 1)).added == 1
    assert hall.close(round_id).voters == 1
    with pytest.raises(Conflict, match="closed already"):
        _close_due(hall, round_id)
    with pytest.raises(Conflict, match="closed already"):
        _report(hall, round_id, (carol, 1))


def test_a_round_is_counted_by_one_front_end(hall: Hall) -> None:
    hall.picture()
    round_id = _counted(hall)
    hall.call("count_round_by", STUDIO, round_id=round_id, front_end="studio")
    with pytest.raises(Conflict, match="counted by studio already"):
        hall.call("count_round_by", STUDIO, round_id=round_id, front_end="elsewhere")


def test_a_thousand_people_are_reconciled_at_once(either_hall: Hall) -> None:
    pictures = [either_hall.picture() for _ in range(10)]
    round_id = either_hall.open(candidate_ids=pictures)
    people = _crowd(either_hall, 1_000)
    started = now()
    told = _report(either_hall, round_id, *((p, n % 10 + 1) for n, p in enumerate(people)))
    spent = now() - started
    assert (told.added, told.voters) == (1_000, 1_000)
    assert spent < timedelta(seconds=10)  # far less where nothing else runs
    assert {entry.votes for entry in either_hall.close(round_id).entries} == {100}


def _crowd(hall: Hall, number: int) -> list[Actor]:
    from tools.people import sign_in

    with hall.studio.db.write() as session:
        return [
            sign_in(
                session,
                front_end="studio",
                external_id=f"someone {n}",
                name=f"someone {n}",
                guild="hall",
                channel="floor",
                role=Role.MEMBER,
            )
            for n in range(number)
        ]


def test_a_report_is_refused_while_voting_is_paused(hall: Hall) -> None:
    hall.picture()
    round_id = hall.open()
    hall.call("pause", hall.operator, what="vote", reason="we move house")
    with pytest.raises(Refused, match="paused here: we move house"):
        hall.vote(hall.person("carol"), "1")
    told = _report(hall, round_id, (hall.person("dave"), 1))
    assert "we move house" in told.refused[0].reason
    hall.call("resume", hall.operator, what="vote")
    assert hall.vote(hall.person("carol"), "1").kind == "added"
