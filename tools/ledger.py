"""What the door writes: tool calls, intents and outcomes, in the provenance log.

A person's words are replaced by salted commitments before they reach the log; the words themselves
go to the erasable table `plaintext` in the same transaction.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from tools.definition import PRIVATE, AnyTool, Input, Output
from tools.errors import MintmarkError, ServiceUnavailable
from tools.people import Actor, Role, role_of
from tools.provenance import log
from tools.provenance.canonical import canonical, digest, recordable
from tools.provenance.commitments import commit
from tools.provenance.effects import OpenCall, current_call
from tools.provenance.identifiers import sortable_id
from tools.provenance.tables import Person, Plaintext, ToolCall

if TYPE_CHECKING:
    from tools.studio import Studio

_NOBODY = Actor("", "nobody", "", "", "unknown", via="text")
_LONGEST_RAW = 8_192  # characters kept of arguments that were refused


@cache
def program_version() -> str:
    """The version of this program, for records."""
    try:
        return version("mintmark")
    except PackageNotFoundError:
        return "0+source"


class Ledger:
    """Writes the records of one process."""

    def __init__(self, studio: "Studio") -> None:
        self._studio = studio

    def role_of(self, actor: Actor | None) -> Role | None:
        """The actor's role as the database knows it now."""
        if actor is None:
            return None
        with self._studio.db.read() as session:
            return role_of(session, actor)

    def prepare(self, actor: Actor, role: Role) -> OpenCall:
        """A call that is about to be opened; effects refuse until it runs inside the door."""
        return OpenCall(sortable_id("call"), self._studio, actor, role, intent_digest="")

    def write_intent(self, call: OpenCall, tool: AnyTool, checked: Input) -> None:
        """Commit the intent; from here on the call is open."""
        with self._writing() as session:
            arguments = _log_arguments(session, tool, checked, call.actor)
            row = self._write_call(
                session, call.id, tool.name, tool, arguments, call.actor, call.role
            )
            record = log.append(session, call.id, log.INTENT, _call_body(session, row, call.actor))
            call.intent_digest = record.digest

    def settle(self, call: OpenCall, output: Output) -> None:
        """Commit the outcome of a call that did what it should."""
        result = recordable(_public(output, output.model_dump(mode="json")))
        body: dict[str, Any] = {"intent": call.intent_digest, "result": result}
        if call.facts:
            body["facts"] = recordable(call.facts)
        body["result_hash"] = digest(result)
        with self._writing() as session:
            log.append(session, call.id, "settled", body)

    def close(
        self, call_id: str, phase: str, error: BaseException | None = None, who: Actor = _NOBODY
    ) -> None:
        """Commit the outcome of a call that failed, was cancelled or abandoned."""
        with self._writing() as session:
            body = {"error": _error_body(session, error, who)} if error else {}
            log.append(session, call_id, phase, body)

    def refuse(
        self,
        name: str,
        tool: AnyTool | None,
        arguments: object,
        actor: Actor | None,
        role: Role | None,
        error: Exception,
    ) -> None:
        """Commit the record of a wish that did not get through the door."""
        call_id, who = sortable_id("call"), actor or _NOBODY
        with self._writing() as session:
            raw = {"raw": _keep(session, _raw_text(arguments), who)}
            row = self._write_call(session, call_id, _writable(name)[:64], tool, raw, who, role)
            body = _call_body(session, row, who) | {"error": _error_body(session, error, who)}
            log.append(session, call_id, "refused", body)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """A writing session in which a fault of the database means: the log is not there."""
        try:
            with self._studio.db.write() as session:
                yield session
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise _ledger_down(error) from error

    def _write_call(
        self,
        session: Session,
        call_id: str,
        name: str,
        tool: AnyTool | None,
        arguments: dict[str, Any],
        actor: Actor,
        role: Role | None,
    ) -> ToolCall:
        parent = current_call()
        row = ToolCall(
            id=call_id,
            parent_id=parent.id if parent else None,
            tool=name,
            tool_version=tool.version if tool else "",
            person_id=actor.person_id or None,
            role=role.value if role else None,
            guild=actor.guild[:64],
            channel=actor.channel[:64],
            front_end=actor.front_end,
            via=actor.via,
            thread=actor.thread,
            process=self._studio.process,
            arguments=arguments,
        )
        session.add(row)
        session.flush()
        return row


def _ledger_down(error: Exception) -> ServiceUnavailable:
    return ServiceUnavailable(
        "The provenance log cannot be written, so nothing was done: {reason}",
        reason=str(error).splitlines()[0],
    )


def _call_body(session: Session, row: ToolCall, actor: Actor) -> dict[str, Any]:
    person = session.get(Person, actor.person_id) if actor.person_id else None
    return {
        "parent": row.parent_id,
        "tool": row.tool,
        "tool_version": row.tool_version,
        "program": program_version(),
        "actor": person.commitment if person else None,
        "role": row.role,
        "guild": row.guild,
        "front_end": row.front_end,
        "via": row.via,
        "process": row.process,
        "arguments": row.arguments,
        "arguments_hash": digest(row.arguments),
    }


def _log_arguments(session: Session, tool: AnyTool, checked: Input, actor: Actor) -> dict[str, Any]:
    arguments: dict[str, Any] = recordable(checked.model_dump(mode="json"))
    for name in tool.private_fields:
        if value := arguments.get(name):
            words = value if isinstance(value, str) else canonical(value).decode()
            arguments[name] = _keep(session, words, actor)
    return arguments


def _public(value: object, dumped: Any) -> Any:
    """An output as the log may hold it: private fields, such as names of people, are left out."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        public = [name for name, field in fields if PRIVATE not in field.metadata]
        return {name: _public(getattr(value, name), dumped[name]) for name in public}
    if isinstance(value, list | tuple):
        return [_public(item, part) for item, part in zip(value, dumped, strict=True)]
    return dumped


def _keep(session: Session, words: str, actor: Actor) -> str:
    """Put words into the erasable table; returns the commitment that goes to the log."""
    commitment = commit(words)
    session.add(
        Plaintext(
            commitment=commitment.digest,
            salt=commitment.salt,
            text=words,
            person_id=actor.person_id or None,
        )
    )
    return commitment.digest


def _raw_text(arguments: object) -> str:
    if isinstance(arguments, str):
        text = arguments
    else:
        text = json.dumps(arguments, default=repr, ensure_ascii=True)
    return _writable(text)[:_LONGEST_RAW]


def _writable(text: str) -> str:
    """The text with what a database cannot hold (lone surrogates, NUL) written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def _error_body(session: Session, error: BaseException, who: Actor) -> dict[str, str]:
    """What a record says of an error: its type, and a commitment to its words (they may quote)."""
    body = {"type": type(error).__name__}
    if words := _writable(str(error))[:_LONGEST_RAW] if isinstance(error, MintmarkError) else "":
        body["message"] = _keep(session, words, who)
    return body
