"""Rounds: open one on the shortlist or on named candidates, give it more time, close it."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from tools.definition import BY_HAND, BY_WORKFLOW, PRIVATE, Input, tool
from tools.errors import Conflict, InvalidInput
from tools.generation.tables import Candidate
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.tables import now
from tools.voting.board import RoundOut, describe
from tools.voting.finding import lock_opening, lock_round
from tools.voting.shortlist import MOST_ENTRIES, take_named, take_shortlist
from tools.voting.tables import Round, RoundEntry
from tools.voting.tally import recount

LONGEST = timedelta(days=30)  # from opening to closing, extensions included
_ZERO_WIDTH_JOINER = "\u200d"  # holds emoji together; every other invisible character is refused


def _visible(title: str) -> str:
    if not title.replace(_ZERO_WIDTH_JOINER, "").isprintable():
        raise ValueError("write it on one line, with visible characters only")
    return title


def _without_repeats(candidate_ids: list[str]) -> list[str]:
    if len(set(candidate_ids)) < len(candidate_ids):
        raise ValueError("name each candidate once")
    return candidate_ids


Minutes = Annotated[float, Field(ge=0.02, le=LONGEST.total_seconds() / 60, allow_inf_nan=False)]
Title = Annotated[str, Field(max_length=200), AfterValidator(_visible), PRIVATE]
Candidates = Annotated[list[str], Field(max_length=MOST_ENTRIES), AfterValidator(_without_repeats)]


class OpenRoundIn(Input):
    """A round to be opened; without candidates it takes the shortlist."""

    title: Title = ""
    candidate_ids: Candidates = []
    minutes: Minutes = 10
    quorum: Annotated[int, Field(ge=1, le=100_000)] = 1  # people who must vote
    collection: str | None = None


class ExtendRoundIn(Input):
    """More time for a round."""

    round_id: str
    minutes: Minutes


class CloseRoundIn(Input):
    """Which round to close."""

    round_id: str


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def open_round(call: OpenCall, args: OpenRoundIn) -> RoundOut:
    """Open a voting round on the shortlist, or on candidates you name."""
    with call.studio.db.write() as session:
        lock_opening(session)
        candidates = _candidates(session, args, call.studio.settings.collection)
        opened = _opened(call, args, candidates[0].collection)
        session.add(opened)
        session.flush()
        _enter(session, opened, candidates)
        shown = describe(session, opened, call.actor)
    call.note(round=shown.round_id, candidates=[entry.candidate_id for entry in shown.entries])
    call.studio.dispatch("round", shown.round_id)
    return shown


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def extend_round(call: OpenCall, args: ExtendRoundIn) -> RoundOut:
    """Give an open round more minutes."""
    with call.studio.db.write() as session:
        extended = lock_round(session, call.actor, args.round_id)
        _still_open(extended)
        if extended.closes_at <= now():
            raise Conflict(f"The time of round {extended.id} is over: open another.")
        extended.closes_at = _later(extended, args.minutes)
        session.flush()
        shown = describe(session, extended, call.actor)
    call.studio.dispatch("round", shown.round_id)
    return shown


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def close_round(call: OpenCall, args: CloseRoundIn) -> RoundOut:
    """Close a round now, before its time if need be, and count the votes."""
    with call.studio.db.write() as session:
        closed = lock_round(session, call.actor, args.round_id)
        return _close(session, closed, call)


@tool(least_role=Role.STUDIO, ways=BY_WORKFLOW)
def close_due_round(call: OpenCall, args: CloseRoundIn) -> RoundOut:
    """Close a round whose time is over and count the votes."""
    with call.studio.db.write() as session:
        due = lock_round(session, call.actor, args.round_id)
        if due.state == "open" and due.closes_at > now():
            raise Conflict(f"Round {due.id} runs until {due.closes_at:%Y-%m-%d %H:%M:%S} UTC.")
        return _close(session, due, call)


def _candidates(session: Session, args: OpenRoundIn, default: str) -> list[Candidate]:
    if args.candidate_ids:
        return take_named(session, args.candidate_ids, args.collection)
    return take_shortlist(session, args.collection or default)


def _opened(call: OpenCall, args: OpenRoundIn, collection: str) -> Round:
    moment = now()
    return Round(
        id=short_id("rnd"),
        tool_call_id=call.id,
        collection=collection,
        guild=call.actor.guild,
        title=args.title or f"Round on {collection}",
        quorum=args.quorum,
        opens_at=moment,
        closes_at=moment + timedelta(minutes=args.minutes),
        state="open",
    )


def _enter(session: Session, opened: Round, candidates: list[Candidate]) -> None:
    for number, candidate in enumerate(candidates, start=1):
        session.add(
            RoundEntry(
                round_id=opened.id,
                number=number,
                candidate_id=candidate.id,
                tool_call_id=opened.tool_call_id,
            )
        )
    session.flush()


def _later(round_: Round, minutes: float) -> datetime:
    later = round_.closes_at + timedelta(minutes=minutes)
    if later - round_.opens_at > LONGEST:
        raise InvalidInput(f"A round lasts {LONGEST.days} days at most, extensions included.")
    return later


def _still_open(round_: Round) -> None:
    if round_.state != "open":
        raise Conflict(f"Round {round_.id} is closed already.")


def _close(session: Session, round_: Round, call: OpenCall) -> RoundOut:
    """Count and close; of several who close at once the lock lets one through."""
    _still_open(round_)
    round_.closed_at = now()
    tally = recount(session, round_)
    round_.state = "closed"
    round_.tally, round_.tally_hash = tally.body, tally.hash
    round_.winner_id, round_.outcome = tally.winner_id, tally.outcome
    session.flush()
    call.note(round=round_.id, tally_hash=tally.hash, winner=tally.winner_id)
    return describe(session, round_, call.actor)
