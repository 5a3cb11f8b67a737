"""A hall where people vote: pictures with verdicts, and people with roles."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import sign_in_to
from tests.rows import add_candidate
from tools.community.pausing import pause, resume
from tools.community.setting import set_rule
from tools.definition import AnyTool
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.ballots import BallotOut, vote, withdraw_vote
from tools.voting.board import RoundOut, rounds, show_round
from tools.voting.brackets import advance_bracket, open_bracket, show_bracket
from tools.voting.closing import close_due_round, close_round
from tools.voting.leaderboard import leaderboard
from tools.voting.nominating import nominate
from tools.voting.reconciling import count_round_by, reconcile_round
from tools.voting.rounds import extend_round, open_round
from tools.voting.tables import Round

TOOLS: tuple[AnyTool, ...] = (
    open_round,
    extend_round,
    close_round,
    close_due_round,
    rounds,
    show_round,
    vote,
    withdraw_vote,
    nominate,
    open_bracket,
    show_bracket,
    advance_bracket,
    leaderboard,
    count_round_by,
    reconcile_round,
    set_rule,
    pause,
    resume,
)


@dataclass
class Hall:
    """A studio with an operator, two creators and their pictures."""

    studio: Studio
    operator: Actor
    ada: Actor
    bob: Actor

    def person(self, name: str, role: Role = Role.MEMBER, guild: str = "hall") -> Actor:
        """Someone with a role in a guild."""
        return sign_in_to(self.studio, name, role, guild)

    def picture(self, creator: Actor | None = None, **facts: Any) -> str:
        """A picture, by ada if nobody is named."""
        return add_candidate(self.studio, creator or self.ada, **facts)

    def call(self, name: str, actor: Actor, /, **arguments: object) -> Any:
        """Call a tool through the door."""
        return self.studio.door.call(name, arguments, actor)

    def open(self, **arguments: object) -> str:
        """Open a round; returns its id."""
        opened: RoundOut = self.call("open_round", self.operator, **arguments)
        return opened.round_id

    def vote(self, actor: Actor, choice: str, round_id: str | None = None) -> BallotOut:
        """Vote."""
        ballot: BallotOut = self.call("vote", actor, choice=choice, round_id=round_id)
        return ballot

    def withdraw(self, actor: Actor, round_id: str | None = None) -> BallotOut:
        """Take the vote back."""
        ballot: BallotOut = self.call("withdraw_vote", actor, round_id=round_id)
        return ballot

    def close(self, round_id: str) -> RoundOut:
        """Close a round by hand."""
        closed: RoundOut = self.call("close_round", self.operator, round_id=round_id)
        return closed

    def let_time_pass(self, round_id: str) -> None:
        """As if the round's window had just ended."""
        with self.studio.db.write() as session:
            session.get_one(Round, round_id).closes_at = datetime.now(UTC) - timedelta(seconds=1)


def open_doors(studio: Studio) -> Hall:
    """The hall of a studio, with its first people."""
    return Hall(
        studio,
        operator=sign_in_to(studio, "olga", Role.OPERATOR),
        ada=sign_in_to(studio, "ada", Role.CREATOR),
        bob=sign_in_to(studio, "bob", Role.CREATOR),
    )


@pytest.fixture
def hall(sqlite_settings: Settings) -> Iterator[Hall]:
    """A hall on SQLite, for what does not depend on the database."""
    with Studio(sqlite_settings, TOOLS) as studio:
        yield open_doors(studio)


@pytest.fixture
def either_hall(settings: Settings) -> Iterator[Hall]:
    """A hall, once on each database."""
    with Studio(settings, TOOLS) as studio:
        yield open_doors(studio)
