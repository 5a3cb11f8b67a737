"""Carrying out an approved mint request: on every chain at once, on each exactly once.

The door's gate reads the approval again: there must be one, over the content as it is frozen now,
and not by the requester; where two are needed, two, by people who still are operators. The actor is
the operator who approved or ordered the retry, and the door itself has just read that they still
are one. Where minting is paused, nothing new is signed; what was signed before is seen to its end.
On each chain, in order: contract, model, mint, and
then everything is read back (owner, token URI, seed, model, digest) before a token is written down
as minted.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial

from sqlalchemy.exc import IntegrityError as AlreadyThere
from sqlalchemy.orm import Session

from tools.community.rules import rules_of
from tools.definition import BY_WORKFLOW, Input, PrivateText, tool
from tools.errors import IntegrityError, MintmarkError, Refused, ServiceUnavailable
from tools.generation.tables import Candidate
from tools.metadata.collection import collection_of
from tools.metadata.unixfs import Cid
from tools.minting.binding import model_digest
from tools.minting.chain import Call
from tools.minting.chains import ChainAccount, chains_of
from tools.minting.endorsing import counting
from tools.minting.frozen import approval_key, is_intact
from tools.minting.outbox import attempts_at, carry_out
from tools.minting.requests import RequestIn
from tools.minting.setup import ensure_contract, ensure_model
from tools.minting.showing import MintRequestOut, describe
from tools.minting.states import find_request, move
from tools.minting.tables import Approval, MintRequest, Token, Transaction
from tools.minting.token_contract import MintOrder, TokenContract, mint_call
from tools.people import Role
from tools.phrases import word
from tools.provenance.effects import OpenCall, effect
from tools.provenance.identifiers import short_id

UNDER_WAY = ("approved", "minting", "failed")


class StopIn(Input):
    """Which request stops, and why."""

    mint_request_id: str
    reason: PrivateText


@dataclass(frozen=True)
class _Order:
    """What is the same on every chain."""

    request: MintRequest
    seed: int
    model_digest: bytes
    collection: str


def _approved(call: OpenCall, which: RequestIn) -> None:
    """The gate: an approval of exactly this content, by someone else than the requester."""
    with call.studio.db.read() as session:
        request = find_request(session, which.mint_request_id)
        approval = session.get(Approval, request.id)
        endorsed = len(counting(session, request))
    if approval is None or approval.decision != "approved":
        raise Refused(
            "{request} is not approved: an operator has to do that first.", request=request.id
        )
    if not is_intact(request) or approval.frozen_digest != request.frozen_digest:
        raise Refused("{request} is not what was approved; nothing is minted.", request=request.id)
    if approval.person_id == request.requester_id:
        raise Refused(
            "{request} was approved by its own requester; nothing is minted.", request=request.id
        )
    if request.approvals_needed > 1 and endorsed < request.approvals_needed:
        raise Refused(
            "{request} needs the approval of {needed} operators, and of those who gave theirs "
            "{left} are operators now; nothing is minted until another one orders it again.",
            request=request.id,
            needed=request.approvals_needed,
            left=endorsed,
        )
    if request.state not in (*UNDER_WAY, "minted"):
        raise Refused(
            "{request} is {state}; nothing is minted.",
            request=request.id,
            state=word(request.state),
        )


@tool(least_role=Role.OPERATOR, ways=BY_WORKFLOW, gate=_approved)
def mint(call: OpenCall, which: RequestIn) -> MintRequestOut:
    """Mint an approved request on all its chains; what is there already is left as it is."""
    with call.studio.db.write() as session:
        request = find_request(session, which.mint_request_id)
        move(session, request, UNDER_WAY, "minting")
        candidate = session.get_one(Candidate, request.candidate_id)
    order = _Order(
        request, int(candidate.seed), model_digest(candidate.recipe), candidate.collection
    )
    error = _on_all_chains(call, order)
    with call.studio.db.write() as session:
        request = find_request(session, request.id)
        _conclude(session, request, error)
    output = describe(call, [request])[0]
    call.note(mints=[token.model_dump() for token in output.tokens], seed=candidate.seed)
    if error:
        raise error
    return output


def _conclude(session: Session, request: MintRequest, error: MintmarkError | None) -> None:
    """Write down how it went. Tokens that were read back count, whatever another worker met.

    A chain that does not answer is asked again, so the request then stays under way.
    """
    if error is None:
        move(session, request, UNDER_WAY, "minted")
    else:
        after = "minting" if isinstance(error, ServiceUnavailable) else "failed"
        move(session, request, ("minting",), after, str(error))


@tool(least_role=Role.STUDIO, ways=BY_WORKFLOW)
def stop_mint(call: OpenCall, which: StopIn) -> MintRequestOut:
    """Note that a mint could not go on, and why; an operator may retry it."""
    with call.studio.db.write() as session:
        request = find_request(session, which.mint_request_id)
        move(session, request, ("approved", "minting"), "failed", which.reason)
    return describe(call, [request])[0]


def _on_all_chains(call: OpenCall, order: _Order) -> MintmarkError | None:
    """Mint on every chain at the same time; the worst of what went wrong, if anything did."""
    names: list[str] = order.request.chains
    with ThreadPoolExecutor(len(names), thread_name_prefix="mint") as pool:
        running = [_in_context(pool, partial(_on_chain, call, order, name)) for name in names]
    errors = [error for future in running if (error := future.exception())]
    for error in errors:
        if not isinstance(error, MintmarkError):
            raise error
    known = [error for error in errors if isinstance(error, MintmarkError)]
    known.sort(key=lambda error: isinstance(error, ServiceUnavailable))  # what waiting cannot mend
    return known[0] if known else None


def _in_context(pool: ThreadPoolExecutor, work: Callable[[], None]) -> Future[None]:
    """Run in a thread that sees the open record."""
    return pool.submit(copy_context().run, work)


@effect
def _on_chain(call: OpenCall, order: _Order, name: str) -> None:
    account = chains_of(call.studio).get(name)
    with call.studio.db.read() as session:
        if (
            session.query(Token)
            .filter_by(mint_request_id=order.request.id, chain_id=account.chain.chain_id)
            .first()
        ):
            return
    may_sign = partial(_refuse_while_paused, call, order.request.guild)
    collection = collection_of(call.studio, order.collection)
    contract = ensure_contract(call.studio, account, collection, may_sign)
    mint_order = MintOrder(
        recipient=order.request.recipient,
        metadata_digest=bytes.fromhex(order.request.metadata_sha256.removeprefix("sha256:")),
        seed=order.seed,
        model_index=ensure_model(call.studio, account, contract, order.model_digest, may_sign),
        approval_key=approval_key(order.request),
    )
    _refuse_a_strangers(call, account, contract, order.request)

    def call_to_sign() -> Call:
        may_sign()
        return mint_call(account.signer.address, contract.address, mint_order)

    transaction = carry_out(
        call.studio.db,
        account,
        purpose(order.request),
        call_to_sign,
        int(order.request.cost_cap_wei),
    )
    number = _read_back(contract, order, mint_order, name)
    _write_token(call, order, account, contract, transaction, number)


def _refuse_while_paused(call: OpenCall, guild: str) -> None:
    """Sign nothing new while an operator has paused minting; it is asked again later."""
    if reason := rules_of(call.studio, guild).paused.get("mint"):
        raise ServiceUnavailable("Minting is paused here: {reason}", reason=reason)


def purpose(request: MintRequest) -> str:
    """What the outbox knows a request's mint by."""
    return f"mint:{request.id}"


def _refuse_a_strangers(
    call: OpenCall, account: ChainAccount, contract: TokenContract, request: MintRequest
) -> None:
    """Stop if the contract holds a token for this request although none was ever sent from here."""
    if contract.token_of_approval(approval_key(request)) is None:
        return
    if not attempts_at(call.studio.db, account, purpose(request)):
        raise IntegrityError(
            "{chain} holds a token for {request} that was not sent by us.",
            chain=account.chain.name,
            request=request.id,
        )


def _read_back(contract: TokenContract, order: _Order, minted: MintOrder, chain: str) -> int:
    """The token's number, after the chain has said everything about it that we meant to mint.

    Raises:
        IntegrityError: naming the first thing that the chain holds otherwise.
    """
    number = contract.token_of_approval(minted.approval_key)
    if number is None:
        raise IntegrityError("{chain} confirmed the mint but holds no token for it.", chain=chain)
    kept = contract.provenance(number)
    uri = Cid.parse(order.request.metadata_cid).uri
    for what, found, meant in (
        ("owner", contract.owner_of(number), minted.recipient),
        ("token URI", contract.token_uri(number), uri),
        ("metadata digest", kept.metadata_digest, minted.metadata_digest),
        ("seed", kept.seed, minted.seed),
        ("model", kept.model_digest, order.model_digest),
    ):
        if found != meant:
            raise IntegrityError(
                "Token {number} on {chain} has the {what} {found}, not {meant}.",
                number=number,
                chain=chain,
                what=what,
                found=repr(found),
                meant=repr(meant),
            )
    return number


def _write_token(
    call: OpenCall,
    order: _Order,
    account: ChainAccount,
    contract: TokenContract,
    transaction: Transaction,
    number: int,
) -> None:
    row = Token(
        id=short_id("t"),
        tool_call_id=call.id,
        mint_request_id=order.request.id,
        candidate_id=order.request.candidate_id,
        chain=account.chain.name,
        chain_id=account.chain.chain_id,
        contract=contract.address,
        number=str(number),
        transaction_id=transaction.id,
        metadata_cid=order.request.metadata_cid,
    )
    with suppress(AlreadyThere), call.studio.db.write() as session:
        session.add(row)
