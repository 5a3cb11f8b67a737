"""Which processes of this studio are alive.

Every process takes a name of its own and holds a lock under it for as long as it lives: a file
lock beside SQLite, a session's advisory lock on PostgreSQL. The system frees the lock however the
process ends, so whoever can take the lock of another name knows that process to be dead.
"""

import os
import re
import secrets
import zlib
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text

from tools.provenance.database import Database

_NAME = re.compile(r"[a-z0-9-]{3,64}")


class Liveness(Protocol):
    """This process's own name and lock, and a way to ask after others."""

    name: str

    def is_dead(self, name: str) -> bool:
        """Whether no process of that name is alive."""

    def release(self) -> None:
        """Let go of the lock, as the end of the process would."""


def take_name(database: Database, data_dir: Path) -> Liveness:
    """Take a fresh name for this process and hold its lock."""
    name = f"process-{os.getpid()}-{secrets.token_hex(4)}"
    if database.is_sqlite:
        return _FileLiveness(name, data_dir / "processes")
    return _PostgresLiveness(name, database)


class _FileLiveness:
    def __init__(self, name: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self._folder = folder
        self._lock = FileLock(self._path(name))
        self._lock.acquire(timeout=1)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"

    def is_dead(self, name: str) -> bool:
        if name == self.name or not _NAME.fullmatch(name):
            return False
        probe = FileLock(self._path(name))
        try:
            probe.acquire(timeout=0)
        except Timeout:
            return False
        probe.release()
        return True

    def release(self) -> None:
        self._lock.release()
        self._path(self.name).unlink(missing_ok=True)


class _PostgresLiveness:
    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self._database = database
        self._connection: Connection = database.engine.connect()
        self._connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _key(name)})
        self._connection.commit()  # the lock belongs to the session, not to the transaction

    def is_dead(self, name: str) -> bool:
        if name == self.name:
            return False
        with self._database.engine.connect() as connection:
            key = {"key": _key(name)}
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):
                return False
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
            return True

    def release(self) -> None:
        self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _key(self.name)})
        self._connection.commit()
        self._connection.close()


def _key(name: str) -> int:
    """A 63-bit key for PostgreSQL's advisory locks."""
    data = name.encode()
    return (zlib.crc32(data) << 31) ^ zlib.adler32(data)
