"""Verification reports on a terminal."""

from rich.console import Console
from rich.text import Text

from bot.terminal.screen import plain
from tools.verification.report import Report, Verdict

_MARKS = {
    Verdict.PASSED: ("✓", "green"),
    Verdict.FAILED: ("✗", "bold red"),
    Verdict.NOT_CHECKED: ("-", "yellow"),
}


def show_report(report: Report, console: Console, *, only_failures: bool = False) -> None:
    """Print a report: for each step (or each that failed) what was checked and what was found."""
    steps = report.failures if only_failures else report.steps
    width = max((len(step.name) for step in steps), default=0)
    for step in steps:
        mark, style = _MARKS[step.verdict]
        name = (f"{step.name.ljust(width)}  ", "bold")
        line = Text.assemble((mark, style), " ", name, plain(step.what_was_checked))
        console.print(line, soft_wrap=True)
        found = "dim" if step.verdict is Verdict.PASSED else ""
        indented = " " * (width + 4) + plain(step.detail)
        console.print(Text(indented, style=found), soft_wrap=True)
    mark, style = _MARKS[report.verdict]
    console.print(Text(f"{mark} {plain(report.sentence)}", style=style), soft_wrap=True)
