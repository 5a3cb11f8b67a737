"""Rows that other crafts would have written, for tests that begin after them."""

import secrets

from tools.generation.tables import Brief, Candidate, Job
from tools.metadata.unixfs import cid_of
from tools.minting.tables import Approval, MintRequest
from tools.people import Actor
from tools.provenance.commitments import commit
from tools.provenance.identifiers import short_id, sortable_id
from tools.provenance.tables import ToolCall
from tools.scoring.tables import Verdict
from tools.studio import Studio

DIGEST = "sha256:" + "0" * 64
PICTURE, DOCUMENT = str(cid_of(b"a picture")), str(cid_of(b"its metadata"))


def add_call(
    studio: Studio, actor: Actor, tool: str, arguments: dict[str, str] | None = None
) -> str:
    """A tool call for rows to refer to."""
    call = ToolCall(
        id=sortable_id("call"),
        tool=tool,
        tool_version="1",
        person_id=actor.person_id,
        role="creator",
        guild=actor.guild,
        channel=actor.channel,
        front_end=actor.front_end,
        via=actor.via,
        process=studio.process,
        arguments=arguments or {},
    )
    with studio.db.write() as session:
        session.add(call)
    return call.id


def add_brief(studio: Studio, actor: Actor, collection: str = "mintlings") -> str:
    """A brief of this creator."""
    brief = Brief(
        id=short_id("brf"),
        tool_call_id=add_call(studio, actor, "create"),
        person_id=actor.person_id,
        collection=collection,
        collection_digest=DIGEST,
        prompt=commit("a fox").digest,
        negative_prompt=commit("").digest,
        traits={},
        count=1,
        seed="1",
        settings={},
    )
    with studio.db.write() as session:
        session.add(brief)
    return brief.id


def add_job(studio: Studio, actor: Actor, state: str = "queued") -> str:
    """A job on a fresh brief of this creator."""
    brief_id = add_brief(studio, actor)
    job = Job(
        id=short_id("job"),
        tool_call_id=add_call(studio, actor, "create"),
        brief_id=brief_id,
        guild=actor.guild,
        channel=actor.channel,
        front_end=actor.front_end,
        state=state,
    )
    with studio.db.write() as session:
        session.add(job)
    return job.id


def add_candidate(
    studio: Studio,
    actor: Actor,
    *,
    collection: str = "mintlings",
    verdict: str | None = "shortlisted",
    value: int = 700,
) -> str:
    """A picture of this creator, with the scorers' verdict."""
    call_id = add_call(studio, actor, "render")
    candidate = Candidate(
        id=short_id("cnd"),
        tool_call_id=call_id,
        brief_id=add_brief(studio, actor, collection),
        person_id=actor.person_id,
        collection=collection,
        ordinal=0,
        seed="1",
        traits={},
        image_cid=PICTURE,
        image_sha256=f"sha256:{secrets.token_hex(32)}",
        pixel_sha256=f"sha256:{secrets.token_hex(32)}",
        perceptual_hash=secrets.token_hex(32),
        width=64,
        height=64,
        recipe={},
    )
    with studio.db.write() as session:
        session.add(candidate)
        session.flush()
        if verdict is not None:
            session.add(
                Verdict(
                    candidate_id=candidate.id,
                    tool_call_id=call_id,
                    verdict=verdict,
                    value=value,
                    reasons=[],
                    thresholds={},
                )
            )
    return candidate.id


def add_mint_request(
    studio: Studio,
    requester: Actor,
    operator: Actor,
    state: str = "approved",
    reason: str | None = None,
) -> str:
    """A mint request with an operator's decision: an approval, unless there is a reason."""
    request_id = short_id("mrq")
    request = MintRequest(
        id=request_id,
        tool_call_id=add_call(studio, requester, "propose_mint"),
        candidate_id=add_candidate(studio, requester),
        requester_id=requester.person_id,
        guild=requester.guild,
        image_cid=PICTURE,
        metadata_cid=DOCUMENT,
        metadata_sha256=DIGEST,
        recipient="0x" + "0" * 40,
        chains=["copper"],
        cost_cap_wei="1",
        frozen_digest=DIGEST,
        state=state,
    )
    approval = Approval(
        mint_request_id=request_id,
        tool_call_id=add_call(studio, operator, "approve"),
        person_id=operator.person_id,
        frozen_digest=DIGEST,
        decision="rejected" if reason else "approved",
        reason=reason,
    )
    with studio.db.write() as session:
        session.add(request)
        session.flush()
        session.add(approval)
    return request_id
