"""A voting round closes when its time is over, in whichever process is there then.

The order for a round is due at its deadline, and the deadline is part of the order's id: extending
a round orders once more, for later. An order that comes due and finds the round extended sees to
it that there is one for the new deadline, so an extension is kept even if nobody ordered for it.

A round that a front end counts has a later deadline until that front end has said what it last
saw. The moment of that comparison is part of the id too: with it there is a new order, due at once.
"""

import math
from datetime import datetime

from agents.workflows.durable import (
    Order,
    Outcome,
    again,
    backoff_s,
    call_tool,
    enqueue,
    step,
    workflow,
)
from tools.people import STUDIO
from tools.provenance.tables import now
from tools.studio import Studio
from tools.voting.closing import due_at
from tools.voting.tables import Round

_AFTER_S = 0.01  # a clock read in milliseconds must not find the round still running


def order(studio: Studio, round_id: str) -> Order | None:
    """What to run for a round, and when; None if it is closed or there is none."""
    with studio.db.read() as session:
        found = session.get(Round, round_id)
    if found is None or found.state != "open":
        return None
    deadline_ms = _ms(due_at(found, studio.settings))
    left_s = deadline_ms / 1000 - now().timestamp()
    delay_s = left_s + _AFTER_S if left_s > 0 else 0.0
    compared = f"+{_ms(found.reconciled_at)}" if found.reconciled_at else ""
    return Order("round", f"round:{round_id}@{deadline_ms}{compared}", (round_id, 1), delay_s)


def _ms(moment: datetime) -> int:
    return math.ceil(moment.timestamp() * 1000)


@workflow
def close_on_time(round_id: str, attempt: int) -> None:
    """Close a round that is due; order again if it was extended, or cannot be closed yet."""
    due = step("look", order, round_id)
    if due is None:
        return
    if due.delay_s > 0:
        enqueue(due)
        return
    outcome = step("close", _close, round_id)
    if outcome.kind in ("unavailable", "failed"):
        enqueue(again(due, attempt + 1, backoff_s(attempt)))


def _close(studio: Studio, round_id: str) -> Outcome:
    return call_tool(studio, "close_due_round", {"round_id": round_id}, STUDIO)
