"""Asking for pictures: a creator's wish becomes a plan, and the plan is taken on.

Nothing is generated here; durable work does that.
"""

from typing import Annotated

from pydantic import Field

from tools.community.rules import rules_of
from tools.definition import Input, PrivateText, tool
from tools.generation.briefs import JobOut, taken_on
from tools.generation.planning import Wish, planned
from tools.people import Role
from tools.provenance.effects import OpenCall

Name = Annotated[str, Field(max_length=64)]  # of something there is; the log shows it as it came


class CreateIn(Input):
    """What to make."""

    prompt: PrivateText = Field(description="What the picture should show, in words.")
    negative_prompt: PrivateText = Field("", description="What it should not show.")
    style: Name | None = Field(None, description="A look that the collection has by name.")
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


@tool(least_role=Role.CREATOR)
def create(call: OpenCall, wish: CreateIn) -> JobOut:
    """Make pictures from a prompt. They appear when the job is done; ask with job_status."""
    rules = rules_of(call.studio, call.actor.guild, call.actor.channel)
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
            style=wish.style,
        ),
        rules,
    )
    return taken_on(call, plan)
