"""What a failed verification looks like to a test."""

import re

from tools.verification.report import Report, Verdict


def must_fail(report: Report, step: str, says: str) -> None:
    """The report fails, and among its failures is this step with these words."""
    assert report.verdict is Verdict.FAILED
    found = {failure.name: failure.detail for failure in report.failures}
    fitting = [detail for name, detail in found.items() if name == step or _begins(name, step)]
    assert any(re.search(says, detail) for detail in fitting), found


def _begins(name: str, step: str) -> bool:
    return step.endswith("_") and name.startswith(step)
