"""Pictures from pictures: varied, remixed, or drawn from the same seed again.

    vary     the words again, other seeds, a third of what nobody asked for changed
    remix    other words; what they do not name stays as it was
    reseed   one picture from the very same seed; with the same words it is the same picture

What comes of it is a brief like any other, by the person who asked, and its pictures name the one
they descend from. Anyone who creates may do this with any picture that is not removed.
"""

from dataclasses import dataclass

from pydantic import Field
from sqlalchemy.orm import Session

from tools.community.rules import rules_of
from tools.definition import Input, PrivateText, tool
from tools.errors import InvalidInput
from tools.generation.briefs import JobOut, taken_on
from tools.generation.candidates import candidate_of
from tools.generation.create import Name
from tools.generation.planning import Heritage, Wish, planned
from tools.generation.reproduction import reproduced
from tools.generation.tables import Brief, Candidate
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Plaintext


class VaryIn(Input):
    """Which picture to vary."""

    candidate_id: str = Field(max_length=64, description="The picture to begin from.")
    count: int = Field(4, description="How many pictures to make.")


class RemixIn(Input):
    """Which picture to remix, and how."""

    candidate_id: str = Field(max_length=64, description="The picture to begin from.")
    prompt: PrivateText = Field(description="What shall be different, in words.")
    count: int = Field(4, description="How many pictures to make.")
    same_seed: bool = Field(False, description="Begin from the picture's own seed.")
    style: Name | None = Field(None, description="A look that the collection has by name.")


class ReseedIn(Input):
    """Which picture to draw from its seed again."""

    candidate_id: str = Field(max_length=64, description="The picture whose seed it is.")
    prompt: PrivateText = Field("", description="Other words; without any, the same picture.")


@dataclass(frozen=True)
class _Parent:
    """A picture to descend from, with what it was made from as far as that is still known."""

    candidate: Candidate
    brief: Brief
    words: Plaintext | None
    negative: str

    def heritage(self, *, same_words: bool = False, varies: bool = False) -> Heritage:
        return Heritage(
            candidate_id=self.candidate.id,
            author=self.words.person_id if self.words else self.brief.person_id,
            traits=self.candidate.traits,
            style=self.brief.settings.get("style"),
            same_words=same_words,
            varies=varies,
        )

    @property
    def said(self) -> str:
        """The words it was made from."""
        if self.words is None:
            raise InvalidInput(
                "The words that {candidate} was made from were erased: remix it with words of"
                " your own.",
                candidate=self.candidate.id,
            )
        return self.words.text


@tool(least_role=Role.CREATOR)
def vary(call: OpenCall, wish: VaryIn) -> JobOut:
    """Make more pictures like one there is: the same words, other seeds, small changes."""
    parent = _parent(call, wish.candidate_id)
    same = Wish(
        prompt=parent.said,
        negative=parent.negative,
        traits=parent.brief.traits,
        count=wish.count,
        seed=None,
        collection=parent.brief.collection,
        model=parent.brief.settings["model"]["name"],
        heritage=parent.heritage(same_words=True, varies=True),
    )
    rules = rules_of(call.studio, call.actor.guild, call.actor.channel)
    return taken_on(call, planned(call.studio, same, rules))


@tool(least_role=Role.CREATOR)
def remix(call: OpenCall, wish: RemixIn) -> JobOut:
    """Make a picture anew with other words. What the words do not name stays as it was."""
    parent = _parent(call, wish.candidate_id)
    return _remixed(call, parent, wish.prompt, wish.count, wish.same_seed, wish.style)


@tool(least_role=Role.CREATOR)
def reseed(call: OpenCall, wish: ReseedIn) -> JobOut:
    """Draw one picture from the same seed: the very same one, or with other words if given."""
    parent = _parent(call, wish.candidate_id)
    if wish.prompt:
        return _remixed(call, parent, wish.prompt, count=1, same_seed=True, style=None)
    heritage = parent.heritage(same_words=True)
    rules = rules_of(call.studio, call.actor.guild, call.actor.channel)
    plan = reproduced(
        call.studio, parent.candidate, parent.brief, parent.said, heritage=heritage, rules=rules
    )
    return taken_on(call, plan)


def _remixed(
    call: OpenCall, parent: _Parent, prompt: str, count: int, same_seed: bool, style: str | None
) -> JobOut:
    other = Wish(
        prompt=prompt,
        negative=parent.negative,
        traits={},
        count=count,
        seed=int(parent.candidate.seed) if same_seed else None,
        collection=parent.brief.collection,
        model=parent.brief.settings["model"]["name"],
        style=style,
        heritage=parent.heritage(),
    )
    rules = rules_of(call.studio, call.actor.guild, call.actor.channel)
    return taken_on(call, planned(call.studio, other, rules))


def _parent(call: OpenCall, candidate_id: str) -> _Parent:
    """The picture to descend from; raises `NotFound`, also when it was removed."""
    with call.studio.db.read() as session:
        candidate = candidate_of(session, candidate_id)
        brief = session.get_one(Brief, candidate.brief_id)
        return _Parent(
            candidate=candidate,
            brief=brief,
            words=session.get(Plaintext, brief.prompt),
            negative=_text(session, brief.negative_prompt),
        )


def _text(session: Session, commitment: str) -> str:
    kept = session.get(Plaintext, commitment) if commitment else None
    return kept.text if kept else ""
