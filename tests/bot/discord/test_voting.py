"""People vote by tapping numbers under the gallery of a round; each has one vote, whatever they tap.

Everything here goes over real sockets: discord.py against the local Discord.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.discord import rounds
from bot.discord.client import MintmarkClient
from tests.bot.discord.conftest import People, Running
from tests.bot.discord.polling import (
    Poll,
    ballots,
    closed,
    emoji,
    noted,
    open_round,
    pictures_of,
    signed_in,
    standing,
)
from tests.peers.discord import Peer
from tests.striking import striking_studio
from tools.people import Role
from tools.settings import Settings
from tools.studio import Studio

ONE, TWO, THREE = emoji(1), emoji(2), emoji(3)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at rounds often, so that tests need not wait."""
    monkeypatch.setattr(rounds, "LOOKS_EVERY_S", 0.05)
    monkeypatch.setattr(rounds, "EDITS_EVERY_S", 0.2)


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    """A studio in which pictures can be struck."""
    with striking_studio(sqlite_settings) as opened:
        yield opened


@pytest.fixture
async def poll(
    bot: MintmarkClient, peer: Peer, people: People, studio: Studio
) -> AsyncIterator[Poll]:
    """A round on three pictures of wren's, shown in the guild."""
    wren = signed_in(studio, people, people.wren, Role.CREATOR)
    candidates = await asyncio.to_thread(pictures_of, studio, wren, 3)
    poll = open_round(peer, people, studio, candidates)
    await poll.shown()
    yield poll


async def test_a_round_opened_anywhere_is_shown_with_its_numbers_to_tap(poll: Poll) -> None:
    (message,) = poll.messages
    assert message.channel is poll.people.studio
    assert list(message.reactions) == [ONE, TWO, THREE]
    assert len(message.attachments) == 3
    assert "The best" in message.text


async def test_a_tap_is_a_vote_and_another_number_moves_it(poll: Poll) -> None:
    (message,), moss = poll.messages, poll.people.moss
    await moss.react(message, ONE)
    await poll.until(lambda: standing(poll) == {"moss": 1})
    await moss.react(message, TWO)
    await poll.until(lambda: standing(poll) == {"moss": 2})
    await poll.until(lambda: moss.id not in poll.tapped(ONE))
    assert moss.id in poll.tapped(TWO)
    assert ballots(poll, "moss") == ["added", "changed"]


async def test_a_tap_taken_away_withdraws_the_vote(poll: Poll) -> None:
    (message,), moss = poll.messages, poll.people.moss
    await moss.react(message, ONE)
    await poll.until(lambda: standing(poll) == {"moss": 1})
    await moss.unreact(message, ONE)
    await poll.until(lambda: standing(poll) == {})
    assert ballots(poll, "moss") == ["added", "withdrawn"]
