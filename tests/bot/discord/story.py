"""The whole story in Discord, from the invite to the certificate, played by the peer's people.

The bot is the real one, in a process of its own with a worker beside it; the pictures are made by
the house model. Scene by scene, what people see is kept, so that it can be looked at:

    python -m tests.bot.discord.story docs/discord
"""

import asyncio
import io
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from tests.bot.discord.process import bot_process
from tests.peers.discord import (
    Answer,
    Channel,
    Hall,
    Message,
    Peer,
    Permission,
    Person,
    running_peer,
)
from tests.peers.discord.permissions import BOT
from tests.peers.discord.picking import names_of_buttons
from tests.peers.discord.rendering import Renderer, photograph

PATIENCE_S = 60.0
SETUP = BOT | Permission.MANAGE_ROLES | Permission.MANAGE_CHANNELS


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

        try:
            await self.peer.until(seen, PATIENCE_S)
        except TimeoutError:
            there = [f"{one.plain} {labels(one)}" for one in person.sees(channel)]
            raise AssertionError(f"not in {channel.name}, only: {there}") from None
        return seen()[-1]


def says(*words: str) -> Callable[[Message], bool]:
    """Whether a message says all of these words."""
    return lambda message: all(word in message.text for word in words)


def offers(label: str) -> Callable[[Message], bool]:
    """Whether a message has a button with this label."""
    return lambda message: label in labels(message)


def labels(message: Message) -> list[str]:
    """The buttons of a message."""
    return names_of_buttons(message.components)


async def play(peer: Peer, folder: Path) -> Story:
    """Play it; whatever does not come within a minute is an error."""
    hall = peer.add_guild("Mint Street", permissions=int(SETUP))
    story = Story(peer, hall)
    async with bot_process(peer, folder):
        await set_up(story)
        await _create(story)
        result = await _vote(story)
        request = await _propose(story, result)
        token = await _mint(story, request)
        await _prove(story, token)
    return story


async def answered(answer: Answer) -> Answer:
    await answer.peer.until(lambda: answer.is_done() and answer.text, PATIENCE_S)
    return answer


async def set_up(story: Story) -> None:
    """The owner sets the server up, and people come."""
    hall, general = story.hall, story.hall.text_channel("general")
    reed = story.people["reed"] = hall.owner
    answer = await answered(await reed.command(general, "setup"))
    await reed.press(answer.messages[0], "Create what is missing")
    story.keep("setup", "reed", await story.see(general, "reed", says("Everything is set up")))
    creator, operator = hall.role_named("Creator"), hall.role_named("Operator")
    for name, roles in (("wren", [creator]), ("sol", [creator]), ("moss", []), ("fern", [])):
        story.people[name] = hall.join(name, roles=roles)
    story.people["olga"] = hall.join("olga", roles=[operator])


async def _create(story: Story) -> None:
    """Two creators ask: one by a command, one in plain words."""
    wren, sol, studio = story.people["wren"], story.people["sol"], story.channel("studio")
    prompt = "a fox with a wizard hat in the forest"
    asked = await wren.command(studio, "create", prompt=prompt, count=4, seed="7")
    await story.peer.until(lambda: _progress(asked), PATIENCE_S)
    story.keep("progress", "wren", asked.messages[0])
    bot = story.peer.application.user
    await sol.say(studio, f"<@{bot.id}> make 2 crimson dragons with a crown, seed 41")
    await story.peer.until(lambda: offers("Vary 4")(asked.messages[0]), PATIENCE_S)
    story.keep("gallery", "wren", asked.messages[0])
    theirs = await story.see(
        studio, "sol", lambda m: offers("Vary 2")(m) and not offers("Vary 3")(m)
    )
    said = [
        one
        for one in sol.sees(studio)
        if one is not theirs and (one.author is sol.user or "crimson" in one.text)
    ]

    story.keep("talk", "sol", *said, theirs)
    remix = await wren.press(asked.messages[0], "Remix 1")
    assert remix.modal is not None
    story.pages["remix"] = Renderer(story.peer, wren).modal_page(remix.modal)


def _progress(asked: Answer) -> bool:
    """Whether an answer shows how far it is, with a preview of the pictures."""
    return bool(asked.messages) and bool(asked.messages[0].attachments) and "▰" in asked.text


async def _vote(story: Story) -> Message:
    """A round: reactions, a change of mind, a vote for oneself; returns the result."""
    people, gallery = story.people, story.channel("gallery")
    studio = story.channel("studio")
    await answered(
        await people["olga"].command(
            studio, "round open", title="First strike", minutes=30, quorum=2
        )
    )
    poll = await story.see(gallery, "moss", lambda m: len(m.reactions) == 6)
    of = _numbers_by_creator(poll.text)
    await people["moss"].react(poll, of["wren"])
    await people["fern"].react(poll, of["sol"])
    await people["wren"].react(poll, of["wren"])
    await story.peer.until(lambda: people["wren"].inbox, PATIENCE_S)
    story.keep("refused", "wren", people["wren"].inbox[-1])
    await people["wren"].react(poll, of["sol"])
    await people["moss"].react(poll, of["sol"])
    await story.peer.until(lambda: not people["moss"].has_reacted(poll, of["wren"]), PATIENCE_S)
    await story.peer.until(lambda: "3 people" in poll.text, PATIENCE_S)
    story.keep("round", "moss", poll)
    await answered(await people["olga"].command(studio, "round close"))
    result = await story.see(
        story.channel("results"), "sol", offers("Propose the winner for minting")
    )
    story.keep("result", "sol", result)
    return result


def _numbers_by_creator(text: str) -> dict[str, str]:
    """The emoji of the first picture of each creator, as a gallery's captions tell."""
    numbers: dict[str, str] = {}
    for number, creator in re.findall(r"\*\*(\d+)\*\* · .* by (\w+)", text):
        numbers.setdefault(creator, f"{number}\ufe0f\u20e3")
    return numbers


async def _propose(story: Story, result: Message) -> Message:
    """The winner is proposed, and words alone approve nothing; returns the request's card."""
    sol, olga, review = story.people["sol"], story.people["olga"], story.channel("review")
    await sol.press(result, "Propose the winner for minting")
    waiting = await story.see(review, "olga", offers("Approve exactly this"))
    story.keep("request", "olga", waiting)
    bot = story.peer.application.user
    await olga.say(review, f"<@{bot.id}> approve it")
    told = await story.see(review, "olga", lambda m: m is not waiting and m.author is bot)
    said = [one for one in olga.sees(review) if one.author is olga.user]
    story.keep("words", "olga", *said, told)
    looked = await answered(await olga.command(review, "review"))
    story.keep("review", "olga", looked.messages[0])
    return waiting


async def _mint(story: Story, request: Message) -> str:
    """Somebody else approves, and two chains mint; returns the id of a token."""
    await story.people["olga"].press(request, "Approve exactly this")
    minted = await story.see(story.channel("results"), "sol", says("is minted"))
    story.keep("minted", "sol", minted)
    return str(re.findall(r"\bt_\w{10}", minted.plain)[0])


async def _prove(story: Story, token: str) -> None:
    """The certificate, and the history of a copy that lost its metadata on the way."""
    sol, fern, studio = story.people["sol"], story.people["fern"], story.channel("studio")
    card = await answered(await sol.command(studio, "certificate", token=token))
    story.keep("certificate", "sol", *card.messages)
    pictures = [one for one in story.channel("results").messages.values() if one.attachments]
    copy = _without_its_texts(pictures[-1].attachments[0].data)
    found = await fern.say(studio, "where is this from?", files=copy)
    history = await answered(await fern.menu(found, "Show provenance"))
    story.keep("provenance", "fern", found, *history.messages)


def _without_its_texts(png: bytes) -> bytes:
    """The picture saved anew, as a site does that takes all metadata out."""
    target = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(target, "PNG")
    return target.getvalue()


async def main(target: Path) -> None:
    """Play the story, and photograph its scenes."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with running_peer() as peer:
            story = await play(peer, Path(folder) / "data")
    for scene, page in story.pages.items():
        photograph(page, target / f"{scene}.png")
        print(target / f"{scene}.png")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
