"""What operators look at before they decide: winners of votes, and requests that wait for them.

Everything about one picture on one page: what the scorers said, how the vote stood and its tally's
hash, which pictures it resembles, the rights in it, what it is likely to cost, and what it still
lacks before it can be minted.
"""

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from tools.community.rules import rules_of
from tools.definition import PRIVATE, Input, Output, tool
from tools.generation.tables import Candidate, Removal
from tools.metadata.collection import collection_of
from tools.minting.chains import chains_of
from tools.minting.costs import CostOut
from tools.minting.likeness import Likenesses, LikenessOut
from tools.minting.rights import RightsOut, rights_in
from tools.minting.showing import MintRequestOut, describe, estimated_for
from tools.minting.tables import Approval, MintRequest
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person
from tools.scoring.tables import Score, Verdict
from tools.voting.tables import Bracket, Round

_TO_DECIDE = ("pending", "failed")


class ScoreOut(Output):
    """What one scorer said."""

    scorer: str
    value: int  # thousandths
    passed: bool


class VoteOut(Output):
    """How a picture did in the round that chose it."""

    round_id: str
    title: Annotated[str, PRIVATE]
    votes: int
    voters: int
    quorum: int
    tally_hash: str | None


class LackOut(Output):
    """One thing that stands between a picture and its token."""

    what: Literal["proposal", "approvals", "retry", "pause", "chain", "cap", "licence", "rejected"]
    count: int = 0  # of approvals
    chain: str | None = None
    reason: Annotated[str | None, PRIVATE] = None


class ReviewItemOut(Output):
    """A picture to be decided about."""

    candidate_id: str
    image_cid: str
    mint_request_id: str | None  # None: it won, and nobody has proposed it
    state: Literal["winner", "pending", "failed"]
    requester_id: str | None
    score: int | None  # the verdict's, thousandths
    scores: list[ScoreOut]
    vote: VoteOut | None
    similar: list[LikenessOut]
    rights: RightsOut
    cost_estimate: list[CostOut]
    cost_cap_wei: str
    approvals: int  # that count now
    approvals_needed: int
    missing: list[LackOut]


class ReviewOut(Output):
    """What waits for an operator, requests first, the oldest of them before others."""

    items: list[ReviewItemOut]


class ReviewIn(Input):
    """How much to look at."""

    limit: int = Field(10, ge=1, le=25, description="pictures at once")


@tool(least_role=Role.OPERATOR)
def review(call: OpenCall, which: ReviewIn) -> ReviewOut:
    """Show the pictures that wait for a mint decision: winners of votes and pending requests."""
    with call.studio.db.read() as session:
        requests = list(session.scalars(_waiting(call.actor.guild).limit(which.limit)))
        winners = _winners(session, call.actor.guild, which.limit - len(requests))
        reviewer = _Reviewer(call, session)
        items = [reviewer.of_request(request) for request in requests]
        items += [reviewer.of_winner(round_) for round_ in winners]
    return ReviewOut(items=items)


def _waiting(guild: str) -> Select[Any]:
    found = select(MintRequest).where(MintRequest.guild == guild, MintRequest.state.in_(_TO_DECIDE))
    return found.order_by(MintRequest.created_at, MintRequest.id)


def _winners(session: Session, guild: str, most: int) -> list[Round]:
    """Closed rounds whose winner has no live request; of a bracket only the last one."""
    if most < 1:
        return []
    proposed = select(MintRequest.candidate_id).where(MintRequest.state != "rejected")
    final = select(Bracket.id).where(Bracket.winner_id == Round.winner_id)
    query = (
        select(Round)
        .where(
            Round.guild == guild,
            Round.state == "closed",
            Round.winner_id.is_not(None),
            Round.winner_id.not_in(proposed),
            Round.winner_id.not_in(select(Removal.candidate_id)),
            or_(Round.bracket_id.is_(None), Round.bracket_id.in_(final)),
        )
        .order_by(Round.closed_at.desc(), Round.id)
    )
    newest: dict[str | None, Round] = {}
    for round_ in session.scalars(query.limit(4 * most)):
        newest.setdefault(round_.winner_id, round_)
    return list(newest.values())[:most]


class _Reviewer:
    """Looks at pictures for one operator; what many of them share is read once."""

    def __init__(self, call: OpenCall, session: Session) -> None:
        self._call = call
        self._studio = call.studio
        self._session = session
        self._rules = rules_of(call.studio, call.actor.guild, session=session)
        self._likenesses = Likenesses(session)

    def of_request(self, request: MintRequest) -> ReviewItemOut:
        """A request that somebody proposed."""
        [shown] = describe(self._call, [request], costs=True)
        candidate = self._session.get_one(Candidate, request.candidate_id)
        round_ = self._session.get(Round, request.round_id) if request.round_id else None
        counting = sum(approval.counts for approval in shown.approvals)
        rights = self._rights(candidate)
        return ReviewItemOut(
            candidate_id=candidate.id,
            image_cid=candidate.image_cid,
            mint_request_id=request.id,
            state="pending" if request.state == "pending" else "failed",
            requester_id=request.requester_id,
            score=self._verdict(candidate),
            scores=self._scores(candidate),
            vote=_vote(round_, candidate) if round_ else None,
            similar=self._likenesses.of(candidate),
            rights=rights,
            cost_estimate=shown.cost_estimate,
            cost_cap_wei=request.cost_cap_wei,
            approvals=counting,
            approvals_needed=request.approvals_needed,
            missing=[
                *_to_decide(shown, counting),
                *self._everywhere(rights, shown.cost_estimate),
            ],
        )

    def of_winner(self, round_: Round) -> ReviewItemOut:
        """The winner of a round that nobody has proposed yet."""
        candidate = self._session.get_one(Candidate, round_.winner_id)
        cap = self._studio.settings.limits.mint_cost_cap_wei
        costs = estimated_for(self._call, candidate, self._chains(candidate), cap)
        rights = self._rights(candidate)
        return ReviewItemOut(
            candidate_id=candidate.id,
            image_cid=candidate.image_cid,
            mint_request_id=None,
            state="winner",
            requester_id=None,
            score=self._verdict(candidate),
            scores=self._scores(candidate),
            vote=_vote(round_, candidate),
            similar=self._likenesses.of(candidate),
            rights=rights,
            cost_estimate=costs,
            cost_cap_wei=str(cap),
            approvals=0,
            approvals_needed=self._rules.approvals_needed,
            missing=[
                LackOut(what="proposal"),
                LackOut(what="approvals", count=self._rules.approvals_needed),
                *self._rejected(candidate),
                *self._everywhere(rights, costs),
            ],
        )

    def _chains(self, candidate: Candidate) -> list[str]:
        """The chains it would be proposed for if nobody named others."""
        known = chains_of(self._studio).names
        declared = collection_of(self._studio, candidate.collection).chains
        return sorted(name for name in declared if name in known) or known

    def _everywhere(self, rights: RightsOut, costs: list[CostOut]) -> list[LackOut]:
        """What may stand in the way of any picture."""
        lacks = [
            LackOut(what="licence", reason=made.name)
            for made in (rights.model, *rights.loras, rights.collection)
            if made.licence is None
        ]
        if reason := self._rules.paused.get("mint"):
            lacks.append(LackOut(what="pause", reason=reason))
        for cost in costs:
            if cost.problem is not None:
                lacks.append(LackOut(what="chain", chain=cost.chain, reason=cost.problem))
            elif cost.above_cap:
                lacks.append(LackOut(what="cap", chain=cost.chain))
        return lacks

    def _rejected(self, candidate: Candidate) -> list[LackOut]:
        """That it was proposed before, and why it was rejected."""
        query = (
            select(Approval.reason)
            .join(MintRequest, MintRequest.id == Approval.mint_request_id)
            .where(MintRequest.candidate_id == candidate.id, Approval.decision == "rejected")
            .order_by(Approval.decided_at.desc())
        )
        return [LackOut(what="rejected", reason=r) for r in self._session.scalars(query.limit(1))]

    def _verdict(self, candidate: Candidate) -> int | None:
        verdict = self._session.get(Verdict, candidate.id)
        return verdict.value if verdict else None

    def _scores(self, candidate: Candidate) -> list[ScoreOut]:
        rows = self._session.scalars(
            select(Score).filter_by(candidate_id=candidate.id).order_by(Score.scorer)
        )
        return [ScoreOut(scorer=r.scorer, value=r.value, passed=r.passed) for r in rows]

    def _rights(self, candidate: Candidate) -> RightsOut:
        return rights_in(self._studio, candidate, self._name(candidate.person_id))

    def _name(self, person_id: str) -> str | None:
        person = self._session.get(Person, person_id)
        return person.name if person else None


def _vote(round_: Round, candidate: Candidate) -> VoteOut:
    tally = round_.tally or {}
    lines = {line.get("candidate"): line for line in tally.get("candidates", [])}
    return VoteOut(
        round_id=round_.id,
        title=round_.title,
        votes=int(lines.get(candidate.id, {}).get("votes", 0)),
        voters=int(tally.get("voters", 0)),
        quorum=round_.quorum,
        tally_hash=round_.tally_hash,
    )


def _to_decide(shown: MintRequestOut, counting: int) -> list[LackOut]:
    if shown.state == "failed":
        return [LackOut(what="retry", reason=shown.error)]
    return [LackOut(what="approvals", count=max(1, shown.approvals_needed - counting))]
