"""`mintmark studio`: one person at this terminal."""

import asyncio

from rich.console import Console

from agents.chat import open_chat
from agents.workflows.workshop import Workshop
from bot.logs import set_up_logs
from bot.terminal import studio as terminal
from bot.texts import words_for
from tools.catalogue import open_studio
from tools.people import Actor, Role
from tools.settings import load_settings
from tools.studio import Studio


def open_terminal(name: str, role: str, guild: str, channel: str) -> None:
    """Serve the person until they leave; durable work goes on in this process meanwhile."""
    settings = load_settings()
    set_up_logs(settings.log_level)
    with open_studio(settings) as studio, Workshop(studio):
        actor = terminal.enter(studio, name, Role(role), guild, channel)
        asyncio.run(_serve(studio, actor))


async def _serve(studio: Studio, actor: Actor) -> None:
    async with open_chat(studio, words_for) as chat:
        await terminal.run(studio, actor, chat, Console(highlight=False))
