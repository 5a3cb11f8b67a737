"""An approved mint request is carried out as the operator who approved it, or ordered its retry.

The door reads that operator's role again, and the tool's gate the approval itself. A chain or a
store that does not answer is tried again, each time after a longer wait; every other failure ends
the attempt, with its sentence in the request, and an operator may order a retry.

While minting is paused in the guild the request waits: the workflow ends and leaves an order to ask
again, which is no attempt and belongs to no process. What was signed before is seen to its end.
"""

from agents.workflows.durable import Order, Outcome, backoff_s, call_tool, enqueue, step, workflow
from tools.community.rules import rules_of
from tools.minting.outbox import is_in_flight
from tools.minting.tables import Approval, MintRequest
from tools.people import STUDIO, Actor
from tools.phrases import phrase
from tools.provenance.tables import Person, ToolCall
from tools.studio import Studio

MOST_ATTEMPTS = 9  # the waits between them add up to 510 s
PAUSE_S = 20.0  # how long a request waits before it asks again whether minting is paused


def order(key: str, attempt: int = 1, delay_s: float = 0.0, waits: int = 0) -> Order:
    """What to run for a mint request.

    Args:
        key: the request's id; for a retry, that id, a colon and the id of the call that ordered it.
        attempt: counts those of one key, from 1.
        delay_s: seconds to wait before it.
        waits: how often it has found minting paused.
    """
    name = f"mint:{key}" if attempt == 1 else f"mint:{key}#{attempt}"
    if waits:
        return Order("mint", f"{name}.{waits}", (key, attempt, waits), delay_s)
    return Order("mint", name, (key, attempt), delay_s)


@workflow
def mint(key: str, attempt: int, waits: int = 0) -> None:
    """Mint once, and see to what comes of it."""
    request_id = key.partition(":")[0]
    outcome = step("mint", _mint, key)
    if outcome.kind == "paused":
        enqueue(order(key, attempt, PAUSE_S, waits + 1))
    elif outcome.kind == "unavailable" and attempt < MOST_ATTEMPTS:
        enqueue(order(key, attempt + 1, backoff_s(attempt)))
    elif outcome.kind in ("unavailable", "failed"):
        step("stop", stop, request_id, outcome.sentence)


def stop(studio: Studio, request_id: str, sentence: str) -> Outcome:
    """Note in the request why it could not go on; one that ended already stays as it is."""
    arguments = {"mint_request_id": request_id, "reason": sentence}
    return call_tool(studio, "stop_mint", arguments, STUDIO)


def _mint(studio: Studio, key: str) -> Outcome:
    request_id, _, retry_call = key.partition(":")
    if _waits(studio, request_id):
        return Outcome("paused")
    operator = _operator(studio, request_id, retry_call)
    if operator is None:
        told = phrase("Nobody approved {request}, so it is not minted.", request=request_id)
        return Outcome("failed", str(told))
    return call_tool(studio, "mint", {"mint_request_id": request_id}, operator)


def _waits(studio: Studio, request_id: str) -> bool:
    """Whether minting is paused, and nothing that was signed for the request is under way."""
    with studio.db.read() as session:
        request = session.get(MintRequest, request_id)
        if request is None:
            return False
        paused = rules_of(studio, request.guild, session=session).paused
        return "mint" in paused and not is_in_flight(session, request_id)


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
