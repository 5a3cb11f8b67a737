"""What is said for one purpose is said once, by whomever and however often it is tried."""

import asyncio

import pytest

from bot.discord.client import MintmarkClient
from bot.discord.posts import Owed, Posts
from bot.frontend import Message
from tests.bot.discord.conftest import People, Running
from tests.peers.discord import Peer
from tools.catalogue import open_studio
from tools.community.tables import Post
from tools.errors import NotFound
from tools.settings import Settings


async def say(client: MintmarkClient, people: People) -> Post | None:
    """Tell that a round is closed."""
    return await client.say_in(
        people.gallery.id,
        Message("The round is closed."),
        purpose="result:rnd_1",
        subject_id="rnd_1",
        guild=people.hall.id,
    )


async def test_many_tries_of_two_processes_make_one_message(
    bot: MintmarkClient, running: Running, people: People, sqlite_settings: Settings
) -> None:
    with open_studio(sqlite_settings) as second:
        async with running(second) as other:
            await asyncio.gather(*(say(c, people) for c in (bot, other, bot, other, bot)))
    assert len(people.moss.sees(people.gallery)) == 1
    post = bot.posts.of_purpose("result:rnd_1")
    assert post is not None
    assert post.state == "sent"
    assert int(post.message or 0) in people.gallery.messages


async def test_a_process_that_died_before_it_noted_the_message_leaves_one_message(
    running: Running,
    people: People,
    sqlite_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_studio(sqlite_settings) as first:
        async with running(first) as client:
            with monkeypatch.context() as dying:
                dying.setattr(Posts, "sent", lambda *_: 1 / 0)
                with pytest.raises(ZeroDivisionError):
                    await say(client, people)
    with open_studio(sqlite_settings) as second:
        async with running(second) as client:
            post = await say(client, people)
    assert post is not None
    assert post.state == "sent"
    assert len(people.moss.sees(people.gallery)) == 1


async def test_what_cannot_be_said_there_any_more_is_gone(
    bot: MintmarkClient, people: People
) -> None:
    people.hall.delete(people.gallery)
    with pytest.raises(NotFound):
        await say(bot, people)
    post, is_new = bot.posts.owe(Owed("result:rnd_1", "rnd_1", str(people.hall.id)))
    assert (post.state, is_new) == ("gone", False)


async def test_what_discord_is_too_ill_for_is_still_owed(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    fault = peer.faults.status("POST /channels/*", 503, times=2)
    await say(bot, people)
    assert fault.hits == 2
    assert len(people.moss.sees(people.gallery)) == 1
