"""An approved mint request is carried out as the operator who approved it, or ordered its retry.

The door reads that operator's role again, and the tool's gate the approval itself. A chain or a
store that does not answer is tried again, each time after a longer wait; every other failure ends
the attempt, with its sentence in the request, and an operator may order a retry.
"""

from agents.workflows.durable import Order, Outcome, backoff_s, call_tool, enqueue, step, workflow
from tools.minting.tables import Approval, MintRequest
from tools.people import STUDIO, Actor
from tools.provenance.tables import Person, ToolCall
from tools.studio import Studio

MOST_ATTEMPTS = 9  # the waits between them add up to 510 s


def order(key: str, attempt: int = 1, delay_s: float = 0.0) -> Order:
    """What to run for a mint request.

    Args:
        key: the request's id; for a retry, that id, a colon and the id of the call that ordered it.
        attempt: counts those of one key, from 1.
        delay_s: seconds to wait before it.
    """
    name = f"mint:{key}" if attempt == 1 else f"mint:{key}#{attempt}"
    return Order("mint", name, (key, attempt), delay_s)


@workflow
def mint(key: str, attempt: int) -> None:
    """Mint once, and see to what comes of it."""
    request_id = key.partition(":")[0]
    outcome = step("mint", _mint, key)
    if outcome.kind == "unavailable" and attempt < MOST_ATTEMPTS:
        enqueue(order(key, attempt + 1, backoff_s(attempt)))
    elif outcome.kind in ("unavailable", "failed"):
        step("stop", stop, request_id, outcome.sentence)


def stop(studio: Studio, request_id: str, sentence: str) -> Outcome:
    """Note in the request why it could not go on; one that ended already stays as it is."""
    arguments = {"mint_request_id": request_id, "reason": sentence}
    return call_tool(studio, "stop_mint", arguments, STUDIO)


def _mint(studio: Studio, key: str) -> Outcome:
    request_id, _, retry_call = key.partition(":")
    operator = _operator(studio, request_id, retry_call)
    if operator is None:
        return Outcome("failed", f"Nobody approved {request_id}, so it is not minted.")
    return call_tool(studio, "mint", {"mint_request_id": request_id}, operator)


def _operator(studio: Studio, request_id: str, retry_call: str) -> Actor | None:
    """Who the mint is carried out as: who ordered the retry, else who approved."""
    with studio.db.read() as session:
        request = session.get(MintRequest, request_id)
        approval = session.get(Approval, request_id)
        if request is None or approval is None or approval.decision != "approved":
            return None
        decided = session.get_one(ToolCall, approval.tool_call_id)
        call = session.get(ToolCall, retry_call) or decided
        person = session.get_one(Person, call.person_id)
        return Actor(
            person.id,
            person.name or "",
            request.guild,
            call.channel,
            call.front_end,
            via="workflow",
        )
