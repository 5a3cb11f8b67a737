"""The database: SQLite in WAL mode by default, PostgreSQL where a URL names one.

`read()` gives a session for looking, `write()` one for changing that commits at the end or leaves
nothing behind. On SQLite a writing transaction takes the write lock at once (`BEGIN IMMEDIATE`), so
that two writers queue up instead of failing half-way.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tools.errors import ConfigurationError, ServiceUnavailable
from tools.phrases import Phrase, phrase

BUSY_TIMEOUT_S = 30


class Database:
    """One database; safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Connect lazily.

        Raises:
            ConfigurationError: if the URL names no database that Mintmark can use.
        """
        self.url = _checked(url)
        self.engine = _engine(self.url)
        self._writing = self.engine.execution_options(begin_immediate=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite; otherwise it is PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking; what it changes is thrown away."""
        with _in_words(self.url), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back if the block raises."""
        with (
            _in_words(self.url),
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection in one writing transaction, for migrations."""
        with _in_words(self.url), self._writing.begin() as connection:
            yield connection

    def tables(self) -> set[str]:
        """The names of the tables that exist."""
        with _in_words(self.url):
            return set(inspect(self.engine).get_table_names())

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError(
            "database_url is no database address: write postgresql://user@host/name, "
            "or leave it out for SQLite in the data folder."
        ) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigurationError(
            "{kind} is not supported: use SQLite or PostgreSQL.",
            kind=parsed.get_backend_name(),
        )
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says, see below
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_S * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",  # an intent must be on the disk before its effect
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("begin_immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _in_words(url: URL) -> Iterator[None]:
    """Turn the driver's errors about the world (not about the data) into sentences."""
    try:
        yield
    except IntegrityError:
        raise
    except (OperationalError, DBAPIError) as error:
        if sentence := _sentence(url, str(error.orig)):
            raise ServiceUnavailable(sentence) from error
        raise


def _sentence(url: URL, reason: str) -> Phrase | None:
    where = url.database or url.host
    reason_folded = reason.lower()
    if "readonly" in reason_folded or "read-only" in reason_folded:
        return phrase(
            "The database {where} cannot be written: make its folder writable for this user.",
            where=where,
        )
    if "disk is full" in reason_folded or "no space left" in reason_folded:
        return phrase(
            "The disk that holds the database {where} is full: free some space; nothing was lost.",
            where=where,
        )
    if "unable to open" in reason_folded:
        return phrase(
            "The database {where} cannot be opened: does its folder exist, and may you use it?",
            where=where,
        )
    if "locked" in reason_folded:
        return phrase(
            "The database {where} stayed locked for {waited} s: what else is using it?",
            where=where,
            waited=BUSY_TIMEOUT_S,
        )
    if (
        "connection" in reason_folded
        or "password" in reason_folded
        or "does not exist" in reason_folded
    ):
        return phrase(
            "PostgreSQL at {where} does not let us in: {reason}",
            where=url.host or phrase("the local socket"),
            reason=reason.strip(),
        )
    return None


def sqlite_path(url: URL) -> Path | None:
    """The file of an SQLite database, if it is one on the disk."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))
