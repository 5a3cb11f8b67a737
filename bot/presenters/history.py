"""Provenance and certificates as messages."""

from bot.frontend import Message
from bot.presenters.anything import in_words, present
from bot.scene import Scene
from tools.verification.certify import CertificateOut
from tools.verification.history import ProvenanceOut, StepOut

_LONGEST = 200  # characters of what a step was told


@present.register
def _(output: ProvenanceOut, scene: Scene) -> Message:
    """A history as a tree: who did what, when, with what words, and where the log says so."""
    lines = [line for step in output.steps for line in _step(step)]
    return Message("\n".join(lines), title=f"The {output.kind} {output.subject_id}")


@present.register
def _(output: CertificateOut, scene: Scene) -> Message:
    """A certificate and where it lies."""
    return Message(
        "Anyone can check it, without this data folder and without a network.",
        title=f"Certificate of {output.token_id}",
        facts=(
            ("file", output.path),
            ("address", output.cid),
            ("check it", f"mintmark verify {output.path}"),
        ),
        tone="good",
    )


def _step(step: StepOut) -> list[str]:
    """A step and, indented under it, what it was told."""
    margin = "   " * step.depth
    who = step.name or (f"{step.who[:15]}…" if step.who else "the studio")
    ended = "" if step.outcome == "settled" else f", {step.outcome}"
    places = ", ".join(map(str, step.records))
    head = f"{margin}└ {step.tool} by {who} ({step.role}, {step.via}){ended}"
    lines = [f"{head}, {step.at[:19].replace('T', ' ')}, records {places}"]
    opened = {words.argument: words.text or f"({words.why_not})" for words in step.words}
    told = {**step.arguments, **opened}
    for name, value in told.items():
        if shown := in_words(value):
            lines.append(f"{margin}    {name.replace('_', ' ')}: {shown[:_LONGEST]}")
    return lines
