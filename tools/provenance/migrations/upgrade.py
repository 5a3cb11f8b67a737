"""Bringing a database to the schema of this program."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from tools.errors import ConfigurationError
from tools.provenance.database import Database

_UPGRADES = 0x55504752  # the key of PostgreSQL's advisory lock: "UPGR"


def bring_up_to_date(database: Database) -> None:
    """Create the schema in an empty database; leave a current one as it is.

    Raises:
        ConfigurationError: if the database is newer, or older (an operator upgrades it).
    """
    found = revision(database)
    if found == newest():
        return
    if found is not None:
        _refuse_newer(found)
        raise ConfigurationError(
            "The database has schema {found}, this program needs {needed}: make a "
            "backup, then run `mintmark db upgrade`.",
            found=found,
            needed=newest(),
        )
    upgrade(database)


def upgrade(database: Database) -> str:
    """Run every migration that is missing; returns the schema's revision.

    Raises:
        ConfigurationError: if the database was made by a newer program.
    """
    with database.migrating() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADES})
        found = _revision(connection)
        if found is not None:
            _refuse_newer(found)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return newest()


def revision(database: Database) -> str | None:
    """The schema's revision as the database has it; None if it is empty."""
    with database.read() as session:
        return _revision(session.connection())


@cache
def newest() -> str:
    """The revision that this program needs."""
    head = _scripts().get_current_head()
    assert head is not None  # the program ships its migrations
    return head


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(found: str) -> None:
    if found not in {script.revision for script in _scripts().walk_revisions()}:
        raise ConfigurationError(
            "The database has schema {found}, which this program does not know: it was "
            "made by a newer version. Update the program; nothing was changed.",
            found=found,
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
