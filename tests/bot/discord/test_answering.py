"""Whatever somebody does is acknowledged first, done exactly once, and answered in words."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.discord import acknowledging
from bot.discord import people as signing
from bot.discord.client import MintmarkClient
from bot.discord.posts import Owed
from bot.discord.saying import say_once
from bot.frontend import Button, Message
from tests.bot.discord.conftest import People, Running
from tests.peers.discord import Peer, errors
from tools.catalogue import open_studio
from tools.provenance.tables import ToolCall
from tools.settings import Settings
from tools.studio import Studio

CALLBACK = "POST /interactions/*/*/callback"


def calls_of(studio: Studio, tool: str) -> int:
    """How often a tool was called."""
    with studio.db.read() as session:
        found = select(func.count()).select_from(ToolCall).filter_by(tool=tool)
        return session.scalar(found) or 0


async def test_a_public_command_is_announced_and_then_filled_in(
    bot: MintmarkClient, people: People
) -> None:
    answer = await (await people.moss.command(people.studio, "gallery")).done()
    assert answer.deferred
    assert not answer.ephemeral
    assert answer.acked_after is not None
    assert answer.acked_after < 1
    assert "picture" in answer.text.lower()
    assert answer.message in people.fern.sees(people.studio)


async def test_a_private_command_is_seen_by_one_person(bot: MintmarkClient, people: People) -> None:
    answer = await (await people.wren.command(people.studio, "models")).done()
    assert answer.ephemeral
    assert answer.message not in people.fern.sees(people.studio)


async def test_a_mistake_in_public_is_told_to_the_person_alone(
    bot: MintmarkClient, people: People
) -> None:
    before = people.fern.sees(people.studio)
    answer = await people.wren.command(people.studio, "show", picture="c_nothing000")
    await people.hall.peer.until(lambda: answer.followups)
    assert answer.followups[0].ephemeral
    assert "There is no candidate" in answer.text
    assert people.fern.sees(people.studio) == before


@pytest.mark.parametrize("trouble", ["unknown", "lost", "cut", "ill", "limited"])
async def test_a_failed_acknowledgement_loses_nothing_and_doubles_nothing(
    bot: MintmarkClient, people: People, peer: Peer, studio: Studio, trouble: str
) -> None:
    match trouble:
        case "unknown":
            peer.faults.refuse(CALLBACK, errors.unknown_interaction())
        case "lost":
            peer.faults.lose_answer(CALLBACK)
        case "cut":
            peer.faults.cut(CALLBACK)
        case "ill":
            peer.faults.status(CALLBACK, 503)
        case "limited":
            peer.faults.rate_limit(CALLBACK, via=False)
    doing = asyncio.create_task(people.wren.command(people.studio, "create", prompt="a fox"))
    await peer.until(lambda: "a fox" in _public_text(people) or "Job" in _public_text(people))
    assert calls_of(studio, "create") == 1
    doing.cancel()


def _public_text(people: People) -> str:
    return "\n".join(message.text for message in people.fern.sees(people.studio))


async def test_what_was_not_acknowledged_is_answered_by_the_bots_own_right(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    peer.faults.refuse(CALLBACK, errors.unknown_interaction(), times=2)
    public = asyncio.create_task(people.moss.command(people.studio, "gallery"))
    await peer.until(lambda: "picture" in _public_text(people).lower())
    private = asyncio.create_task(people.moss.command(people.studio, "rules"))
    await peer.until(lambda: any("roles" in message.text for message in people.moss.inbox))
    assert "roles" not in _public_text(people)
    public.cancel()
    private.cancel()


async def test_of_two_processes_one_answers(
    bot: MintmarkClient, people: People, running: Running, sqlite_settings: Settings
) -> None:
    with open_studio(sqlite_settings) as second:
        async with running(second):
            wishes = [
                people.wren.command(people.studio, "create", prompt=f"a fox number {n}")
                for n in range(5)
            ]
            answers = await asyncio.gather(*wishes)
            await asyncio.gather(*(answer.done() for answer in answers))
            await asyncio.sleep(0.3)
    assert calls_of(bot.studio, "create") == 5
    assert all(len(answer.messages) <= 2 for answer in answers)  # one may tell who the bot is


async def test_a_process_that_died_after_acknowledging_leaves_the_answer_to_the_other(
    bot: MintmarkClient,
    people: People,
    peer: Peer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    peer.faults.refuse(CALLBACK, errors.already_acknowledged())
    doing = asyncio.create_task(people.moss.command(people.studio, "gallery"))
    await peer.until(lambda: "picture" in _public_text(people).lower())
    doing.cancel()


async def test_an_acknowledgement_that_hangs_is_not_waited_for_for_long(
    bot: MintmarkClient, people: People, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acknowledging, "ACKNOWLEDGED_WITHIN_S", 0.2)
    peer.faults.slow(CALLBACK, 30)
    doing = asyncio.create_task(people.moss.command(people.studio, "gallery"))
    await peer.until(lambda: "picture" in _public_text(people).lower(), timeout=3)
    doing.cancel()


async def test_after_fifteen_minutes_the_bot_edits_by_its_own_right(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    answer = await (await people.wren.command(people.studio, "create", prompt="a fox")).done()
    peer.clock.advance(16 * 60)
    message = answer.message
    assert message is not None
    await people.wren.press(message, "Cancel")
    await peer.until(lambda: "cancelled" in message.text)


async def test_the_words_alone_are_shown_where_discord_does_not_take_the_card(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    refused = errors.DiscordError(400, 50035, "Invalid Form Body")
    peer.faults.refuse("PATCH /webhooks/*", refused)
    peer.faults.refuse("POST /webhooks/*", refused)
    peer.faults.refuse("POST /channels/*", refused, times=2)
    answer = await people.wren.command(people.studio, "create", prompt="a fox")
    await peer.until(lambda: "Making" in answer.text or "Job" in _public_text(people))


async def test_people_are_told_once_that_this_is_a_bot(bot: MintmarkClient, people: People) -> None:
    first = await people.moss.command(people.studio, "gallery")
    await people.hall.peer.until(lambda: first.followups)
    assert "made by AI" in first.followups[0].text
    assert first.followups[0].ephemeral
    second = await (await people.moss.command(people.studio, "gallery")).done()
    await asyncio.sleep(0.2)
    assert not second.followups


async def test_a_fault_inside_is_told_in_words(
    bot: MintmarkClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a mistake in the code")

    monkeypatch.setattr(bot.studio.door, "acall", broken)
    answer = await people.moss.command(people.studio, "gallery")
    await people.hall.peer.until(lambda: answer.followups)
    assert "went wrong" in answer.text
    assert "RuntimeError" not in answer.text


async def test_someone_in_direct_messages_acts_in_the_guild_they_share_with_the_bot(
    bot: MintmarkClient, people: People
) -> None:
    answer = await (await people.wren.command(people.wren.dm, "models")).done()
    assert "house" in answer.text
    with bot.studio.db.read() as session:
        guild = session.scalar(select(ToolCall.guild).filter_by(tool="models"))
    assert guild == str(people.hall.id)


async def test_someone_with_several_guilds_is_asked_once_in_which_they_act(
    running: Running, studio: Studio, people: People, peer: Peer
) -> None:
    other = peer.add_guild("workshop")
    other.join(people.wren)
    async with running(studio):
        for channel in (people.studio, other.text_channel("workshop")):
            await (await people.wren.command(channel, "models")).done()
        asked = await (await people.wren.command(people.wren.dm, "models")).done()
        assert asked.message is not None
        assert set(asked.message.labels) == {"hall", "workshop"}
        await (await people.wren.press(asked.message, "workshop")).done()
        answer = await (await people.wren.command(people.wren.dm, "models")).done()
        assert "house" in answer.text
    with studio.db.read() as session:
        last = session.scalars(select(ToolCall).order_by(ToolCall.created_at.desc())).first()
    assert last is not None
    assert last.guild == str(other.id)


async def test_a_button_in_direct_messages_acts_in_the_guild_that_its_message_is_about(
    running: Running, studio: Studio, people: People, peer: Peer
) -> None:
    wren, other = people.wren, peer.add_guild("workshop")
    other.join(wren)
    async with running(studio) as client:
        for channel in (people.studio, other.text_channel("workshop")):
            await (await wren.command(channel, "models")).done()
        known = await asyncio.to_thread(signing.known, studio, wren.id, people.hall.id, 0)
        assert known is not None
        buttons = (Button("Show them", "rules"), Button("Search", "audit", asks="tool"))
        owed = Owed("told:1", "1", str(people.hall.id), person_id=known.person_id)
        await say_once(client, owed, Message("There are rules", buttons=buttons))
        (about,) = [message for message in wren.inbox if "There are rules" in message.text]
        used = await (await wren.command(wren.dm, "models")).done()
        await (await wren.press(used.messages[0], "workshop")).done()  # is the last used now
        await (await wren.press(about, "Show them")).done()
        assert guilds_of(studio, "rules") == [str(other.id), str(people.hall.id)]
        await (await wren.press(used.messages[0], "workshop")).done()
        window = await wren.press(about, "Search")
        await (await wren.submit(window, {"words": "vote"})).done()
        assert guilds_of(studio, "audit") == [str(people.hall.id)]


def guilds_of(studio: Studio, tool: str) -> list[str]:
    """The guilds in which a tool was called, in the order of the calls."""
    with studio.db.read() as session:
        found = select(ToolCall.guild).filter_by(tool=tool).order_by(ToolCall.id)
        return list(session.scalars(found))


async def test_a_stranger_in_direct_messages_is_told_where_to_go(
    bot: MintmarkClient, peer: Peer, people: People
) -> None:
    olga = peer.person("olga")
    answer = await (await olga.command(olga.dm, "models")).done()
    assert "share no server" in answer.text
