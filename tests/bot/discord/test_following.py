"""A message that shows how far some work is always comes to its end, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.discord import edits, resuming
from bot.discord.client import MintmarkClient
from tests.bot.discord.conftest import People, Running
from tests.peers.discord import Message, Peer
from tests.peers.discord.answers import Answer
from tools.catalogue import open_studio
from tools.community.tables import Post
from tools.generation import jobs
from tools.generation.tables import Job
from tools.settings import Settings
from tools.studio import Studio


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits in tests for what people hardly notice."""
    monkeypatch.setattr(edits, "EVERY_S", 0.1)
    monkeypatch.setattr(resuming, "EVERY_S", 0.1)


async def asked(people: People) -> tuple[Answer, Message]:
    """Wren asks for a picture; nobody makes it."""
    answer = await (await people.wren.command(people.studio, "create", prompt="a fox")).done()
    assert answer.message is not None
    return answer, answer.message


def job_in(studio: Studio) -> str:
    """The one job there is."""
    with studio.db.read() as session:
        return session.query(Job).one().id


def fail(studio: Studio) -> None:
    """The job ends."""
    jobs.fail(studio, job_in(studio), "the brushes are wet")


async def test_progress_is_shown_and_then_the_end(
    bot: MintmarkClient, people: People, peer: Peer, studio: Studio
) -> None:
    _, message = await asked(people)
    await peer.until(lambda: "waiting" in message.text)
    fail(studio)
    await peer.until(lambda: "the brushes are wet" in message.text)
    await bot.desk.settled()
    assert bot.posts.unfinished() == []


async def test_many_changes_are_few_edits(
    bot: MintmarkClient, people: People, peer: Peer, studio: Studio
) -> None:
    _, message = await asked(people)
    for thousandths in range(0, 1000, 50):
        with studio.db.write() as session:
            job = session.get_one(Job, job_in(studio)) if thousandths else session.query(Job).one()
            job.state, job.stage, job.progress = "running", "drawing", thousandths
        await asyncio.sleep(0.02)
    fail(studio)
    await peer.until(lambda: "the brushes are wet" in message.text)
    assert message.edits <= 8


@asynccontextmanager
async def killed(running: Running, settings: Settings) -> AsyncIterator[MintmarkClient]:
    """A bot that dies at the end of the block without a word, as by SIGKILL."""
    with open_studio(settings) as studio:
        async with running(studio) as client:
            yield client
            client.posts.done = lambda _: None  # type: ignore[method-assign]  # a dead process writes nothing
            for task in client.desk._following:
                task.cancel()


async def test_a_message_is_brought_to_its_end_by_the_process_that_comes_after(
    running: Running, people: People, peer: Peer, sqlite_settings: Settings
) -> None:
    async with killed(running, sqlite_settings):
        _, message = await asked(people)
    with open_studio(sqlite_settings) as studio:
        fail(studio)
        async with running(studio) as client:
            await peer.until(lambda: "the brushes are wet" in message.text)
            await asyncio.sleep(0.2)
            assert client.posts.unfinished() == []
    assert len(people.fern.sees(people.studio)) == 1


async def test_work_that_goes_on_is_followed_on(
    running: Running, people: People, peer: Peer, sqlite_settings: Settings
) -> None:
    async with killed(running, sqlite_settings):
        _, message = await asked(people)
    with open_studio(sqlite_settings) as studio:
        async with running(studio):
            edits_before = message.edits
            await peer.until(lambda: message.edits > edits_before)
            fail(studio)
            await peer.until(lambda: "the brushes are wet" in message.text)


async def test_a_live_process_keeps_its_messages(
    bot: MintmarkClient, running: Running, people: People, peer: Peer, sqlite_settings: Settings
) -> None:
    _, message = await asked(people)
    with open_studio(sqlite_settings) as second:
        async with running(second) as other:
            await asyncio.sleep(0.4)
            assert not other.desk._following
    fail(bot.studio)
    await peer.until(lambda: "the brushes are wet" in message.text)


async def test_a_job_whose_process_died_before_it_could_answer_is_answered(
    running: Running, people: People, peer: Peer, sqlite_settings: Settings
) -> None:
    async with killed(running, sqlite_settings):
        _, message = await asked(people)
    with open_studio(sqlite_settings) as studio:
        with studio.db.write() as session:
            session.query(Post).delete()
        peer.world.delete(message)
        async with running(studio):
            await peer.until(lambda: people.fern.sees(people.studio))
            fail(studio)
            await peer.until(
                lambda: "the brushes are wet" in people.fern.sees(people.studio)[-1].text
            )


@pytest.mark.parametrize("gone", ["message", "channel"])
async def test_the_end_reaches_the_person_when_the_message_is_gone(
    bot: MintmarkClient, people: People, peer: Peer, studio: Studio, gone: str
) -> None:
    _, message = await asked(people)
    people.hall.delete(message if gone == "message" else people.studio)
    fail(studio)
    await peer.until(lambda: any("brushes" in one.text for one in people.wren.inbox))
    await bot.desk.settled()
    assert bot.posts.unfinished() == []


async def test_with_closed_direct_messages_the_end_is_told_where_it_was_asked_for(
    bot: MintmarkClient, people: People, peer: Peer, studio: Studio
) -> None:
    _, message = await asked(people)
    people.wren.close_dms()
    people.hall.delete(message)
    fail(studio)
    await peer.until(
        lambda: any("brushes" in one.text for one in people.wren.sees(people.studio)), timeout=5
    )


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_the_end_is_shown_also_when_discord_is_ill_for_a_while(
    bot: MintmarkClient, people: People, peer: Peer, studio: Studio, status: int
) -> None:
    _, message = await asked(people)
    await asyncio.sleep(0.3)
    if status == 429:
        peer.faults.rate_limit("PATCH *", times=2, via=False)
    else:
        peer.faults.status("PATCH *", status, times=1)
    fail(studio)
    await peer.until(lambda: "the brushes are wet" in message.text)
