"""Records read back: what the provenance log says of the calls in a token's story.

A record's body is JSON that somebody may have written anew, so nothing here trusts its shape: what
is missing or of another kind reads as empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from tools.provenance import log
from tools.verification.report import quoted

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One record of the log."""

    seq: int
    text: str  # its body, canonical JSON, as it was hashed

    @property
    def digest(self) -> str:
        """`sha256:` and the digest of the body."""
        return log.sha256(self.text.encode())

    @cached_property
    def body(self) -> Body:
        """What the body says; empty if it is no JSON object."""
        try:
            return mapping(orjson.loads(self.text))
        except ValueError:
            return {}

    @property
    def call(self) -> str:
        """The tool call it belongs to."""
        return str(self.body.get("call"))

    @property
    def phase(self) -> str:
        """ "intent", "settled", or another outcome."""
        return str(self.body.get("phase"))


@dataclass(frozen=True)
class RecordedCall:
    """One tool call as its records tell it. A refusal has an outcome only."""

    id: str
    intent: Entry | None
    outcome: Entry | None

    @property
    def _opening(self) -> Body:
        entry = self.intent or self.outcome
        return entry.body if entry else {}

    @property
    def tool(self) -> str:
        """The name of the tool."""
        return str(self._opening.get("tool"))

    @property
    def actor(self) -> str | None:
        """Who called it: the person's commitment."""
        actor = self._opening.get("actor")
        return None if actor is None else str(actor)

    @property
    def opening(self) -> Body:
        """What was recorded before the body of the tool ran."""
        return self._opening

    @property
    def arguments(self) -> Body:
        """Its arguments; people's words stand as commitments."""
        return mapping(self._opening.get("arguments"))

    @property
    def phase(self) -> str:
        """How it ended; "intent" while it has not."""
        return self.outcome.phase if self.outcome else log.INTENT

    @property
    def is_settled(self) -> bool:
        """Whether it did what it should."""
        return self.phase == "settled"

    @property
    def was_cut_off(self) -> bool:
        """Whether the log says that its process died before the outcome was written.

        A call without any outcome is not taken for one: somebody may have taken the outcome away.
        """
        return self.phase == "abandoned"

    @property
    def result(self) -> Body:
        """What it gave back, as far as the log holds it."""
        return mapping(self.outcome.body.get("result")) if self.outcome else {}

    @property
    def facts(self) -> Body:
        """What it noted."""
        return mapping(self.outcome.body.get("facts")) if self.outcome else {}

    @property
    def place(self) -> str:
        """Where it stands in the log, for people."""
        entry = self.outcome or self.intent
        return f"record {entry.seq}" if entry else "no record"


class Story:
    """The records of the calls that led to one token."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.seq))
        self._calls = {call.id: call for call in _calls(self.entries)}

    def __iter__(self) -> Iterator[RecordedCall]:
        return iter(self._calls.values())

    def call(self, call_id: str) -> RecordedCall | None:
        """The call of this id."""
        return self._calls.get(call_id)

    def of_tool(self, *tools: str, **arguments: object) -> list[RecordedCall]:
        """The calls of these tools with these arguments, in the order of the log."""
        return [
            call
            for call in self
            if call.tool in tools
            and all(call.arguments.get(name) == value for name, value in arguments.items())
        ]

    def settled(self) -> Iterator[RecordedCall]:
        """The calls that did what they should."""
        return (call for call in self if call.is_settled)


def _calls(entries: Iterable[Entry]) -> Iterator[RecordedCall]:
    intents: dict[str, Entry] = {}
    outcomes: dict[str, Entry] = {}
    for entry in entries:
        (intents if entry.phase == log.INTENT else outcomes).setdefault(entry.call, entry)
    for call_id in dict.fromkeys((*intents, *outcomes)):
        yield RecordedCall(call_id, intents.get(call_id), outcomes.get(call_id))


def mapping(value: object) -> Body:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def item(items: object, key: str, value: object) -> Body | None:
    """The first object of a JSON list that has this value under the key."""
    found = items if isinstance(items, list) else []
    return next((mapping(i) for i in found if mapping(i).get(key) == value), None)


def differences(found: Mapping[str, object], meant: Mapping[str, object], by: str) -> Iterator[str]:
    """In what `found` is not what it should be, a sentence for each; `by` says who says so."""
    for name, value in meant.items():
        if found.get(name) != value:
            yield f"{name} is {quoted(found.get(name))}, {by} says {quoted(value)}"
