"""A bracket goes on when all rounds of its stage are closed, in whichever process is there then.

The order is due at once, and the stage is part of its id: one for each stage. It is given by
whoever closes the last round, and by the sweep, should that process have died before.
"""

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
from tools.studio import Studio
from tools.voting.brackets import due_stage


def order(studio: Studio, bracket_id: str) -> Order | None:
    """What to run for a bracket; None while a round of it is open, and once it has ended."""
    with studio.db.read() as session:
        stage = due_stage(session, bracket_id)
    if stage is None:
        return None
    return Order("bracket", f"bracket:{bracket_id}@{stage}", (bracket_id, 1))


@workflow
def advance(bracket_id: str, attempt: int) -> None:
    """Open the next stage, or end the bracket; order again if that cannot be done yet."""
    due = step("look", order, bracket_id)
    if due is None:
        return
    outcome = step("advance", _advance, bracket_id)
    if outcome.kind in ("unavailable", "failed"):
        enqueue(again(due, attempt + 1, backoff_s(attempt)))


def _advance(studio: Studio, bracket_id: str) -> Outcome:
    return call_tool(studio, "advance_bracket", {"bracket_id": bracket_id}, STUDIO)
