"""A local Discord, its people, and the bot logged in to it, all in one event loop.

hall      the guild: channels studio, gallery, review; wren and sol create, moss and fern are
          members, reed runs it
running   starts a bot on a studio; several may run at once, as during a deploy
bot       one that runs, on a studio without workers
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest

from agents.events import ChatEvent, Said
from bot.desk import Chat
from bot.discord.client import MintmarkClient
from bot.discord.invite import PRIVILEGED, intents
from tests.peers.discord import Channel, Hall, Peer, Permission, Person, running_peer
from tests.peers.discord.pointing import pointed_at
from tests.peers.discord.state import Role
from tools.catalogue import open_studio
from tools.people import Actor
from tools.settings import Settings, load_settings
from tools.studio import Studio


class Echo:
    """A chat agent that says what it heard, and for whom."""

    async def say(self, actor: Actor, text: str) -> AsyncIterator[ChatEvent]:
        yield Said(f"{actor.name} said: {text}")


@dataclass
class People:
    """The guild of the tests, and who is in it."""

    hall: Hall
    studio: Channel
    gallery: Channel
    review: Channel
    creator: Role
    wren: Person
    sol: Person
    moss: Person
    fern: Person
    reed: Person


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """The local Discord."""
    async with running_peer() as peer:
        with pointed_at(peer):
            yield peer


@pytest.fixture
def people(peer: Peer) -> People:
    """A guild with two creators, two members and an operator."""
    hall = peer.add_guild("hall")
    creator = hall.role("creator")
    operator = hall.role("operator", int(Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES))
    return People(
        hall=hall,
        studio=hall.text_channel("studio"),
        gallery=hall.text_channel("gallery"),
        review=hall.text_channel("review", hidden=True),
        creator=creator,
        wren=hall.join("wren", roles=[creator]),
        sol=hall.join("sol", roles=[creator]),
        moss=hall.join("moss"),
        fern=hall.join("fern"),
        reed=hall.join("reed", roles=[operator]),
    )


@pytest.fixture
def hall(people: People) -> Hall:
    """The guild."""
    return people.hall


@pytest.fixture(scope="session")
def fresh_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that a studio was opened in once: copied, it opens at once."""
    folder = tmp_path_factory.mktemp("fresh") / "data"
    with open_studio(load_settings(data_dir=folder)):
        pass
    return folder


@pytest.fixture
def sqlite_settings(tmp_path: Path, fresh_folder: Path) -> Settings:
    """Settings on a data folder of its own."""
    shutil.copytree(fresh_folder, tmp_path / "data")
    return load_settings(data_dir=tmp_path / "data")


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    """A studio with every tool, and no workflows running."""
    with open_studio(sqlite_settings) as opened:
        yield opened


@asynccontextmanager
async def running_bot(
    peer: Peer, studio: Studio, chat: Chat | None = None, wanted: discord.Intents | None = None
) -> AsyncIterator[MintmarkClient]:
    """A bot on a studio, logged in to a peer; it is ready and holds its shard, if that is free."""
    hears = wanted or intents(*PRIVILEGED)
    client = MintmarkClient(studio, chat or Echo(), hears, ready_after_s=0.05)
    ready = asyncio.Event()

    async def is_ready(*_: Any) -> None:
        ready.set()

    client.hear("ready", is_ready)
    running = asyncio.create_task(client.start(peer.token))
    try:
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({running, waiting}, timeout=10, return_when="FIRST_COMPLETED")
        if running.done():
            running.result()
        assert ready.is_set(), "the bot did not become ready"
        yield client
    finally:
        waiting.cancel()
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


Running = Callable[..., AbstractAsyncContextManager[MintmarkClient]]


@pytest.fixture
def running(peer: Peer, people: People) -> Running:
    """Runs a bot: `async with running(studio) as client:`."""

    def run(studio: Studio, **options: Any) -> AbstractAsyncContextManager[MintmarkClient]:
        return running_bot(peer, studio, **options)

    return run


@pytest.fixture
async def bot(running: Running, studio: Studio) -> AsyncIterator[MintmarkClient]:
    """A bot that runs, on a studio without workers."""
    async with running(studio) as client:
        yield client
