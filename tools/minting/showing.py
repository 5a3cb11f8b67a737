"""How mint requests and tokens are shown: what is frozen, who approved, what it may cost."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.community.rules import rules_of
from tools.definition import PRIVATE, Output
from tools.generation.tables import Candidate
from tools.minting.binding import model_digest
from tools.minting.costs import CostOut, Minting, estimated
from tools.minting.endorsing import counting
from tools.minting.planning import ether
from tools.minting.tables import Approval, Endorsement, MintRequest, Token, Transaction
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person

_TO_COME = ("pending", "approved", "minting", "failed")  # states in which it may still cost


class ApprovalOut(Output):
    """One operator's approval."""

    person_id: str
    name: Annotated[str | None, PRIVATE]
    at: datetime
    counts: bool  # not if they are no operator any more


class TokenOut(Output):
    """A token as it was read back from its chain."""

    token_id: str
    chain: str
    chain_id: int
    contract: str
    number: str
    candidate_id: str
    metadata_cid: str
    transaction: str
    gas_used: int | None


class MintRequestOut(Output):
    """A mint request: what is frozen in it, and where it stands."""

    mint_request_id: str
    candidate_id: str
    requester_id: str
    round_id: str | None
    tally_hash: str | None
    image_cid: str
    metadata_cid: str
    metadata_sha256: str
    recipient: str
    chains: list[str]
    cost_cap_wei: str
    cost_cap: str = Field(description="the cap for people, e.g. 0.02 ETH")
    frozen_digest: str
    approvals_needed: int
    approvals: list[ApprovalOut]  # so far, in the order they were given
    cost_estimate: list[CostOut]  # for each chain; only while it is to be decided or minted
    state: str
    error: str | None
    reason: Annotated[str | None, PRIVATE]  # why an operator rejected it
    paused: Annotated[str | None, PRIVATE]  # why it waits, where minting is paused
    tokens: list[TokenOut]


def describe(
    call: OpenCall, requests: list[MintRequest], *, costs: bool = False
) -> list[MintRequestOut]:
    """Requests as they are shown.

    Args:
        costs: whether to ask the chains what it would cost now.
    """
    paused = {r.guild: rules_of(call.studio, r.guild).paused.get("mint") for r in requests}
    with call.studio.db.read() as session:
        shown = [_describe(session, request, paused[request.guild]) for request in requests]
    if not costs:
        return shown
    return [
        output.model_copy(update={"cost_estimate": _costs(call, request)})
        for request, output in zip(requests, shown, strict=True)
    ]


def _describe(session: Session, request: MintRequest, paused: str | None) -> MintRequestOut:
    names = MintRequestOut.model_fields.keys() & MintRequest.__table__.columns.keys()
    decision = session.get(Approval, request.id)
    return MintRequestOut(
        mint_request_id=request.id,
        cost_cap=ether(int(request.cost_cap_wei)),
        approvals=_approvals(session, request, decision),
        cost_estimate=[],
        reason=decision.reason if decision else None,
        paused=paused if request.state in ("approved", "minting") else None,
        tokens=list(tokens_of(session, request.id)),
        **{name: getattr(request, name) for name in names},
    )


def _approvals(
    session: Session, request: MintRequest, decision: Approval | None
) -> list[ApprovalOut]:
    if request.approvals_needed == 1:
        if decision is None or decision.decision != "approved":
            return []
        return [_approval(session, decision.person_id, decision.decided_at, counts=True)]
    standing = {row.person_id for row in counting(session, request)}
    given = select(Endorsement).filter_by(mint_request_id=request.id)
    rows = session.scalars(given.order_by(Endorsement.endorsed_at, Endorsement.person_id))
    return [
        _approval(session, row.person_id, row.endorsed_at, counts=row.person_id in standing)
        for row in rows
    ]


def _approval(session: Session, person_id: str, at: datetime, *, counts: bool) -> ApprovalOut:
    person = session.get(Person, person_id)
    name = person.name if person else None
    return ApprovalOut(person_id=person_id, name=name, at=at, counts=counts)


def _costs(call: OpenCall, request: MintRequest) -> list[CostOut]:
    """What is still to be paid, for those who create and decide."""
    if request.state not in _TO_COME or not call.role.reaches(Role.CREATOR):
        return []
    with call.studio.db.read() as session:
        candidate = session.get_one(Candidate, request.candidate_id)
        minted = session.scalars(select(Token.chain).filter_by(mint_request_id=request.id)).all()
    return estimated_for(
        call,
        candidate,
        [name for name in request.chains if name not in minted],
        int(request.cost_cap_wei),
    )


def estimated_for(
    call: OpenCall, candidate: Candidate, chains: list[str], cost_cap_wei: int
) -> list[CostOut]:
    """What minting a candidate is likely to cost on these chains now."""
    if not candidate.recipe:
        return []  # a picture without a recipe cannot be bound, so it is never minted
    wanted = Minting(candidate.collection, model_digest(candidate.recipe), cost_cap_wei)
    return estimated(call.studio, chains, wanted)


def tokens_of(
    session: Session, request_id: str | None = None, limit: int | None = None
) -> Iterable[TokenOut]:
    """Tokens as they are shown, the newest first; of one request, if it is named."""
    query = select(Token, Transaction).join(Transaction, Token.transaction_id == Transaction.id)
    if request_id is not None:
        query = query.where(Token.mint_request_id == request_id)
    for token, transaction in session.execute(query.order_by(Token.minted_at.desc()).limit(limit)):
        yield TokenOut(
            token_id=token.id,
            chain=token.chain,
            chain_id=token.chain_id,
            contract=token.contract,
            number=token.number,
            candidate_id=token.candidate_id,
            metadata_cid=token.metadata_cid,
            transaction=transaction.hash,
            gas_used=transaction.gas_used,
        )
