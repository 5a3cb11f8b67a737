"""The steps of a history as short sentences, the votes of a round gathered into one.

Where no sentence is known for a tool, its name, who called it and how it ended are told, which is
true of any. Nothing is taken from a step that its reader may not see: who voted for what is not in
it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.scene import Scene
from tools.phrases import template
from tools.verification.history import StepOut

_BALLOTS = ("vote", "withdraw_vote")
_BOOKKEEPING = ("count_round_by", "reconcile_round")
_SENTENCES = {
    "render": template("The pictures were drawn."),
    "score": template("The pictures were scored."),
    "cancel_job": template("{who} called it off."),
    "upscale": template("{who} had it enlarged {factor} times."),
    "remove_candidate": template("{who} took the picture away."),
    "nominate": template("{who} put it to the vote."),
    "open_round": template("{who} opened the round {round_id}."),
    "extend_round": template("{who} gave the round more time."),
    "open_bracket": template("{who} opened a vote in stages."),
    "advance_bracket": template("The next stage of the vote began."),
    "propose_mint": template("{who} proposed it for minting."),
    "approve": template("{who} approved the mint."),
    "reject": template("{who} rejected the mint."),
    "retry_mint": template("{who} had the mint tried again."),
    "stop_mint": template("The mint was stopped."),
}
_NEEDED = ("round_id", "factor")  # what sentences tell, which a step that failed may lack
MAKING = ("create", "vary", "remix", "reseed")


@dataclass
class _Line:
    """One line, of one step or of many that belong together."""

    key: tuple[str, str]  # what is gathered into it: a kind and a round
    steps: list[StepOut] = field(default_factory=list)


def told(steps: Iterable[StepOut], scene: Scene) -> list[str]:
    """A line for each step: when, what happened, and where the log says so."""
    return [_line(line.key[0], line.steps, scene) for line in _gathered(steps)]


def who(step: StepOut, scene: Scene) -> str:
    """Who did it: by name, else by the beginning of the commitment."""
    if step.name:
        return step.name
    return f"{step.who[:15]}…" if step.who else scene.say("the studio")


def places(records: list[int], scene: Scene) -> str:
    """Where the log tells of it."""
    if not records:
        return scene.say("no records")
    first, last = min(records), max(records)
    if first == last:
        return scene.say("record {place}", place=first)
    if len(records) == last - first + 1:
        return scene.say("records {first}–{last}", first=first, last=last)
    return scene.say("{n} records, {first} to {last}", n=len(records), first=first, last=last)


def _gathered(steps: Iterable[StepOut]) -> list[_Line]:
    """The steps in their order; votes, and the studio's comparing of them, once for each round."""
    lines: dict[tuple[str, str], _Line] = {}
    last_round = ""
    for step in steps:
        last_round = _round_of(step) or last_round
        key = (_kind(step), last_round)
        if not key[0]:
            key = ("", step.call_id)
        lines.setdefault(key, _Line(key)).steps.append(step)
    return list(lines.values())


def _kind(step: StepOut) -> str:
    if step.tool in _BALLOTS:
        return "ballots"
    return "bookkeeping" if step.tool in _BOOKKEEPING else ""


def _round_of(step: StepOut) -> str:
    return str(step.result.get("round_id") or step.arguments.get("round_id") or "")


def _line(kind: str, steps: list[StepOut], scene: Scene) -> str:
    match kind:
        case "ballots":
            happened = _ballots(steps, scene)
        case "bookkeeping":
            happened = scene.say("The studio compared the reactions with the ballots.")
        case _:
            happened = _happened(steps[0], scene)
    records = [record for step in steps for record in step.records]
    return scene.say(
        "{moment}  {happened} ({places})",
        moment=datetime.fromisoformat(steps[0].at),
        happened=happened,
        places=places(records, scene),
    )


def _ballots(steps: list[StepOut], scene: Scene) -> str:
    """How many people voted, how often, and what was refused; not who, nor for what."""
    people = len({step.who for step in steps})
    cast = sum(step.outcome == "settled" for step in steps)
    parts = [
        scene.count("{n} person voted", "{n} people voted", people),
        scene.count("{n} ballot", "{n} ballots", cast),
    ]
    if refused := len(steps) - cast:
        parts.append(scene.count("{n} refused", "{n} refused", refused))
    return scene.say("{parts}.", parts=parts)


def _happened(step: StepOut, scene: Scene) -> str:
    """What a step did, in a sentence; how it ended, if not well."""
    sentence = _sentence(step, scene)
    if step.outcome == "settled":
        return sentence
    return scene.say(
        "{sentence} It ended so: {outcome}.",
        sentence=sentence,
        outcome=scene.words.word(step.outcome),
    )


def _sentence(step: StepOut, scene: Scene) -> str:
    if step.tool in MAKING:
        return _asked(step, scene)
    if step.tool in ("close_round", "close_due_round") and step.result.get("outcome"):
        outcome = scene.words.again(str(step.result["outcome"]))
        return scene.say("The round was closed. {outcome}", outcome=outcome)
    if step.tool == "mint":
        return _minted(step, scene)
    facts: Mapping[str, Any] = {**step.arguments, **step.result, "who": who(step, scene)}
    known = _SENTENCES.get(step.tool, "")
    if known and all(name in facts or f"{{{name}}}" not in known for name in _NEEDED):
        return scene.say(known, **facts)
    return scene.say("{who} called {tool}.", who=facts["who"], tool=step.tool)


def _asked(step: StepOut, scene: Scene) -> str:
    """Somebody wanted pictures, new ones or from one that was there."""
    many, asking = step.result.get("count"), who(step, scene)
    number = many if isinstance(many, int) else 1
    if parent := step.arguments.get("candidate_id"):
        return scene.count(
            "{who} asked for {n} picture from {parent}.",
            "{who} asked for {n} pictures from {parent}.",
            number,
            who=asking,
            parent=parent,
        )
    return scene.count(
        "{who} asked for {n} picture.", "{who} asked for {n} pictures.", number, who=asking
    )


def _minted(step: StepOut, scene: Scene) -> str:
    tokens = step.result.get("tokens") or []
    chains = [str(token.get("chain")) for token in tokens if isinstance(token, dict)]
    if not chains:
        return scene.say("Minting was tried.")
    return scene.say("Minted on {chains}.", chains=scene.words.joined(sorted(chains)))


def findings(steps: Iterable[StepOut], *tools: str) -> Iterator[StepOut]:
    """The steps of these tools that did what they should."""
    return (step for step in steps if step.tool in tools and step.outcome == "settled")
