"""The books of reactions: which were seen, and which of them stand for a vote.

A row says that a reaction was seen, and whether it counts. One that does not count (because the
vote has moved on, and it is still to be taken off) withdraws nothing when it goes, and is never
taken for a vote again. All methods block on the database; from async code, call them in a thread.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, delete, false, func, select, tuple_
from sqlalchemy.orm import Session

from bot.discord.posts import FRONT_END
from bot.discord.votes.differences import Mark
from bot.discord.votes.pages import PURPOSE, Page
from tools.community.tables import Post, Reaction
from tools.provenance.tables import Person, now
from tools.studio import Studio
from tools.voting.tables import Ballot, Round, RoundEntry, StandingBallot
from tools.voting.tally import is_compared

_AT_ONCE = 500  # rows that one statement names


class ToBeCompared(Exception):
    """The time of the round is over: what stands there is for the last comparison to see."""


class Noted(NamedTuple):
    """A reaction that was seen."""

    user: int  # their id in Discord
    mark: Mark
    counts: bool  # whether it stands for their vote


class Books:
    """The books of one studio."""

    def __init__(self, studio: Studio) -> None:
        self._db = studio.db

    # --- rounds ---

    def open_rounds(self, handles: Callable[[str], bool]) -> list[str]:
        """Open rounds that are shown in guilds that are handled."""
        return [round_.id for round_ in self._shown() if handles(round_.guild)]

    def rounds_to_compare(self, handles: Callable[[str], bool]) -> list[str]:
        """Those of them whose time is over, and that wait for their last comparison."""
        over = self._shown(Round.counted_by == FRONT_END, Round.closes_at <= now())
        return [one.id for one in over if handles(one.guild) and not is_compared(one)]

    def _shown(self, *conditions: ColumnElement[bool]) -> list[Round]:
        shown = select(Post.subject_id).where(
            Post.front_end == FRONT_END, Post.purpose.startswith(PURPOSE)
        )
        found = select(Round).where(Round.state == "open", Round.id.in_(shown), *conditions)
        with self._db.read() as session:
            return list(session.scalars(found))

    def last_ballots(self, handles: Callable[[str], bool]) -> dict[str, int]:
        """The last ballot in each open round that is shown and not secret; 0 if there is none.

        What is done with votes in one round is done one after the other, so these only grow.
        """
        last = select(func.max(Ballot.id)).where(Ballot.round_id == Round.id).scalar_subquery()
        rounds = [one.id for one in self._shown(Round.hidden == false()) if handles(one.guild)]
        with self._db.read() as session:
            rows = session.execute(select(Round.id, last).where(Round.id.in_(rounds)))
            return {row[0]: row[1] or 0 for row in rows}

    def is_over(self, round_id: str, moment: datetime) -> bool:
        """Whether the time of a round was over at a moment."""
        with self._db.read() as session:
            return session.get_one(Round, round_id).closes_at <= moment

    def awaits_count(self, round_id: str) -> bool:
        """Whether the time of a round is over, and its last comparison is still to be made."""
        with self._db.read() as session:
            return _awaits_count(session.get_one(Round, round_id))

    # --- one reaction ---

    def replace(self, page: Page, user: int, number: int) -> list[Mark]:
        """Note a reaction as the person's one vote; returns the others that were seen of theirs."""
        with self._db.write() as session:
            mine = select(Reaction).filter_by(round_id=page.round_id, user=str(user))
            rows = session.scalars(mine).all()
            older = [row for row in rows if _mark(row) != (page.message, number)]
            for row in older:
                row.counts = False  # until it is taken off, whoever does that
            session.merge(_row(page, user, number, counts=not page.hidden))
        return [_mark(row) for row in older]

    def is_noted(self, page: Page, user: int, number: int) -> bool:
        """Whether a reaction that came stands for the person's vote already."""
        with self._db.read() as session:
            row = session.get(Reaction, _key(page, user, number))
            noted = row is not None and row.counts
            return noted and _stands_on(session, page.round_id, user, number)

    def stands_for_a_vote(self, page: Page, user: int, number: int) -> bool:
        """Whether a reaction that went was a vote that may be withdrawn; else it is forgotten.

        Raises:
            ToBeCompared: if that is for the last comparison to decide.
        """
        with self._db.read() as session:
            row = session.get(Reaction, _key(page, user, number))
            if row is None:
                return False
            round_ = session.get_one(Round, page.round_id)
            in_time = round_.state == "open" and round_.closes_at > now()
            if row.counts and not in_time and _awaits_count(round_):
                raise ToBeCompared
            stands = row.counts and in_time and _stands_on(session, page.round_id, user, number)
        if not stands:
            self.forget(page.message, number, user)
        return stands

    def forget(self, message: int, number: int | None = None, user: int | None = None) -> None:
        """Reactions under a message are no longer there, and that says nothing of the votes."""
        gone = delete(Reaction).where(Reaction.message == str(message))
        if number is not None:
            gone = gone.where(Reaction.number == number)
        if user is not None:
            gone = gone.where(Reaction.user == str(user))
        with self._db.write() as session:
            session.execute(gone)

    # --- all reactions of a round ---

    def of_round(self, round_id: str) -> list[Noted]:
        """The reactions that were seen in a round."""
        with self._db.read() as session:
            rows = session.scalars(select(Reaction).filter_by(round_id=round_id))
            return [Noted(int(row.user), _mark(row), row.counts) for row in rows]

    def forget_all(self, gone: Iterable[Noted]) -> None:
        """These are no longer there, and that says nothing of the votes."""
        keys = [(str(one.mark.message), str(one.user), one.mark.number) for one in gone]
        with self._db.write() as session:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                session.execute(
                    delete(Reaction).where(
                        tuple_(Reaction.message, Reaction.user, Reaction.number).in_(some)
                    )
                )

    def void(self, round_id: str, since: int, busy: Set[int]) -> list[Noted]:
        """Note of reactions that the vote has moved on from that they stand for no vote.

        Args:
            round_id: in which round.
            since: only of people who did something with their vote after this ballot.
            busy: people whose reactions are left as they are for now.

        Returns:
            These reactions, those of busy people too.
        """
        outdated = _outdated(round_id, since)
        with self._db.read() as session:
            if not session.scalars(outdated.limit(1)).all():
                return []
        with self._db.write() as session:
            rows = session.scalars(outdated).all()
            for row in rows:
                row.counts = row.counts and int(row.user) in busy
            return [Noted(int(row.user), _mark(row), row.counts) for row in rows]

    def write(
        self,
        round_id: str,
        pages: Mapping[int, Page],
        stands: Mapping[int, Mark | None],
        void: Mapping[int, Set[Mark]],
        cleared: Iterable[Mark],
    ) -> None:
        """Write down what a comparison came to.

        Args:
            round_id: which round was compared.
            pages: where its galleries stand, by message.
            stands: for each person whose reactions differed, the one that stands for their vote.
            void: reactions of theirs that do not, and are still there.
            cleared: what a moderator took off for everybody.
        """
        users = [str(user) for user in stands]
        with self._db.write() as session:
            for start in range(0, len(users), _AT_ONCE):
                some = Reaction.user.in_(users[start : start + _AT_ONCE])
                session.execute(delete(Reaction).where(Reaction.round_id == round_id, some))
            for mark in cleared:
                there = and_(Reaction.message == str(mark.message), Reaction.number == mark.number)
                session.execute(delete(Reaction).where(there))
            for user, standing in stands.items():
                session.add_all(
                    _row(pages[off.message], user, off.number, counts=False)
                    for off in void.get(user, ())
                )
                if standing is not None:
                    session.add(_row(pages[standing.message], user, standing.number, counts=True))


def _row(page: Page, user: int, number: int, *, counts: bool) -> Reaction:
    return Reaction(
        message=str(page.message),
        user=str(user),
        number=number,
        round_id=page.round_id,
        counts=counts,
    )


def _mark(row: Reaction) -> Mark:
    return Mark(int(row.message), row.number)


def _key(page: Page, user: int, number: int) -> tuple[str, str, int]:
    return str(page.message), str(user), number


def _awaits_count(round_: Round) -> bool:
    return round_.state == "open" and round_.closes_at <= now() and not is_compared(round_)


def _outdated(round_id: str, since: int) -> Select[Reaction]:
    """Reactions of people whose vote is another by now, or was taken back."""
    voters = select(Ballot.person_id).where(Ballot.round_id == round_id, Ballot.id > since)
    return (
        select(Reaction)
        .join(Person, and_(Person.external_id == Reaction.user, Person.front_end == FRONT_END))
        .outerjoin(
            StandingBallot,
            and_(StandingBallot.round_id == round_id, StandingBallot.person_id == Person.id),
        )
        .outerjoin(
            RoundEntry,
            and_(
                RoundEntry.round_id == round_id,
                RoundEntry.candidate_id == StandingBallot.candidate_id,
            ),
        )
        .where(Reaction.round_id == round_id, Person.id.in_(voters))
        .where(RoundEntry.number.is_distinct_from(Reaction.number))
    )


def _stands_on(session: Session, round_id: str, user: int, number: int) -> bool:
    """Whether the person's vote is still the one that this reaction stood for."""
    voted_for = session.scalar(
        select(RoundEntry.number)
        .join(
            StandingBallot,
            (StandingBallot.round_id == RoundEntry.round_id)
            & (StandingBallot.candidate_id == RoundEntry.candidate_id),
        )
        .join(Person, Person.id == StandingBallot.person_id)
        .where(RoundEntry.round_id == round_id)
        .where(Person.front_end == FRONT_END, Person.external_id == str(user))
    )
    return voted_for == number
