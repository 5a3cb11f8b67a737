"""Pictures as messages: many of them, one in full, one made larger, one that is gone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.frontend import Button, Message, Picture
from bot.presenters.anything import present
from bot.scene import Scene
from tools.errors import MintmarkError
from tools.generation.candidates import CandidateOut
from tools.generation.gallery import CandidateDetail, GalleryOut, ScoreOut
from tools.generation.lineage import AncestorOut
from tools.generation.removal import RemovedOut
from tools.generation.renditions import RenditionOut
from tools.metadata.collection import Collection, collection_of
from tools.people import Role
from tools.phrases import template, word

_WORDS = {
    "vary": word("vary"),
    "remix": word("remix"),
    "reseed": word("reseed"),
    "removed": word("removed"),
    "nearest neighbour": word("nearest neighbour"),
    "Lanczos": word("Lanczos"),
}

WITH_ROWS = 5
"""Up to so many pictures stand in every row of actions; of more, each can only be shown."""

_SHORT_SEED = 8  # digits; one drawn by chance has more, and the picture's own card tells it
_MOST_SHOWS = 20  # buttons that show a picture, below one message
_SCORERS = {
    "check": template("sound file"),
    "quality": template("picture quality"),
    "fidelity": template("shows what was asked for"),
    "phash-ycbcr": template("unlike others"),
}
_PLAINLY = (
    (
        re.compile(r"near duplicate of (?P<candidate>\S+) .*"),
        template("it is nearly the same as {candidate}"),
    ),
    (re.compile(r"picture quality \d+, .*"), template("it is not clear enough")),
    (
        re.compile(r"fidelity \d+, .*"),
        template("it does not show enough of what was asked for"),
    ),
    (
        re.compile(r"asked for (?P<category>\S+) (?P<wish>.+), reader sees (?P<value>.+) \(.*\)"),
        template("{category}: {value} instead of {wish}"),
    ),
)
"""What the filters say in figures, as people say it."""


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
        buttons=_everything(candidate, scene),
    )


def _alone(candidate: CandidateOut, scene: Scene) -> Picture:
    """The picture under which all else is told: what it shows stands below it."""
    words = _Library(scene).words_of(candidate)
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


def standing(candidate: CandidateOut, scene: Scene) -> str:
    """Whether people get to choose it; if not, why not, in plain words."""
    match candidate.verdict:
        case None:
            return scene.say("Not scored yet.")
        case "shortlisted":
            return scene.say("On the shortlist: people may vote for it in a round.")
        case "passed":
            return scene.say("Good, but others of its kind are on the shortlist.")
        case _:
            why = "; ".join(why_not(candidate, scene))
            return scene.say("Not on the shortlist: {why}.", why=why.rstrip("."))


def why_not(candidate: CandidateOut, scene: Scene) -> list[str]:
    """Why the filters left a picture out, as people say it."""
    return [_plainly(reason, scene) for reason in candidate.reasons]


def in_common(candidates: Sequence[CandidateOut], scene: Scene) -> str:
    """What all these pictures show, in the words of their collection."""
    first, *others = candidates
    shared = {
        category: value
        for category, value in first.traits.items()
        if all(other.traits.get(category) == value for other in others)
    }
    return _Library(scene).words_of(first.model_copy(update={"traits": shared}))


def shown(candidates: Sequence[CandidateOut], scene: Scene) -> tuple[Picture, ...]:
    """The pictures, numbered if there are several, each described by its traits."""
    library = _Library(scene)
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


def rows(candidates: Sequence[CandidateOut], scene: Scene) -> tuple[Button, ...]:
    """What can be done with finished pictures: for a few, a row for each action; else looking."""
    if len(candidates) == 1:
        return _everything(candidates[0], scene)
    if len(candidates) > WITH_ROWS:
        return looks(candidates, scene)
    library = _Library(scene)
    numbered = list(enumerate(candidates, 1))
    return (
        *scene.buttons(*(_vary(number, one, scene) for number, one in numbered)),
        *scene.buttons(*(_remix(number, one, library, scene) for number, one in numbered)),
        *looks(candidates, scene),
    )


def looks(candidates: Sequence[CandidateOut], scene: Scene) -> tuple[Button, ...]:
    """A button for each picture that shows it in full, with all that can be done with it."""
    row = scene.say("More: details, larger, put to the vote")
    return scene.buttons(
        *(
            replace(
                show_button(scene.say("More {number}", number=number), candidate.candidate_id),
                row=row,
                mark=str(number),
            )
            for number, candidate in enumerate(candidates[:_MOST_SHOWS], 1)
        )
    )


def open_a_round(scene: Scene) -> tuple[Button, ...]:
    """For those who may: let people vote on what waits."""
    return scene.buttons(Button(scene.say("Open a round on the shortlist"), "open_round"))


def pictures_in_words(count: int, scene: Scene) -> str:
    """How many pictures."""
    return scene.count("{n} picture", "{n} pictures", count)


def traits(chosen: Mapping[str, str]) -> str:
    """Traits as people say them: each value with its category."""
    return ", ".join(f"{category} {value}" for category, value in chosen.items())


def _vary(number: int, candidate: CandidateOut, scene: Scene) -> Button:
    return Button(
        scene.say("Vary {number}", number=number),
        "vary",
        {"candidate_id": candidate.candidate_id},
        row=scene.say("Vary: more pictures like it"),
        mark=str(number),
    )


def _remix(number: int, candidate: CandidateOut, library: "_Library", scene: Scene) -> Button:
    return Button(
        scene.say("Remix {number}", number=number),
        "remix",
        {"candidate_id": candidate.candidate_id},
        "prompt",
        library.words_of(candidate),
        row=scene.say("Remix: the picture with other words"),
        mark=str(number),
    )


def _everything(candidate: CandidateOut, scene: Scene) -> tuple[Button, ...]:
    """All that this person may do with one picture."""
    which, words = {"candidate_id": candidate.candidate_id}, _Library(scene).words_of(candidate)
    wished = [
        Button(scene.say("Vary"), "vary", which),
        Button(scene.say("Remix"), "remix", which, "prompt", words),
        Button(scene.say("Same seed"), "reseed", which, "prompt", words),
        Button(scene.say("Draw it again"), "reseed", which),
        Button(scene.say("Upscale"), "upscale", which),
    ]
    if candidate.verdict == "shortlisted":
        wished += [
            Button(scene.say("Put to the vote"), "nominate", which, kind="good"),
            Button(scene.say("Propose for minting"), "propose_mint", which),
        ]
    wished.append(provenance_button(candidate.candidate_id, scene))
    if candidate.creator_id == scene.actor.person_id or _is_operator(scene):
        wished.append(Button(scene.say("Delete"), "remove_candidate", which, kind="danger"))
    return scene.buttons(*wished)


def _is_operator(scene: Scene) -> bool:
    return scene.role is not None and scene.role.reaches(Role.OPERATOR)


def show_button(label: str, candidate_id: str) -> Button:
    """Shows a picture in full."""
    return Button(label, "show_candidate", {"candidate_id": candidate_id})


def provenance_button(candidate_id: str, scene: Scene) -> Button:
    """Tells a picture's history."""
    return Button(scene.say("Provenance"), "provenance", {"subject_id": candidate_id})


class _Library:
    """The collections behind some pictures, each read once; one that is wrong is left out."""

    def __init__(self, scene: Scene) -> None:
        self._studio = scene.studio
        self._read: dict[str, Collection | None] = {}

    def words_of(self, candidate: CandidateOut) -> str:
        """What a picture shows, in the words of its collection: `violet fox, golden crown, …`."""
        slug = candidate.collection
        if slug not in self._read:
            self._read[slug] = self._collection(slug)
        found = self._read[slug]
        if found is None:
            return ", ".join(candidate.traits.values())
        return found.described(candidate.traits)

    def _collection(self, slug: str) -> Collection | None:
        try:
            return collection_of(self._studio, slug)
        except MintmarkError:
            return None


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


def verdict(candidate: CandidateOut, scene: Scene) -> str:
    """What the filters said."""
    if candidate.verdict is None:
        return scene.words.word("not scored yet")
    return scene.words.word(candidate.verdict)


def decimal(score: int | None) -> str:
    """Thousandths as a decimal between 0 and 1."""
    return "" if score is None else f"{score / 1000:.2f}"


def _plainly(reason: str, scene: Scene) -> str:
    for pattern, plain in _PLAINLY:
        if found := pattern.fullmatch(reason):
            return scene.say(plain, **found.groupdict())
    return scene.words.again(reason)


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
        yield scorer(score.scorer, scene), _of_score(score, scene)
    yield scene.say("model"), output.model
    yield scene.say("sampling"), _sampling(output, scene)
    yield scene.say("enlarged"), ", ".join(f"{one.width}×{one.height}" for one in output.renditions)


def _details(output: CandidateDetail, scene: Scene) -> Iterator[tuple[str, str]]:
    """What the picture and the model can be compared by."""
    yield scene.say("traits"), traits(output.candidate.traits)
    yield scene.say("image"), output.candidate.image_cid
    yield scene.say("pixels"), output.pixel_sha256
    yield scene.say("model"), output.model_digest


def scorer(name: str, scene: Scene) -> str:
    """What a scorer looks at, as people say it."""
    known = _SCORERS.get(name)
    return scene.say(known) if known else name


def _of_score(score: ScoreOut, scene: Scene) -> str:
    told = decimal(score.value)
    reasons = "; ".join(_plainly(reason, scene) for reason in score.reasons)
    return f"{told} · {reasons}" if reasons else told


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
