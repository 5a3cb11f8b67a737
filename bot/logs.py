"""Structured logs on standard error: for people at a terminal, as JSON lines anywhere else."""

import logging
import os
import sys
import warnings
from typing import Any

import structlog

_LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}


def set_up_logs(level: str) -> None:
    """Send the logs of this program and of its libraries to standard error.

    Args:
        level: "debug", "info", "warning" or "error"; libraries are kept to warnings at least.
    """
    lowest = _LEVELS[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_rendering(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    logging.basicConfig(level=max(lowest, logging.WARNING), handlers=[handler], force=True)
    if level != "debug":
        handler.setFormatter(_OneLine(logging.BASIC_FORMAT))
        _quiet_libraries()


class _OneLine(logging.Formatter):
    """What a library reports, without its traceback: that is for the level "debug"."""

    def formatException(self, info: Any) -> str:
        """The error's first line."""
        return str(info[1]).partition("\n")[0]


def _quiet_libraries() -> None:
    """Keep what model libraries print while they load away from the terminal.

    They read these when they are first imported, which is later than this.
    """
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    os.environ.setdefault("TQDM_DISABLE", "1")
    warnings.filterwarnings("ignore", module=r"(diffusers|transformers|torch|huggingface_hub)\b")


def _rendering() -> list[Any]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
