"""Talking to the bot, in a channel, in private and in threads."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import func, select

from agents.chat import open_chat
from bot.discord.client import MintmarkClient
from bot.discord.invite import PRIVILEGED, intents
from bot.texts import words_for
from tests.bot.discord.conftest import People, Running
from tests.bot.discord.test_commands import known
from tests.peers.discord import Channel, Message, Peer
from tests.rows import add_mint_request
from tests.striking import striking_studio, struck
from tools.generation.tables import Candidate, Job
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.minting.tables import MintRequest
from tools.people import Role
from tools.provenance.tables import ToolCall
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.tables import Ballot

QUIET_S = 0.4  # long enough for an answer that should not come


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    """A studio in which pictures are struck without a model."""
    with striking_studio(sqlite_settings) as opened:
        yield opened


@pytest.fixture
async def bot(running: Running, studio: Studio) -> AsyncIterator[MintmarkClient]:
    """A bot on that studio."""
    async with running(studio) as client:
        yield client


def by_the_bot(where: Channel) -> list[Message]:
    """What the bot said in a channel."""
    return [
        one for one in where.messages.values() if one.author.bot and one.author.name != "parrot"
    ]


async def answered(peer: Peer, where: Channel, count: int = 1) -> list[Message]:
    """The bot's messages in a channel, once there are so many."""
    await peer.until(lambda: len(by_the_bot(where)) >= count)
    return by_the_bot(where)


def mention(bot: MintmarkClient) -> str:
    assert bot.user is not None
    return bot.user.mention


async def test_a_mention_is_answered_where_it_was_made_and_is_not_part_of_what_is_said(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    asked = await people.wren.say(people.studio, f"{mention(bot)} make 4 foxes")
    answer = (await answered(peer, people.studio))[0]
    assert "wren said: make 4 foxes" in answer.text
    assert answer.reference is asked


async def test_mentioning_the_bots_own_role_is_meant_for_it(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    role = people.hall.bot_role
    await people.wren.say(people.studio, f"<@&{role.id}> make 4 foxes")
    assert "wren said: make 4 foxes" in (await answered(peer, people.studio))[0].text


async def test_what_is_said_to_others_is_left_alone(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    await people.wren.say(people.studio, "make 4 foxes")
    await people.wren.say(people.studio, "@everyone make 4 foxes")
    await people.wren.say(people.studio, f"{people.moss.mention} make 4 foxes")
    await asyncio.sleep(QUIET_S)
    assert by_the_bot(people.studio) == []


async def test_a_reply_to_the_bot_goes_on_with_the_conversation(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    await people.wren.say(people.studio, f"{mention(bot)} hello")
    first = (await answered(peer, people.studio))[0]
    await people.wren.say(people.studio, "and two owls", reply_to=first)
    assert "and two owls" in (await answered(peer, people.studio, 2))[1].text


async def test_direct_messages_need_no_mention(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    await people.wren.say(people.wren.dm, "make 4 foxes")
    await peer.until(lambda: any("make 4 foxes" in one.text for one in people.wren.inbox))


async def test_in_a_thread_it_was_asked_in_everything_is_meant_for_it(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    thread = peer.world.open_thread(people.studio, "foxes", people.wren.user, None)
    await people.wren.say(thread, "nobody asked the bot yet")
    await people.wren.say(thread, f"{mention(bot)} hello")
    await answered(peer, thread)
    await people.wren.say(thread, "make 4 foxes")
    said = await answered(peer, thread, 2)
    assert [("make 4 foxes" in one.text) for one in said] == [False, True]


async def test_without_the_intent_it_says_once_how_to_go_on_in_a_thread(
    running: Running, studio: Studio, people: People, peer: Peer
) -> None:
    deaf = intents(*(one for one in PRIVILEGED if one.intent != "message_content"))
    async with running(studio, wanted=deaf) as client:
        thread = peer.world.open_thread(people.studio, "foxes", people.wren.user, None)
        await people.wren.say(thread, f"{mention(client)} hello")
        told = await answered(peer, thread, 2)
        assert "begin with my name" in told[1].text
        await people.wren.say(thread, f"{mention(client)} again")
        assert "again" in (await answered(peer, thread, 3))[2].text
        await asyncio.sleep(QUIET_S)
        assert len(by_the_bot(thread)) == 3


async def test_bots_are_not_answered(bot: MintmarkClient, people: People, peer: Peer) -> None:
    other = people.hall.join("parrot", bot=True)
    await other.say(people.studio, f"{mention(bot)} make 4 foxes")
    await asyncio.sleep(QUIET_S)
    assert by_the_bot(people.studio) == []


async def test_two_processes_answer_once(
    running: Running, studio: Studio, people: People, peer: Peer
) -> None:
    async with running(studio) as first, running(studio):
        for number in range(5):
            await people.wren.say(people.studio, f"{mention(first)} number {number}")
        await answered(peer, people.studio, 5)
        await asyncio.sleep(QUIET_S)
        assert len(by_the_bot(people.studio)) == 5


async def test_typing_is_shown_and_an_answer_does_not_need_it(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    typing = peer.faults.slow("POST /channels/*/typing", 5)
    await people.wren.say(people.studio, f"{mention(bot)} hello")
    assert "hello" in (await answered(peer, people.studio))[0].text
    assert typing.hits == 1


async def test_a_picture_is_a_question_where_it_comes_from(
    bot: MintmarkClient, people: People, peer: Peer, studio: Studio
) -> None:
    fox = struck(studio, known(studio, people.wren, people, Role.CREATOR))
    with studio.db.read() as session:
        cid = session.get_one(Candidate, fox).image_cid
    file = store_of(studio).path(Cid.parse(cid)).read_bytes()
    await people.moss.say(people.studio, f"{mention(bot)} where is this from?", files=file)
    answer = (await answered(peer, people.studio))[0]
    assert fox in answer.text.replace("\\", "")
    await people.moss.say(people.studio, f"{mention(bot)} remix this with a hat", files=file)
    second = (await answered(peer, people.studio, 2))[1]
    assert f"remix {fox} with a hat" in second.text.replace("\\", "")
    with studio.db.read() as session:
        ways = session.scalars(select(ToolCall.via).where(ToolCall.tool == "provenance")).all()
    assert set(ways) == {"text"}


async def test_the_agent_makes_pictures_for_whoever_asks_in_words(
    running: Running, studio: Studio, people: People, peer: Peer
) -> None:
    async with open_chat(studio) as chat, running(studio, chat=chat) as client:
        await people.wren.say(people.studio, f"{mention(client)} make 2 foxes with a crown, seed 7")
        await answered(peer, people.studio)
        with studio.db.read() as session:
            job = session.scalars(select(Job)).one()
        assert (job.channel, job.front_end) == (str(people.studio.id), "discord")


async def test_without_a_language_model_the_agent_answers_in_the_language_of_the_server(
    running: Running, studio: Studio, people: People, peer: Peer
) -> None:
    people.hall.guild.locale = "de"
    async with open_chat(studio, words_for) as chat, running(studio, chat=chat) as client:
        await people.wren.say(people.studio, f"{mention(client)} make 2 foxes, seed 7")
        await answered(peer, people.studio)
        await people.moss.say(people.studio, f"{mention(client)} ein Fuchs bitte")
        await peer.until(lambda: any("Fuchs" in one.text for one in by_the_bot(people.studio)))
        made, *others = [one.text for one in by_the_bot(people.studio)]
    strange = next(text for text in others if "Fuchs" in text)
    with studio.db.read() as session:
        job = session.scalars(select(Job)).one()
    assert "Ich lasse 2 Bilder für" in made
    assert job.id in made.replace("\\", "")
    assert strange.startswith("„ein Fuchs bitte“ habe ich nicht verstanden. Sag „Hilfe“")
    assert "Ich verstehe nur englische Sätze" in strange


@pytest.mark.parametrize(
    "words", ["approve {m}", "please approve the mint {m} now", "/approve {m}"]
)
async def test_words_never_approve_whoever_says_them(
    running: Running, studio: Studio, people: People, peer: Peer, words: str
) -> None:
    wren = known(studio, people.wren, people, Role.CREATOR)
    reed = known(studio, people.reed, people, Role.OPERATOR)
    request = add_mint_request(studio, wren, reed, state="pending")
    async with open_chat(studio) as chat, running(studio, chat=chat) as client:
        await people.reed.say(people.studio, f"{mention(client)} {words.format(m=request)}")
        await people.reed.say(people.studio, f"{mention(client)} vote for number 1")
        await answered(peer, people.studio, 2)
    with studio.db.read() as session:
        assert session.get_one(MintRequest, request).state == "pending"
        assert session.scalar(select(func.count()).select_from(Ballot)) == 0
