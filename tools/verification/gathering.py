"""Gathering evidence from a data folder: which records belong to a token, and what stands by them.

The story of a token is found by following its rows: brief, picture, verdict, round and ballots,
mint request, approval, mints. A call that was cut off is followed by the one that took its work
up. What the rows say is not believed here: `row_steps` holds them against the records.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.errors import InvalidInput
from tools.generation.tables import Brief, Candidate
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.minting.tables import Approval, Endorsement, MintRequest, Token, Transaction
from tools.provenance import log
from tools.provenance.tables import Record, ToolCall
from tools.scoring.tables import Verdict
from tools.verification.evidence import Evidence, LogLinks, Mint
from tools.verification.records import Entry, Story
from tools.verification.supply import supply_before
from tools.voting.tables import Ballot, Round

if TYPE_CHECKING:
    from tools.studio import Studio


_ABOUT_A_ROUND = (
    "extend_round",
    "count_round_by",
    "reconcile_round",
    "close_round",
    "close_due_round",
)


def request_of(session: Session, candidate_id: str) -> MintRequest | None:
    """The candidate's mint request that was not rejected, if it has one."""
    live = select(MintRequest).where(
        MintRequest.candidate_id == candidate_id, MintRequest.state != "rejected"
    )
    return session.scalars(live).first()


def gather(studio: "Studio", session: Session, request: MintRequest) -> Evidence:
    """The evidence for a mint request and the tokens it became."""
    document = stored(studio, request.metadata_cid)
    round_ = session.get(Round, request.round_id) if request.round_id else None
    return Evidence(
        document=document,
        story=story_of(session, session.get_one(Candidate, request.candidate_id), request),
        links=links_of(session),
        mints=tuple(_mints(session, request.id)),
        tally=round_.tally if round_ else None,
        supply=supply_before(session, request, document),
    )


def stored(studio: "Studio", cid: str) -> bytes | None:
    """What lies in the store under an address, whatever it is; None if nothing does."""
    try:
        return store_of(studio).path(Cid.parse(cid)).read_bytes()
    except (OSError, InvalidInput):
        return None


def links_of(session: Session) -> LogLinks:
    """Every digest of the log, and its head; zeros stand where a record is missing."""
    rows = session.execute(select(Record.seq, Record.digest))
    there = {row.seq: row.digest for row in rows}
    head = log.head(session)
    digests = (there.get(seq, log.GENESIS) for seq in range(1, head.size + 1))
    return LogLinks(tuple(digests), head)


def story_of(
    session: Session,
    candidate: Candidate,
    request: MintRequest | None,
    others: Iterable[str] = (),
) -> Story:
    """The records of the calls that made, chose and minted a candidate, and of other calls."""
    calls = {*making_calls(session, candidate), *others}
    if request is not None:
        calls |= {*_minting_calls(session, request)}
        if request.round_id is not None:
            calls |= {*round_calls(session, request.round_id)}
    return read_story(session, calls)


def read_story(session: Session, call_ids: Iterable[str]) -> Story:
    """The records of these calls and of the calls that they were made in."""
    known, new = set[str](), set(call_ids)
    while new:
        known |= new
        parents = select(ToolCall.parent_id).where(ToolCall.id.in_(new))
        new = {parent for parent in session.scalars(parents) if parent is not None} - known
    query = select(Record.seq, Record.body).where(Record.tool_call_id.in_(known))
    return Story(Entry(seq, body) for seq, body in session.execute(query))


def making_calls(session: Session, candidate: Candidate) -> Iterator[str]:
    """The calls that asked for a candidate, made it and judged it."""
    yield candidate.tool_call_id
    brief = session.get(Brief, candidate.brief_id)
    if brief is not None:
        yield brief.tool_call_id
    verdict = session.get(Verdict, candidate.id)
    if verdict is not None:
        yield verdict.tool_call_id
    for tool in ("render", "score"):
        yield from calls_with(session, tool, "brief_id", candidate.brief_id)


def round_calls(session: Session, round_id: str) -> Iterator[str]:
    """The calls that opened, extended and closed a round, and every ballot in it."""
    yield from session.scalars(select(Round.tool_call_id).where(Round.id == round_id))
    for tool in _ABOUT_A_ROUND:
        yield from calls_with(session, tool, "round_id", round_id)
    yield from session.scalars(select(Ballot.tool_call_id).where(Ballot.round_id == round_id))
    yield from _votes_during(session, round_id)


def _votes_during(session: Session, round_id: str) -> Iterator[str]:
    """The ballots of the guild while the round was open, as the log knows them."""
    round_ = session.get(Round, round_id)
    if round_ is None:
        return
    query = select(ToolCall.id).where(
        ToolCall.tool.in_(("vote", "withdraw_vote")),
        ToolCall.guild == round_.guild,
        ToolCall.created_at >= round_.opens_at,
    )
    if round_.closed_at is not None:
        query = query.where(ToolCall.created_at <= round_.closed_at)
    yield from session.scalars(query)


def _minting_calls(session: Session, request: MintRequest) -> Iterator[str]:
    yield request.tool_call_id
    approval = session.get(Approval, request.id)
    if approval is not None:
        yield approval.tool_call_id
    endorsed = select(Endorsement.tool_call_id).where(Endorsement.mint_request_id == request.id)
    yield from session.scalars(endorsed)
    for tool in ("approve", "mint"):
        yield from calls_with(session, tool, "mint_request_id", request.id)
    query = select(Token.tool_call_id).where(Token.mint_request_id == request.id)
    yield from session.scalars(query)


def calls_with(session: Session, tool: str, argument: str, value: str) -> Iterator[str]:
    """The ids of the calls of a tool in which an argument has this value."""
    query = select(ToolCall.id).where(
        ToolCall.tool == tool, ToolCall.arguments[argument].as_string() == value
    )
    return iter(session.scalars(query))


def _mints(session: Session, request_id: str) -> Iterator[Mint]:
    query = (
        select(Token, Transaction.hash)
        .join(Transaction, Transaction.id == Token.transaction_id)
        .where(Token.mint_request_id == request_id)
        .order_by(Token.chain_id)
    )
    for token, transaction in session.execute(query):
        yield Mint(
            token_id=token.id,
            chain=token.chain,
            chain_id=token.chain_id,
            contract=token.contract,
            number=token.number,
            transaction=transaction,
        )
