"""Provenance and certificates as messages."""

from pathlib import Path

from bot.frontend import Document, Message
from bot.presenters.anything import in_words, label, present
from bot.scene import Scene
from tools.phrases import word
from tools.verification.certify import CertificateOut
from tools.verification.history import ProvenanceOut, StepOut, WordsOut

_LONGEST = 200  # characters of what a step was told
_TITLES = {
    "candidate": "The candidate {subject}",
    "token": "The token {subject}",
    "mint request": "The mint request {subject}",
    "brief": "The brief {subject}",
    "job": "The job {subject}",
    "round": "The round {subject}",
    "tool call": "The tool call {subject}",
}


@present.register
def _(output: ProvenanceOut, scene: Scene) -> Message:
    """A history as a tree: who did what, when, with what words, and where the log says so."""
    lines = [line for step in output.steps for line in _step(step, scene)]
    title = scene.say(_TITLES[output.kind], subject=output.subject_id)
    return Message("\n".join(lines), title=title)


@present.register
def _(output: CertificateOut, scene: Scene) -> Message:
    """A certificate, handed over."""
    return Message(
        scene.say("Anyone can check it, without this data folder and without a network."),
        title=scene.say("Certificate of {token}", token=output.token_id),
        facts=(how_to_check(output, scene),),
        details=((scene.say("address"), output.cid),),
        files=(file_of(output),),
        tone="good",
    )


def file_of(output: CertificateOut) -> Document:
    """A certificate as the file that people keep."""
    return Document(Path(output.path), output.file_name)


def how_to_check(output: CertificateOut, scene: Scene) -> tuple[str, str]:
    """What anyone types who has the file."""
    return scene.say("check it"), f"mintmark verify {output.file_name}"


def _step(step: StepOut, scene: Scene) -> list[str]:
    """A step and, indented under it, what it was told."""
    margin = "   " * step.depth
    lines = [f"{margin}└ {_head(step, scene)}"]
    opened = {words.argument: words.text or _why_not(words, scene) for words in step.words}
    for name, value in {**step.arguments, **opened}.items():
        if shown := in_words(value, scene.words):
            lines.append(f"{margin}    {label(name, scene.words)}: {shown[:_LONGEST]}")
    return lines


def _head(step: StepOut, scene: Scene) -> str:
    """Who did it, as what, how it ended if not well, and when."""
    who = step.name or (f"{step.who[:15]}…" if step.who else scene.say("the studio"))
    ended = [] if step.outcome == "settled" else [scene.words.word(step.outcome)]
    return scene.words.listed(
        [
            scene.say(
                "{tool} by {who} ({role}, {via})",
                tool=step.tool,
                who=who,
                role=word(step.role or "no role"),
                via=word(step.via),
            ),
            *ended,
            f"{step.at[:19].replace('T', ' ')} UTC",
            scene.say("records {places}", places=step.records),
        ]
    )


def _why_not(words: WordsOut, scene: Scene) -> str:
    return f"({scene.say(words.why_not)})" if words.why_not else ""
