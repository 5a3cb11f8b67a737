"""Steps about the rows of the vote and of the mint, against the records that fix them."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.generation.tables import Candidate
from tools.minting.frozen import FROZEN, frozen_digest
from tools.minting.tables import (
    Approval,
    Contract,
    Endorsement,
    MintRequest,
    Token,
    Transaction,
)
from tools.provenance.canonical import digest
from tools.provenance.tables import Person
from tools.verification.choosing_steps import ballots_told, closing_of
from tools.verification.deciding_steps import approvals_needed, approvals_of
from tools.verification.records import RecordedCall, Story, differences, item, mapping
from tools.verification.report import Step, failed, judged, not_checked
from tools.verification.row_steps import actor_faults, row_step
from tools.voting.tables import Ballot, Round, StandingBallot
from tools.voting.tally import recount, standing_votes

_ROW = "The row says what its record says"
_BALLOTS = "Every ballot's row says what its record says, and none is gone"
_ENDORSEMENTS = "Every approval's row says what its record says, and none is gone"
_COUNTED = {"added", "changed", "withdrawn"}


def minting_rows(session: Session, story: Story, request: MintRequest) -> Iterator[Step]:
    """The rows of the round, its ballots, the request, its approval and its tokens."""
    round_ = session.get(Round, request.round_id) if request.round_id else None
    if round_ is not None:
        yield _round_row(session, story, round_)
        yield ballot_rows(session, story, round_)
    yield _request_row(story, request)
    yield _approval_row(session, story, request)
    if request.approvals_needed > 1:
        yield _endorsement_rows(session, story, request)
    yield from _token_rows(session, story, request)


def _round_row(session: Session, story: Story, row: Round) -> Step:
    call = closing_of(story, row.id)
    if call is None or not call.is_settled:
        return not_checked(f"row round {row.id}", _ROW, "no settled record closed it.")
    names = ["title", "collection", "quorum", "state", "winner_id", "outcome", "tally_hash"]
    meant = {name: call.result.get(name) for name in names}
    counts = {"its kept tally": digest(row.tally), "its ballots": recount(session, row).hash}
    extra = [
        f"{what}, counted, give the hash {found}, {call.place} says {meant['tally_hash']}"
        for what, found in counts.items()
        if found != meant["tally_hash"]
    ]
    return row_step("round", row.id, row, meant, call, extra)


def ballot_rows(session: Session, story: Story, round_: Round) -> Step:
    """The rows of a round's ballots against the records of those who cast them."""
    rows = list(session.scalars(select(Ballot).filter_by(round_id=round_.id).order_by(Ballot.id)))
    by_call = defaultdict(list)
    for row in rows:
        by_call[row.tool_call_id].append(row)
    wrong = [f for call_id, made in by_call.items() for f in _faults(session, story, call_id, made)]
    for call in story.of_tool("vote", "withdraw_vote", "reconcile_round"):
        if _counted(call, round_.id) and call.id not in by_call:
            wrong.append(f"{call.place} tells of a ballot whose row is gone ({call.id})")
    wrong += _standing_faults(session, round_)
    return judged(f"rows ballot of {round_.id}", _BALLOTS, wrong, f"{len(rows)} ballots")


def _faults(session: Session, story: Story, call_id: str, made: list[Ballot]) -> Iterator[str]:
    """What is wrong with the ballots that one call made."""
    call = story.call(call_id)
    if call is not None and call.tool == "reconcile_round":
        yield from _reconciled_faults(session, call, made)
        return
    for row in made:
        yield from _ballot_faults(session, story, row)


def _reconciled_faults(session: Session, call: RecordedCall, made: list[Ballot]) -> Iterator[str]:
    """The ballots of a reconciliation against the list in its record, in its order."""
    told = ballots_told(call)
    if call.was_cut_off:
        return
    if len(told) != len(made):
        yield f"{call.place} tells of {len(told)} ballots, {len(made)} rows name it"
    for row, line in zip(made, told, strict=False):
        person = session.get(Person, row.person_id)
        found = {
            "person": person.commitment if person else None,
            "kind": row.kind,
            "candidate": row.candidate_id,
        }
        meant = {name: line.get(name) for name in found}
        yield from (f"ballot {row.id}: {d}" for d in differences(found, meant, call.place))


def _standing_faults(session: Session, round_: Round) -> Iterator[str]:
    """What stands for each person against their ballots played through."""
    played = {vote.person: vote.candidate_id for vote in standing_votes(session, round_.id)}
    query = (
        select(Person.commitment, StandingBallot.candidate_id)
        .join(Person, Person.id == StandingBallot.person_id)
        .where(StandingBallot.round_id == round_.id)
    )
    kept = {row.commitment: row.candidate_id for row in session.execute(query)}
    for person in sorted(played.keys() | kept.keys()):
        found, meant = kept.get(person), played.get(person)
        if found != meant:
            yield f"standing_ballot of {person}: it is {found}, the ballots say {meant}"


def _counted(call: RecordedCall, round_id: str) -> bool:
    in_round = call.is_settled and call.result.get("round_id") == round_id
    return in_round and bool(call.result.get("kind") in _COUNTED or ballots_told(call))


def _ballot_faults(session: Session, story: Story, row: Ballot) -> Iterator[str]:
    call = story.call(row.tool_call_id)
    if call is None:
        yield f"ballot {row.id}: no record tells of it"
        return
    wrong = list(actor_faults(session, row.person_id, call))
    if call.is_settled:
        meant = {name: call.result.get(name) for name in ("kind", "candidate_id", "round_id")}
        wrong += differences({name: getattr(row, name) for name in meant}, meant, call.place)
    elif not call.was_cut_off and row.kind != "refused":
        wrong.append(f"kind is {row.kind}, {call.place} says that the call {call.phase}")
    yield from (f"ballot {row.id}: {fault}" for fault in wrong)


def _request_row(story: Story, row: MintRequest) -> Step:
    named = (c for c in story.settled() if c.result.get("mint_request_id") == row.id)
    call = next(named, None)
    if call is None:
        return failed(f"row mint_request {row.id}", _ROW, "no settled record names it.")
    meant = {name: call.result.get(name) for name in (*FROZEN, "frozen_digest")}
    meant["approvals_needed"] = approvals_needed(call.result)
    meant |= {"id": call.result.get("mint_request_id"), "guild": call.opening.get("guild")}
    if any(call.is_settled for call in story.of_tool("mint", mint_request_id=row.id)):
        meant["state"] = "minted"
    computed = {"frozen_digest": frozen_digest(row)}
    extra = list(differences(computed, {"frozen_digest": row.frozen_digest}, "the row"))
    return row_step("mint_request", row.id, row, meant, call, extra)


def _approval_row(session: Session, story: Story, request: MintRequest) -> Step:
    row, name = session.get(Approval, request.id), f"row approval {request.id}"
    calls = approvals_of(story, request.id)
    call = next((call for call in calls if call.facts.get("decision") != "endorsed"), None)
    if row is None and call is None:
        return not_checked(name, _ROW, "nobody has decided.")
    if row is None or call is None:
        return failed(name, _ROW, f"{'the row' if row is None else 'its record'} is gone.")
    meant = {"tool_call_id": call.id, "decision": "approved", "reason": None}
    if call.is_settled:
        meant["frozen_digest"] = call.facts.get("frozen_digest")
    extra = list(actor_faults(session, row.person_id, call))
    if row.person_id == request.requester_id:
        extra.append("the requester approved it themself")
    return row_step("approval", request.id, row, meant, call, extra)


def _endorsement_rows(session: Session, story: Story, request: MintRequest) -> Step:
    """The approvals of a request that needs several: each row, and that none is gone."""
    query = select(Endorsement).filter_by(mint_request_id=request.id)
    rows = list(session.scalars(query.order_by(Endorsement.endorsed_at)))
    wrong = [fault for row in rows for fault in _endorsement_faults(session, story, request, row)]
    known = {row.tool_call_id for row in rows}
    for call in approvals_of(story, request.id):
        if call.is_settled and call.id not in known:
            wrong.append(f"{call.place} tells of an approval whose row is gone ({call.id})")
    return judged(f"rows endorsement of {request.id}", _ENDORSEMENTS, wrong, f"{len(rows)} rows")


def _endorsement_faults(
    session: Session, story: Story, request: MintRequest, row: Endorsement
) -> Iterator[str]:
    call = story.call(row.tool_call_id)
    if call is None:
        yield f"endorsement by {row.person_id}: no record tells of it"
        return
    wrong = list(actor_faults(session, row.person_id, call))
    if call.is_settled and call.tool == "approve":
        meant = {"frozen_digest": call.facts.get("frozen_digest")}
        wrong += differences({"frozen_digest": row.frozen_digest}, meant, call.place)
    if row.person_id == request.requester_id:
        wrong.append("the requester approved it themself")
    yield from (f"endorsement by {row.person_id}: {fault}" for fault in wrong)


def _token_rows(session: Session, story: Story, request: MintRequest) -> Iterator[Step]:
    query = select(Token).where(Token.mint_request_id == request.id)
    rows = {row.id: row for row in session.scalars(query)}
    named = dict(_named_tokens(story, request.id))
    for token_id in sorted({*rows, *named}):
        name = f"row token {token_id}"
        if token_id not in named:
            why = "no settled record of a mint names it."
            yield (not_checked if request.state != "minted" else failed)(name, _ROW, why)
        elif token_id not in rows:
            yield failed(name, _ROW, f"the row is gone; {named[token_id].place} names it.")
        else:
            yield _token_row(session, rows[token_id], named[token_id])


def _named_tokens(story: Story, request_id: str) -> Iterator[tuple[str, RecordedCall]]:
    for call in story.of_tool("mint", mint_request_id=request_id):
        tokens = call.result.get("tokens")
        for token in tokens if isinstance(tokens, list) else []:
            yield str(mapping(token).get("token_id")), call


def _token_row(session: Session, row: Token, call: RecordedCall) -> Step:
    said = item(call.result.get("tokens"), "token_id", row.id) or {}
    names = ["chain", "chain_id", "contract", "number", "candidate_id", "metadata_cid"]
    transaction = session.get(Transaction, row.transaction_id)
    found = {"transaction": transaction.hash if transaction else None}
    extra = list(differences(found, {"transaction": said.get("transaction")}, call.place))
    meant = {name: said.get(name) for name in names}
    collection = session.get_one(Candidate, row.candidate_id).collection
    contract = session.get(Contract, (row.chain_id, collection))
    extra += differences(
        {"contract's address": contract.address if contract else None},
        {"contract's address": said.get("contract")},
        call.place,
    )
    return row_step("token", row.id, row, meant, call, extra)
