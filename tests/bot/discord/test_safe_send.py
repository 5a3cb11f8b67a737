"""A message is sent once, to nobody's annoyance; what cannot be sent is said in words."""

import asyncio
from dataclasses import dataclass

import discord
import pytest
from discord import ui

from bot.discord import safe_send
from bot.discord.client import MintmarkClient
from bot.discord.safe_send import Gone, InChannel, InPrivate, NotAllowed, Sent
from tests.bot.discord.conftest import People
from tests.peers.discord import Peer, Permission
from tools.errors import ServiceUnavailable

POST = "POST /channels/*/messages"


@dataclass
class Plain:
    """A card with one text."""

    text: str

    @property
    def view(self) -> ui.LayoutView:
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.TextDisplay(self.text))
        return view

    @property
    def files(self) -> list[discord.File]:
        return []


async def send(bot: MintmarkClient, people: People, text: str = "hello") -> Sent:
    """Send a text into the studio's channel."""
    return await safe_send.send(bot, InChannel(people.studio.id), Plain(text), nonce="post_1")


async def test_nobody_is_pinged(bot: MintmarkClient, people: People) -> None:
    people.creator.mentionable = True
    await send(bot, people, f"@everyone {people.moss.mention} <@&{people.creator.id}>")
    assert not people.moss.sees(people.studio)[0].pinged


@pytest.mark.parametrize("trouble", ["limited", "limited in front", "ill", "cut", "lost"])
async def test_trouble_that_passes_is_waited_for_and_doubles_nothing(
    bot: MintmarkClient, people: People, peer: Peer, trouble: str
) -> None:
    match trouble:
        case "limited":
            peer.faults.rate_limit(POST)
        case "limited in front":
            peer.faults.rate_limit(POST, times=3, via=False)
        case "ill":
            peer.faults.status(POST, 503, times=2)
        case "cut":
            peer.faults.cut(POST, times=2)
        case "lost":
            peer.faults.lose_answer(POST)
    sent = await send(bot, people)
    assert [one.id for one in people.moss.sees(people.studio)] == [sent.message]


async def test_trouble_that_does_not_pass_is_said(
    bot: MintmarkClient, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ConnectionResetError

    with pytest.raises(ServiceUnavailable, match="cannot be reached"):
        await safe_send.persistently(broken, patience_s=0.1)


async def test_a_channel_that_is_gone_is_said(bot: MintmarkClient, people: People) -> None:
    people.hall.delete(people.studio)
    with pytest.raises(Gone, match="not there any more"):
        await send(bot, people)


async def test_a_missing_permission_is_named(bot: MintmarkClient, people: People) -> None:
    people.hall.deny(people.studio, int(Permission.SEND_MESSAGES))
    with pytest.raises(NotAllowed, match="Send Messages"):
        await send(bot, people)


async def test_a_channel_it_cannot_see_is_said(bot: MintmarkClient, people: People) -> None:
    people.hall.deny(people.studio, int(Permission.VIEW_CHANNEL))
    with pytest.raises(NotAllowed, match="View Channel"):
        await send(bot, people)


async def test_closed_direct_messages_are_said(bot: MintmarkClient, people: People) -> None:
    people.moss.close_dms()
    with pytest.raises(NotAllowed, match="direct messages"):
        await safe_send.send(bot, InPrivate(people.moss.id), Plain("hello"))


async def test_what_is_gone_already_is_deleted_without_a_word(
    bot: MintmarkClient, people: People
) -> None:
    sent = await send(bot, people)
    await safe_send.delete(bot, sent)
    await safe_send.delete(bot, sent)
    assert not people.moss.sees(people.studio)


async def test_an_edit_of_a_deleted_message_is_said(bot: MintmarkClient, people: People) -> None:
    sent = await send(bot, people)
    await safe_send.delete(bot, sent)
    with pytest.raises(Gone):
        await safe_send.edit(bot, sent, Plain("other"))


async def test_sent_views_do_not_stay_in_memory(bot: MintmarkClient, people: People) -> None:
    for number in range(5):
        await send(bot, people, str(number))
    assert not bot._connection._view_store._synced_message_views
    await asyncio.sleep(0)
