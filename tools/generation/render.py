"""Making the pictures of a brief: a step of durable work, safe to run again at any point.

Each picture is kept as soon as it is there: first its file in the store, then its row. A run that
was cut off leaves whole candidates and begins again with those that are missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.definition import BY_WORKFLOW, Input, Output, tool
from tools.errors import Conflict, IntegrityError, InvalidInput, NotFound
from tools.generation import jobs
from tools.generation.batcher import Made, Ticket, batcher_of
from tools.generation.candidates import CandidateOut, candidates_of_brief
from tools.generation.finishing import Finished, enlargement, finished
from tools.generation.models import Model, models_of
from tools.generation.pipeline import BatchKey, Checkpoint, Order, Place
from tools.generation.previews import Sheet, sheet_of
from tools.generation.recipe import recipe
from tools.generation.tables import Brief, Candidate, Job
from tools.metadata.store import ContentStore, store_of
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.tables import Plaintext
from tools.studio import Studio

RENDERED = 900
"""Thousandths of a job that are done when its pictures are made; scoring is the rest."""

_LOOK_EVERY_S = 0.25  # how often progress is written and a cancel noticed


class RenderIn(Input):
    """Which brief."""

    brief_id: str


class RenderOut(Output):
    """The pictures of the brief."""

    candidates: list[CandidateOut]


@dataclass(frozen=True)
class Pending:
    """A picture of a brief that is still to be made."""

    ordinal: int
    traits: dict[str, str]
    prompt: str  # commitment
    order: Order


@dataclass(frozen=True)
class Work:
    """A brief with what is left to make of it."""

    brief: Brief
    job_id: str
    model: Model
    pending: tuple[Pending, ...]


@tool(least_role=Role.CREATOR, ways=BY_WORKFLOW)
def render(call: OpenCall, which: RenderIn) -> RenderOut:
    """Make the pictures of a brief that are not made yet."""
    work = _work(call.studio, which.brief_id)
    jobs.begin(call.studio, work.job_id)
    if work.pending:
        made = list(_made(call, work))
        call.note(generation={"model": work.model.digest, "pictures": made})
    jobs.report(call.studio, work.job_id, "drawn", RENDERED)
    with call.studio.db.read() as session:
        return RenderOut(candidates=candidates_of_brief(session, which.brief_id))


def _made(call: OpenCall, work: Work) -> Iterator[dict[str, Any]]:
    """Make and keep what is pending; yields a record of each picture."""
    batcher, store = batcher_of(call.studio), store_of(call.studio)
    orders = [pending.order for pending in work.pending]
    tickets = batcher.submit(orders, watched=call.studio.settings.generation.previews)
    watch = _Watch(call.studio, work, tickets)
    waiting = {t.result: p for t, p in zip(tickets, work.pending, strict=True)}
    try:
        while waiting:
            done, _ = wait(waiting, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda f: waiting[f].ordinal):
                yield _keep_one(call, store, work, waiting.pop(future), _result(future))
            watch.tell()
    finally:
        for ticket in tickets:
            ticket.cancel()


def _result(future: "Future[Made]") -> Made:
    if future.cancelled():
        raise Conflict("The studio closed while the pictures were made; they are made on restart.")
    return future.result()


def _keep_one(
    call: OpenCall, store: ContentStore, work: Work, pending: Pending, made: Made
) -> dict[str, Any]:
    candidate_id = short_id("c")
    picture = finished(made, work.model, candidate_id)
    cid = str(store.put(picture.png))
    row = _candidate(call, work, pending, made, picture)
    row.id, row.image_cid = candidate_id, cid
    with call.studio.db.write() as session:
        if not _is_there(session, work.brief.id, pending.ordinal):
            session.add(row)
    return {"candidate": row.id, "pixels": row.pixel_sha256, "recipe": row.recipe}


def _candidate(
    call: OpenCall, work: Work, pending: Pending, made: Made, picture: Finished
) -> Candidate:
    brief = work.brief
    return Candidate(
        tool_call_id=call.id,
        brief_id=brief.id,
        person_id=brief.person_id,
        collection=brief.collection,
        ordinal=pending.ordinal,
        seed=str(pending.order.seed),
        traits=pending.traits,
        image_sha256=picture.image_sha256,
        pixel_sha256=picture.pixel_sha256,
        perceptual_hash=picture.perceptual_hash,
        width=picture.width,
        height=picture.height,
        recipe=recipe(
            made,
            work.model,
            pending.prompt,
            brief.negative_prompt,
            style=brief.settings.get("style"),
            factor=enlargement(work.model),
        ),
        parent_id=brief.parent_candidate_id,
    )


def _is_there(session: Session, brief_id: str, ordinal: int) -> bool:
    known = select(Candidate.id).filter_by(brief_id=brief_id, ordinal=ordinal)
    return session.scalar(known) is not None


class _Watch:
    """Writes down how far a job is, and what can be seen of its pictures."""

    def __init__(self, studio: Studio, work: Work, tickets: Sequence[Ticket]) -> None:
        self._studio, self._work, self._tickets = studio, work, tickets
        self._told = -1
        self._glances = 0

    def tell(self) -> None:
        """Write what changed.

        Raises:
            Conflict: if the job was cancelled.
        """
        sheet, progress = self._sheet(), self._progress()
        if progress == self._told and sheet is None:
            is_wanted = jobs.is_running(self._studio, self._work.job_id)
        else:
            stage = "drawing" if progress else "waiting for the model"
            is_wanted = jobs.report(self._studio, self._work.job_id, stage, progress, sheet)
        if not is_wanted:
            raise Conflict(
                "The job {job} was cancelled while its pictures were made.", job=self._work.job_id
            )
        self._told = progress

    def _sheet(self) -> Sheet | None:
        if not any(ticket.is_watched for ticket in self._tickets):
            return None
        sheet = sheet_of(self._tickets, self._glances)
        self._glances = sheet.glances if sheet else self._glances
        return sheet

    def _progress(self) -> int:
        """In thousandths, by the steps that are done."""
        steps = [t.order.key.steps if t.result.done() else t.steps_done for t in self._tickets]
        return RENDERED * sum(steps) // sum(ticket.order.key.steps for ticket in self._tickets)


def _work(studio: Studio, brief_id: str) -> Work:
    """The brief, checked against the model as it is now, with the pictures still to be made."""
    with studio.db.read() as session:
        brief = session.get(Brief, brief_id)
        if brief is None:
            raise NotFound("There is no brief {brief_id!r}.", brief_id=brief_id[:32])
        job = session.scalars(select(Job).filter_by(brief_id=brief_id)).one()
        there = set(session.scalars(select(Candidate.ordinal).filter_by(brief_id=brief_id)))
        model = _model(studio, brief)
        key = _batch_key(studio, brief, model)
        negative = _words(session, brief.negative_prompt) if brief.negative_prompt else ""
        pending = tuple(
            Pending(
                ordinal=ordinal,
                traits=picture["traits"],
                prompt=picture["prompt"],
                order=Order(
                    key=replace(key, place=_place(picture)),
                    prompt=_words(session, picture["prompt"]),
                    negative=negative,
                    seed=int(picture["seed"]),
                ),
            )
            for ordinal, picture in enumerate(brief.settings["pictures"])
            if ordinal not in there
        )
    return Work(brief, job.id, model, pending)


def _model(studio: Studio, brief: Brief) -> Model:
    wanted = brief.settings["model"]
    model = models_of(studio).model(wanted["name"])
    if model.digest != wanted["digest"]:
        raise IntegrityError(
            "The model {model} is not the one this brief was made for: its digest is "
            "{digest}, the brief says {wanted}. Ask for the pictures again.",
            model=model.name,
            digest=model.digest,
            wanted=wanted["digest"],
        )
    return model


def _batch_key(studio: Studio, brief: Brief, model: Model) -> BatchKey:
    settings, registry = brief.settings, models_of(studio)
    loras = tuple(registry.lora(f["name"], float(f["weight"])) for f in settings["loras"])
    for lora, wanted in zip(loras, settings["loras"], strict=True):
        if lora.digest != wanted["digest"]:
            raise IntegrityError(
                "The LoRA {lora} changed since this brief was made.", lora=lora.name
            )
    generation = studio.settings.generation
    return BatchKey(
        checkpoint=Checkpoint(model.digest, model.folder, loras, device=generation.device),
        width=settings["width"],
        height=settings["height"],
        steps=settings["steps"],
        guidance=float(settings["guidance"]),
        threads=generation.threads,
    )


def _place(picture: Mapping[str, Any]) -> Place | None:
    return Place(**picture["place"]) if "place" in picture else None


def _words(session: Session, commitment: str) -> str:
    kept = session.get(Plaintext, commitment)
    if kept is None:
        raise InvalidInput(
            "The words of this brief were erased, so no more of its pictures can be made."
        )
    return kept.text
