"""The whole story in Discord, from the invite to the certificate, played by the peer's people.

The bot is the real one, in a process of its own with a worker beside it; the pictures are made by
the house model. Scene by scene, what people see is kept, so that it can be looked at:

    python -m tests.bot.discord.story docs/discord
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot.discord.process import bot_process
from tests.peers.discord import Answer, Channel, Hall, Message, Peer, Person, running_peer
from tests.peers.discord.rendering import Renderer, photograph
from tests.peers.discord.state import components_in

PATIENCE_S = 90.0
BUTTON = 2


@dataclass
class Story:
    """The people, their places, and what was shown in each scene."""

    peer: Peer
    hall: Hall
    people: dict[str, Person] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)  # scene → an HTML page of what is seen

    def channel(self, name: str) -> Channel:
        """A channel that /setup made."""
        return self.hall.channel_named(name)

    def keep(self, scene: str, who: str, *messages: Message) -> None:
        """Keep what somebody sees of some messages."""
        channel = messages[0].channel.name
        viewer = self.people[who]
        self.pages[scene] = Renderer(self.peer, viewer).page(messages, channel=channel)

    async def see(self, channel: Channel, who: str, shows: Callable[[Message], object]) -> Message:
        """Wait until somebody sees a message of a kind; the newest of them."""
        person = self.people[who]

        def seen() -> list[Message]:
            return [one for one in person.sees(channel) if shows(one)]

        await self.peer.until(seen, PATIENCE_S)
        return seen()[-1]


def says(*words: str) -> Callable[[Message], bool]:
    """Whether a message says all of these words."""
    return lambda message: all(word in message.text for word in words)


def offers(label: str) -> Callable[[Message], bool]:
    """Whether a message has a button with this label."""
    return lambda message: label in labels(message)


def labels(message: Message) -> list[str]:
    """The buttons of a message."""
    return [str(one.get("label")) for one in components_in(message.components, {BUTTON})]


async def play(peer: Peer, folder: Path) -> Story:
    """Play it; whatever does not come within a minute and a half is an error."""
    hall = peer.add_guild("Mint Street", permissions=SETUP)
    story = Story(peer, hall)
    async with bot_process(peer, folder):
        await _set_up(story)
        await _create(story)
        winner = await _vote(story)
        request = await _propose(story, winner)
        await _mint(story, request)
        await _prove(story)
    return story


async def _set_up(story: Story) -> None:
    hall, general = story.hall, story.hall.text_channel("general")
    reed = story.people["reed"] = hall.owner
    answer = await _answered(await reed.command(general, "setup"))
    story.keep("setup", "reed", answer.messages[0])
    await reed.press(answer.messages[0], "Create what is missing")
    await story.peer.until(lambda: any(c.name == "review" for c in hall.channels), PATIENCE_S)
    await story.see(general, "reed", says("set up"))
    creator = hall.role_named("Creator")
    for name in ("wren", "sol"):
        story.people[name] = hall.join(name, roles=[creator])
    for name in ("moss", "fern"):
        story.people[name] = hall.join(name)
    story.people["olga"] = hall.join("olga", roles=[hall.role_named("Operator")])


async def _create(story: Story) -> None:
    wren, sol, studio = story.people["wren"], story.people["sol"], story.channel("studio")
    asked = await wren.command(
        studio, "create", prompt="a fox with a wizard hat in the forest", count=4, seed="7"
    )
    await sol.say(studio, f"{story.bot_mention} make 2 crimson dragons with a crown, seed 41")
    await story.peer.until(lambda: "shortlist" in asked.text, PATIENCE_S)
    story.keep("gallery", "wren", *asked.messages)
    theirs = await story.see(studio, "sol", lambda m: says("2 pictures", "shortlist")(m))
    story.keep("talk", "sol", theirs)
