"""`mintmark verify`: every step that was checked, and what was found."""

from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.text import Text
from tools.verification.report import Report, Verdict
from tools.verification.verify import verify_target

from bot.folder import has_database
from bot.logs import set_up_logs
from bot.terminal.screen import plain
from tools.catalogue import open_studio
from tools.settings import load_settings

_MARKS = {
    Verdict.PASSED: ("✓", "green"),
    Verdict.FAILED: ("✗", "bold red"),
    Verdict.NOT_CHECKED: ("-", "yellow"),
}


def check(target: str, picture: Path | None, rpc: str | None, as_json: bool) -> bool:
    """Verify the target and print the report; returns whether it passed.

    A certificate needs no data folder; where there is one, it is checked against that too.
    """
    settings = load_settings()
    set_up_logs(settings.log_level)
    with open_studio(settings) if has_database(settings) else nullcontext() as studio:
        report = verify_target(target, studio, picture, rpc=rpc)
    if as_json:
        print(report.to_json())
    else:
        show(report, Console(highlight=False))
    return report.verdict is Verdict.PASSED


def show(report: Report, console: Console) -> None:
    """Print a report: a line for each step, then the verdict."""
    width = max(len(step.name) for step in report.steps)
    for step in report.steps:
        mark, style = _MARKS[step.verdict]
        name = (f"{step.name.ljust(width)}  ", "bold")
        line = Text.assemble((mark, style), " ", name, plain(step.detail))
        console.print(line, soft_wrap=True)
    mark, style = _MARKS[report.verdict]
    console.print(Text(f"{mark} {plain(report.sentence)}", style=style), soft_wrap=True)
