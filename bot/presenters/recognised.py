"""What a picture is that somebody showed, as a message."""

from bot.frontend import Message
from bot.presenters.actions import provenance_button, show_button
from bot.presenters.anything import present
from bot.scene import Scene
from tools.generation.identify import IdentifiedOut, MatchOut


@present.register
def _(output: IdentifiedOut, scene: Scene) -> Message:
    """What a picture is that somebody showed."""
    if not output.matches:
        return Message(
            scene.say(
                "I do not know this picture: neither its file, nor its pixels, nor its looks are"
                " those of one that was made here."
            ),
            tone="notice",
        )
    there = [match for match in output.matches if not match.is_removed]
    return Message(
        "\n".join(_recognised(match, scene) for match in output.matches),
        pictures=tuple(
            scene.picture(match.image_cid, match.candidate_id, match.candidate_id)
            for match in there
        ),
        buttons=scene.buttons(
            *(provenance_button(match.candidate_id, scene) for match in output.matches[:1]),
            *(show_button(match.candidate_id, match.candidate_id) for match in there),
        ),
    )


def _recognised(match: MatchOut, scene: Scene) -> str:
    told = [_how(match, scene)]
    if match.is_removed:
        told.append(scene.say("It was removed by its creator."))
    if match.token_ids:
        told.append(scene.say("It is minted: {tokens}.", tokens=match.token_ids))
    return " ".join(told)


def _how(match: MatchOut, scene: Scene) -> str:
    facts = {"candidate": match.candidate_id, "creator": match.creator, "bits": match.distance}
    match match.how:
        case "file":
            return scene.say("This is {candidate} by {creator}: exactly that file.", **facts)
        case "pixels":
            return scene.say(
                "This is {candidate} by {creator}: the same pixels in another file.", **facts
            )
        case "looks":
            return scene.say(
                "This looks like {candidate} by {creator}: {bits} of 256 bits of its looks differ.",
                **facts,
            )
        case "text":
            return scene.say(
                "The file says that it is {candidate} by {creator}, but it does not look like it:"
                " {bits} of 256 bits of its looks differ.",
                **facts,
            )
