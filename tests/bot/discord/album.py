"""Photographs of what the story does not show: lists, rules, help, errors, many pictures.

As in the story, the bot is the real one and the pictures are made by the house model:

    python -m tests.bot.discord.album <folder>
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bot.discord.process import bot_process
from tests.bot.discord.story import PATIENCE_S, SETUP, Story, answered, offers, says, set_up
from tests.peers.discord import Answer, Peer, running_peer
from tests.peers.discord.rendering import photograph

QUESTIONS = ("queue", "quota", "models", "collection", "rules", "help", "leaderboard", "mine")


async def play(peer: Peer, folder: Path) -> Story:
    """Ask for all of it."""
    hall = peer.add_guild("Mint Street", permissions=int(SETUP))
    story = Story(peer, hall)
    async with bot_process(peer, folder):
        await set_up(story)
        await _pictures(story)
        await _round(story)
        for name in QUESTIONS:
            await _ask(story, "wren", name)
        await _ask(story, "olga", "audit")
        await _ask(story, "wren", "certificate", token="t_0000000000")
        await _ask(story, "moss", "create", prompt="a fox")
        await _ask(story, "olga", "open_bracket", title="Autumn")
    return story


async def _pictures(story: Story) -> None:
    """Many at once; one in full; one made larger."""
    wren, studio = story.people["wren"], story.channel("studio")
    many = await wren.command(studio, "create", prompt="an owl in the snow", count=6)
    await story.peer.until(lambda: offers("More 6")(many.messages[0]), 2 * PATIENCE_S)
    story.keep("many", "wren", many.messages[0])
    one = await answered(await wren.press(many.messages[0], "More 2"))
    story.keep("one", "wren", one.messages[0])
    larger = await wren.press(one.messages[0], "Upscale")
    await story.peer.until(lambda: larger.is_done() and "pixels" in larger.text, PATIENCE_S)
    story.keep("larger", "wren", larger.messages[0])


async def _round(story: Story) -> None:
    """A round whose counts are hidden, and a vote in it."""
    olga, moss, gallery = story.people["olga"], story.people["moss"], story.channel("gallery")
    studio = story.channel("studio")
    opened = await answered(
        await olga.command(studio, "round open", title="In secret", minutes=30, hidden=True)
    )
    story.keep("opened", "olga", opened.messages[0])
    poll = await story.see(gallery, "moss", says("In secret"))
    story.keep("hidden", "moss", poll)
    where = await answered(await moss.press(poll, "Where is my vote?"))
    story.keep("where", "moss", where.messages[0])


async def _ask(story: Story, who: str, command: str, **options: Any) -> None:
    name = {"open_bracket": "round bracket"}.get(command, command)
    try:
        answer: Answer = await answered(
            await story.people[who].command(story.channel("studio"), name, **options)
        )
    except Exception as error:  # the album goes on without the page, and says which
        print(f"{command}: {error!r}")
        return
    story.keep(command, who, *answer.messages)


async def main(target: Path) -> None:
    """Ask for everything, and photograph it."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with running_peer() as peer:
            story = await play(peer, Path(folder) / "data")
    for scene, page in story.pages.items():
        photograph(page, target / f"{scene}.png")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
