"""What a verification found: a step for each thing that was looked at, in order, and the verdict.

A step that could not be looked at says so and why; it never counts as passed.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

SCHEMA = "mintmark/verification/1"
_LONGEST_VALUE = 90  # characters of a value quoted in a difference


class Verdict(StrEnum):
    """What came of a step, or of all of them."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Step:
    """One thing that was checked."""

    name: str  # short: "image file", "approval"
    what_was_checked: str  # a sentence that holds if the step passed
    verdict: Verdict
    detail: str  # what was found; when it failed, exactly what differs


@dataclass(frozen=True)
class Report:
    """Everything that was checked about one subject."""

    subject: str
    steps: tuple[Step, ...]

    @property
    def verdict(self) -> Verdict:
        """Failed if any step failed; passed if none did and at least one was checked."""
        found = {step.verdict for step in self.steps}
        for verdict in (Verdict.FAILED, Verdict.PASSED):
            if verdict in found:
                return verdict
        return Verdict.NOT_CHECKED

    @property
    def failures(self) -> tuple[Step, ...]:
        """The steps that failed."""
        return tuple(step for step in self.steps if step.verdict is Verdict.FAILED)

    @property
    def sentence(self) -> str:
        """The whole report in a line."""
        counts = dict.fromkeys(Verdict, 0)
        for step in self.steps:
            counts[step.verdict] += 1
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
        return f"{self.subject}: {self.verdict} ({told})."

    def to_json(self) -> str:
        """The report for programs: JSON with `subject`, `verdict` and `steps`."""
        content: dict[str, Any] = {
            "schema": SCHEMA,
            "subject": self.subject,
            "verdict": self.verdict,
            "steps": [asdict(step) for step in self.steps],
        }
        return json.dumps(content, ensure_ascii=False, indent=2)


def passed(name: str, what: str, detail: str) -> Step:
    """A step that holds."""
    return Step(name, what, Verdict.PASSED, detail)


def failed(name: str, what: str, detail: str) -> Step:
    """A step that does not hold."""
    return Step(name, what, Verdict.FAILED, detail)


def not_checked(name: str, what: str, why: str) -> Step:
    """A step that could not be looked at."""
    return Step(name, what, Verdict.NOT_CHECKED, why)


def judged(name: str, what: str, differences: Iterable[str], detail: str) -> Step:
    """Passed with the detail if nothing differs, else failed with everything that does."""
    found = list(differences)
    return failed(name, what, "; ".join(found) + ".") if found else passed(name, what, detail)


def quoted(value: object) -> str:
    """A value as a difference shows it, cut if it is long."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
