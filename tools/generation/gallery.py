"""Looking around: candidates, one candidate in full, the collections and the models there are."""

from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tools.definition import Input, Output, PrivateText, tool
from tools.errors import MintmarkError
from tools.generation.candidates import (
    CandidateOut,
    candidate_of,
    candidate_rows,
    not_removed,
    shown,
)
from tools.generation.lineage import AncestorOut, descendants, lineage_of, made_by
from tools.generation.models import models_of
from tools.generation.renditions import RenditionOut
from tools.generation.renditions import shown as rendition
from tools.generation.tables import Candidate, Rendition
from tools.metadata.collection import Collection, collection_files, collection_of
from tools.minting.tables import Token
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
    how: str  # create, vary, remix or reseed
    style: str | None
    lineage: list[AncestorOut]  # the pictures it descends from, the nearest first
    descendants: int  # pictures that descend from it at once
    renditions: list[RenditionOut]


class NothingIn(Input):
    """No arguments."""


class CollectionIn(Input):
    """Which collection."""

    name: str | None = Field(
        None, max_length=64, description="Its slug; without one, the collection of the studio."
    )


class StyleOut(Output):
    """A look that can be asked for by name."""

    name: str
    description: str
    traits: dict[str, str]


class CollectionOut(Output):
    """One collection."""

    slug: str
    name: str
    description: str
    traits: dict[str, list[str]]
    styles: list[StyleOut]
    model: str | None  # None: any registered one
    pictures: int  # that are there now
    tokens: int  # minted so far
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
        candidate = candidate_of(session, which.candidate_id)
        rows = session.execute(candidate_rows().where(Candidate.id == candidate.id))
        return _detail(session, candidate, shown(rows)[0])


@tool(least_role=Role.MEMBER)
def collection(call: OpenCall, which: CollectionIn) -> CollectionOut:
    """Show a collection: its traits, its styles, and how many pictures and tokens it has."""
    return _collection(call, collection_of(call.studio, which.name).slug)


@tool(least_role=Role.MEMBER)
def collections(call: OpenCall, _: NothingIn) -> CollectionsOut:
    """List the collections with their traits."""
    slugs = sorted(collection_files(call.studio.settings.collections_dir))
    return CollectionsOut(collections=[_collection(call, slug) for slug in slugs])


@tool(least_role=Role.MEMBER)
def models(call: OpenCall, _: NothingIn) -> ModelsOut:
    """List the models that pictures can be made with."""
    return ModelsOut(models=[_model(call, name) for name in models_of(call.studio).names])


def _detail(session: Session, candidate: Candidate, out: CandidateOut) -> CandidateDetail:
    recipe = candidate.recipe
    scores = select(Score).filter_by(candidate_id=candidate.id).order_by(Score.scorer)
    larger = select(Rendition).filter_by(candidate_id=candidate.id).order_by(Rendition.factor)
    return CandidateDetail(
        candidate=out,
        scores=[_score(score) for score in session.scalars(scores)],
        model=recipe["model"]["source"],
        model_digest=recipe["model"]["digest"],
        scheduler=recipe["scheduler"]["name"],
        steps=recipe["steps"],
        guidance=recipe["guidance"],
        image_sha256=candidate.image_sha256,
        pixel_sha256=candidate.pixel_sha256,
        tool_call_id=candidate.tool_call_id,
        how=made_by(session, candidate),
        style=recipe.get("style"),
        lineage=lineage_of(session, candidate),
        descendants=descendants(session, candidate.id),
        renditions=[rendition(row) for row in session.scalars(larger)],
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
            slug=slug,
            name=slug,
            description="",
            traits={},
            styles=[],
            model=None,
            pictures=0,
            tokens=0,
            problem=str(error),
        )
    pictures, minted = _counts(call, slug)
    return CollectionOut(
        slug=found.slug,
        name=found.name,
        description=found.description,
        traits={category: list(values) for category, values in found.traits.items()},
        styles=[
            StyleOut(name=name, description=style.description, traits=style.traits)
            for name, style in found.styles.items()
        ],
        model=found.model.name,
        pictures=pictures,
        tokens=minted,
        problem="",
    )


def _counts(call: OpenCall, slug: str) -> tuple[int, int]:
    """How many pictures and tokens a collection has."""
    pictures = select(func.count()).select_from(Candidate)
    minted = select(func.count()).select_from(Token).join(Candidate)
    with call.studio.db.read() as session:
        return (
            session.scalar(pictures.where(Candidate.collection == slug, not_removed())) or 0,
            session.scalar(minted.where(Candidate.collection == slug)) or 0,
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
