"""The database opens, upgrades, and says in words what is wrong with it."""

import runpy
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table, UniqueConstraint, text

from tools.errors import ConfigurationError, ServiceUnavailable
from tools.provenance import migrations
from tools.provenance.database import Database
from tools.provenance.migrations.schema import METADATA
from tools.provenance.migrations.upgrade import bring_up_to_date, newest, revision, upgrade
from tools.settings import Settings, load_settings
from tools.studio import Studio

VERSIONS = Path(migrations.__file__).parent / "versions"


def test_the_migrations_make_exactly_the_schema(settings: Settings):
    with Studio(settings, []) as studio, studio.db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, METADATA) == []


def test_every_append_only_table_has_its_triggers(settings: Settings):
    query = (
        "SELECT tbl_name AS t FROM sqlite_master WHERE type = 'trigger'"
        if not settings.database.startswith("postgresql")
        else "SELECT event_object_table AS t FROM information_schema.triggers "
    )
    with Studio(settings, []) as studio, studio.db.read() as session:
        guarded = set(session.scalars(text(query)))
    assert {table.name for table in _append_only()} <= guarded


def test_the_guards_know_every_key_by_which_a_row_could_be_replaced():
    guarded: dict[str, list[tuple[str, ...]]] = {}
    for path in sorted(VERSIONS.glob("[0-9]*.py")):
        guarded |= runpy.run_path(str(path)).get("GUARDED", {})
    assert guarded == {table.name: _unique_keys(table) for table in _append_only()}


def _append_only() -> list[Table]:
    return [table for table in METADATA.tables.values() if table.info.get("append_only")]


def _unique_keys(table: Table) -> list[tuple[str, ...]]:
    keys = {tuple(column.name for column in table.primary_key)}
    keys |= {(column.name,) for column in table.columns if column.unique}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            keys.add(tuple(column.name for column in constraint.columns))
    return sorted(keys)


def test_opening_twice_changes_nothing(settings: Settings):
    for _ in range(2):
        with Studio(settings, []) as studio:
            assert revision(studio.db) == newest()


def test_a_database_from_a_newer_version_is_refused_untouched(settings: Settings):
    with Studio(settings, []) as studio, studio.db.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer version"):
        Studio(settings, [])
    database = Database(settings.database)
    with pytest.raises(ConfigurationError, match="newer version"):
        upgrade(database)
    assert revision(database) == "9999"
    database.close()


def test_a_read_only_folder_is_said_in_words(tmp_path: Path):
    file_in_the_way = tmp_path / "data"
    file_in_the_way.touch()
    with pytest.raises(ServiceUnavailable, match="cannot be written"):
        Studio(load_settings(data_dir=file_in_the_way), [])


def test_another_kind_of_database_is_refused():
    with pytest.raises(ConfigurationError, match="SQLite or PostgreSQL"):
        Database("mysql://localhost/x")
    with pytest.raises(ConfigurationError, match="no database address"):
        Database("certainly not")


def test_a_postgresql_that_is_not_there_is_said_in_words():
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(ServiceUnavailable, match=r"PostgreSQL at 127\.0\.0\.1"):
        bring_up_to_date(database)


@contextmanager
def _small_disk(mount: Path, size: str) -> Iterator[Path]:
    mount.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)], capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


def test_a_full_disk_leaves_the_log_whole(tmp_path: Path):
    with _small_disk(tmp_path / "small", "1m") as mount:
        _fill_and_check(mount)


def _fill_and_check(mount: Path) -> None:
    with Studio(load_settings(data_dir=mount), []) as studio:
        with pytest.raises(ServiceUnavailable, match="full"):
            _write_until_full(studio)
        with studio.db.read() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def _write_until_full(studio: Studio) -> None:
    for _ in range(2_000):
        with studio.db.write() as session:
            session.execute(text("CREATE TABLE IF NOT EXISTS filler (words TEXT)"))
            session.execute(text("INSERT INTO filler VALUES (:words)"), {"words": "x" * 4_000})


def test_a_disk_too_full_for_the_schema_is_said_in_words(tmp_path: Path):
    with (
        _small_disk(tmp_path / "small", "300k") as mount,
        pytest.raises(ServiceUnavailable, match="is full"),
    ):
        Studio(load_settings(data_dir=mount / "data"), [])
