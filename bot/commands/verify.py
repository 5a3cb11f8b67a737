"""`mintmark verify`: every step that was checked, and what was found."""

from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from bot.folder import has_database
from bot.logs import set_up_logs
from bot.terminal.reports import show_report
from tools.catalogue import open_studio
from tools.settings import load_settings
from tools.verification.report import Verdict
from tools.verification.verify import verify_target


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
        show_report(report, Console(highlight=False))
    return report.verdict is Verdict.PASSED
