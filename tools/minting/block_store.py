"""Where an embedded chain lies on disk: py-evm's key-value database in one SQLite file.

One database transaction is one block, so after a kill the chain is as it was before the block or as
it is after it. Several processes may open the file: readers see whole blocks, writers take turns.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from eth.db.atomic import AtomicDB
from eth.db.backends.base import BaseDB

from tools.errors import IntegrityError, ServiceUnavailable

_WAIT_FOR_OTHER_WRITERS_S = 60.0


class _Entries(BaseDB):
    """py-evm's view of the table, inside whatever transaction the connection is in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getitem__(self, key: bytes) -> bytes:
        row = self._connection.execute("SELECT value FROM entry WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return bytes(row[0])

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._connection.execute("INSERT OR REPLACE INTO entry VALUES (?, ?)", (key, bytes(value)))

    def __delitem__(self, key: bytes) -> None:
        if self._connection.execute("DELETE FROM entry WHERE key = ?", (key,)).rowcount == 0:
            raise KeyError(key)

    def _exists(self, key: bytes) -> bool:
        query = "SELECT 1 FROM entry WHERE key = ?"
        return self._connection.execute(query, (key,)).fetchone() is not None


class BlockStore:
    """The file. Every use opens its own connection, so threads and processes need not share one.

    Every method raises `ServiceUnavailable` when the disk refuses (full, read-only, locked for too
    long) and `IntegrityError` when the file is no such database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, chain_id: int, fill: Callable[[AtomicDB], None]) -> None:
        """Makes the file with what `fill` puts in, unless it is there already.

        It is filled under another name and then linked: whole or absent, and when several processes
        make it at once, the first one's stays.
        """
        if self.path.exists():
            return
        with self._disk_errors_explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=".chain-") as folder:
                draft = Path(folder) / self.path.name
                _fill(draft, chain_id, fill)
                with suppress(FileExistsError):
                    self.path.hardlink_to(draft)

    def chain_id(self) -> int:
        """The chain id the file was made with."""
        with self._disk_errors_explained(), closing(_connect(self.path)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def reading(self) -> Iterator[AtomicDB]:
        """The newest whole block, unchanged for as long as this lasts."""
        with self._disk_errors_explained(), closing(_connect(self.path)) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield AtomicDB(_Entries(connection))

    @contextmanager
    def writing(self) -> Iterator[AtomicDB]:
        """The right to add a block: committed at the end, undone by an exception or a kill."""
        with self._disk_errors_explained(), closing(_connect(self.path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield AtomicDB(_Entries(connection))
            connection.execute("COMMIT")

    @contextmanager
    def _disk_errors_explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise ServiceUnavailable(
                "The chain file {path} is unusable: {error}.", path=self.path, error=str(error)
            ) from error
        except sqlite3.DatabaseError as error:
            raise IntegrityError(
                "{path} is not an intact chain file: {error}.", path=self.path, error=str(error)
            ) from error
        except OSError as error:
            raise ServiceUnavailable(
                "The chain file {path} cannot be made: {reason}.",
                path=self.path,
                reason=error.strerror,
            ) from error


def _connect(path: Path) -> sqlite3.Connection:
    """Opens the file, which must exist. Leaving without COMMIT undoes what was written."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, timeout=_WAIT_FOR_OTHER_WRITERS_S, isolation_level=None
    )
    connection.execute("PRAGMA synchronous = FULL")  # a committed block survives a power cut
    return connection


def _fill(path: Path, chain_id: int, fill: Callable[[AtomicDB], None]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE entry (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
        fill(AtomicDB(_Entries(connection)))
        connection.execute(f"PRAGMA user_version = {chain_id:d}")
        connection.execute("COMMIT")
