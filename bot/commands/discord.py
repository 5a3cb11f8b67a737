"""`mintmark discord`: the studio in Discord."""

import asyncio

from agents.chat import open_chat
from agents.workflows.workshop import Workshop
from bot.logs import set_up_logs
from bot.texts import words_for
from tools.catalogue import open_studio
from tools.settings import load_settings
from tools.studio import Studio


def open_discord() -> None:
    """Log in and serve until SIGTERM or Ctrl-C; durable work is done by worker processes."""
    from bot.discord.login import token_of

    settings = load_settings()
    set_up_logs(settings.log_level)
    token_of(settings)  # before anything that takes time
    with open_studio(settings) as studio, Workshop(studio, only_orders=True):
        asyncio.run(_serve(studio))


async def _serve(studio: Studio) -> None:
    from bot.discord.login import serve

    async with open_chat(studio, words_for) as chat:
        await serve(studio, chat, say=_say)


def _say(line: str) -> None:
    print(line, flush=True)
