"""`mintmark db upgrade`."""

import typer

from tools.provenance.database import Database
from tools.provenance.migrations.upgrade import revision, upgrade
from tools.settings import load_settings


def bring_up() -> None:
    """Run the migrations that are missing and say from where to where."""
    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        before, after = revision(database), upgrade(database)
    finally:
        database.close()
    if before == after:
        typer.echo(f"The database has the newest schema already, {after}.")
    else:
        typer.echo(f"The database went from schema {before or '(none)'} to {after}.")
