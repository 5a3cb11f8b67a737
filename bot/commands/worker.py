"""`mintmark worker`: durable work without a front end."""

import os
import signal
import sys
import threading

import structlog

from agents.workflows.workshop import Workshop
from bot.logs import set_up_logs
from tools.catalogue import open_studio
from tools.settings import load_settings

_POLITE = 10  # of 19 steps down in the system's order of who runs first
_log = structlog.get_logger("mintmark.worker")


def work(with_parent: bool = False) -> None:
    """Do what comes, until SIGTERM or Ctrl-C; what is in hand is finished first.

    Args:
        with_parent: also stop when standard input ends, as it does with the process that holds it,
            and let that process go first where both need the processor.
    """
    settings = load_settings()
    set_up_logs(settings.log_level)
    enough = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: enough.set())
    if with_parent:
        os.nice(_POLITE)
        threading.Thread(target=_wait_for_end, args=(enough,), daemon=True).start()
    with open_studio(settings) as studio, Workshop(studio):
        print(f"Working on {settings.data_dir} as {studio.process}.", flush=True)
        enough.wait()
        _log.info("stopping", process=studio.process)


def _wait_for_end(enough: threading.Event) -> None:
    while sys.stdin.buffer.read(1):
        pass
    enough.set()
