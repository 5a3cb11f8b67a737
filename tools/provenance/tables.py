"""The tables everything else refers to: people, erasable texts, tool calls and the log.

Tables marked `append_only` are guarded by triggers (`guards.py`) on both databases. Tables of a
craft stand in that craft's `tables.py`; each of their artefacts names the call that made it.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

APPEND_ONLY = {"append_only": True}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, also on SQLite, which knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone: use datetime.now(UTC)")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """The one schema."""

    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}


CallId = String(32)
ShortId = String(16)
Digest = String(71)  # "sha256:" and 64 hexadecimal digits


def made_by() -> Mapped[str]:
    """The column by which an artefact names the tool call that made it."""
    return mapped_column(CallId, ForeignKey("tool_call.id"), nullable=False, index=True)


class Person(Base):
    """Someone who used the studio. Names and salt are erasable; the commitment stays."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("front_end", "external_id"),)

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    commitment: Mapped[str] = mapped_column(Digest)
    salt: Mapped[str | None] = mapped_column(String(32))
    front_end: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(200))
    is_bot: Mapped[bool] = mapped_column(default=False, server_default=false())
    account_since: Mapped[datetime | None]  # when the account at the front end was made, if told
    created_at: Mapped[datetime] = mapped_column(default=now)


class Membership(Base):
    """The role a person has in a guild, as their front end last said."""

    __tablename__ = "membership"

    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"), primary_key=True)
    guild: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    joined_at: Mapped[datetime | None]  # the guild, as the front end tells
    groups: Mapped[list[Any] | None]  # the guild's own roles that the person has: their ids
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Plaintext(Base):
    """What a commitment was made from: prompts and other words of people. Erasable."""

    __tablename__ = "plaintext"

    commitment: Mapped[str] = mapped_column(Digest, primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str | None] = mapped_column(ShortId, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ToolCall(Base):
    """One call of one tool, written before its body runs. What came of it stands in the log."""

    __tablename__ = "tool_call"
    __table_args__ = {"info": APPEND_ONLY}

    id: Mapped[str] = mapped_column(CallId, primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(CallId, ForeignKey("tool_call.id"), index=True)
    tool: Mapped[str] = mapped_column(String(64), index=True)
    tool_version: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str | None] = mapped_column(ShortId, index=True)
    role: Mapped[str | None] = mapped_column(String(16))
    guild: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64))
    front_end: Mapped[str] = mapped_column(String(32))
    via: Mapped[str] = mapped_column(String(16))
    thread: Mapped[str | None] = mapped_column(String(200))
    process: Mapped[str] = mapped_column(String(64), index=True)
    arguments: Mapped[dict[str, Any]]  # free text replaced by commitments
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Record(Base):
    """One entry of the provenance log; each holds the hash of the one before it."""

    __tablename__ = "record"
    __table_args__ = (UniqueConstraint("tool_call_id", "closes"), {"info": APPEND_ONLY})

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    tool_call_id: Mapped[str] = made_by()
    phase: Mapped[str] = mapped_column(String(16))
    closes: Mapped[bool]  # one intent and one outcome per call, never two
    body: Mapped[str] = mapped_column(Text)  # canonical JSON
    digest: Mapped[str] = mapped_column(Digest)
    chain: Mapped[str] = mapped_column(Digest)
    created_at: Mapped[datetime] = mapped_column(default=now)
