"""Rounds, their candidates, and ballots."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from tools.provenance.tables import APPEND_ONLY, Base, Digest, ShortId, made_by, now


class Round(Base):
    """A vote on candidates, with a window and a quorum."""

    __tablename__ = "round"

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    collection: Mapped[str] = mapped_column(String(64), index=True)
    guild: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(200))
    quorum: Mapped[int]  # how many people must vote for the round to have a winner
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)  # open closed
    closed_at: Mapped[datetime | None]
    winner_id: Mapped[str | None] = mapped_column(ShortId, ForeignKey("candidate.id"))
    tally: Mapped[dict[str, Any] | None]
    tally_hash: Mapped[str | None] = mapped_column(Digest)
    outcome: Mapped[str | None] = mapped_column(Text)  # in words
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the counts are kept secret until the round closes."""
    eligibility: Mapped[dict[str, Any] | None]  # the rules it opened with; None: those of version 1
    counted_by: Mapped[str | None] = mapped_column(String(32))
    """The front end that must say what it last saw before this round is counted; None: nobody."""
    reconciled_at: Mapped[datetime | None]  # when that front end last compared its votes with ours
    bracket_id: Mapped[str | None] = mapped_column(ShortId, index=True)
    stage: Mapped[int | None]  # in the bracket: 1 for its heats


class Bracket(Base):
    """A vote too large for one round: heats, whose winners meet until one is left."""

    __tablename__ = "bracket"

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    collection: Mapped[str] = mapped_column(String(64))
    guild: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(200))
    heat_size: Mapped[int]  # how many candidates stand in one round at most
    minutes: Mapped[float]  # each stage lasts
    quorum: Mapped[int]  # of each round
    hidden: Mapped[bool]
    eligibility: Mapped[dict[str, Any] | None]  # the rules of all its rounds
    state: Mapped[str] = mapped_column(String(16), index=True)  # open closed
    winner_id: Mapped[str | None] = mapped_column(ShortId, ForeignKey("candidate.id"))
    outcome: Mapped[str | None] = mapped_column(Text)  # in words
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class Nomination(Base):
    """A candidate that someone put to the vote: it stands in the next round before others."""

    __tablename__ = "nomination"
    __table_args__ = {"info": APPEND_ONLY}

    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"), primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"))
    guild: Mapped[str] = mapped_column(String(64))
    nominated_at: Mapped[datetime] = mapped_column(default=now)


class RoundEntry(Base):
    """A candidate that stands in a round, under the number people vote with."""

    __tablename__ = "round_entry"
    __table_args__ = (UniqueConstraint("round_id", "candidate_id"), {"info": APPEND_ONLY})

    round_id: Mapped[str] = mapped_column(ShortId, ForeignKey("round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"), index=True)
    tool_call_id: Mapped[str] = made_by()


class Ballot(Base):
    """One thing one person did with their vote: added, changed, withdrawn; or was refused."""

    __tablename__ = "ballot"
    __table_args__ = {"info": APPEND_ONLY}

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    tool_call_id: Mapped[str] = made_by()
    round_id: Mapped[str] = mapped_column(ShortId, ForeignKey("round.id"), index=True)
    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"), index=True)
    candidate_id: Mapped[str | None] = mapped_column(ShortId, ForeignKey("candidate.id"))
    kind: Mapped[str] = mapped_column(String(16))  # added changed withdrawn refused
    reason: Mapped[str | None] = mapped_column(Text)  # why refused
    judged: Mapped[dict[str, Any] | None]  # what eligibility looked at, such as ages in days
    cast_at: Mapped[datetime] = mapped_column(default=now)


class StandingBallot(Base):
    """How a person's vote in a round stands now: at most one row for each of them."""

    __tablename__ = "standing_ballot"

    round_id: Mapped[str] = mapped_column(ShortId, ForeignKey("round.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"), primary_key=True)
    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"))
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
