"""Small tools under the studio's own names, for tests of the agent that need no craft behind them.

Each notes in `Stage` what was done, so that a test can see that nothing was.
"""

import asyncio
from dataclasses import dataclass, field

from tools.definition import (
    ANY_WAY,
    BY_HAND,
    BY_VOTE,
    BY_WORKFLOW,
    Input,
    Output,
    PrivateText,
    tool,
)
from tools.errors import Conflict
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.studio import Studio


@dataclass
class Stage:
    """What the tools of one studio did, and what they say."""

    done: list[str] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    creator_name: str = "ada"

    def close(self) -> None:
        """Nothing is kept open."""


def stage(studio: Studio) -> Stage:
    """The stage of this studio."""
    return studio.part(Stage, lambda _: Stage())


class CreateIn(Input):
    prompt: PrivateText
    negative_prompt: PrivateText = ""
    traits: dict[str, str] = {}
    count: int = 4
    seed: int | None = None
    collection: str | None = None
    model: str | None = None


class JobOut(Output):
    job_id: str
    brief_id: str
    collection: str
    count: int
    seeds: list[str]
    traits: dict[str, str]
    notes: list[str]
    position: int


@tool(least_role=Role.CREATOR)
def create(call: OpenCall, args: CreateIn) -> JobOut:
    """Have pictures made from a prompt."""
    stage(call.studio).done.append("create")
    stage(call.studio).prompts.append(args.prompt)
    if args.prompt == "conflict":
        raise Conflict("That was asked for already.")
    if args.prompt == "fault":
        raise RuntimeError("secret inner workings")
    first = args.seed or 1
    seeds = [str(first + place) for place in range(args.count)]
    return JobOut(
        job_id="j_0000000001",
        brief_id="b_0000000001",
        collection=args.collection or "mintlings",
        count=args.count,
        seeds=seeds,
        traits=args.traits,
        notes=[],
        position=0,
    )


class CandidateOut(Output):
    candidate_id: str
    creator: str
    traits: dict[str, str]
    verdict: str | None
    score: int | None
    reasons: list[str]


class GalleryIn(Input):
    collection: str | None = None
    mine: bool = False
    verdict: str | None = None
    limit: int = 12


class GalleryOut(Output):
    candidates: list[CandidateOut]


def _candidate(name: str, creator: str) -> CandidateOut:
    return CandidateOut(
        candidate_id=name,
        creator=creator,
        traits={"species": "fox"},
        verdict="shortlisted",
        score=800,
        reasons=["shows what was asked"],
    )


@tool(least_role=Role.MEMBER)
def gallery(call: OpenCall, args: GalleryIn) -> GalleryOut:
    """Show pictures that were made."""
    by = stage(call.studio).creator_name
    return GalleryOut(candidates=[_candidate("c_000000000a", by), _candidate("c_000000000b", by)])


class OfCandidate(Input):
    candidate_id: str


@tool(least_role=Role.MEMBER)
def show_candidate(call: OpenCall, args: OfCandidate) -> CandidateOut:
    """Show one picture."""
    return _candidate(args.candidate_id, stage(call.studio).creator_name)


class OfJob(Input):
    job_id: str


class JobStatus(Output):
    job_id: str
    state: str
    stage: str
    progress: int
    position: int
    candidates: list[CandidateOut]


@tool(least_role=Role.MEMBER)
async def job_status(call: OpenCall, args: OfJob) -> JobStatus:
    """Say how a job stands."""
    await asyncio.sleep(0)
    return JobStatus(
        job_id=args.job_id,
        state="running",
        stage="drawing",
        progress=500,
        position=0,
        candidates=[],
    )


class RoundsIn(Input):
    state: str | None = None


class RoundLine(Output):
    round_id: str
    title: str
    state: str
    closes_at: str
    voters: int
    winner_id: str | None
    outcome: str | None


class RoundsOut(Output):
    rounds: list[RoundLine]


@tool(least_role=Role.MEMBER)
def rounds(call: OpenCall, args: RoundsIn) -> RoundsOut:
    """List the rounds of votes, the newest first."""
    line = RoundLine(
        round_id="rnd_000000000r",
        title="Best fox",
        state="closed",
        closes_at="2026-01-01T12:00:00Z",
        voters=3,
        winner_id="c_000000000b",
        outcome="c_000000000b won with 2 of 3 votes",
    )
    return RoundsOut(rounds=[line])


class ProposeIn(Input):
    candidate_id: str | None = None
    round_id: str | None = None
    recipient: str | None = None
    chains: list[str] | None = None
    cost_cap_wei: str | None = None


class MintRequestOut(Output):
    mint_request_id: str
    candidate_id: str
    state: str
    chains: list[str]


@tool(least_role=Role.CREATOR)
def propose_mint(call: OpenCall, args: ProposeIn) -> MintRequestOut:
    """Propose a picture for minting; an operator decides."""
    stage(call.studio).done.append("propose_mint")
    return MintRequestOut(
        mint_request_id="mr_000000000q",
        candidate_id=args.candidate_id or "c_000000000b",
        state="pending",
        chains=["copper", "silver"],
    )


class Nothing(Input):
    pass


class Names(Output):
    names: list[str]


@tool(least_role=Role.MEMBER)
def models(call: OpenCall, args: Nothing) -> Names:
    """List the image models."""
    return Names(names=["house"])


class OfRequest(Input):
    mint_request_id: str
    reason: str = ""
    frozen_digest: str | None = None


class Done(Output):
    done: str


def _deed(name: str, call: OpenCall) -> Done:
    stage(call.studio).done.append(name)
    return Done(done=name)


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def approve(call: OpenCall, args: OfRequest) -> Done:
    """Approve a mint request."""
    return _deed("approve", call)


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def reject(call: OpenCall, args: OfRequest) -> Done:
    """Reject a mint request."""
    return _deed("reject", call)


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def retry_mint(call: OpenCall, args: OfRequest) -> Done:
    """Try a failed mint again."""
    return _deed("retry_mint", call)


@tool(least_role=Role.OPERATOR, ways=BY_WORKFLOW)
def mint(call: OpenCall, args: OfRequest) -> Done:
    """Mint what was approved."""
    return _deed("mint", call)


class OpenRoundIn(Input):
    title: str = ""
    minutes: float = 10


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def open_round(call: OpenCall, args: OpenRoundIn) -> Done:
    """Open a round."""
    return _deed("open_round", call)


class OfRound(Input):
    round_id: str


@tool(least_role=Role.STUDIO, ways=BY_WORKFLOW)
def close_due_round(call: OpenCall, args: OfRound) -> Done:
    """Close a round whose time is over."""
    return _deed("close_due_round", call)


class OfBrief(Input):
    brief_id: str


@tool(least_role=Role.CREATOR, ways=BY_WORKFLOW)
def render(call: OpenCall, args: OfBrief) -> Done:
    """Draw a brief's pictures."""
    return _deed("render", call)


class VoteIn(Input):
    choice: str
    round_id: str | None = None


@tool(least_role=Role.MEMBER, ways=BY_VOTE)
def vote(call: OpenCall, args: VoteIn) -> Done:
    """Vote for a candidate."""
    return _deed("vote", call)


@tool(least_role=Role.OPERATOR, ways=ANY_WAY)
def mint_requests(call: OpenCall, args: Nothing) -> Names:
    """List the mint requests."""
    return Names(names=[])


STAND_INS = (
    create,
    gallery,
    show_candidate,
    job_status,
    rounds,
    propose_mint,
    models,
    approve,
    reject,
    retry_mint,
    mint,
    open_round,
    close_due_round,
    render,
    vote,
    mint_requests,
)
