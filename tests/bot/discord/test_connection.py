"""The connection breaks, comes back, comes back twice, or is another process's: nothing is lost."""

import asyncio
from collections import Counter

import pytest

from bot.discord import leases
from bot.discord.client import MintmarkClient
from tests.bot.discord.conftest import People, Running
from tests.peers.discord import Peer
from tools.catalogue import open_studio
from tools.errors import ConfigurationError
from tools.settings import Settings
from tools.studio import Studio


async def works(people: People) -> bool:
    """Whether a command is answered."""
    answer = await people.wren.command(people.studio, "models")
    return (await answer.done()).failed is None


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord lets one shard log in every five seconds; the peer does not mind."""

    async def nothing(*_: object, **__: object) -> None: ...

    monkeypatch.setattr(MintmarkClient, "before_identify_hook", nothing)


class Heard:
    """Counts what a client is told about its shards."""

    def __init__(self, client: MintmarkClient) -> None:
        self.events: Counter[str] = Counter()
        for name in ("held", "let_go", "caught_up", "shard_ready", "shard_resumed"):
            client.hear(name, self._counter(name))

    def _counter(self, name: str):  # type: ignore[no-untyped-def]  # a handler of any event
        async def count(*_: object) -> None:
            self.events[name] += 1

        return count


@pytest.mark.parametrize("trouble", ["drop", "reconnect", "invalid", "refused"])
async def test_a_broken_connection_comes_back_and_the_holder_looks_for_what_it_missed(
    bot: MintmarkClient, people: People, peer: Peer, trouble: str
) -> None:
    heard = Heard(bot)
    await peer.until(lambda: bot.leases.holds(0))
    match trouble:
        case "drop":
            await peer.gateway.drop(4000)
        case "reconnect":
            peer.gateway.ask_to_reconnect()
        case "invalid":
            peer.gateway.invalidate()
        case "refused":
            peer.gateway.refuse_resume()
            await peer.gateway.drop(4000)
    await peer.until(lambda: heard.events["caught_up"], timeout=15)
    assert await works(people)
    assert heard.events["held"] <= 1  # it has held the shard all the while
    assert not heard.events["let_go"]


async def test_what_happened_during_a_drop_is_answered_after_it(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    await peer.gateway.drop(4000)
    asked = asyncio.create_task(people.wren.command(people.studio, "models"))
    answer = await asked
    assert (await answer.done(5)).failed is None


async def test_a_second_process_stands_by_and_takes_over(
    running: Running,
    people: People,
    peer: Peer,
    sqlite_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leases, "RENEWED_EVERY_S", 0.1)
    with open_studio(sqlite_settings) as first, open_studio(sqlite_settings) as second:
        async with running(first) as one:
            await peer.until(lambda: one.handles(people.hall.id))
            async with running(second) as other:
                await asyncio.sleep(0.3)
                assert not other.handles(people.hall.id)
                await one.close()
                await peer.until(lambda: other.handles(people.hall.id))
                assert await works(people)


async def test_a_process_that_hears_nothing_leaves_its_shard_to_another(
    running: Running,
    people: People,
    peer: Peer,
    sqlite_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leases, "RENEWED_EVERY_S", 0.1)
    monkeypatch.setattr(leases, "LASTS_S", 0.5)
    with open_studio(sqlite_settings) as first, open_studio(sqlite_settings) as second:
        async with running(first) as one, running(second) as other:
            await peer.until(lambda: one.handles(people.hall.id))
            assert not other.handles(people.hall.id)
            one.dispatch("shard_disconnect", 0)
            await peer.until(lambda: other.handles(people.hall.id))


async def test_shards_share_the_guilds(
    running: Running,
    people: People,
    peer: Peer,
    studio: Studio,
) -> None:
    peer.shards = 3
    second = peer.add_guild("second", number=people.hall.id + (1 << 22))
    channel = second.text_channel("studio")
    olga = second.join("olga")
    async with running(studio) as client:
        assert client.shard_count == 3
        await peer.until(lambda: all(client.leases.holds(n) for n in range(3)))
        assert await works(people)
        answer = await (await olga.command(channel, "models")).done()
        assert answer.failed is None


async def test_answers_in_hand_are_finished_when_the_bot_stops(
    bot: MintmarkClient, people: People
) -> None:
    asked = asyncio.create_task(people.wren.command(people.studio, "gallery"))
    answer = await asked
    await bot.close()
    assert answer.is_done()
    assert answer.failed is None


async def test_a_revoked_token_ends_the_bot_with_a_sentence(
    bot: MintmarkClient, people: People, peer: Peer, studio: Studio
) -> None:
    from bot.discord.login import in_words

    other = MintmarkClient(studio, bot.desk._chat, bot.intents)
    with pytest.raises(ConfigurationError, match="does not accept the token"), in_words():
        await other.start("wrong")
    await other.close()
