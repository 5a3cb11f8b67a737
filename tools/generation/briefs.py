"""Taking a plan on: the brief and its job are written down together, then the work is handed out.

    create, vary, remix, reseed  → a plan → here → render, score

Everything that can be wrong with a wish is found before the first row is written, so a refused
wish leaves its record and nothing else.
"""

from typing import Annotated

from sqlalchemy.orm import Session

from tools.definition import PRIVATE, Output
from tools.generation import quotas, waiting
from tools.generation.planning import Plan, PlannedPicture
from tools.generation.tables import Brief, Job
from tools.provenance.canonical import digest, recordable
from tools.provenance.commitments import commit
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.tables import Plaintext

WORKFLOW = "generate"


class JobOut(Output):
    """A job that was taken on."""

    job_id: str
    brief_id: str
    collection: str
    count: int
    seeds: list[str]  # one for each picture, decimal
    traits: dict[str, str]  # what was asked for, as understood
    style: str | None
    parent_id: str | None  # the picture that these descend from
    notes: Annotated[list[str], PRIVATE]  # what was not understood; may quote the prompt
    position: int  # in the queue: 1 is next
    eta_s: int | None  # until it is done, by what jobs took lately; None before the first


def taken_on(call: OpenCall, plan: Plan) -> JobOut:
    """Write a plan down as a brief with its job, and have it worked on.

    Raises:
        InvalidInput: if the person has asked for as many pictures as they may today.
        Refused: if they have as many unfinished jobs as they may, or making pictures is paused.
    """
    job_id, brief_id = short_id("j"), short_id("b")
    with call.studio.db.write() as session:
        quotas.check(session, call, len(plan.pictures))
        brief = _brief(session, call, plan, brief_id)
        session.add(brief)
        session.flush()
        session.add(_job(call, job_id, brief_id))
        session.flush()
        position = waiting.position_of(session, job_id)
        eta_s = waiting.time_left(session, job_id)
    _note(call, plan, brief)
    call.studio.dispatch(WORKFLOW, job_id)
    return JobOut(
        job_id=job_id,
        brief_id=brief_id,
        collection=plan.collection.slug,
        count=len(plan.pictures),
        seeds=[str(picture.seed) for picture in plan.pictures],
        traits=plan.traits,
        style=plan.style,
        parent_id=brief.parent_candidate_id,
        notes=list(plan.notes),
        position=position,
        eta_s=eta_s,
    )


def _note(call: OpenCall, plan: Plan, brief: Brief) -> None:
    call.note(
        model=plan.model.digest,
        collection=plan.collection.digest,
        prompt=brief.prompt,
        negative_prompt=brief.negative_prompt,
        settings=digest(brief.settings),
    )
    if plan.heritage is not None:
        call.note(parent=plan.heritage.candidate_id)


def _brief(session: Session, call: OpenCall, plan: Plan, brief_id: str) -> Brief:
    author, asker = _author(call, plan), call.actor.person_id
    return Brief(
        id=brief_id,
        tool_call_id=call.id,
        person_id=asker,
        collection=plan.collection.slug,
        collection_digest=plan.collection.digest,
        prompt=_kept(session, author, plan.words),
        negative_prompt=_kept(session, _ancestor(plan) or asker, plan.negative)
        if plan.negative
        else "",
        traits=plan.traits,
        count=len(plan.pictures),
        seed=str(plan.pictures[0].seed),
        settings=_settings(session, author, plan),
        parent_candidate_id=plan.heritage.candidate_id if plan.heritage else None,
    )


def _author(call: OpenCall, plan: Plan) -> str:
    """Whose words the plan says; words that were taken over are erased with their author's."""
    taken_over = plan.heritage is not None and plan.heritage.same_words
    return (_ancestor(plan) if taken_over else None) or call.actor.person_id


def _ancestor(plan: Plan) -> str | None:
    return plan.heritage.author if plan.heritage else None


def _settings(session: Session, author: str, plan: Plan) -> dict[str, object]:
    """Everything as resolved, so that what is made later is what was decided now."""
    model = plan.model
    settings: dict[str, object] = recordable(
        {
            "model": {"name": model.name, "digest": model.digest},
            "loras": [
                {"name": lora.name, "weight": lora.weight, "digest": lora.digest}
                for lora in plan.loras
            ],
            "style": plan.style,
            "width": model.size,
            "height": model.size,
            "steps": model.facts.sampling.steps,
            "guidance": model.facts.sampling.guidance_scale,
            "pictures": [_picture(session, author, picture) for picture in plan.pictures],
        }
    )
    return settings


def _picture(session: Session, author: str, picture: PlannedPicture) -> dict[str, object]:
    kept: dict[str, object] = {
        "seed": str(picture.seed),
        "traits": picture.traits,
        "prompt": _kept(session, author, picture.prompt),
    }
    if picture.place is None:
        return kept
    return kept | {"place": {"size": picture.place.size, "position": picture.place.position}}


def _job(call: OpenCall, job_id: str, brief_id: str) -> Job:
    return Job(
        id=job_id,
        tool_call_id=call.id,
        brief_id=brief_id,
        guild=call.actor.guild,
        channel=call.actor.channel,
        front_end=call.actor.front_end,
        thread=call.actor.thread,
        state="queued",
    )


def _kept(session: Session, author: str, words: str) -> str:
    """Put words into the erasable table; returns the commitment that rows and records hold."""
    commitment = commit(words)
    session.add(
        Plaintext(commitment=commitment.digest, salt=commitment.salt, text=words, person_id=author)
    )
    return commitment.digest
