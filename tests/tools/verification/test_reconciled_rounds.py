"""A round that a front end counted can be checked by a stranger, ballot by ballot."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.tools.voting.conftest import TOOLS, Hall, open_doors
from tools.people import STUDIO, Actor
from tools.provenance.tables import now
from tools.settings import Settings
from tools.studio import Studio
from tools.verification.choosing_steps import ballots_step, count_again, opening_faults
from tools.verification.gathering import read_story, round_calls
from tools.verification.history import provenance
from tools.verification.minting_row_steps import ballot_rows
from tools.verification.records import Entry, Story
from tools.verification.report import Step, Verdict
from tools.voting.tables import Round


@dataclass
class Counted:
    """A closed round: one vote by hand, the others told by the front end."""

    hall: Hall
    round_id: str
    story: Story
    tally: dict[str, Any]

    def rows(self) -> Step:
        """The rows as they are now."""
        with self.hall.studio.db.read() as session:
            return ballot_rows(session, self.story, session.get_one(Round, self.round_id))

    def without(self, tool: str) -> Story:
        """The story, if the records of a tool were left out."""
        entries = [e for e in self.story.entries if self._tool_of(e) != tool]
        return Story(entries)

    def _tool_of(self, entry: Entry) -> str:
        call = self.story.call(entry.call)
        return call.tool if call else ""


def _reconcile(hall: Hall, round_id: str, seen: list[tuple[Actor, int | None]]) -> None:
    told = [{"person_id": who.person_id, "number": number} for who, number in seen]
    hall.call(
        "reconcile_round",
        STUDIO,
        round_id=round_id,
        front_end="studio",
        seen=told,
        begun_at=now(),
    )


@pytest.fixture
def counted(sqlite_settings: Settings) -> Iterator[Counted]:
    """Carol votes and takes back unseen, dave and erin vote unseen, ada for her own picture."""
    with Studio(sqlite_settings, (*TOOLS, provenance)) as studio:
        hall = open_doors(studio)
        first, second = hall.picture(), hall.picture()
        round_id = hall.open(candidate_ids=[first, second])
        carol, dave, erin = (hall.person(name) for name in ("carol", "dave", "erin"))
        hall.vote(carol, "1")
        _reconcile(hall, round_id, [(carol, None), (dave, 1), (erin, 2), (dave, 2), (hall.ada, 1)])
        hall.close(round_id)
        with studio.db.read() as session:
            story = read_story(session, round_calls(session, round_id))
            tally = session.get_one(Round, round_id).tally
        assert tally is not None
        yield Counted(hall, round_id, story, tally)


def test_every_ballot_is_found_in_a_record_and_every_row_agrees(counted: Counted) -> None:
    assert ballots_step(counted.story, counted.tally).verdict is Verdict.PASSED
    assert counted.rows().verdict is Verdict.PASSED
    assert not list(opening_faults(counted.story, counted.tally))
    again = count_again(counted.tally)
    assert again is not None
    assert again.body == counted.tally


def test_a_reconciliation_that_was_left_out_is_missed(counted: Counted) -> None:
    step = ballots_step(counted.without("reconcile_round"), counted.tally)
    assert step.verdict is Verdict.FAILED
    assert "no record says that" in step.detail


def test_a_ballot_that_was_left_out_of_the_tally_is_missed(counted: Counted) -> None:
    fewer = counted.tally | {"ballots": counted.tally["ballots"][:1]}
    step = ballots_step(counted.story, fewer)
    assert step.verdict is Verdict.FAILED
    assert "is not in the tally" in step.detail


def test_other_rules_than_those_of_the_opening_are_noticed(counted: Counted) -> None:
    rules = counted.tally["eligibility"] | {"min_account_days": 90}
    [fault] = opening_faults(counted.story, counted.tally | {"eligibility": rules})
    assert "eligibility is" in fault


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE ballot SET kind = 'added' WHERE kind = 'withdrawn'", "kind is"),
        ("DELETE FROM ballot WHERE kind = 'refused'", "tells of 5 ballots, 4 rows"),
        ("UPDATE ballot SET person_id = 'studio' WHERE id = 3", "person is"),
        ("DELETE FROM ballot WHERE id > 1", "row is gone"),
    ],
)
def test_rows_that_were_changed_are_noticed(counted: Counted, statement: str, says: str) -> None:
    with counted.hall.studio.db.write() as session:
        _change(session, statement)
    step = counted.rows()
    assert step.verdict is Verdict.FAILED
    assert says in step.detail


def _change(session: Session, statement: str) -> None:
    """Past every guard, as whoever owns the file can."""
    triggers = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in triggers.all():
        session.execute(text(f'DROP TRIGGER "{name}"'))
    session.execute(text("PRAGMA defer_foreign_keys=ON"))
    session.execute(text("DELETE FROM standing_ballot"))
    session.execute(text(statement))


def test_a_history_does_not_tell_votes_while_the_counts_are_secret(counted: Counted) -> None:
    hall = counted.hall
    picture = hall.picture()
    round_id = hall.open(candidate_ids=[picture], hidden=True)
    carol = hall.person("carol")
    hall.vote(carol, "1", round_id)
    _reconcile(hall, round_id, [(hall.person("dave"), 1)])

    def votes(reader: Actor) -> list[Any]:
        told = hall.call("provenance", reader, subject_id=round_id)
        return [step for step in told.steps if step.tool in ("vote", "reconcile_round")]

    for step in votes(hall.operator):
        assert (step.arguments, step.result, step.facts, step.digests) == ({}, {}, {}, [])
    assert votes(carol)[0].result["candidate_id"] == picture
    hall.close(round_id)
    assert votes(hall.operator)[0].result["candidate_id"] == picture
    assert votes(hall.operator)[1].facts["ballots"]
