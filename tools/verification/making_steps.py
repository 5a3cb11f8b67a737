"""Steps about how the picture was made: the records of the brief, the picture and the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.metadata.token_json import TokenJson
from tools.verification.records import Body, RecordedCall, Story, differences, item, mapping
from tools.verification.report import Step, failed, judged, not_checked

_PICTURE = "The record of the call that made the picture names this image, its seed and its recipe"
_BRIEF = "The record of the brief asked for this picture: same creator, prompt, seed, collection"
_VERDICT = "The record of the scoring shortlisted this picture"


@dataclass(frozen=True)
class Making:
    """What the records say about the making of one picture."""

    call: RecordedCall  # the one whose result names the picture
    shown: Body  # the picture as that call gave it back
    noted: Body | None  # pixels and recipe, as it noted them; None if its process died before


def making_of(story: Story, candidate_id: str, call_id: str) -> Making | None:
    """The record that names the picture: that of the call that made it.

    If its process died before the outcome was written, the next call on the same brief found the
    picture there and names it.
    """
    own = story.call(call_id)
    if own is None or not (own.is_settled or own.was_cut_off):
        return None
    for call in (own, *story.settled()):
        shown = item(call.result.get("candidates"), "candidate_id", candidate_id)
        if shown is not None and "image_cid" in shown:
            pictures = mapping(call.facts.get("generation")).get("pictures")
            return Making(call, shown, item(pictures, "candidate", candidate_id))
    return None


def making_steps(story: Story, document: TokenJson) -> Iterator[Step]:
    """The picture, then the brief behind it, then the verdict on it."""
    origin = document.provenance.origin
    making = making_of(story, origin.candidate, origin.tool_call)
    if making is None:
        why = f"no outcome of {origin.tool_call} in the log names {origin.candidate}."
        yield failed("picture's record", _PICTURE, why)
        yield not_checked("brief", _BRIEF, "it is found through the picture's record.")
    else:
        yield _picture_step(making, document)
        yield _brief_step(story, making, document)
    yield _verdict_step(story, origin.candidate)


def _picture_step(making: Making, document: TokenJson) -> Step:
    place = making.call.place
    wrong = list(differences(making.shown, _said_of_picture(document), "the JSON"))
    if making.noted is not None:
        noted = {"pixels": making.noted.get("pixels"), **recipe_facts(making.noted.get("recipe"))}
        wrong += differences(noted, _said_of_recipe(document), "the JSON")
    detail = f"{place} of {making.call.id}"
    if making.noted is None:
        detail += "; its process died before it noted pixels and recipe"
    return judged("picture's record", _PICTURE, (f"{place}: {d}" for d in wrong), detail)


def _said_of_picture(document: TokenJson) -> dict[str, object]:
    return {
        "image_cid": str(document.image_cid),
        "seed": document.provenance.recipe.seed,
        "traits": document.traits,
        "collection": document.provenance.origin.collection,
    }


def _said_of_recipe(document: TokenJson) -> dict[str, object]:
    recipe = document.provenance.recipe
    return {
        "pixels": document.provenance.image.pixel_sha256,
        "model": (recipe.model.id, recipe.model.revision, recipe.model.digest),
        "fine_tunes": [(tune.name, tune.digest, tune.weight) for tune in recipe.fine_tunes],
        "scheduler": recipe.scheduler,
        "steps": recipe.steps,
        "guidance": recipe.guidance,
        "width": recipe.width,
        "height": recipe.height,
    }


def recipe_facts(recipe: Any) -> dict[str, object]:
    """A recorded recipe in the words of the document."""
    body = mapping(recipe)
    model, loras = mapping(body.get("model")), body.get("loras")
    tunes = [mapping(lora) for lora in loras] if isinstance(loras, list) else []
    return {
        "model": tuple(model.get(name) for name in ("name", "revision", "digest")),
        "fine_tunes": [(t.get("name"), t.get("digest"), str(t.get("weight"))) for t in tunes],
        "scheduler": mapping(body.get("scheduler")).get("name"),
        **{name: body.get(name) for name in ("steps", "guidance", "width", "height")},
    }


def brief_of(story: Story, brief_id: object) -> RecordedCall | None:
    """The call that took the brief on."""
    found = (call for call in story.settled() if call.result.get("brief_id") == brief_id)
    return next(found, None)


def _brief_step(story: Story, making: Making, document: TokenJson) -> Step:
    call = brief_of(story, making.shown.get("brief_id"))
    if call is None:
        return failed("brief", _BRIEF, f"no record took the brief {making.shown.get('brief_id')}.")
    provenance = document.provenance
    seeds, ordinal = call.result.get("seeds"), making.shown.get("ordinal")
    found = {
        "creator": call.actor,
        "prompt": call.facts.get("prompt"),
        "collection": call.facts.get("collection"),
        "seed": _at(seeds, ordinal),
    }
    meant = {
        "creator": provenance.origin.creator_commitment,
        "prompt": provenance.recipe.prompt_commitment,
        "collection": provenance.origin.collection_digest,
        "seed": provenance.recipe.seed,
    }
    wrong = (f"{call.place}: {d}" for d in differences(found, meant, "the JSON"))
    return judged("brief", _BRIEF, wrong, f"{call.place}, brief {making.shown.get('brief_id')}")


def _at(items: object, place: object) -> object:
    if isinstance(items, list) and isinstance(place, int) and 0 <= place < len(items):
        return items[place]
    return None


def _verdict_step(story: Story, candidate_id: str) -> Step:
    found = verdict_of(story, candidate_id)
    if found is None:
        return failed("verdict", _VERDICT, f"no record gives a verdict on {candidate_id}.")
    call, said = found
    wrong = differences(said, {"verdict": "shortlisted"}, "a mint")
    return judged("verdict", _VERDICT, wrong, f"{call.place}: score {said.get('score')} of 1000")


def verdict_of(story: Story, candidate_id: str) -> tuple[RecordedCall, Body] | None:
    """The first settled call that gives a verdict on the picture, and the verdict."""
    for call in story.settled():
        said = item(call.result.get("verdicts"), "candidate_id", candidate_id)
        if said is not None:
            return call, said
    return None
