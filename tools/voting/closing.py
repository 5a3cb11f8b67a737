"""Closing a round: when it may be counted, and that it is counted once.

A round is due when its time is over. If a front end counts it (`Round.counted_by`), it is closed
only after that front end has said what it last saw, in a comparison that began after the end; for
this it has some minutes of grace. After them the round is closed with what the ledger has, and the
tally and the outcome say that the last comparison is missing.

An operator who closes such a round ends the voting at once; the count follows the comparison.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tools.definition import BY_HAND, BY_WORKFLOW, Input, tool
from tools.errors import Conflict
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import now
from tools.settings import Settings
from tools.voting.board import RoundOut, describe
from tools.voting.finding import lock_round, still_open
from tools.voting.tables import Round
from tools.voting.tally import is_compared, recount


class CloseRoundIn(Input):
    """Which round to close; without an id the one that is open."""

    round_id: str | None = None


class DueRoundIn(Input):
    """Which round's time is over."""

    round_id: str


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def close_round(call: OpenCall, args: CloseRoundIn) -> RoundOut:
    """Close a round now, before its time if need be, and count the votes."""
    with call.studio.db.write() as session:
        closed = lock_round(session, call.actor, args.round_id)
        still_open(closed)
        if _may_count(closed, call.studio.settings):
            shown = _close(session, closed, call)
        else:
            session.flush()
            shown = describe(session, closed, call.actor)
    _go_on(call, shown)
    return shown


@tool(least_role=Role.STUDIO, ways=BY_WORKFLOW)
def close_due_round(call: OpenCall, args: DueRoundIn) -> RoundOut:
    """Close a round whose time is over and count the votes."""
    with call.studio.db.write() as session:
        due = lock_round(session, call.actor, args.round_id)
        still_open(due)
        _is_due(due, call.studio.settings)
        shown = _close(session, due, call)
    _go_on(call, shown)
    return shown


def due_at(round_: Round, settings: Settings) -> datetime:
    """When an open round may be closed, as far as is known now."""
    if is_compared(round_):
        return round_.closes_at
    return round_.closes_at + timedelta(minutes=settings.voting.reconcile_grace_minutes)


def _may_count(round_: Round, settings: Settings) -> bool:
    """End the voting now; whether the votes can be counted at once."""
    if round_.counted_by is None:
        return True
    moment = now()
    round_.closes_at = min(round_.closes_at, moment)
    return due_at(round_, settings) <= moment


def _is_due(round_: Round, settings: Settings) -> None:
    moment = now()
    if round_.closes_at > moment:
        raise Conflict("Round {round} runs until {end}.", round=round_.id, end=round_.closes_at)
    if (due := due_at(round_, settings)) > moment:
        raise Conflict(
            "Round {round} waits until {due} for {front_end} to say what it last saw.",
            round=round_.id,
            due=due,
            front_end=round_.counted_by,
        )


def _close(session: Session, round_: Round, call: OpenCall) -> RoundOut:
    """Count and close; of several who close at once the lock lets one through."""
    round_.closed_at = now()
    tally = recount(session, round_)
    round_.state = "closed"
    round_.tally, round_.tally_hash = tally.body, tally.hash
    round_.winner_id, round_.outcome = tally.winner_id, tally.outcome
    session.flush()
    call.note(round=round_.id, tally_hash=tally.hash, winner=tally.winner_id)
    return describe(session, round_, call.actor)


def _go_on(call: OpenCall, shown: RoundOut) -> None:
    """See to what comes next: the count of a round that waits, or the next stage of a bracket."""
    if shown.state == "open":
        call.studio.dispatch("round", shown.round_id)
    elif shown.bracket_id is not None:
        call.studio.dispatch("bracket", shown.bracket_id)
