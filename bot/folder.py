"""Whether there is a data folder to look into, for commands that must not make one."""

from sqlalchemy import make_url

from tools.provenance.database import sqlite_path
from tools.settings import Settings


def has_database(settings: Settings) -> bool:
    """Whether the database can be looked at without making it; one on a server counts as there."""
    path = sqlite_path(make_url(settings.database))
    return path is None or path.is_file()
