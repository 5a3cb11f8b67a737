"""What the scorers and the filters said of a picture, as people say it."""

import re

from bot.scene import Scene
from tools.generation.candidates import CandidateOut
from tools.generation.gallery import ScoreOut
from tools.phrases import template

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


def verdict(candidate: CandidateOut, scene: Scene) -> str:
    """What the filters said."""
    if candidate.verdict is None:
        return scene.words.word("not scored yet")
    return scene.words.word(candidate.verdict)


def decimal(score: int | None) -> str:
    """Thousandths as a decimal between 0 and 1."""
    return "" if score is None else f"{score / 1000:.2f}"


def scorer(name: str, scene: Scene) -> str:
    """What a scorer looks at, as people say it."""
    known = _SCORERS.get(name)
    return scene.say(known) if known else name


def of_score(score: ScoreOut, scene: Scene) -> str:
    """What a scorer said: its figure, and its reasons."""
    told = decimal(score.value)
    reasons = "; ".join(_plainly(reason, scene) for reason in score.reasons)
    return f"{told} · {reasons}" if reasons else told


def _plainly(reason: str, scene: Scene) -> str:
    for pattern, plain in _PLAINLY:
        if found := pattern.fullmatch(reason):
            return scene.say(plain, **found.groupdict())
    return scene.words.again(reason)
