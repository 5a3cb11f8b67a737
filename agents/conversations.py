"""Where conversations are kept: LangGraph's checkpoints, beside the rest of the studio's data.

Only the latest checkpoint of a conversation is kept. A turn that ended needs no other, and fifty
turns with all of theirs weigh a hundred times as much.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.errors import ConfigurationError, ServiceUnavailable
from tools.settings import Settings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

FILE_NAME = "conversations.sqlite"
_POOL_SIZE = 4

_FORGET_OLDER = (
    """DELETE FROM writes WHERE thread_id = :thread AND checkpoint_id <
       (SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = :thread)""",
    """DELETE FROM checkpoints WHERE thread_id = :thread AND checkpoint_id <
       (SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = :thread)""",
)
"""The chat graph has no subgraphs, so a conversation has one namespace and one latest checkpoint;
checkpoint ids (UUID version 6) sort by time."""


def assert_strict() -> None:
    """Make sure that reading a checkpoint can build nothing but plain data and messages.

    Raises:
        ConfigurationError: if LangGraph was imported before `agents` could ask it to be strict.
    """
    from langgraph.checkpoint.serde import _msgpack
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    probe = JsonPlusSerializer()
    with _unheard("langgraph.checkpoint.serde.jsonplus"):  # it would warn of what is planted here
        read = probe.loads_typed(probe.dumps_typed(_Planted()))
    if not _msgpack.STRICT_MSGPACK_ENABLED or isinstance(read, _Planted):
        raise ConfigurationError(
            "LangGraph reads checkpoints without checking their types: set the environment "
            "variable LANGGRAPH_STRICT_MSGPACK=true, or import agents before langgraph."
        )


@contextmanager
def _unheard(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


@dataclass
class _Planted:
    """A type that no conversation contains; a strict reader does not build it."""

    harm: str = "none"


@asynccontextmanager
async def open_conversations(settings: Settings) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    """The store of conversations: in the data folder, or in the PostgreSQL that is set.

    Raises:
        ConfigurationError: if checkpoints would not be read strictly.
        ServiceUnavailable: if the store cannot be opened.
    """
    assert_strict()
    if settings.database.startswith("sqlite"):
        async with _sqlite(settings) as sqlite_saver:
            yield sqlite_saver
    else:
        async with _postgres(settings) as postgres_saver:
            yield postgres_saver


@asynccontextmanager
async def _sqlite(settings: Settings) -> "AsyncIterator[AsyncSqliteSaver]":
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    path = settings.data_dir / FILE_NAME
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(aiosqlite.connect(path, timeout=30))
            await connection.execute("PRAGMA journal_mode=WAL")
            await connection.execute("PRAGMA synchronous=NORMAL")
        except aiosqlite.Error as error:
            raise ServiceUnavailable(
                "Conversations cannot be kept in {path}: {error}.", path=path, error=str(error)
            ) from error
        yield AsyncSqliteSaver(connection)


@asynccontextmanager
async def _postgres(settings: Settings) -> "AsyncIterator[AsyncPostgresSaver]":
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool, PoolTimeout

    address = settings.database.replace("postgresql+psycopg://", "postgresql://", 1)
    wanted = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        address, kwargs=wanted, min_size=1, max_size=_POOL_SIZE, open=False
    )
    try:
        await pool.open(wait=True, timeout=10)
    except PoolTimeout as error:
        raise ServiceUnavailable("PostgreSQL does not let us keep conversations.") from error
    async with pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        yield saver


async def forget_older(saver: "BaseCheckpointSaver[Any]", thread: str) -> None:
    """Drop every checkpoint of a conversation but the latest."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    if not isinstance(saver, AsyncSqliteSaver):
        await saver.aprune([thread], strategy="keep_latest")
        return
    async with saver.lock:  # the saver for SQLite does not implement `aprune`
        for statement in _FORGET_OLDER:
            await saver.conn.execute(statement, {"thread": thread})
        await saver.conn.commit()
