"""Provenance and certificates as messages."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.frontend import Document, Message, Section
from bot.presenters.anything import in_words, label, present
from bot.presenters.minting import creator_of, short
from bot.presenters.steps import MAKING, findings, told, who
from bot.scene import Scene
from tools.generation.tables import Candidate
from tools.phrases import word
from tools.scoring.tables import Verdict
from tools.verification.certify import CertificateOut
from tools.verification.history import ProvenanceOut, StepOut, WordsOut

_LONGEST = 200  # characters of what a step was told
_MOST_STEPS = 30  # told in the message; the file tells all of them
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
    """A history: what is to be known first, then what happened; every record in a file."""
    steps = told(output.steps, scene)
    more = len(steps) - _MOST_STEPS
    rest = [scene.count("and {n} more", "and {n} more", more)] if more > 0 else []
    return Message(
        "",
        title=scene.say(_TITLES[output.kind], subject=output.subject_id),
        facts=tuple(_facts(output, scene)),
        sections=(Section(scene.say("What happened"), "\n".join([*steps[:_MOST_STEPS], *rest])),),
        files=(Document(tree(output, scene).encode(), f"history-{output.subject_id}.txt"),),
    )


def tree(output: ProvenanceOut, scene: Scene) -> str:
    """Every step with all that it was told: who did what, when, and where the log says so."""
    return "\n".join(line for step in output.steps for line in _step(step, scene))


def _facts(output: ProvenanceOut, scene: Scene) -> Iterator[tuple[str, str]]:
    """Whose it is, from what words, how it was drawn and scored, who chose and approved it."""
    found = _candidate(output, scene)
    if found is not None:
        yield scene.say("creator"), creator_of(found.id, scene)
    yield from _words(output.steps, scene)
    if found is not None:
        yield from _drawn(found, scene)
        yield from _score(found, scene)
    for step in findings(output.steps, "close_round", "close_due_round"):
        if ended := step.result.get("outcome"):
            yield scene.say("votes"), scene.words.again(str(ended))
    approved = [who(step, scene) for step in findings(output.steps, "approve")]
    if approved:
        yield scene.say("approved by"), scene.words.joined(dict.fromkeys(approved))
    yield from _tokens(output.steps, scene)


def _candidate(output: ProvenanceOut, scene: Scene) -> Candidate | None:
    """The picture that the history is about, if it is about one."""
    named = [output.subject_id] if output.kind == "candidate" else []
    if output.kind in ("token", "mint request"):
        named = [
            str(step.result["candidate_id"])
            for step in findings(output.steps, "propose_mint")
            if step.result.get("candidate_id")
        ][-1:]
    with scene.studio.db.read() as session:
        return session.get(Candidate, named[0]) if named else None


def _words(steps: Iterable[StepOut], scene: Scene) -> Iterator[tuple[str, str]]:
    """The words that were asked for, if the reader may know them."""
    for step in steps:
        for words in step.words:
            if words.argument == "prompt" and step.tool in MAKING and words.text:
                yield scene.say("words"), words.text


def _drawn(found: Candidate, scene: Scene) -> Iterator[tuple[str, str]]:
    yield scene.say("seed"), found.seed
    model = found.recipe.get("model") if found.recipe else None
    if isinstance(model, dict):
        digest = short(str(model.get("digest", "")))
        named = {"name": model.get("name") or model.get("id") or "?", "digest": digest}
        yield scene.say("model"), scene.say("{name} ({digest})", **named)


def _score(found: Candidate, scene: Scene) -> Iterator[tuple[str, str]]:
    with scene.studio.db.read() as session:
        verdict = session.get(Verdict, found.id)
    if verdict is not None and verdict.value is not None:
        yield scene.say("score"), f"{verdict.value / 1000:.2f}"


def _tokens(steps: Iterable[StepOut], scene: Scene) -> Iterator[tuple[str, str]]:
    """The tokens, each once, however often the mint was tried."""
    seen = {
        token.get("chain"): token.get("token_id")
        for step in findings(steps, "mint")
        for token in step.result.get("tokens") or ()
    }
    for chain, token in sorted(seen.items()):
        yield scene.say("on {chain}", chain=chain), str(token)


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
    ended = [] if step.outcome == "settled" else [scene.words.word(step.outcome)]
    return scene.words.listed(
        [
            scene.say(
                "{tool} by {who} ({role}, {via})",
                tool=step.tool,
                who=who(step, scene),
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
