"""Asking for pictures: a creator's wish becomes a brief and a job; durable work makes them.

Nothing is generated here. Everything that can be wrong with a wish is found before the first row
is written, so a refused wish leaves its record and nothing else.
"""

from datetime import UTC, datetime, time
from typing import Annotated

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tools.definition import PRIVATE, Input, Output, PrivateText, tool
from tools.errors import InvalidInput
from tools.generation.jobs import position_of
from tools.generation.planning import Plan, Wish, planned
from tools.generation.tables import Brief, Job
from tools.people import Role
from tools.provenance.canonical import digest, recordable
from tools.provenance.commitments import commit
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.tables import Person, Plaintext

WORKFLOW = "generate"
Name = Annotated[str, Field(max_length=64)]  # of something there is; the log shows it as it came


class CreateIn(Input):
    """What to make."""

    prompt: PrivateText = Field(description="What the picture should show, in words.")
    negative_prompt: PrivateText = Field("", description="What it should not show.")
    traits: dict[Name, Name] = Field(
        default_factory=dict,
        description="Wished traits, category to value; they win over the words.",
    )
    count: int = Field(4, description="How many pictures to make.")
    seed: int | None = Field(
        None, description="The first picture's seed, the others count up; drawn if left out."
    )
    collection: Name | None = Field(None, description="The collection's slug; usually left out.")
    model: Name | None = Field(None, description="The model's name; usually left out.")


class JobOut(Output):
    """A job that was taken on."""

    job_id: str
    brief_id: str
    collection: str
    count: int
    seeds: list[str]  # one for each picture, decimal
    traits: dict[str, str]  # what was asked for, as understood
    notes: Annotated[list[str], PRIVATE]  # what was not understood; may quote the prompt
    position: int  # in the queue: 1 is next


@tool(least_role=Role.CREATOR)
def create(call: OpenCall, wish: CreateIn) -> JobOut:
    """Make pictures from a prompt. They appear when the job is done; ask with job_status."""
    plan = planned(
        call.studio,
        Wish(
            prompt=wish.prompt,
            negative=wish.negative_prompt,
            traits=wish.traits,
            count=wish.count,
            seed=wish.seed,
            collection=wish.collection,
            model=wish.model,
        ),
    )
    job_id, brief_id = short_id("j"), short_id("b")
    with call.studio.db.write() as session:
        _check_quota(session, call, len(plan.pictures))
        brief = _brief(session, call, plan, brief_id)
        session.add(brief)
        session.flush()
        session.add(_job(call, job_id, brief_id))
        session.flush()
        position = position_of(session, job_id)
    call.note(
        model=plan.model.digest,
        collection=plan.collection.digest,
        prompt=brief.prompt,
        negative_prompt=brief.negative_prompt,
        settings=digest(brief.settings),
    )
    call.studio.dispatch(WORKFLOW, job_id)
    return JobOut(
        job_id=job_id,
        brief_id=brief_id,
        collection=plan.collection.slug,
        count=len(plan.pictures),
        seeds=[str(picture.seed) for picture in plan.pictures],
        traits=plan.traits,
        notes=list(plan.notes),
        position=position,
    )


def _check_quota(session: Session, call: OpenCall, count: int) -> None:
    """Pictures asked for since midnight UTC, counted under a lock, in whatever thread they were."""
    most = call.studio.settings.limits.pictures_per_person_per_day
    session.get(Person, call.actor.person_id, with_for_update=True)
    midnight = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    asked = session.scalar(
        select(func.coalesce(func.sum(Brief.count), 0)).where(
            Brief.person_id == call.actor.person_id, Brief.created_at >= midnight
        )
    )
    left = most - int(asked or 0)
    if count > left:
        rest = f"ask for at most {left}, or come" if left > 0 else "come"
        raise InvalidInput(
            f"You may make {most} pictures a day and have asked for {most - left}; {rest} back"
            " after midnight UTC."
        )


def _brief(session: Session, call: OpenCall, plan: Plan, brief_id: str) -> Brief:
    return Brief(
        id=brief_id,
        tool_call_id=call.id,
        person_id=call.actor.person_id,
        collection=plan.collection.slug,
        collection_digest=plan.collection.digest,
        prompt=_kept(session, call, plan.words),
        negative_prompt=_kept(session, call, plan.negative) if plan.negative else "",
        traits=plan.traits,
        count=len(plan.pictures),
        seed=str(plan.pictures[0].seed),
        settings=_settings(session, call, plan),
    )


def _settings(session: Session, call: OpenCall, plan: Plan) -> dict[str, object]:
    """Everything as resolved, so that what is made later is what was decided now."""
    model = plan.model
    settings: dict[str, object] = recordable(
        {
            "model": {"name": model.name, "digest": model.digest},
            "loras": [
                {"name": lora.name, "weight": lora.weight, "digest": lora.digest}
                for lora in plan.loras
            ],
            "width": model.size,
            "height": model.size,
            "steps": model.facts.sampling.steps,
            "guidance": model.facts.sampling.guidance_scale,
            "pictures": [
                {
                    "seed": str(picture.seed),
                    "traits": picture.traits,
                    "prompt": _kept(session, call, picture.prompt),
                }
                for picture in plan.pictures
            ],
        }
    )
    return settings


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


def _kept(session: Session, call: OpenCall, words: str) -> str:
    """Put words into the erasable table; returns the commitment that rows and records hold."""
    commitment = commit(words)
    session.add(
        Plaintext(
            commitment=commitment.digest,
            salt=commitment.salt,
            text=words,
            person_id=call.actor.person_id,
        )
    )
    return commitment.digest
