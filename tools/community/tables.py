"""The rules of guilds, and the books of front ends: what they showed, and what they saw there.

The books hold no artefact and decide nothing. They let any process carry on what another began:
answer a button that was sent a year ago, bring a message up to date, notice a vote that came or
went while no process was there.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tools.provenance.tables import APPEND_ONLY, Base, ShortId, made_by, now

Place = String(64)


class Rule(Base):
    """One thing that a guild set, for all of it or for one channel; the newest counts."""

    __tablename__ = "rule"
    __table_args__ = {"info": APPEND_ONLY}

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    tool_call_id: Mapped[str] = made_by()
    guild: Mapped[str] = mapped_column(Place, index=True)
    channel: Mapped[str] = mapped_column(Place, default="")  # "" for the whole guild
    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[Any] = mapped_column(JSON, nullable=True)  # null: as the program has it
    set_at: Mapped[datetime] = mapped_column(default=now)


class Post(Base):
    """A message that a front end owes, or has sent: what it shows, and where it stands."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("front_end", "purpose"),)

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    front_end: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(200))  # one message for each, such as round:rnd_x:1
    subject_id: Mapped[str] = mapped_column(String(64), index=True)  # what it is about
    guild: Mapped[str] = mapped_column(Place, index=True)
    channel: Mapped[str] = mapped_column(Place)
    message: Mapped[str | None] = mapped_column(Place, index=True)  # its id, once it is sent
    person_id: Mapped[str | None] = mapped_column(ShortId)  # for whom, where it is for someone
    page: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(16), index=True)
    """wanted → sent → done, or gone when somebody deleted the message or the place."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class PostedPicture(Base):
    """Which candidate stands where in a message."""

    __tablename__ = "posted_picture"

    front_end: Mapped[str] = mapped_column(String(32), primary_key=True)
    message: Mapped[str] = mapped_column(Place, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"), index=True)


class Control(Base):
    """A button as it was sent: what it does when somebody presses it, however long after."""

    __tablename__ = "control"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # from the digest of the rest
    action: Mapped[str] = mapped_column(String(64))  # the name of a tool
    arguments: Mapped[dict[str, Any]]
    asks: Mapped[str | None] = mapped_column(String(64))  # the argument a person adds in words
    label: Mapped[str] = mapped_column(Text)
    prefill: Mapped[str] = mapped_column(Text, default="")  # words to begin with
    made_at: Mapped[datetime] = mapped_column(default=now)


class Reaction(Base):
    """A person's reaction on a post of a round, as the front end last saw it."""

    __tablename__ = "reaction"

    message: Mapped[str] = mapped_column(Place, primary_key=True)
    user: Mapped[str] = mapped_column(Place, primary_key=True)  # the front end's id of the person
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # of the entry
    round_id: Mapped[str] = mapped_column(ShortId, ForeignKey("round.id"), index=True)
    counts: Mapped[bool] = mapped_column(default=True)
    """Whether it stands for the person's vote; else it is only still there, to be taken off."""
    seen_at: Mapped[datetime] = mapped_column(default=now)


class Claim(Base):
    """Something that exactly one process does, such as answering one interaction."""

    __tablename__ = "claim"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    process: Mapped[str] = mapped_column(String(64))
    claimed_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Lease(Base):
    """Something that one process at a time does, as long as it says so often enough."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]
