"""Whatever people do, by whatever channel: one vote each, and a tally that a recount confirms."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.tools.voting.conftest import TOOLS, Hall, open_doors
from tools.errors import MintmarkError
from tools.people import STUDIO, Actor, Via
from tools.provenance.tables import Person, now
from tools.settings import load_settings
from tools.studio import Studio
from tools.voting.tables import Ballot, Round, StandingBallot
from tools.voting.tally import recount

_OWN = {0: {1, 3}, 1: {2}}  # the numbers of ada's and bob's own pictures
_VIAS: tuple[Via, ...] = ("command", "button", "reaction")


@dataclass
class Model:
    """What should stand, worked out apart from the program."""

    standing: dict[int, int]

    def vote(self, who: int, number: int) -> None:
        """A vote counts unless it is for one's own picture, or for none there is."""
        if number <= 3 and number not in _OWN.get(who, ()):
            self.standing[who] = number

    def withdraw(self, who: int) -> None:
        """Nothing stands any more."""
        self.standing.pop(who, None)


@dataclass(frozen=True)
class Deed:
    """What people did: one of them while everybody looked, or several while nobody did."""

    via: Via | None  # None: told by a front end that was away
    steps: list[tuple[int, int | None]]  # who, and the number they voted for; None: withdrew


_STEP = st.tuples(st.integers(0, 3), st.sampled_from([1, 2, 3, 7, None]))
_LIVE = st.builds(Deed, st.sampled_from(_VIAS), st.lists(_STEP, min_size=1, max_size=1))
_AWAY = st.builds(Deed, st.none(), st.lists(_STEP, max_size=5))
_DEEDS = st.lists(st.one_of(_LIVE, _LIVE, _AWAY), max_size=10)


@pytest.fixture(scope="module")
def open_hall() -> Iterator[tuple[Hall, list[str], list[Actor]]]:
    """One hall for many rounds: each example opens its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Studio(load_settings(data_dir=Path(folder)), TOOLS) as studio,
    ):
        hall = open_doors(studio)
        pictures = [hall.picture(hall.ada), hall.picture(hall.bob), hall.picture(hall.ada)]
        people = [hall.ada, hall.bob, hall.person("carol"), hall.person("dave")]
        yield hall, pictures, people


def _live(hall: Hall, who: Actor, number: int | None, round_id: str) -> None:
    with suppress(MintmarkError):
        if number is None:
            hall.withdraw(who, round_id)
        else:
            hall.vote(who, str(number), round_id)


def _away(hall: Hall, seen: list[tuple[Actor, int | None]], round_id: str) -> None:
    told = [{"person_id": who.person_id, "number": number} for who, number in seen]
    wish = {"round_id": round_id, "front_end": "studio", "seen": told, "begun_at": now()}
    hall.studio.door.call("reconcile_round", wish, STUDIO)


def _played(hall: Hall, people: list[Actor], deeds: list[Deed], round_id: str) -> Model:
    model = Model({})
    for deed in deeds:
        steps = [(people[who], number) for who, number in deed.steps]
        if deed.via is None:
            _away(hall, steps, round_id)
        else:
            _live(hall, steps[0][0].by(deed.via), steps[0][1], round_id)
        for who, number in deed.steps:
            if number is None:
                model.withdraw(who)
            else:
                model.vote(who, number)
    return model


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=_DEEDS)
def test_one_ballot_each_and_a_tally_that_a_recount_of_the_rows_confirms(
    open_hall: tuple[Hall, list[str], list[Actor]], deeds: list[Deed]
) -> None:
    hall, pictures, people = open_hall
    round_id = hall.open(candidate_ids=pictures)

    model = _played(hall, people, deeds, round_id)

    _the_same_in_every_book(
        hall,
        round_id,
        {people[who].person_id: pictures[number - 1] for who, number in model.standing.items()},
    )
    closed = hall.close(round_id)
    votes = Counter(model.standing.values())
    assert {e.number: e.votes for e in closed.entries} == {n: votes[n] for n in (1, 2, 3)}
    assert closed.voters == len(model.standing)
    best = max(votes.values(), default=0)
    leading = {pictures[n - 1] for n in (1, 2, 3) if votes[n] == best} if best else {None}
    assert closed.winner_id in leading
    with hall.studio.db.read() as session:
        kept = session.get_one(Round, round_id)
        assert recount(session, kept).hash == kept.tally_hash


def _the_same_in_every_book(hall: Hall, round_id: str, meant: dict[str, str]) -> None:
    """What stands, and what every ballot played through gives."""
    with hall.studio.db.read() as session:
        standing = session.scalars(select(StandingBallot).filter_by(round_id=round_id)).all()
        rows = session.scalars(select(Ballot).filter_by(round_id=round_id).order_by(Ballot.id))
        played: dict[str, str | None] = {}
        for row in rows:
            if row.kind != "refused":
                played[row.person_id] = None if row.kind == "withdrawn" else row.candidate_id
        known = set(session.scalars(select(Person.id)))
    assert {ballot.person_id: ballot.candidate_id for ballot in standing} == meant
    assert len({ballot.person_id for ballot in standing}) == len(standing)
    assert {who: what for who, what in played.items() if what is not None} == meant
    assert set(played) <= known
