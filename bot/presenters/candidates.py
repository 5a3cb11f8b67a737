"""Pictures as messages: many of them, one in full, one made larger, one that is gone."""

from collections.abc import Iterator, Sequence

from bot.frontend import Message, Picture
from bot.presenters.actions import everything, looks, open_a_round, provenance_button
from bot.presenters.anything import present
from bot.presenters.traits import Library, traits
from bot.presenters.verdicts import decimal, of_score, scorer, standing, verdict
from bot.scene import Scene
from tools.generation.candidates import CandidateOut
from tools.generation.gallery import CandidateDetail, GalleryOut
from tools.generation.lineage import AncestorOut
from tools.generation.removal import RemovedOut
from tools.generation.renditions import RenditionOut
from tools.phrases import word

_WORDS = {
    "vary": word("vary"),
    "remix": word("remix"),
    "reseed": word("reseed"),
    "removed": word("removed"),
    "nearest neighbour": word("nearest neighbour"),
    "Lanczos": word("Lanczos"),
}

_SHORT_SEED = 8  # digits; one drawn by chance has more, and the picture's own card tells it


@present.register
def _(output: GalleryOut, scene: Scene) -> Message:
    """Candidates, the newest first."""
    if not output.candidates:
        return Message(scene.say("No pictures yet. A creator makes some with /create."))
    return Message(
        "",
        title=pictures_in_words(len(output.candidates), scene),
        pictures=shown(output.candidates, scene),
        buttons=(*looks(output.candidates, scene), *open_a_round(scene)),
    )


@present.register
def _(output: CandidateDetail, scene: Scene) -> Message:
    """One candidate with its scores, its recipe and its lineage, and all that can be done to it."""
    candidate = output.candidate
    by = scene.say(
        "{candidate} by {creator}", candidate=candidate.candidate_id, creator=candidate.creator
    )
    return Message(
        standing(candidate, scene),
        title=by,
        facts=tuple((name, told) for name, told in _facts(output, scene) if told),
        details=tuple(_details(output, scene)),
        pictures=(_alone(candidate, scene),),
        buttons=everything(candidate, scene),
    )


def _alone(candidate: CandidateOut, scene: Scene) -> Picture:
    """The picture under which all else is told: what it shows stands below it."""
    words = Library(scene).words_of(candidate)
    return scene.picture(
        candidate.image_cid, words or candidate.candidate_id, _alt(candidate, None, words, scene)
    )


@present.register
def _(output: RenditionOut, scene: Scene) -> Message:
    """A picture made larger."""
    told = scene.say(
        "{width} × {height} pixels, enlarged by {method}.",
        width=output.width,
        height=output.height,
        method=_WORDS[output.method],
    )
    alt = scene.say(
        "{candidate}, enlarged {factor} times",
        candidate=output.candidate_id,
        factor=output.factor,
    )
    return Message(
        told,
        title=alt,
        pictures=(scene.picture(output.image_cid, output.rendition_id, alt),),
        buttons=scene.buttons(provenance_button(output.candidate_id, scene)),
        tone="good",
    )


@present.register
def _(output: RemovedOut, scene: Scene) -> Message:
    """A picture that is gone."""
    return Message(
        scene.say(
            "{candidate} is removed, and its file is deleted. That it was made stays in the"
            " history: /provenance tells it.",
            candidate=output.candidate_id,
        ),
        tone="good",
    )


def shown(candidates: Sequence[CandidateOut], scene: Scene) -> tuple[Picture, ...]:
    """The pictures, numbered if there are several, each described by its traits."""
    library = Library(scene)
    credited = len({candidate.creator_id for candidate in candidates}) > 1
    numbers = [None] if len(candidates) == 1 else range(1, len(candidates) + 1)
    return tuple(
        scene.picture(
            candidate.image_cid,
            _caption(candidate, number, scene, credited=credited),
            _alt(candidate, number, library.words_of(candidate), scene),
        )
        for number, candidate in zip(numbers, candidates, strict=True)
    )


def pictures_in_words(count: int, scene: Scene) -> str:
    """How many pictures."""
    return scene.count("{n} picture", "{n} pictures", count)


def _caption(candidate: CandidateOut, number: int | None, scene: Scene, *, credited: bool) -> str:
    """Its seed if somebody can have wished for it; its id, its score, and what the filters said."""
    short = len(candidate.seed) <= _SHORT_SEED
    seed = scene.say("seed {seed}", seed=candidate.seed) if short else ""
    named = candidate.candidate_id
    if credited:
        named = scene.say("{candidate} by {creator}", candidate=named, creator=candidate.creator)
    is_out = candidate.verdict != "shortlisted"
    about = [named, decimal(candidate.score), verdict(candidate, scene) if is_out else ""]
    told = "\n".join(filter(None, [seed, " · ".join(filter(None, about))]))
    return told if number is None else f"{number}: {told}"


def _alt(candidate: CandidateOut, number: int | None, words: str, scene: Scene) -> str:
    if not words:
        return scene.say("A picture by {creator}", creator=candidate.creator)
    if number is None:
        return scene.say("{words}; by {creator}", words=words, creator=candidate.creator)
    return scene.say(
        "Picture {number}: {words}; by {creator}",
        number=number,
        words=words,
        creator=candidate.creator,
    )


def _facts(output: CandidateDetail, scene: Scene) -> Iterator[tuple[str, str]]:
    candidate = output.candidate
    yield scene.say("style"), output.style or ""
    yield scene.say("descends from"), _lineage(output.lineage, scene)
    yield scene.say("descendants"), str(output.descendants or "")
    yield scene.say("seed"), candidate.seed
    yield scene.say("score"), decimal(candidate.score)
    for score in output.scores:
        if score.scorer == "check" and score.passed:
            continue  # else there would be no other score
        yield scorer(score.scorer, scene), of_score(score, scene)
    yield scene.say("model"), output.model
    yield scene.say("sampling"), _sampling(output, scene)
    yield scene.say("enlarged"), ", ".join(f"{one.width}×{one.height}" for one in output.renditions)


def _details(output: CandidateDetail, scene: Scene) -> Iterator[tuple[str, str]]:
    """What the picture and the model can be compared by."""
    yield scene.say("traits"), traits(output.candidate.traits)
    yield scene.say("image"), output.candidate.image_cid
    yield scene.say("pixels"), output.pixel_sha256
    yield scene.say("model"), output.model_digest


def _sampling(output: CandidateDetail, scene: Scene) -> str:
    return scene.say(
        "{scheduler}, {steps} steps, guidance {guidance}",
        scheduler=output.scheduler,
        steps=output.steps,
        guidance=output.guidance,
    )


def _lineage(ancestors: Sequence[AncestorOut], scene: Scene) -> str:
    """From the nearest to the first: which picture, whose, and how this line came from it."""
    return " ← ".join(
        scene.say(
            "{candidate} by {creator} ({how})",
            candidate=ancestor.candidate_id,
            creator=ancestor.creator,
            how=_WORDS["removed" if ancestor.is_removed else ancestor.how],
        )
        for ancestor in ancestors
    )
