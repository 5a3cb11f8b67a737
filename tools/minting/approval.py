"""Approving and rejecting mint requests: an operator, by hand, over exactly the frozen content.

The decision is a compare-and-set: only the one that finds the request pending takes effect. It
starts the minting, which reads the approval and the operator's role again before it signs.
"""

from pydantic import Field

from tools.definition import BY_HAND, Input, PrivateText, tool
from tools.errors import Conflict, IntegrityError, InvalidInput, Refused
from tools.minting.frozen import is_intact
from tools.minting.requests import MintRequestOut, RequestIn, describe
from tools.minting.states import find_request, move
from tools.minting.tables import Approval, MintRequest
from tools.people import Role
from tools.provenance.effects import OpenCall


class ApproveIn(Input):
    """Which request, and optionally the digest that was looked at."""

    mint_request_id: str
    frozen_digest: str | None = Field(None, description="sha256:… as it was shown; must match")


class RejectIn(Input):
    """Which request, and why not."""

    mint_request_id: str
    reason: PrivateText = Field(min_length=1, max_length=500)


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def approve(call: OpenCall, decision: ApproveIn) -> MintRequestOut:
    """Approve a mint request of someone else: exactly what is frozen in it is minted."""
    request = _decide(call, decision.mint_request_id, "approved", None, decision.frozen_digest)
    call.studio.dispatch("mint", request.id)
    return describe(call, [request])[0]


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def reject(call: OpenCall, decision: RejectIn) -> MintRequestOut:
    """Reject a mint request, with a reason. The picture may be proposed again."""
    request = _decide(call, decision.mint_request_id, "rejected", decision.reason, None)
    return describe(call, [request])[0]


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def retry_mint(call: OpenCall, which: RequestIn) -> MintRequestOut:
    """Try a failed mint again, as this operator. What is minted already stays as it is."""
    with call.studio.db.write() as session:
        request = find_request(session, which.mint_request_id)
        _check(call, request, None)
        if not move(session, request, ("failed",), "approved"):
            raise Conflict(f"{request.id} is {request.state}: only a failed mint can be retried.")
    call.studio.dispatch("mint", f"{request.id}:{call.id}")
    return describe(call, [request])[0]


def _decide(
    call: OpenCall, request_id: str, decision: str, reason: str | None, seen: str | None
) -> MintRequest:
    with call.studio.db.write() as session:
        request = find_request(session, request_id)
        _check(call, request, seen)
        if not move(session, request, ("pending",), decision):
            raise Conflict(f"{request.id} is {request.state} already; nothing was changed.")
        session.add(
            Approval(
                mint_request_id=request.id,
                tool_call_id=call.id,
                person_id=call.actor.person_id,
                frozen_digest=request.frozen_digest,
                decision=decision,
                reason=reason,
            )
        )
    call.note(decision=decision, frozen_digest=request.frozen_digest)
    return request


def _check(call: OpenCall, request: MintRequest, seen: str | None) -> None:
    if request.guild != call.actor.guild:
        raise Refused(f"{request.id} belongs to another community; it is decided there.")
    if request.requester_id == call.actor.person_id:
        raise Refused("You proposed this yourself: another operator has to decide.")
    if not is_intact(request):
        raise IntegrityError(f"{request.id} is not what was frozen: its row was changed.")
    if seen is not None and seen != request.frozen_digest:
        raise InvalidInput(
            f"The digest does not match: {request.id} holds {request.frozen_digest}. "
            "Look at it again before you approve."
        )
