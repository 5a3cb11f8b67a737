"""Mint requests: proposing a candidate, and looking at where a request stands.

Proposing freezes image, metadata, recipient, chains and cost cap under one digest; that digest is
what an operator approves. Anyone who may create can propose the winner of a closed round; only an
operator can propose a picture that no vote has chosen.
"""

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tools.community.rules import rules_of
from tools.definition import Input, Output, tool
from tools.errors import Conflict, InvalidInput, NotFound, Refused
from tools.generation.candidates import candidate_of, hold
from tools.generation.tables import Candidate
from tools.metadata.collection import collection_of
from tools.metadata.store import store_of
from tools.minting.binding import bind
from tools.minting.chains import chains_of
from tools.minting.frozen import frozen_digest
from tools.minting.showing import MintRequestOut, TokenOut, describe, tokens_of
from tools.minting.states import STATES, find_request
from tools.minting.tables import MintRequest
from tools.minting.token_contract import checksummed
from tools.people import Role
from tools.phrases import word
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.scoring.tables import Verdict
from tools.voting.tables import Round


class MintRequestsOut(Output):
    """Mint requests, the newest first."""

    requests: list[MintRequestOut]


class TokensOut(Output):
    """Tokens, the newest first."""

    tokens: list[TokenOut]


class ProposeIn(Input):
    """What to propose: a candidate, or the winner of a round."""

    candidate_id: str | None = Field(None, description="the picture, e.g. c_…")
    round_id: str | None = Field(None, description="or the closed round whose winner it is")
    recipient: str | None = Field(None, description="0x… account that gets the token")
    chains: list[str] | None = Field(None, description="names of chains; all of the collection's")
    cost_cap_wei: int | None = Field(None, ge=1, description="wei per chain it may cost at worst")


class RequestIn(Input):
    """Which mint request."""

    mint_request_id: str


class RequestsIn(Input):
    """Which mint requests."""

    state: str | None = Field(None, description=", ".join(STATES))
    limit: int = Field(20, ge=1, le=100)


class TokensIn(Input):
    """How many tokens to list."""

    limit: int = Field(20, ge=1, le=100)


@tool(least_role=Role.CREATOR)
def propose_mint(call: OpenCall, wish: ProposeIn) -> MintRequestOut:
    """Propose a picture for minting. It is frozen as it is; an operator decides."""
    candidate, round_ = _chosen(call, wish)
    chains = _chains(call, wish.chains, candidate.collection)
    recipient = _recipient(call, wish.recipient, chains)
    cap = wish.cost_cap_wei or call.studio.settings.limits.mint_cost_cap_wei
    with call.studio.db.read() as session:
        _refuse_a_second(session, candidate.id)
    bound = bind(call.studio, candidate.id, round_.tally_hash if round_ else None)
    store_of(call.studio).put(bound.data)
    request = MintRequest(
        id=short_id("m"),
        tool_call_id=call.id,
        candidate_id=candidate.id,
        requester_id=call.actor.person_id,
        guild=call.actor.guild,
        round_id=round_.id if round_ else None,
        tally_hash=round_.tally_hash if round_ else None,
        image_cid=candidate.image_cid,
        metadata_cid=str(bound.cid),
        metadata_sha256=bound.sha256,
        recipient=recipient,
        chains=chains,
        cost_cap_wei=str(cap),
        approvals_needed=rules_of(call.studio, call.actor.guild).approvals_needed,
        state="pending",
    )
    request.frozen_digest = frozen_digest(request)
    _insert(call, request)
    call.note(frozen_digest=request.frozen_digest)
    return describe(call, [request], costs=True)[0]


@tool(least_role=Role.MEMBER)
def mint_status(call: OpenCall, which: RequestIn) -> MintRequestOut:
    """Where a mint request stands: its state, and its tokens on each chain."""
    with call.studio.db.read() as session:
        request = find_request(session, which.mint_request_id)
    return describe(call, [request], costs=True)[0]


@tool(least_role=Role.OPERATOR)
def mint_requests(call: OpenCall, which: RequestsIn) -> MintRequestsOut:
    """List mint requests, for review."""
    if which.state is not None and which.state not in STATES:
        raise InvalidInput(
            "There is no state {state}: use one of {known}.",
            state=repr(which.state[:32]),
            known=", ".join(STATES),
        )
    query = select(MintRequest).where(MintRequest.guild == call.actor.guild)
    if which.state is not None:
        query = query.where(MintRequest.state == which.state)
    with call.studio.db.read() as session:
        ordered = query.order_by(MintRequest.created_at.desc()).limit(which.limit)
        found = list(session.scalars(ordered))
    return MintRequestsOut(requests=describe(call, found))


@tool(least_role=Role.MEMBER)
def tokens(call: OpenCall, which: TokensIn) -> TokensOut:
    """List the tokens that were minted."""
    with call.studio.db.read() as session:
        return TokensOut(tokens=list(tokens_of(session, limit=which.limit)))


def _chosen(call: OpenCall, wish: ProposeIn) -> tuple[Candidate, Round | None]:
    """The candidate that is meant, and the round that chose it if one did."""
    if not wish.candidate_id and not wish.round_id:
        raise InvalidInput("Name a picture (candidate_id) or a closed round (round_id).")
    with call.studio.db.read() as session:
        if wish.round_id:
            round_ = _closed_round(session, wish.round_id)
            if wish.candidate_id not in (None, round_.winner_id):
                raise InvalidInput(
                    "{candidate} did not win {round}: {winner} did.",
                    candidate=wish.candidate_id,
                    round=round_.id,
                    winner=round_.winner_id,
                )
            return candidate_of(session, str(round_.winner_id)), round_
        candidate = candidate_of(session, str(wish.candidate_id))
        _refuse_rejected(session, candidate)
        won = session.scalar(select(Round).filter_by(winner_id=candidate.id, state="closed"))
    if won is None and not call.role.reaches(Role.OPERATOR):
        raise Refused(
            "{candidate} has not won a round. The winner of a round can be proposed by anyone who "
            "creates; a picture without a vote only by an operator.",
            candidate=candidate.id,
        )
    return candidate, won


def _closed_round(session: Session, round_id: str) -> Round:
    round_ = session.get(Round, round_id)
    if round_ is None:
        raise NotFound("There is no round {round}: /rounds lists them.", round=repr(round_id[:32]))
    if round_.state != "closed":
        raise Conflict(
            "Round {round} is still open: propose its winner once it has closed.", round=round_.id
        )
    if round_.winner_id is None:
        raise Conflict(
            "Round {round} has no winner: {outcome}", round=round_.id, outcome=round_.outcome
        )
    return round_


def _refuse_rejected(session: Session, candidate: Candidate) -> None:
    verdict = session.get(Verdict, candidate.id)
    if verdict is None:
        raise Refused(
            "{candidate} is not scored yet; only shortlisted pictures are minted.",
            candidate=candidate.id,
        )
    if verdict.verdict != "shortlisted":
        raise Refused(
            "{candidate} was {verdict} by the filters; only shortlisted pictures are minted.",
            candidate=candidate.id,
            verdict=word(verdict.verdict),
        )


def _refuse_a_second(session: Session, candidate_id: str) -> None:
    live = session.scalar(
        select(MintRequest).where(
            MintRequest.candidate_id == candidate_id, MintRequest.state != "rejected"
        )
    )
    if live is not None:
        raise Conflict(
            "{candidate} is proposed already: {request} is {state}.",
            candidate=candidate_id,
            request=live.id,
            state=word(live.state),
        )


def _chains(call: OpenCall, wanted: list[str] | None, collection: str) -> list[str]:
    known = chains_of(call.studio).names
    declared = collection_of(call.studio, collection).chains
    names = sorted(set(wanted or [name for name in declared if name in known] or known))
    if unknown := [name for name in names if name not in known]:
        raise InvalidInput(
            "There is no chain {chain}. There are: {known}.",
            chain=repr(unknown[0][:32]),
            known=", ".join(known),
        )
    return names


def _recipient(call: OpenCall, wanted: str | None, chains: list[str]) -> str:
    """The account that was named, else the studio's own, which keeps the token in custody."""
    if wanted is not None:
        return checksummed(wanted)
    own = {chains_of(call.studio).get(name).signer.address for name in chains}
    if len(own) > 1:
        raise InvalidInput("Name a recipient: the studio has another account on each chain.")
    return own.pop()


def _insert(call: OpenCall, request: MintRequest) -> None:
    try:
        with call.studio.db.write() as session:
            hold(session, [request.candidate_id])
            session.add(request)
    except IntegrityError:
        raise Conflict(
            "{candidate} was proposed by someone else just now.", candidate=request.candidate_id
        ) from None
