"""What can be done with pictures: buttons, in rows where there are several pictures."""

from collections.abc import Sequence
from dataclasses import replace

from bot.frontend import Button
from bot.presenters.traits import Library
from bot.scene import Scene
from tools.generation.candidates import CandidateOut
from tools.people import Role

WITH_ROWS = 5
"""Up to so many pictures stand in every row of actions; of more, each can only be shown."""

_MOST_SHOWS = 20  # buttons that show a picture, below one message


def rows(candidates: Sequence[CandidateOut], scene: Scene) -> tuple[Button, ...]:
    """What can be done with finished pictures: for a few, a row for each action; else looking."""
    if len(candidates) == 1:
        return everything(candidates[0], scene)
    if len(candidates) > WITH_ROWS:
        return looks(candidates, scene)
    library = Library(scene)
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


def _vary(number: int, candidate: CandidateOut, scene: Scene) -> Button:
    return Button(
        scene.say("Vary {number}", number=number),
        "vary",
        {"candidate_id": candidate.candidate_id},
        row=scene.say("Vary: more pictures like it"),
        mark=str(number),
    )


def _remix(number: int, candidate: CandidateOut, library: Library, scene: Scene) -> Button:
    return Button(
        scene.say("Remix {number}", number=number),
        "remix",
        {"candidate_id": candidate.candidate_id},
        "prompt",
        library.words_of(candidate),
        row=scene.say("Remix: the picture with other words"),
        mark=str(number),
    )


def everything(candidate: CandidateOut, scene: Scene) -> tuple[Button, ...]:
    """All that this person may do with one picture."""
    which, words = {"candidate_id": candidate.candidate_id}, Library(scene).words_of(candidate)
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
