"""The audit as lines: when, who, what, and how it ended."""

from collections.abc import Iterator
from datetime import datetime

from bot.frontend import Button, Message
from bot.presenters.anything import present
from bot.scene import Scene
from tools.verification.audit import AuditLineOut, AuditOut

_LONGEST_WHY = 160  # characters of a reason in a line


@present.register
def _(output: AuditOut, scene: Scene) -> Message:
    """The calls, the newest first, and buttons to those before and after them."""
    if not output.lines:
        return Message(scene.say("Nothing like that was done here."))
    return Message(
        "\n".join(_line(line, scene) for line in output.lines),
        title=scene.say("What was done here"),
        buttons=scene.buttons(*_pages(output, scene)),
    )


def _pages(output: AuditOut, scene: Scene) -> Iterator[Button]:
    """The way to older calls and to newer ones, chosen as these were."""
    if output.next_before is not None:
        older = {**output.filters, "before": output.next_before}
        yield Button(scene.say("Older"), "audit", older)
    if output.next_after is not None:
        newer = {**output.filters, "after": output.next_after}
        yield Button(scene.say("Newer"), "audit", newer)


def _line(line: AuditLineOut, scene: Scene) -> str:
    facts = {
        "moment": datetime.fromisoformat(line.at),
        "who": line.name or scene.say("someone ({person})", person=line.person_id or "?"),
        "tool": line.tool,
        "subjects": "".join(f" {subject}" for subject in line.subjects),
        "via": scene.words.word(line.via),
    }
    told = scene.say("{moment}  {who}: {tool}{subjects} ({via})", **facts)
    if line.outcome == "settled":
        return told
    ended = scene.say("{told}, {outcome}", told=told, outcome=scene.words.word(line.outcome))
    if line.why is None:
        return ended
    return scene.say("{ended}: {why}", ended=ended, why=scene.words.again(line.why)[:_LONGEST_WHY])
