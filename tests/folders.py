"""Data folders for tests, with the schema in them: making it anew for each takes a while."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tools.provenance.database import Database
from tools.provenance.migrations.upgrade import bring_up_to_date
from tools.settings import load_settings


@cache
def _with_schema() -> Path:
    """A data folder whose database holds the schema and nothing else, made by the product."""
    folder = Path(tempfile.mkdtemp(prefix="mintmark-schema-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(load_settings(data_dir=folder).database)
    bring_up_to_date(database)
    database.close()
    return folder


def new_data_folder(folder: Path) -> Path:
    """A copy of it where there is none yet; the folder itself."""
    if not folder.exists():
        shutil.copytree(_with_schema(), folder)
    return folder
