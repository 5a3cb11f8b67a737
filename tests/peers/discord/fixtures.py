"""Fixtures that tests of the peer share: a peer, a guild, a channel, a person, a bot."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.peers.discord import Channel, Hall, Peer, Person, running_peer
from tests.peers.discord.raw import Raw
from tests.peers.discord.small_bot import SmallBot, running_bot


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """A fresh peer."""
    async with running_peer() as peer:
        yield peer


@pytest.fixture
def hall(peer: Peer) -> Hall:
    """A guild with the bot in it."""
    return peer.add_guild("hall")


@pytest.fixture
def studio(hall: Hall) -> Channel:
    """A text channel that everybody sees."""
    return hall.text_channel("studio")


@pytest.fixture
def ada(hall: Hall) -> Person:
    """A member."""
    return hall.join("ada")


@pytest.fixture
async def bot(peer: Peer, studio: Channel, ada: Person) -> AsyncIterator[SmallBot]:
    """A real discord.py bot, ready."""
    async with running_bot(peer) as bot:
        yield bot


@pytest.fixture
async def raw(peer: Peer) -> AsyncIterator[Raw]:
    """A client for requests that no library would send."""
    async with aiohttp.ClientSession() as http:
        yield Raw(peer, http)
