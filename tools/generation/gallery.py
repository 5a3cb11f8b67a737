"""Looking around: candidates, one candidate in full, the collections and the models there are."""

from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import select

from tools.definition import Input, Output, PrivateText, tool
from tools.errors import MintmarkError, NotFound
from tools.generation.candidates import CandidateOut, candidate_rows, shown
from tools.generation.models import models_of
from tools.generation.tables import Candidate
from tools.metadata.collection import Collection, collection_files, collection_of
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.scoring.tables import Score, Verdict


class GalleryIn(Input):
    """Which candidates to show."""

    collection: str | None = Field(None, description="Only this collection's.")
    mine: bool = Field(False, description="Only my own.")
    verdict: Literal["shortlisted", "passed", "rejected", "broken"] | None = Field(
        None, description="Only those with this verdict."
    )
    limit: Annotated[int, Field(ge=1, le=100, description="How many at most.")] = 12


class GalleryOut(Output):
    """Candidates, the newest first."""

    candidates: list[CandidateOut]


class CandidateIn(Input):
    """Which candidate."""

    candidate_id: str


class ScoreOut(Output):
    """What one scorer said."""

    scorer: str
    version: str
    value: int  # thousandths
    passed: bool
    reasons: list[str]


class CandidateDetail(Output):
    """A candidate with its scores and how it was made."""

    candidate: CandidateOut
    scores: list[ScoreOut]
    model: str
    model_digest: str
    scheduler: str
    steps: int
    guidance: str
    image_sha256: str
    pixel_sha256: str
    tool_call_id: str  # the call that made it


class NothingIn(Input):
    """No arguments."""


class CollectionOut(Output):
    """One collection."""

    slug: str
    name: str
    description: str
    traits: dict[str, list[str]]
    model: str | None  # None: any registered one
    problem: PrivateText  # what is wrong with its file; empty if nothing is


class CollectionsOut(Output):
    """Every collection."""

    collections: list[CollectionOut]


class ModelOut(Output):
    """One model."""

    name: str
    source: str
    digest: str
    size: int  # pixels a side
    steps: int
    problem: PrivateText  # why it cannot be used; empty if it can


class ModelsOut(Output):
    """Every model."""

    models: list[ModelOut]


@tool(least_role=Role.MEMBER)
def gallery(call: OpenCall, wanted: GalleryIn) -> GalleryOut:
    """Show candidates, the newest first."""
    query = candidate_rows().order_by(Candidate.created_at.desc(), Candidate.ordinal.desc())
    if wanted.collection is not None:
        slug = collection_of(call.studio, wanted.collection).slug
        query = query.where(Candidate.collection == slug)
    if wanted.mine:
        query = query.where(Candidate.person_id == call.actor.person_id)
    if wanted.verdict is not None:
        query = query.where(Verdict.verdict == wanted.verdict)
    with call.studio.db.read() as session:
        rows = session.execute(query.limit(wanted.limit))
        return GalleryOut(candidates=shown(rows))


@tool(least_role=Role.MEMBER)
def show_candidate(call: OpenCall, which: CandidateIn) -> CandidateDetail:
    """Show one candidate with its scores, its verdict and how it was made."""
    with call.studio.db.read() as session:
        candidate = session.get(Candidate, which.candidate_id)
        if candidate is None:
            raise NotFound(
                f"There is no candidate {which.candidate_id[:32]!r}; `gallery` lists them."
            )
        rows = session.execute(candidate_rows().where(Candidate.id == candidate.id))
        scores = session.scalars(
            select(Score).filter_by(candidate_id=which.candidate_id).order_by(Score.scorer)
        )
        return _detail(candidate, shown(rows)[0], [_score(score) for score in scores])


@tool(least_role=Role.MEMBER)
def collections(call: OpenCall, _: NothingIn) -> CollectionsOut:
    """List the collections with their traits."""
    slugs = sorted(collection_files(call.studio.settings.collections_dir))
    return CollectionsOut(collections=[_collection(call, slug) for slug in slugs])


@tool(least_role=Role.MEMBER)
def models(call: OpenCall, _: NothingIn) -> ModelsOut:
    """List the models that pictures can be made with."""
    return ModelsOut(models=[_model(call, name) for name in models_of(call.studio).names])


def _detail(candidate: Candidate, out: CandidateOut, scores: list[ScoreOut]) -> CandidateDetail:
    recipe = candidate.recipe
    return CandidateDetail(
        candidate=out,
        scores=scores,
        model=recipe["model"]["source"],
        model_digest=recipe["model"]["digest"],
        scheduler=recipe["scheduler"]["name"],
        steps=recipe["steps"],
        guidance=recipe["guidance"],
        image_sha256=candidate.image_sha256,
        pixel_sha256=candidate.pixel_sha256,
        tool_call_id=candidate.tool_call_id,
    )


def _score(score: Score) -> ScoreOut:
    return ScoreOut(
        scorer=score.scorer,
        version=score.version,
        value=score.value,
        passed=score.passed,
        reasons=list(score.reasons),
    )


def _collection(call: OpenCall, slug: str) -> CollectionOut:
    try:
        found: Collection = collection_of(call.studio, slug)
    except MintmarkError as error:
        return CollectionOut(
            slug=slug, name=slug, description="", traits={}, model=None, problem=str(error)
        )
    return CollectionOut(
        slug=found.slug,
        name=found.name,
        description=found.description,
        traits={category: list(values) for category, values in found.traits.items()},
        model=found.model.name,
        problem="",
    )


def _model(call: OpenCall, name: str) -> ModelOut:
    try:
        found = models_of(call.studio).model(name)
    except MintmarkError as error:
        return ModelOut(name=name, source="", digest="", size=0, steps=0, problem=str(error))
    return ModelOut(
        name=found.name,
        source=found.source,
        digest=found.digest,
        size=found.size,
        steps=found.facts.sampling.steps,
        problem="",
    )
