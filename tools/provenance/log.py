"""The provenance log: an intent before every action, an outcome after it, chained by hashes.

A record's body is canonical JSON. `chain = sha256(previous chain ‖ sha256(body))`, so nothing can
be changed or taken out without every later link failing. The first link follows 64 zeros. What a
chain alone cannot show is a tail that was cut off or written anew as a whole; for that, keep the
head that `head()` gives somewhere else.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tools.provenance.canonical import canonical
from tools.provenance.tables import Record, ToolCall, now

SCHEMA = "mintmark/record/v1"
INTENT = "intent"
OUTCOMES = ("settled", "failed", "refused", "cancelled", "abandoned")
GENESIS = "sha256:" + "0" * 64
_FIXED = ("tool", "tool_version", "role", "guild", "front_end", "via", "process", "arguments")
_WRITERS = 0x4D494E54  # the key of PostgreSQL's advisory lock: "MINT"


@dataclass(frozen=True)
class Head:
    """Where the log stands."""

    size: int  # records
    chain: str  # the last link


def append(session: Session, call_id: str, phase: str, body: dict[str, Any]) -> Record:
    """Write one record behind the last.

    Args:
        session: a writing session; the record is there once it commits.
        call_id: the tool call it belongs to.
        phase: "intent", or one of `OUTCOMES`.
        body: what happened; no floats, see `canonical`.
    """
    if phase != INTENT and phase not in OUTCOMES:
        raise ValueError(f"{phase!r} is no phase of a record")
    before = lock_head(session)
    moment = now()
    full = {
        "schema": SCHEMA,
        "seq": before.size + 1,
        "time": moment.isoformat(timespec="milliseconds"),
        "call": call_id,
        "phase": phase,
    } | body
    text_body = canonical(full)
    digest = sha256(text_body)
    record = Record(
        seq=before.size + 1,
        tool_call_id=call_id,
        phase=phase,
        closes=phase != INTENT,
        body=text_body.decode(),
        digest=digest,
        chain=link(before.chain, digest),
        created_at=moment,
    )
    session.add(record)
    session.flush()
    return record


def head(session: Session) -> Head:
    """The size of the log and its last link."""
    last = session.execute(_LAST).first()
    return Head(last.seq, last.chain) if last else Head(0, GENESIS)


_LAST = select(Record.seq, Record.chain).order_by(Record.seq.desc()).limit(1)


def lock_head(session: Session) -> Head:
    """The head, kept from moving until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
    return head(session)  # an SQLite writer holds the only write lock already


def link(previous: str, digest: str) -> str:
    """The chain value after a record with this digest."""
    return sha256(_raw(previous) + _raw(digest))


def sha256(data: bytes) -> str:
    """`sha256:` and the hexadecimal digest."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _raw(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix("sha256:"))


@dataclass(frozen=True)
class Fault:
    """The first place where the log does not hold."""

    seq: int
    reason: str


def find_fault(session: Session) -> Fault | None:
    """Walk the whole log; returns the first fault, or None if it holds from end to end."""
    chain, expected = GENESIS, 1
    for record in session.scalars(
        select(Record).order_by(Record.seq).execution_options(yield_per=500)
    ):
        if record.seq != expected:
            return Fault(expected, f"record {expected} is missing; the next one is {record.seq}")
        if reason := _fault_of(record, chain) or _fault_of_call(session, record):
            return Fault(record.seq, reason)
        chain, expected = record.chain, expected + 1
    return None


def _fault_of(record: Record, previous: str) -> str | None:
    if sha256(record.body.encode()) != record.digest:
        return f"the body of record {record.seq} was changed: its digest does not match"
    if link(previous, record.digest) != record.chain:
        return f"record {record.seq} does not follow from the one before it"
    body = json.loads(record.body)
    columns = {
        "seq": record.seq,
        "phase": record.phase,
        "call": record.tool_call_id,
        "time": record.created_at.isoformat(timespec="milliseconds"),
    }
    for name, value in columns.items():
        if body.get(name) != value:
            return f"record {record.seq}: its {name} is {value!r}, its body says {body.get(name)!r}"
    return None


def _fault_of_call(session: Session, record: Record) -> str | None:
    """An intent fixes the row of its tool call: the two must say the same."""
    if record.phase not in (INTENT, "refused"):
        return None
    call = session.get(ToolCall, record.tool_call_id)
    if call is None:
        return f"record {record.seq} belongs to tool call {record.tool_call_id}, which is gone"
    body = json.loads(record.body)
    if "tool" not in body:  # the refusal of a call whose intent is already there
        return None
    columns = {name: getattr(call, name) for name in _FIXED} | {"parent": call.parent_id}
    for name, value in columns.items():
        if body[name] != value:
            return (
                f"the row of tool call {call.id} was changed: its {name} is not what was recorded"
            )
    return None


def open_calls(session: Session) -> Iterator[ToolCall]:
    """Calls whose intent has no outcome yet."""
    closed = select(Record.tool_call_id).where(Record.closes)
    return iter(session.scalars(select(ToolCall).where(ToolCall.id.not_in(closed))))


def count(session: Session) -> int:
    """How many records there are."""
    return session.scalar(select(func.count()).select_from(Record)) or 0
