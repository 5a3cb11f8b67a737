"""Verification reports on a terminal."""

from rich.console import Console
from rich.text import Text
from tools.verification.report import Report, Verdict

from bot.terminal.screen import plain

_MARKS = {
    Verdict.PASSED: ("✓", "green"),
    Verdict.FAILED: ("✗", "bold red"),
    Verdict.NOT_CHECKED: ("-", "yellow"),
}


def show_report(report: Report, console: Console) -> None:
    """Print a report: a line for each step, then the verdict."""
    width = max(len(step.name) for step in report.steps)
    for step in report.steps:
        mark, style = _MARKS[step.verdict]
        name = (f"{step.name.ljust(width)}  ", "bold")
        line = Text.assemble((mark, style), " ", name, plain(step.detail))
        console.print(line, soft_wrap=True)
    mark, style = _MARKS[report.verdict]
    console.print(Text(f"{mark} {plain(report.sentence)}", style=style), soft_wrap=True)
