"""An approved mint request is carried out as the operator who approved it.

The door reads that operator's role again, and the tool's gate the approval itself. A chain or a
store that does not answer is tried again, each time after a longer wait; every other failure ends
the attempt, with its sentence in the request, and an operator may order a retry.
"""

from agents.workflows.durable import Order, Outcome, backoff_s, call_tool, enqueue, step, workflow
from tools.minting.tables import Approval, MintRequest
from tools.people import STUDIO, Actor
from tools.provenance.tables import Person, ToolCall
from tools.studio import Studio

MOST_ATTEMPTS = 9  # some twelve minutes in all


def order(key: str, attempt: int = 1, delay_s: float = 0.0) -> Order:
    """What to run for a mint request.

    Args:
        key: the request's id; for a retry, that id, a colon and anything that makes it new.
        attempt: counts those of one key, from 1.
        delay_s: seconds to wait before it.
    """
    name = f"mint:{key}" if attempt == 1 else f"mint:{key}#{attempt}"
    return Order("mint", name, (key, attempt), delay_s)


@workflow
def mint(key: str, attempt: int) -> None:
    """Mint once, and see to what comes of it."""
    request_id = key.partition(":")[0]
    outcome = step("mint", _mint, request_id)
    if outcome.kind == "unavailable" and attempt < MOST_ATTEMPTS:
        enqueue(order(key, attempt + 1, backoff_s(attempt)))
    elif outcome.kind in ("unavailable", "failed"):
        step("stop", stop, request_id, outcome.sentence)


def stop(studio: Studio, request_id: str, sentence: str) -> Outcome:
    """Note in the request why it could not go on; one that ended already stays as it is."""
    arguments = {"mint_request_id": request_id, "reason": sentence}
    return call_tool(studio, "stop_mint", arguments, STUDIO)


def _mint(studio: Studio, request_id: str) -> Outcome:
    operator = _approving_operator(studio, request_id)
    if operator is None:
        return Outcome("failed", f"Nobody approved {request_id}, so it is not minted.")
    return call_tool(studio, "mint", {"mint_request_id": request_id}, operator)


def _approving_operator(studio: Studio, request_id: str) -> Actor | None:
    with studio.db.read() as session:
        request = session.get(MintRequest, request_id)
        approval = session.get(Approval, request_id)
        if request is None or approval is None or approval.decision != "approved":
            return None
        call = session.get_one(ToolCall, approval.tool_call_id)
        name = session.get_one(Person, approval.person_id).name or ""
        return Actor(
            approval.person_id, name, request.guild, call.channel, call.front_end, via="workflow"
        )
