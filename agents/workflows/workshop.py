"""The workshop: runs the durable work of one process for one studio.

    with open_studio(settings) as studio, Workshop(studio):
        ...  # tools that dispatch work find it taken up here, or in any other process's workshop

DBOS is one per process, and so is the workshop that is open. Opening takes some seconds (DBOS is
slow to import) and blocks; from async code, call `open` and `close` in a thread. Closing waits for
the steps in hand, leaves the rest for the next process, and must come before the studio is closed,
whose liveness lock tells the others when to take over.
"""

import contextvars
import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Self

import structlog

from agents.workflows import bracket, generate, mint, round
from agents.workflows.durable import VERSION, Order, dismiss, employ, enqueue
from agents.workflows.sweep import Sweep
from tools.errors import NotFound
from tools.studio import Studio

if TYPE_CHECKING:
    from dbos import DBOSConfig

SWEEP_EVERY_S = 5.0
_JOBS_IN_HAND = 4  # briefs a process renders at once; its batcher puts their pictures together
_MOST_RECOVERIES = 2  # a brief that kills its process three times is not tried again
_log = structlog.get_logger("mintmark.workshop")


class Workshop:
    """Runs the workflows of this process; the studio's `Dispatcher` while it is open."""

    def __init__(
        self, studio: Studio, sweep_every_s: float = SWEEP_EVERY_S, *, only_orders: bool = False
    ) -> None:
        """Make it; `open` it to begin.

        Args:
            studio: whose work is done.
            sweep_every_s: how often to look for what fell between two processes.
            only_orders: hand work out and take none up, for a process that must stay quick.
        """
        self._studio = studio
        self._only_orders = only_orders
        self._sweep = Sweep(studio, self.start)
        self._sweep_every_s = sweep_every_s
        self._closing = threading.Event()
        self._sweeper = threading.Thread(target=self._keep_sweeping, name="sweep", daemon=True)

    def open(self) -> Self:
        """Start working: first on what was left behind, then on what comes.

        Raises:
            Conflict: if this process has an open workshop already.
        """
        employ(self._studio)
        try:
            with ThreadPoolExecutor(1) as apart:  # DBOS would adopt the caller's event loop
                apart.submit(_launch, self._studio, self._only_orders).result()
        except BaseException:
            dismiss()
            raise
        self._studio.dispatcher = self
        if not self._only_orders:
            self._sweeper.start()
        return self

    def close(self) -> None:
        """Stop working: wait for the steps in hand, leave everything else to others."""
        from dbos import DBOS

        if self._studio.dispatcher is self:
            self._studio.dispatcher = None
        self._closing.set()
        if self._sweeper.ident is not None:  # it was started
            self._sweeper.join()
        dismiss()
        DBOS.destroy()

    def start(self, workflow: str, key: str) -> None:
        """Hand out a workflow for a key; handing it out again does nothing.

        Args:
            workflow: "generate", "round", "bracket" or "mint".
            key: the id of the job, the round, the bracket or the mint request (of this,
                `id:anything` is a retry).

        Raises:
            NotFound: for a workflow that there is not.
        """
        order = self._order(workflow, key)
        if order is not None:
            contextvars.Context().run(enqueue, order)  # also from inside another workflow's step

    def _order(self, workflow: str, key: str) -> Order | None:
        match workflow:
            case "generate":
                return generate.order(key)
            case "round":
                return round.order(self._studio, key)
            case "bracket":
                return bracket.order(self._studio, key)
            case "mint":
                return mint.order(key)
        raise NotFound(
            "There is no workflow {workflow!r}: use generate, round, bracket or mint.",
            workflow=workflow,
        )

    def _keep_sweeping(self) -> None:
        while not self._closing.is_set():
            try:
                self._sweep.once()
            except Exception as error:
                reason = str(error).partition("\n")[0]
                _log.warning("sweep failed; the next one tries again", reason=reason)
                _log.debug("sweep failed", exc_info=error)
            self._closing.wait(self._sweep_every_s)

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()


def _launch(studio: Studio, only_orders: bool) -> None:
    from dbos import DBOS

    _keep_quiet()
    _workflows()
    DBOS(config=_config(studio))
    try:
        if only_orders:
            DBOS.listen_queues([])
        DBOS.launch()
        DBOS.register_queue(
            "generation", worker_concurrency=_JOBS_IN_HAND, polling_interval_sec=0.25
        )
        DBOS.register_queue("studio", polling_interval_sec=0.25)
    except BaseException:
        DBOS.destroy()
        raise


@cache
def _workflows() -> Mapping[str, Callable[..., None]]:
    """Make the workflows known to DBOS, once in a process."""
    from dbos import DBOS

    return {
        "generate": DBOS.workflow(name="generate", max_recovery_attempts=_MOST_RECOVERIES)(
            generate.generate
        ),
        "round": DBOS.workflow(name="round")(round.close_on_time),
        "bracket": DBOS.workflow(name="bracket")(bracket.advance),
        "mint": DBOS.workflow(name="mint")(mint.mint),
    }


def _config(studio: Studio) -> "DBOSConfig":
    return {
        "name": "mintmark",
        "system_database_url": _database(studio),
        "executor_id": studio.process,
        "application_version": VERSION,
        "sys_db_pool_size": 8,
        "log_level": "ERROR",
        "enable_otlp": False,
    }


def _database(studio: Studio) -> str:
    """Where DBOS keeps its steps: a file of its own beside SQLite, or the same PostgreSQL."""
    if not studio.db.is_sqlite:
        return studio.db.url.render_as_string(hide_password=False)
    path = studio.settings.data_dir.resolve() / "workflows.sqlite"
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("PRAGMA journal_mode=WAL").fetchall()  # the file remembers it
    return f"sqlite:///{path}"


def _keep_quiet() -> None:
    """DBOS prints to the terminal unless its logger has a handler already."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
