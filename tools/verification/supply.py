"""Which tokens were frozen before another: the supply that its rarity counts.

The JSON quotes the head of the log at the moment it was written. A proposal whose outcome stood in
the log by then was certainly seen; one whose intent came later certainly was not. For the few that
were under way at that very moment the log cannot say; of the possible answers the one that gives
the stated rarity is taken.
"""

from collections.abc import Iterator
from itertools import chain, combinations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tools.generation.tables import Candidate
from tools.metadata.rarity import rarity
from tools.metadata.token_json import TokenJson
from tools.minting.tables import Approval, MintRequest
from tools.provenance.tables import Record
from tools.verification.document_steps import try_document

_MOST_UNDER_WAY = 10  # proposals at one moment of which every choice is tried
_NEVER = 2**63

Traits = dict[str, str]


def supply_before(
    session: Session, request: MintRequest, document: bytes | None
) -> tuple[Traits, ...]:
    """The traits of every token that was frozen before this one in its collection."""
    token = try_document(document)
    if token is None:
        return ()
    seen, under_way = _others(session, request, token.provenance.log.head_size)
    choices = _choices(under_way[:_MOST_UNDER_WAY])
    supplies = ((*seen, *chosen) for chosen in choices)
    return next((s for s in supplies if _gives(s, token)), tuple(seen))


def _choices(items: list[Traits]) -> Iterator[tuple[Traits, ...]]:
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def _gives(supply: tuple[Traits, ...], token: TokenJson) -> bool:
    """Whether this supply gives the rarity that the token states."""
    stated = token.provenance.rarity
    if len(supply) + 1 != stated.supply:
        return False
    counted = rarity(supply, token.traits)
    return (counted.rank, counted.likelihood) == (stated.rank, stated.likelihood)


def _others(session: Session, request: MintRequest, head: int) -> tuple[list[Traits], list[Traits]]:
    """Traits of the other tokens: those certainly frozen at this head, those perhaps."""
    mine = session.get_one(Candidate, request.candidate_id)
    query = (
        select(Candidate.traits, MintRequest.tool_call_id, Approval.tool_call_id)
        .join(MintRequest, MintRequest.candidate_id == Candidate.id)
        .outerjoin(
            Approval,
            (Approval.mint_request_id == MintRequest.id) & (Approval.decision == "rejected"),
        )
        .where(Candidate.collection == mine.collection, Candidate.id != mine.id)
        .order_by(MintRequest.created_at, MintRequest.id)
    )
    seen, under_way = list[Traits](), list[Traits]()
    for traits, proposed_by, rejected_by in session.execute(query).all():
        began, proposed = _span(session, proposed_by)
        undone, rejected = _span(session, rejected_by) if rejected_by else (_NEVER, _NEVER)
        if began > head or rejected <= head:
            continue
        (seen if proposed <= head and undone > head else under_way).append(traits)
    return seen, under_way


def _span(session: Session, call_id: str) -> tuple[int, int]:
    """The places in the log between which a call ran."""
    query = select(func.min(Record.seq), func.max(Record.seq), func.count()).where(
        Record.tool_call_id == call_id
    )
    first, last, records = session.execute(query).one()
    return first or _NEVER, last if records > 1 else _NEVER
