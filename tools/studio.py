"""The studio: settings, database, door, and the parts that crafts keep open while it runs.

`Studio` knows no craft. A craft that needs something kept (a chain connection, a loaded model, the
picture store) asks for it with `part`, which makes it once and keeps it until the studio closes.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol, TypeVar, cast

import structlog
from sqlalchemy.exc import IntegrityError

from tools.definition import AnyTool
from tools.door import Door
from tools.errors import ServiceUnavailable
from tools.ledger import Ledger
from tools.people import STUDIO, STUDIO_ID
from tools.provenance import log
from tools.provenance.commitments import commit
from tools.provenance.database import Database
from tools.provenance.liveness import Liveness, take_name
from tools.provenance.migrations.upgrade import bring_up_to_date
from tools.provenance.tables import Person
from tools.settings import Settings

T = TypeVar("T")
_log = structlog.get_logger("mintmark.studio")


class Dispatcher(Protocol):
    """Starts durable work that a tool has written down; given by the workflows' side."""

    def start(self, workflow: str, key: str) -> None:
        """Start a workflow once for a key; starting it again does nothing."""


class Studio:
    """One process's view of one data folder."""

    def __init__(self, settings: Settings, tools: Iterable[AnyTool]) -> None:
        """Open the data folder, bringing a fresh database up to date.

        Raises:
            ServiceUnavailable: if the folder cannot be written.
            ConfigurationError: if the database is from another version.
        """
        _make_folder(settings)
        self.settings = settings
        self.db = Database(settings.database)
        bring_up_to_date(self.db)
        self.liveness: Liveness = take_name(self.db, settings.data_dir)
        self.dispatcher: Dispatcher | None = None
        self._parts: dict[type[Any], Any] = {}
        self._making = threading.RLock()
        self._sign_in_the_studio()
        self.door = Door(tools, Ledger(self))

    @property
    def process(self) -> str:
        """The name under which this process is alive."""
        return self.liveness.name

    def part(self, kind: type[T], make: Callable[["Studio"], T]) -> T:
        """The one part of this kind, made on first use and closed with the studio."""
        with self._making:
            if kind not in self._parts:
                self._parts[kind] = make(self)
            return cast("T", self._parts[kind])

    def dispatch(self, workflow: str, key: str) -> None:
        """Start durable work now if this process can; otherwise a worker finds it written down."""
        if self.dispatcher is not None:
            self.dispatcher.start(workflow, key)

    def close_abandoned(self) -> int:
        """Close the calls of processes that died; returns how many there were."""
        with self.db.read() as session:
            left = [(c.id, c.process) for c in log.open_calls(session) if c.process != self.process]
        dead = {name for name in {process for _, process in left} if self.liveness.is_dead(name)}
        closed = 0
        for call_id, process in left:
            if process in dead:
                with suppress(IntegrityError, ServiceUnavailable):  # another process was quicker
                    self.door.ledger.close(call_id, "abandoned")
                    closed += 1
        return closed

    def close(self) -> None:
        """Close every part, in the reverse order of their making, and the database."""
        for part in reversed(list(self._parts.values())):
            if hasattr(part, "close"):
                part.close()
        self._parts.clear()
        self.liveness.release()
        self.db.close()

    def __enter__(self) -> "Studio":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _sign_in_the_studio(self) -> None:
        with suppress(IntegrityError), self.db.write() as session:
            if session.get(Person, STUDIO_ID) is None:
                commitment = commit(STUDIO.name)
                session.add(
                    Person(
                        id=STUDIO_ID,
                        commitment=commitment.digest,
                        salt=commitment.salt,
                        front_end=STUDIO.front_end,
                        external_id=None,
                        name=STUDIO.name,
                    )
                )


def _make_folder(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe = settings.data_dir / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ServiceUnavailable(
            "The data folder {data_dir} cannot be written ({reason}): make it "
            "writable, or name another with MINTMARK_DATA_DIR.",
            data_dir=settings.data_dir,
            reason=error.strerror,
        ) from None
