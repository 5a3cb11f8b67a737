"""Provenance for people: every recorded step behind a picture, a token, a round or a call.

Who did it is told by commitment, and by name where the reader may know it: ballots stay secret.
Words are opened while they still exist, for those who wrote them and for operators of the place
where they were written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.definition import PRIVATE, Input, Output, tool
from tools.errors import NotFound
from tools.generation.lineage import ancestors_of
from tools.generation.tables import Brief, Candidate, Job, Removal, Rendition
from tools.minting.tables import MintRequest, Token
from tools.people import Role
from tools.phrases import template
from tools.provenance.commitments import opens
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person, Plaintext, ToolCall
from tools.verification.gathering import making_calls, read_story, request_of, round_calls, story_of
from tools.verification.records import RecordedCall, Story
from tools.verification.secrecy import sealed_calls
from tools.voting.tables import Round

_SECRET = ("vote", "withdraw_vote")  # who voted for what is between them and the tally
_RAW = "raw"  # where a refused call keeps its arguments
_NO_LONGER = template("these words were erased; the commitment to them stands")
_NOT_YOURS = template("only who wrote this, and operators, may read it")
_CHANGED = template("the words that are kept are not those that were said: they were changed")


class ProvenanceIn(Input):
    """Whose history to tell."""

    subject_id: str = Field(
        min_length=1,
        max_length=64,
        description="a candidate, token, brief, job, round, mint request or tool call",
    )


class WordsOut(Output):
    """Words that a step speaks of by commitment."""

    argument: str
    commitment: str
    text: str | None  # None where they cannot be shown
    why_not: str | None


class StepOut(Output):
    """One tool call: who called what, when, with what, and what came of it."""

    call_id: str
    parent_id: str | None  # the call in which it was made
    depth: int  # how many calls of this history it lies within
    tool: str
    tool_version: str
    who: str | None  # commitment of the person
    name: str | None  # their name, where the reader may know it
    role: str | None
    via: str
    front_end: str
    at: str  # ISO 8601, UTC
    outcome: str  # settled, failed, refused, cancelled, abandoned; intent while it runs
    arguments: dict[str, Any]
    words: list[WordsOut]
    result: dict[str, Any]
    facts: dict[str, Any]
    records: list[int]  # its places in the log
    digests: list[str]  # of these records; none while the ballot they tell of is secret


class ProvenanceOut(Output):
    """A history, from the first step to the last."""

    subject_id: str
    kind: str
    steps: Annotated[list[StepOut], PRIVATE]  # they stand in the log already


@dataclass(frozen=True)
class _Subject:
    kind: str
    story: Story


@tool(least_role=Role.MEMBER)
def provenance(call: OpenCall, which: ProvenanceIn) -> ProvenanceOut:
    """Tell the whole history of a picture, token, brief, round, mint request or tool call."""
    with call.studio.db.read() as session:
        subject = _subject(session, which.subject_id)
        if subject is None:
            raise NotFound(
                "Nothing here is called {subject_id!r}: name a candidate, token, brief, "
                "job, round, mint request or tool call by its id.",
                subject_id=which.subject_id,
            )
        reader = _Reader(session, call, sealed_calls(session, subject.story))
        steps = [reader.step(recorded, subject.story) for recorded in subject.story]
    return ProvenanceOut(subject_id=which.subject_id, kind=subject.kind, steps=steps)


def _subject(session: Session, subject_id: str) -> _Subject | None:
    """What an id names, and its story."""
    for find in (_candidate, _token, _request, _brief, _job, _round, _call):
        if subject := find(session, subject_id):
            return subject
    return None


def _candidate(session: Session, id: str) -> _Subject | None:
    row = session.get(Candidate, id)
    if row is None:
        return None
    others = {*_before(session, row), *_after(session, row)}
    return _Subject("candidate", story_of(session, row, request_of(session, id), others))


def _before(session: Session, candidate: Candidate) -> Iterator[str]:
    """The calls that made the pictures it descends from."""
    for ancestor in ancestors_of(session, candidate):
        yield from making_calls(session, ancestor)


def _after(session: Session, candidate: Candidate) -> Iterator[str]:
    """The calls that enlarged the picture, or took it away."""
    for table in (Rendition, Removal):
        query = select(table.tool_call_id).where(table.candidate_id == candidate.id)
        yield from session.scalars(query)


def _token(session: Session, id: str) -> _Subject | None:
    row = session.get(Token, id)
    if row is None:
        return None
    request = session.get_one(MintRequest, row.mint_request_id)
    candidate = session.get_one(Candidate, row.candidate_id)
    return _Subject("token", story_of(session, candidate, request))


def _request(session: Session, id: str) -> _Subject | None:
    row = session.get(MintRequest, id)
    if row is None:
        return None
    candidate = session.get_one(Candidate, row.candidate_id)
    return _Subject("mint request", story_of(session, candidate, row))


def _brief(session: Session, id: str) -> _Subject | None:
    row = session.get(Brief, id)
    if row is None:
        return None
    query = select(ToolCall.id).where(ToolCall.arguments["brief_id"].as_string() == id)
    return _Subject("brief", read_story(session, [row.tool_call_id, *session.scalars(query)]))


def _job(session: Session, id: str) -> _Subject | None:
    row = session.get(Job, id)
    found = _brief(session, row.brief_id) if row else None
    return _Subject("job", found.story) if found else None


def _round(session: Session, id: str) -> _Subject | None:
    if session.get(Round, id) is None:
        return None
    return _Subject("round", read_story(session, round_calls(session, id)))


def _call(session: Session, id: str) -> _Subject | None:
    if session.get(ToolCall, id) is None:
        return None
    inner = select(ToolCall.id).where(ToolCall.parent_id == id)
    return _Subject("tool call", read_story(session, [id, *session.scalars(inner)]))


class _Reader:
    """Someone who reads a history, and what they may see of it."""

    def __init__(self, session: Session, asking: OpenCall, sealed: frozenset[str]) -> None:
        self._session = session
        self._sealed = sealed  # the ballots that are secret still
        self._actor = asking.actor
        self._role = asking.role
        self._tools = asking.studio.door.tools

    def step(self, call: RecordedCall, story: Story) -> StepOut:
        """One call as this person may see it."""
        opening = call.opening
        entries = [entry for entry in (call.intent, call.outcome) if entry]
        row = self._session.get(ToolCall, call.id)
        person_id = row.person_id if row else None
        is_sealed = call.id in self._sealed and person_id != self._actor.person_id
        return StepOut(
            call_id=call.id,
            parent_id=opening.get("parent"),
            depth=_depth(call, story),
            tool=call.tool,
            tool_version=str(opening.get("tool_version")),
            who=call.actor,
            name=self._name(call, person_id),
            role=opening.get("role"),
            via=str(opening.get("via")),
            front_end=str(opening.get("front_end")),
            at=str(opening.get("time")),
            outcome=call.phase,
            arguments={} if is_sealed else dict(call.arguments),
            words=[] if is_sealed else list(self._words(call)),
            result={} if is_sealed else dict(call.result),
            facts={} if is_sealed else dict(call.facts),
            records=[entry.seq for entry in entries],
            digests=[] if is_sealed else [entry.digest for entry in entries],
        )

    def _name(self, call: RecordedCall, person_id: str | None) -> str | None:
        if person_id is None or (call.tool in _SECRET and person_id != self._actor.person_id):
            return None
        person = self._session.get(Person, person_id)
        return person.name if person else None

    def _words(self, call: RecordedCall) -> Iterator[WordsOut]:
        for path, commitment in self._commitments(call):
            kept = self._session.get(Plaintext, commitment)
            why_not = self._why_not(call, kept)
            text = kept.text if kept and why_not is None else None
            yield WordsOut(argument=path, commitment=commitment, text=text, why_not=why_not)

    def _commitments(self, call: RecordedCall) -> Iterator[tuple[str, str]]:
        """The arguments of which the log holds a commitment; all of them, if it was refused."""
        known = self._tools.get(call.tool)
        private = {_RAW, *(known.private_fields if known else ())}
        for name, value in call.arguments.items():
            if name in private and isinstance(value, str) and value:
                yield name, value

    def _why_not(self, call: RecordedCall, kept: Plaintext | None) -> str | None:
        """Why the words behind a commitment are not shown; None if they may be."""
        if kept is None:
            return _NO_LONGER
        here = call.opening.get("guild") == self._actor.guild
        if kept.person_id != self._actor.person_id and not (
            here and self._role.reaches(Role.OPERATOR)
        ):
            return _NOT_YOURS
        if not opens(kept.commitment, kept.salt, kept.text):
            return _CHANGED
        return None


def _depth(call: RecordedCall, story: Story) -> int:
    depth, parent = 0, call.opening.get("parent")
    while isinstance(parent, str) and (above := story.call(parent)) and depth < len(story.entries):
        depth, parent = depth + 1, above.opening.get("parent")
    return depth
