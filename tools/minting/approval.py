"""Approving and rejecting mint requests: an operator, by hand, over exactly the frozen content.

The decision is a compare-and-set: only the one that finds the request pending takes effect. It
starts the minting, which reads the approval and the operator's role again before it signs.

Where the guild's rules ask for two, each of them endorses the request, and the second endorsement
is the decision. Whoever orders a failed mint again endorses it too: so it can go on although one of
those who approved it is no operator any more.
"""

from pydantic import Field
from sqlalchemy.orm import Session

from tools.definition import BY_HAND, Input, PrivateText, tool
from tools.errors import Conflict, IntegrityError, InvalidInput, Refused
from tools.minting.endorsing import endorse, is_endorsed_by
from tools.minting.frozen import is_intact
from tools.minting.requests import RequestIn
from tools.minting.showing import MintRequestOut, describe
from tools.minting.states import find_request, move
from tools.minting.tables import Approval, MintRequest
from tools.people import Role
from tools.phrases import word
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
    with call.studio.db.write() as session:
        request = _pending(session, call, decision.mint_request_id, decision.frozen_digest)
        enough = request.approvals_needed == 1 or _endorsed(session, call, request)
        if enough:
            _decide(session, call, request, "approved", None)
    call.note(decision="approved" if enough else "endorsed", frozen_digest=request.frozen_digest)
    if enough:
        call.studio.dispatch("mint", request.id)
    return describe(call, [request], costs=not enough)[0]


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def reject(call: OpenCall, decision: RejectIn) -> MintRequestOut:
    """Reject a mint request, with a reason. The picture may be proposed again."""
    with call.studio.db.write() as session:
        request = _pending(session, call, decision.mint_request_id, None)
        _decide(session, call, request, "rejected", decision.reason)
    call.note(decision="rejected", frozen_digest=request.frozen_digest)
    return describe(call, [request])[0]


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def retry_mint(call: OpenCall, which: RequestIn) -> MintRequestOut:
    """Try a failed mint again, as this operator. What is minted already stays as it is."""
    with call.studio.db.write() as session:
        request = find_request(session, which.mint_request_id, lock=True)
        _check(call, request, None)
        if not move(session, request, ("failed",), "approved"):
            raise Conflict(
                "{request} is {state}: only a failed mint can be retried.",
                request=request.id,
                state=word(request.state),
            )
        if request.approvals_needed > 1 and not is_endorsed_by(
            session, request, call.actor.person_id
        ):
            endorse(session, call, request)
    call.studio.dispatch("mint", f"{request.id}:{call.id}")
    return describe(call, [request])[0]


def _pending(session: Session, call: OpenCall, request_id: str, seen: str | None) -> MintRequest:
    """The request, locked, if it can be decided on by the caller."""
    request = find_request(session, request_id, lock=True)
    _check(call, request, seen)
    if request.state != "pending":
        raise _decided_already(request)
    return request


def _endorsed(session: Session, call: OpenCall, request: MintRequest) -> bool:
    """Endorse a request that needs several; whether there are enough now."""
    if is_endorsed_by(session, request, call.actor.person_id):
        raise Conflict(
            "You have approved {request} already; another operator has to approve it too.",
            request=request.id,
        )
    return endorse(session, call, request) >= request.approvals_needed


def _decide(
    session: Session, call: OpenCall, request: MintRequest, decision: str, reason: str | None
) -> None:
    if not move(session, request, ("pending",), decision):
        raise _decided_already(request)
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


def _decided_already(request: MintRequest) -> Conflict:
    return Conflict(
        "{request} is {state} already; nothing was changed.",
        request=request.id,
        state=word(request.state),
    )


def _check(call: OpenCall, request: MintRequest, seen: str | None) -> None:
    if request.guild != call.actor.guild:
        raise Refused(
            "{request} belongs to another community; it is decided there.", request=request.id
        )
    if request.requester_id == call.actor.person_id:
        raise Refused("You proposed this yourself: another operator has to decide.")
    if not is_intact(request):
        raise IntegrityError(
            "{request} is not what was frozen: its row was changed.", request=request.id
        )
    if seen is not None and seen != request.frozen_digest:
        raise InvalidInput(
            "The digest does not match: {request} holds {digest}. Look at it again before you "
            "approve.",
            request=request.id,
            digest=request.frozen_digest,
        )
