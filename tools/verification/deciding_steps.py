"""Steps about the decision to mint: what was frozen, who approved it, what was minted."""

from collections.abc import Iterator, Mapping

from tools.metadata.token_json import TokenJson
from tools.minting.frozen import FROZEN, digest_of
from tools.people import Role
from tools.provenance import log
from tools.verification.evidence import Evidence, Mint
from tools.verification.records import Body, RecordedCall, Story, differences, item
from tools.verification.report import Step, failed, judged, not_checked

_FROZEN = "The digest of the frozen request, computed again, covers this JSON and this image"
_APPROVAL = "An operator other than the requester approved exactly this frozen content"
_APPROVALS = "Several operators other than the requester approved exactly this frozen content"
_DECISIONS = ("endorsed", "approved")  # what an approval of several is called in its record
_MINT = "The record of the mint names this token"


def deciding_steps(evidence: Evidence, document: TokenJson) -> Iterator[Step]:
    """The frozen request, its approval, and the mint on each chain."""
    frozen = frozen_of(evidence.story, log.sha256(evidence.document or b""))
    if frozen is None:
        yield failed("frozen content", _FROZEN, "no record froze this token JSON.")
        yield not_checked("approval", _APPROVAL, "it is found through the frozen request.")
        return
    yield _frozen_step(frozen, document)
    yield _approval_step(evidence, frozen.result)
    if not evidence.mints:
        yield not_checked("mint", _MINT, "it is not minted.")
    for mint in evidence.mints:
        yield _mint_step(evidence.story, frozen.result, mint, document)


def frozen_of(story: Story, document_sha256: str) -> RecordedCall | None:
    """The first settled call that gives back the request with this document."""
    found = (c for c in story.settled() if c.result.get("metadata_sha256") == document_sha256)
    return next(found, None)


def recorded_frozen_digest(call: RecordedCall) -> str:
    """The digest of the request, computed from what a record says was frozen."""
    names = {"id": "mint_request_id"}
    content = {name: call.result.get(names.get(name, name)) for name in FROZEN}
    content["guild"] = call.opening.get("guild")
    return digest_of(content, approvals_needed(call.result))


def approvals_needed(frozen: Body) -> object:
    """How many operators had to approve; records from before there was a choice do not say it."""
    return frozen.get("approvals_needed", 1)


def approvals_of(story: Story, request_id: object) -> list[RecordedCall]:
    """The approvals of a request that took effect, or may have before their process died."""
    calls = story.of_tool("approve", mint_request_id=request_id)
    return [call for call in calls if call.is_settled or call.was_cut_off]


def _frozen_step(call: RecordedCall, document: TokenJson) -> Step:
    origin = document.provenance.origin
    meant = {
        "frozen_digest": recorded_frozen_digest(call),
        "image_cid": str(document.image_cid),
        "candidate_id": origin.candidate,
        "tally_hash": origin.tally_hash,
    }
    wrong = (f"{call.place}: {d}" for d in differences(call.result, meant, "checking"))
    return judged("frozen content", _FROZEN, wrong, f"{meant['frozen_digest']}")


def _approval_step(evidence: Evidence, frozen: Body) -> Step:
    story, request_id = evidence.story, frozen.get("mint_request_id")
    calls, needed = approvals_of(story, request_id), approvals_needed(frozen)
    if needed != 1:
        return _approvals_step(evidence, frozen, calls)
    approval = next(iter(calls), None)
    if approval is None:
        make = failed if _is_decided(evidence, frozen) else not_checked
        return make("approval", _APPROVAL, f"no outcome in the log approves {request_id}.")
    wrong = (f"{approval.place}: {d}" for d in _approval_faults(story, approval, frozen))
    detail = f"{approval.place}, by an operator who did not propose it"
    if not approval.is_settled:
        detail += "; its process died before the outcome was written"
    return judged("approval", _APPROVAL, wrong, detail)


def _approvals_step(evidence: Evidence, frozen: Body, calls: list[RecordedCall]) -> Step:
    """The approvals of a request that needs several: each by itself, and that they are enough."""
    needed, people = approvals_needed(frozen), {call.actor for call in calls}
    counted = f"{needed} operators had to approve it, and {len(people)} did"
    enough = isinstance(needed, int) and len(people) >= needed
    if not enough and not _is_decided(evidence, frozen):
        return not_checked("approval", _APPROVALS, f"{counted}.")
    wrong = [
        f"{call.place}: {fault}"
        for call in calls
        for fault in _approval_faults(evidence.story, call, frozen)
    ]
    if not enough:
        wrong.append(counted)
    places = " and ".join(call.place for call in calls)
    return judged("approval", _APPROVALS, wrong, f"{places}, by {len(people)} operators")


def _is_decided(evidence: Evidence, frozen: Body) -> bool:
    """Whether something was done that nobody may do without an approval."""
    minted = evidence.story.of_tool("mint", mint_request_id=frozen.get("mint_request_id"))
    return bool(evidence.mints or minted)


def _approval_faults(story: Story, approval: RecordedCall, frozen: Body) -> Iterator[str]:
    if approval.opening.get("role") not in (Role.OPERATOR.value, Role.STUDIO.value):
        yield f"the role of who approved was {approval.opening.get('role')}"
    if approval.opening.get("via") not in ("command", "button"):
        yield f"the approval came by {approval.opening.get('via')}"
    if approval.is_settled:
        meant = {"frozen_digest": frozen.get("frozen_digest")}
        yield from differences(approval.facts, meant, "the request")
        allowed = _DECISIONS if approvals_needed(frozen) != 1 else _DECISIONS[1:]
        if approval.facts.get("decision") not in allowed:
            yield f"decision is {approval.facts.get('decision')}, it should be {allowed[-1]}"
    proposals = [c for c in story.of_tool("propose_mint") if _proposed(c, frozen)]
    if not proposals:
        yield "no record says who proposed it"
    if any(call.actor == approval.actor for call in proposals):
        yield "the requester approved it themself"


def _proposed(call: RecordedCall, frozen: Body) -> bool:
    return call.was_cut_off or call.result.get("mint_request_id") == frozen.get("mint_request_id")


def _mint_step(story: Story, frozen: Body, mint: Mint, document: TokenJson) -> Step:
    name = f"mint on {mint.chain}"
    calls = story.of_tool("mint", mint_request_id=frozen.get("mint_request_id"))
    for call in calls:
        if said := item(call.result.get("tokens"), "token_id", mint.token_id):
            told = _told(mint, frozen)
            wrong = [*differences(told, {name: said.get(name) for name in told}, call.place)]
            seed = {"seed": document.provenance.recipe.seed}
            wrong += (f"{call.place}: {d}" for d in differences(call.facts, seed, "the JSON"))
            return judged(name, _MINT, wrong, f"{call.place}, token {mint.number}")
    if any(not call.is_settled for call in calls):
        why = "the mint began, but has not settled on every chain; its record will name the token."
        return not_checked(name, _MINT, why)
    return failed(name, _MINT, f"no record of a mint names {mint.token_id}.")


def _told(mint: Mint, frozen: Body) -> Mapping[str, object]:
    return {
        "token_id": mint.token_id,
        "chain": mint.chain,
        "chain_id": mint.chain_id,
        "contract": mint.contract,
        "number": mint.number,
        "transaction": mint.transaction,
        "candidate_id": frozen.get("candidate_id"),
        "metadata_cid": frozen.get("metadata_cid"),
    }
