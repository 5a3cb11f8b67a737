"""Jobs, candidates, models and collections as messages."""

from collections.abc import Mapping, Sequence

from bot.following import Work, job, work_behind
from bot.frontend import Button, Message, Picture
from bot.presenters.anything import present
from bot.scene import Scene
from tools.generation.briefs import JobOut
from tools.generation.candidates import CandidateOut
from tools.generation.gallery import (
    CandidateDetail,
    CollectionOut,
    CollectionsOut,
    GalleryOut,
    ModelOut,
    ModelsOut,
)
from tools.generation.jobs import JobStatus
from tools.generation.waiting import UNFINISHED

_OPEN_ROUND = Button("Open a round on the shortlist", "open_round")


@work_behind.register
def _(output: JobOut) -> Work:
    return job(output.job_id, _pictures(output.count))


@work_behind.register
def _(output: JobStatus) -> Work | None:
    return job(output.job_id, output.job_id) if output.state in UNFINISHED else None


@present.register
def _(output: JobOut, scene: Scene) -> Message:
    """A job that was taken on: what was understood, and how to call it off."""
    place = f", number {output.position} in the queue" if output.position > 1 else ""
    understood = f" Asked for: {traits(output.traits)}." if output.traits else ""
    return Message(
        "\n".join([f"Job {output.job_id}{place}.{understood}", *output.notes]),
        title=f"Making {_pictures(output.count)} for {output.collection}",
        buttons=scene.buttons(Button("Cancel", "cancel_job", {"job_id": output.job_id})),
    )


@present.register
def _(output: JobStatus, scene: Scene) -> Message:
    """Where a job stands; when it is done, its pictures."""
    if output.state == "failed":
        return Message(f"Job {output.job_id} failed. {output.error or ''}".strip(), tone="error")
    if output.state != "done":
        text = f"Job {output.job_id} is {output.state}: {output.stage}."
        return Message(text, pictures=_shown(output.candidates, scene))
    return Message(
        _verdicts(output.candidates),
        title=f"{_pictures(len(output.candidates))}, scored ({output.job_id})",
        pictures=_shown(output.candidates, scene),
        buttons=scene.buttons(_OPEN_ROUND),
        tone="good",
    )


@present.register
def _(output: GalleryOut, scene: Scene) -> Message:
    """Candidates, the newest first."""
    if not output.candidates:
        return Message("No pictures yet. A creator makes some with /create.")
    return Message(
        "",
        title=_pictures(len(output.candidates)),
        pictures=_shown(output.candidates, scene),
        buttons=scene.buttons(
            *(_look(candidate) for candidate in output.candidates[:4]), _OPEN_ROUND
        ),
    )


@present.register
def _(output: CandidateDetail, scene: Scene) -> Message:
    """One candidate with its scores and its recipe."""
    candidate = output.candidate
    scores = [
        (score.scorer, f"{score.value / 1000:.3f}  {'; '.join(score.reasons)}".rstrip())
        for score in output.scores
    ]
    return Message(
        ": ".join(filter(None, [candidate.verdict or "not scored yet", _why(candidate)])),
        title=f"{candidate.candidate_id} by {candidate.creator}",
        facts=(
            ("traits", traits(candidate.traits)),
            *scores,
            ("seed", candidate.seed),
            ("model", f"{output.model}, {output.model_digest}"),
            ("sampling", f"{output.scheduler}, {output.steps} steps, guidance {output.guidance}"),
            ("image", candidate.image_cid),
            ("pixels", output.pixel_sha256),
        ),
        pictures=_shown([candidate], scene),
        buttons=scene.buttons(
            Button("Provenance", "provenance", {"subject_id": candidate.candidate_id}),
            Button("Propose for minting", "propose_mint", {"candidate_id": candidate.candidate_id}),
        ),
    )


@present.register
def _(output: CollectionsOut, scene: Scene) -> Message:
    """Every collection with its traits."""
    return Message("\n\n".join(map(_collection, output.collections)))


@present.register
def _(output: ModelsOut, scene: Scene) -> Message:
    """Every model."""
    return Message("\n".join(map(_model, output.models)))


def traits(chosen: Mapping[str, str]) -> str:
    """Traits as people say them: the values, with their category where it adds something."""
    return ", ".join(f"{category} {value}" for category, value in chosen.items())


def score_in_words(score: int | None) -> str:
    """Thousandths as a decimal between 0 and 1."""
    return "" if score is None else f"{score / 1000:.2f}"


def _shown(candidates: Sequence[CandidateOut], scene: Scene) -> tuple[Picture, ...]:
    return tuple(
        scene.picture(candidate.image_cid, _caption(candidate), _alt(candidate))
        for candidate in candidates
    )


def _caption(candidate: CandidateOut) -> str:
    verdict = candidate.verdict or "not scored yet"
    return (
        f"{candidate.candidate_id} by {candidate.creator}\n"
        f"{verdict} {score_in_words(candidate.score)}".rstrip()
    )


def _alt(candidate: CandidateOut) -> str:
    return f"A picture by {candidate.creator} of {traits(candidate.traits) or 'no named traits'}"


def _verdicts(candidates: Sequence[CandidateOut]) -> str:
    """Why each is in or out, for those where something is to be said."""
    lines = [
        f"{candidate.candidate_id} {candidate.verdict}: {_why(candidate)}."
        for candidate in candidates
        if candidate.reasons
    ]
    chosen = sum(candidate.verdict == "shortlisted" for candidate in candidates)
    return "\n".join([f"{chosen} of {len(candidates)} are on the shortlist.", *lines])


def _why(candidate: CandidateOut) -> str:
    return "; ".join(candidate.reasons)


def _look(candidate: CandidateOut) -> Button:
    arguments = {"candidate_id": candidate.candidate_id}
    return Button(f"Show {candidate.candidate_id}", "show_candidate", arguments)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _collection(collection: CollectionOut) -> str:
    lines = [f"{collection.name} ({collection.slug})", collection.description]
    lines += [f"  {name}: {', '.join(values)}" for name, values in collection.traits.items()]
    return "\n".join([*lines, *filter(None, [collection.problem])])


def _model(model: ModelOut) -> str:
    if model.problem:
        return f"{model.name}: {model.problem}"
    return f"{model.name}: {model.source}, {model.size} pixels a side, {model.steps} steps"
