"""`mintmark provenance`: the chain of records behind something, as a tree."""

import asyncio

from rich.console import Console

from bot.folder import has_database
from bot.logs import set_up_logs
from bot.presenters import present
from bot.scene import scene_of
from bot.terminal.screen import PrintedProgress, Screen
from bot.terminal.studio import enter
from tools.catalogue import open_studio
from tools.errors import NotFound
from tools.people import Role
from tools.settings import load_settings


def tell(subject: str, name: str, role: str, guild: str) -> None:
    """Print the history of the subject, as far as the person may see it.

    Raises:
        NotFound: if there is no such subject, or no data folder.
    """
    settings = load_settings()
    set_up_logs(settings.log_level)
    if not has_database(settings):
        raise NotFound(
            "There are no records in {data_dir}: is it the right data folder?",
            data_dir=settings.data_dir,
        )
    console = Console(highlight=False)
    with open_studio(settings) as studio:
        actor = enter(studio, name, Role(role), guild, "command line")
        output = asyncio.run(studio.door.acall("provenance", {"subject_id": subject}, actor))
        Screen(console, PrintedProgress(console)).show(present(output, scene_of(studio, actor)))
