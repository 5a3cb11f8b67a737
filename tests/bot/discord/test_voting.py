"""People vote by tapping numbers under a gallery; each has one vote, whatever they tap.

Everything here goes over real sockets: discord.py against the local Discord.
"""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.discord import announcements
from bot.discord.client import MintmarkClient
from bot.discord.votes import galleries, reconciling, tidying, whispers
from tests.bot.discord.conftest import People, Running
from tests.bot.discord.polling import (
    Poll,
    ballots,
    closed,
    emoji,
    noted,
    open_round,
    pictures_of,
    set_rule,
    signed_in,
    standing,
    strike_pictures,
)
from tests.peers.discord import Message, Peer
from tools.catalogue import open_studio
from tools.community.tables import Reaction
from tools.people import Role
from tools.provenance.tables import now
from tools.settings import load_settings
from tools.studio import Studio
from tools.voting.tables import Round
from tools.voting.tally import is_compared

ONE, TWO, THREE = emoji(1), emoji(2), emoji(3)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, so that tests need not wait."""
    monkeypatch.setattr(galleries, "LOOKS_EVERY_S", 0.05)
    monkeypatch.setattr(galleries, "EDITS_EVERY_S", 0.2)
    monkeypatch.setattr(reconciling, "LOOKS_EVERY_S", 0.05)
    monkeypatch.setattr(tidying, "LOOKS_EVERY_S", 0.05)
    monkeypatch.setattr(announcements, "LOOKS_EVERY_S", 0.05)


@pytest.fixture(scope="module")
def fresh_folder(fresh_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with twelve pictures of wren's, made once."""
    folder = tmp_path_factory.mktemp("struck") / "data"
    shutil.copytree(fresh_folder, folder)
    strike_pictures(load_settings(data_dir=folder), 12)
    return folder


@pytest.fixture
def candidates(studio: Studio, people: People) -> list[str]:
    """Twelve pictures of wren's."""
    return pictures_of(studio, people.wren)


@pytest.fixture
async def poll(
    bot: MintmarkClient, peer: Peer, people: People, studio: Studio, candidates: list[str]
) -> Poll:
    """A round on three pictures of wren's, shown in the guild."""
    poll = open_round(peer, people, studio, candidates[:3])
    await poll.shown()
    return poll


async def test_a_round_opened_anywhere_is_shown_with_its_numbers_to_tap(poll: Poll) -> None:
    (message,) = poll.messages
    assert message.channel is poll.people.studio
    assert list(message.reactions) == [ONE, TWO, THREE]
    assert len(message.attachments) == 3
    assert "The best" in message.text


async def test_a_tap_votes_another_moves_the_vote_and_taking_it_away_withdraws(poll: Poll) -> None:
    (message,), moss = poll.messages, poll.people.moss
    await moss.react(message, ONE)
    await poll.until(lambda: standing(poll) == {"moss": 1})
    await moss.react(message, TWO)
    await poll.until(lambda: standing(poll) == {"moss": 2})
    await poll.until(lambda: moss.id not in poll.tapped(ONE))
    assert moss.id in poll.tapped(TWO)
    await poll.until(lambda: "1 vote" in message.text)
    await moss.unreact(message, TWO)
    await poll.until(lambda: standing(poll) == {})
    assert ballots(poll, "moss") == ["added", "changed", "withdrawn"]
    assert message.edits < 8
    assert len(message.attachments) == 3


async def test_rapid_taps_end_in_the_last_of_them(poll: Poll) -> None:
    (message,), moss, fern = poll.messages, poll.people.moss, poll.people.fern
    for number in (1, 2, 3, 1, 2, 1, 2):  # a second tap takes the first away
        if not await moss.react(message, emoji(number)):
            await moss.unreact(message, emoji(number))
    for _ in range(4):
        await fern.react(message, ONE)
        await fern.unreact(message, ONE)
    await poll.until(lambda: len(ballots(poll, "fern")) == 8)
    await poll.until(lambda: standing(poll) == {"moss": 2})
    await poll.until(lambda: not poll.tapped(ONE) and not poll.tapped(THREE))
    await poll.until(lambda: noted(poll) == {(moss.id, 2)})
    assert moss.id in poll.tapped(TWO)
    tally = (await closed(poll)).tally
    assert tally is not None
    assert tally["voters"] == 1
    assert standing(poll) == {"moss": 2}


async def test_a_vote_for_ones_own_picture_is_taken_off_and_explained_once(poll: Poll) -> None:
    (message,), wren = poll.messages, poll.people.wren
    for _ in range(3):
        await wren.react(message, ONE)
        await poll.until(lambda: not poll.tapped(ONE))
    await poll.until(lambda: wren.inbox)
    assert ["You made this picture" in said.text for said in wren.inbox] == [True]
    assert standing(poll) == {}
    assert set(ballots(poll)) == {"refused"}


async def test_other_emojis_are_taken_off(poll: Poll) -> None:
    (message,), moss = poll.messages, poll.people.moss
    for strange in ("🦊", emoji(4), emoji(10)):
        await moss.react(message, strange)
    await poll.until(lambda: list(message.reactions) == [ONE, TWO, THREE])
    assert ballots(poll) == []


async def test_a_vote_moved_by_a_button_takes_the_older_reaction_off(poll: Poll) -> None:
    (message,), moss = poll.messages, poll.people.moss
    await moss.react(message, ONE)
    await poll.until(lambda: noted(poll) == {(moss.id, 1)})
    await (await moss.press(message, "Where is my vote?")).done()
    answer = moss.sees(message.channel)[-1]
    await (await moss.press(answer, "Vote for 2")).done()
    await poll.until(lambda: not poll.tapped(ONE))
    await poll.until(lambda: reactions_seen(poll) == 0)  # the books have heard that it went
    assert standing(poll) == {"moss": 2}
    await moss.react(message, THREE)
    await poll.until(lambda: standing(poll) == {"moss": 3})
    await poll.until(lambda: noted(poll) == {(moss.id, 3)})
    assert ballots(poll, "moss") == ["added", "changed", "changed"]


async def test_a_vote_taken_back_elsewhere_takes_its_reaction_off_and_no_other(
    poll: Poll, studio: Studio
) -> None:
    """By somebody who is at a terminal, in another process."""
    (message,), people = poll.messages, poll.people
    await people.moss.react(message, ONE)
    await people.fern.react(message, ONE)
    await poll.until(lambda: len(noted(poll)) == 2)
    moss = signed_in(studio, people, people.moss, Role.MEMBER)
    with open_studio(studio.settings) as another:
        await another.door.acall("withdraw_vote", {"round_id": poll.round_id}, moss)
    await poll.until(lambda: poll.tapped(ONE) == {people.fern.id})
    await poll.until(lambda: reactions_seen(poll) == 1)
    assert standing(poll) == {"fern": 1}
    assert ballots(poll, "fern") == ["added"]


async def test_a_vote_moved_in_the_last_moment_takes_its_reaction_off_when_the_round_is_closed(
    poll: Poll, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    (message,), people = poll.messages, poll.people
    await people.moss.react(message, ONE)
    await poll.until(lambda: noted(poll) == {(people.moss.id, 1)})
    await asyncio.sleep(0.1)  # so that this much is looked at
    monkeypatch.setattr(tidying, "LOOKS_EVERY_S", 0.6)
    await asyncio.sleep(0.1)
    moss = signed_in(studio, people, people.moss, Role.MEMBER)
    await studio.door.acall("vote", {"round_id": poll.round_id, "choice": "2"}, moss)
    assert (await closed(poll)).state == "closed"
    await poll.until(lambda: not poll.tapped(ONE))
    assert standing(poll) == {"moss": 2}


def reactions_seen(poll: Poll) -> int:
    """How many reactions the books know, whether they count or not."""
    with poll.studio.db.read() as session:
        return len(session.scalars(select(Reaction).filter_by(round_id=poll.round_id)).all())


async def test_a_crowd_of_young_accounts_changes_nothing_and_gets_no_flood(
    bot: MintmarkClient,
    peer: Peer,
    people: People,
    studio: Studio,
    candidates: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whispers, "LINE", 4)
    set_rule(studio, people, "min_account_days", 30)
    poll = open_round(peer, people, studio, candidates[:3])
    await poll.shown()
    (message,) = poll.messages
    said = len(message.channel.messages)
    await people.moss.react(message, ONE)
    young = people.hall.crowd(30, account_age_days=2)
    for who in young:
        await who.react(message, TWO)
    await poll.until(lambda: len(ballots(poll)) == 31, 60)
    await poll.until(lambda: not poll.tapped(TWO), 60)
    assert standing(poll) == {"moss": 1}
    assert len(message.channel.messages) == said
    told = [len(who.inbox) for who in young]
    assert max(told) == 1
    assert sum(told) <= whispers.AT_ONCE + whispers.LINE + 1
    assert "30 days" in message.text


async def test_eleven_pictures_stand_on_two_messages_and_a_vote_moves_between_them(
    bot: MintmarkClient, peer: Peer, people: People, studio: Studio, candidates: list[str]
) -> None:
    poll, moss = open_round(peer, people, studio, candidates[:11]), people.moss
    await poll.shown(2)
    first, second = poll.messages
    assert list(first.reactions)[-1] == emoji(10)
    assert list(second.reactions) == [ONE]
    await moss.react(first, emoji(10))
    await poll.until(lambda: standing(poll) == {"moss": 10})
    await moss.react(second, ONE)
    await poll.until(lambda: standing(poll) == {"moss": 11})
    await poll.until(lambda: moss.id not in poll.tapped(emoji(10), 0))
    assert moss.id in poll.tapped(ONE, 1)


async def test_a_secret_vote_is_taken_off_counted_and_confirmed_in_private(
    bot: MintmarkClient, peer: Peer, people: People, studio: Studio, candidates: list[str]
) -> None:
    poll, moss = open_round(peer, people, studio, candidates[:3], hidden=True), people.moss
    await poll.shown()
    (message,) = poll.messages
    for number in (1, 2):
        await moss.react(message, emoji(number))
        await poll.until(lambda: standing(poll) == {"moss": number})  # noqa: B023  # awaited here
        await poll.until(lambda: not poll.tapped(emoji(number)))  # noqa: B023  # awaited here
    await poll.until(lambda: moss.inbox and "number 2" in moss.inbox[0].text)
    assert len(moss.inbox) == 1
    assert "vote" not in captions(message)
    assert (await closed(poll)).winner_id == candidates[1]
    await poll.until(lambda: "1 vote" in captions(message))


def captions(message: Message) -> str:
    """The lines under the pictures."""
    return "\n".join(line for line in message.text.splitlines() if line.startswith("**"))


async def test_a_gallery_that_is_deleted_is_sent_again_and_no_vote_is_lost(poll: Poll) -> None:
    (message,), moss = poll.messages, poll.people.moss
    await moss.react(message, ONE)
    await poll.until(lambda: noted(poll) == {(moss.id, 1)})
    poll.people.hall.delete(message)
    await poll.until(lambda: poll.messages and poll.messages[0] is not message)
    await poll.shown()
    assert standing(poll) == {"moss": 1}
    await moss.react(poll.messages[0], TWO)
    await poll.until(lambda: standing(poll) == {"moss": 2})
    await closed(poll)
    assert standing(poll) == {"moss": 2}


async def test_reactions_that_a_moderator_clears_leave_the_votes_as_they_are(poll: Poll) -> None:
    (message,), moss = poll.messages, poll.people.moss
    await moss.react(message, ONE)
    await poll.until(lambda: noted(poll) == {(moss.id, 1)})
    poll.peer.world.clear_reactions(message)
    await poll.until(lambda: noted(poll) == set())
    tally = (await closed(poll)).tally
    assert tally is not None
    assert tally["voters"] == 1


async def test_a_vote_on_a_closed_round_is_taken_off_and_the_tally_stays(poll: Poll) -> None:
    (message,), moss, fern = poll.messages, poll.people.moss, poll.people.fern
    await moss.react(message, ONE)
    await poll.until(lambda: noted(poll) == {(moss.id, 1)})
    before = (await closed(poll)).tally_hash
    await poll.until(lambda: "wins" in message.text)
    await fern.react(message, TWO)
    await moss.unreact(message, ONE)
    await poll.until(lambda: not poll.tapped(TWO))
    await poll.until(lambda: fern.inbox)
    assert standing(poll) == {"moss": 1}
    assert poll.row.tally_hash == before


async def test_what_happened_while_nobody_was_there_counts_once(
    running: Running, peer: Peer, people: People, studio: Studio, candidates: list[str]
) -> None:
    """Votes added, moved and withdrawn; one's own picture; several at once; strangers; bots."""
    hall, moss, fern, sol, wren = people.hall, people.moss, people.fern, people.sol, people.wren
    ada, bob, robot = hall.join("ada"), hall.join("bob"), hall.join("robot", bot=True)
    async with running(studio):
        poll = open_round(peer, people, studio, candidates[:3])
        await poll.shown()
        (message,) = poll.messages
        for person, number in ((moss, 1), (fern, 1), (sol, 2), (bob, 3)):
            await person.react(message, emoji(number))
        await poll.until(lambda: len(noted(poll)) == 4)
    await fern.unreact(message, ONE)
    await sol.react(message, THREE)  # beside the one that was seen: it moves
    await bob.unreact(message, THREE)
    await bob.react(message, ONE)
    await ada.react(message, TWO)
    await ada.react(message, THREE)  # two at once: the lower number
    await wren.react(message, ONE)  # her own
    await robot.react(message, ONE)
    await moss.react(message, "🦊")
    expected = {"moss": 1, "sol": 3, "bob": 1, "ada": 2}
    async with running(studio):
        await poll.until(lambda: standing(poll) == expected)
        await poll.until(lambda: poll.tapped(TWO) == {ada.id} and poll.tapped(THREE) == {sol.id})
        await poll.until(lambda: poll.tapped(ONE) == {moss.id, bob.id})
        await poll.until(lambda: "🦊" not in message.reactions)
        await poll.until(lambda: wren.inbox)
        cast = ballots(poll)
        tally = (await closed(poll)).tally
        assert tally is not None
        assert tally["voters"] == 4
    assert ballots(poll) == cast
    assert [cast.count(kind) for kind in ("added", "changed", "withdrawn")] == [6, 1, 2]
    assert not robot.inbox


async def test_what_people_do_while_votes_are_compared_is_the_newer_truth(
    running: Running, peer: Peer, people: People, studio: Studio, candidates: list[str]
) -> None:
    hall, moss, fern, sol = people.hall, people.moss, people.fern, people.sol
    async with running(studio):
        poll = open_round(peer, people, studio, candidates[:3])
        await poll.shown()
    (message,) = poll.messages
    await moss.react(message, ONE)
    await sol.react(message, TWO)
    await hall.join("ada").react(message, THREE)
    reading = peer.faults.slow("GET *reactions/*", 0.4, times=3)
    async with running(studio):
        await poll.until(lambda: reading.hits == 2)  # who tapped the first is read already
        await moss.unreact(message, ONE)
        await fern.react(message, TWO)
        await poll.until(lambda: standing(poll) == {"sol": 2, "ada": 3, "fern": 2})
        tally = (await closed(poll)).tally
    assert tally is not None
    assert tally["voters"] == 3
    assert standing(poll) == {"sol": 2, "ada": 3, "fern": 2}


async def test_a_comparison_that_a_close_overtakes_is_not_the_last(
    running: Running, peer: Peer, people: People, studio: Studio, candidates: list[str]
) -> None:
    moss = people.moss
    async with running(studio):
        poll = open_round(peer, people, studio, candidates[:3])
        await poll.shown()
        (message,) = poll.messages
        await moss.react(message, ONE)
        await poll.until(lambda: noted(poll) == {(moss.id, 1)})
    reading = peer.faults.slow("GET *reactions/*", 0.4, times=1)
    async with running(studio):
        await poll.until(lambda: reading.hits == 1)  # the round was open when this began
        with studio.db.write() as session:
            session.get_one(Round, poll.round_id).closes_at = now() - timedelta(minutes=1)
        await moss.unreact(message, ONE)
        await poll.until(lambda: is_compared(poll.row))
        assert standing(poll) == {}


async def test_a_crowd_that_came_while_nobody_was_there_is_judged_like_others(
    running: Running, peer: Peer, people: People, studio: Studio, candidates: list[str]
) -> None:
    set_rule(studio, people, "min_account_days", 30)
    async with running(studio):
        poll = open_round(peer, people, studio, candidates[:3])
        await poll.shown()
    (message,) = poll.messages
    for number, who in enumerate(people.hall.crowd(60)):
        await who.react(message, emoji(number % 3 + 1))
    for who in people.hall.crowd(500, account_age_days=3):
        await who.react(message, ONE)
    async with running(studio):
        await poll.until(lambda: len(standing(poll)) == 60, 30)
        tally = (await closed(poll)).tally
    assert tally is not None
    assert [line["votes"] for line in tally["candidates"]] == [20, 20, 20]


async def test_two_processes_count_once(
    running: Running, peer: Peer, people: People, studio: Studio, candidates: list[str]
) -> None:
    with open_studio(studio.settings) as another:
        async with running(studio), running(another):
            poll = open_round(peer, people, studio, candidates[:3])
            await poll.shown()
            await people.moss.react(poll.messages[0], ONE)
            await people.fern.react(poll.messages[0], TWO)
            await poll.until(lambda: standing(poll) == {"moss": 1, "fern": 2})
            await people.moss.unreact(poll.messages[0], ONE)
            await poll.until(lambda: standing(poll) == {"fern": 2})
            tally = (await closed(poll)).tally
            assert tally is not None
            assert tally["voters"] == 1
            await poll.until(lambda: results(poll))
            await asyncio.sleep(0.3)
    assert len(results(poll)) == 1
    assert sorted(ballots(poll)) == ["added", "added", "withdrawn"]
    assert len(poll.messages) == 1


def results(poll: Poll) -> list[Message]:
    """The messages that announce how the round ended."""
    channel = poll.people.studio.messages.values()
    return [message for message in channel if "wins" in message.text and not message.reactions]
