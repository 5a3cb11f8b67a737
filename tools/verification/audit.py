"""The audit: what was done in a guild lately, by whom, and how it ended, read from the log.

It tells of every call, also of those that were refused. What people wrote is shown only as far as
it is still kept: whoever had their words erased is not quoted here either. What a vote was for is
between the voter and the tally, so of a vote the audit tells only that it was cast.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field
from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import Session

from tools.definition import PRIVATE, Input, Output, tool
from tools.errors import NotFound
from tools.people import Role
from tools.provenance.commitments import opens
from tools.provenance.effects import OpenCall
from tools.provenance.log import INTENT
from tools.provenance.tables import Membership, Person, Plaintext, Record, ToolCall
from tools.verification.records import Body, mapping

SECRET = ("vote", "withdraw_vote")  # of these the arguments are not told
Outcome = Literal["settled", "failed", "refused", "cancelled", "abandoned"]


class AuditIn(Input):
    """Which calls to tell of."""

    person_id: str | None = Field(None, description="only those of one person, by id or name")
    tool: str | None = Field(None, max_length=64, description="only those of one tool")
    subject: str | None = Field(None, max_length=64, description="only those that name this id")
    outcome: Outcome | None = Field(None, description="only those that ended so")
    before: str | None = Field(None, max_length=32, description="older than this call")
    after: str | None = Field(None, max_length=32, description="the next ones after this call")
    limit: int = Field(20, ge=1, le=100)


class AuditLineOut(Output):
    """One call: who wanted what, and what came of it."""

    call_id: str
    at: str  # ISO 8601, UTC, to the second
    tool: str
    person_id: str | None
    name: str | None  # None where it was erased
    role: str | None
    via: str
    front_end: str
    channel: str
    outcome: str  # settled, failed, refused, cancelled, abandoned; intent while it runs
    subjects: list[str]  # the ids that it names
    error: str | None  # the kind of error, where there was one
    why: str | None  # its words, where they are still kept


class AuditOut(Output):
    """Calls, the newest first."""

    lines: Annotated[list[AuditLineOut], PRIVATE]  # they stand in the log already
    filters: dict[str, str]  # by which they were chosen, and how many at most
    next_before: str | None  # where older ones begin; None at the end
    next_after: str | None  # where newer ones begin; None where these were the newest


@tool(least_role=Role.OPERATOR)
def audit(call: OpenCall, which: AuditIn) -> AuditOut:
    """Show what was done here lately: who called which tool, and how it ended."""
    with call.studio.db.read() as session:
        found = list(_calls(session, call, which))
        more = len(found) > which.limit
        lines = [_line(session, row, body) for row, body in found[: which.limit]]
    if upwards := which.after is not None:
        lines.reverse()
    older, newer = (True, more) if upwards else (more, which.before is not None)
    return AuditOut(
        lines=lines,
        filters=_filters(which),
        next_before=lines[-1].call_id if lines and older else None,
        next_after=lines[0].call_id if lines and newer else None,
    )


def _filters(which: AuditIn) -> dict[str, str]:
    """What the next pages are asked for with, too: nothing that is so by itself."""
    chosen = which.model_dump(exclude={"before", "after"}, exclude_defaults=True)
    return {name: str(value) for name, value in chosen.items() if value is not None}


def _calls(session: Session, call: OpenCall, which: AuditIn) -> Iterator[tuple[ToolCall, Body]]:
    """Calls with the body of the record that closed them, and one more than is asked for.

    The newest come first; of those after a call the oldest, since they are next to it.
    """
    query = (
        select(ToolCall, Record.phase, Record.body)
        .outerjoin(Record, (Record.tool_call_id == ToolCall.id) & Record.closes)
        .where(ToolCall.guild == call.actor.guild, ToolCall.id != call.id)
        .where(*_conditions(session, call, which))
    )
    upwards = which.after is not None
    ordered = query.order_by(ToolCall.id.asc() if upwards else ToolCall.id.desc())
    for row, phase, body in session.execute(ordered.limit(which.limit + 1)):
        yield row, {"phase": phase or INTENT, **(_read(body) if body else {})}


def _conditions(session: Session, call: OpenCall, which: AuditIn) -> Iterator[ColumnElement[bool]]:
    if which.person_id is not None:
        yield ToolCall.person_id == _person(session, which.person_id, call.actor.guild)
    if which.tool is not None:
        yield ToolCall.tool == which.tool
    if which.subject is not None:
        yield cast(ToolCall.arguments, String).contains(which.subject, autoescape=True)
        yield ToolCall.tool.not_in(SECRET)
    if which.outcome is not None:
        yield Record.phase == which.outcome
    if which.before is not None:
        yield ToolCall.id < which.before
    if which.after is not None:
        yield ToolCall.id > which.after


def _person(session: Session, wanted: str, guild: str) -> str:
    """The id of a person, given by id or by a name that only one person of the guild has."""
    if session.get(Person, wanted) is not None:
        return wanted
    here = select(Membership.person_id).where(Membership.guild == guild)
    named = select(Person.id).where(Person.name == wanted, Person.id.in_(here))
    found = list(session.scalars(named.limit(2)))
    if len(found) != 1:
        raise NotFound(
            "{person} is nobody, or several people here: give the id of a person (p_…), as this "
            "list shows it.",
            person=repr(wanted[:64]),
        )
    return found[0]


def _read(body: str) -> Body:
    try:
        return mapping(orjson.loads(body))
    except ValueError:
        return {}


def _line(session: Session, row: ToolCall, body: Body) -> AuditLineOut:
    person = session.get(Person, row.person_id) if row.person_id else None
    error = mapping(body.get("error"))
    secret = row.tool in SECRET
    return AuditLineOut(
        call_id=row.id,
        at=row.created_at.isoformat(timespec="seconds"),
        tool=row.tool,
        person_id=row.person_id,
        name=person.name if person else None,
        role=row.role,
        via=row.via,
        front_end=row.front_end,
        channel=row.channel,
        outcome=str(body.get("phase")),
        subjects=[] if secret else list(_subjects(row.arguments)),
        error=str(error["type"]) if "type" in error else None,
        why=None if secret else _words(session, error.get("message")),
    )


def _subjects(arguments: dict[str, Any]) -> Iterator[str]:
    """The ids among the arguments: what a call was about."""
    for name, value in arguments.items():
        if name.endswith("_id") and isinstance(value, str):
            yield value


def _words(session: Session, commitment: object) -> str | None:
    """The words behind a commitment, if they are still kept, and are those that were said."""
    kept = session.get(Plaintext, commitment) if isinstance(commitment, str) else None
    if kept is None or not opens(kept.commitment, kept.salt, kept.text):
        return None
    return kept.text
