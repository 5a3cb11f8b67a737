"""The local Discord's troubles: rate limits, failures, lost answers, late acknowledgements."""

import asyncio

import aiohttp
import discord
import pytest

from tests.peers.discord import Channel, Hall, Peer, Permission, Person
from tests.peers.discord.cdn import png, recompressed, without_text_chunks
from tests.peers.discord.small_bot import SmallBot

SENDING = "POST /channels/*/messages"


def _channel(bot: SmallBot, studio: Channel) -> discord.TextChannel:
    channel = bot.get_channel(studio.id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def test_a_late_acknowledgement_is_refused(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    peer.ack_within = 0.05
    answer = await ada.command(studio, "silent")
    assert answer.failed == "The application did not respond"
    peer.faults.slow("POST /interactions/*", 0.2)
    answer = await ada.command(studio, "say", text="too late")
    assert answer.failed
    await peer.until(lambda: bot.problems)
    problem = bot.problems[0]
    assert isinstance(problem, discord.NotFound)
    assert problem.code == 10062


async def test_an_interaction_can_be_answered_for_fifteen_minutes(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    answer = await ada.command(studio, "say", text="hello")
    token = answer.interaction.token
    webhook = discord.Webhook.partial(peer.application.id, token, client=bot)
    peer.clock.advance(14 * 60)
    await webhook.send("still here")
    peer.clock.advance(2 * 60)
    with pytest.raises(discord.HTTPException) as refused:
        await webhook.send("gone")
    assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_a_429_with_via_is_waited_for_and_without_it_raised(
    bot: SmallBot, peer: Peer, studio: Channel
) -> None:
    peer.faults.rate_limit(SENDING, retry_after=0.05)
    await _channel(bot, studio).send("after waiting")
    assert len(studio.messages) == 1
    peer.faults.rate_limit(SENDING, via=False)
    with pytest.raises(discord.HTTPException) as raised:
        await _channel(bot, studio).send("never")
    assert raised.value.status == 429


async def test_a_failure_is_an_answer_and_changes_nothing(
    bot: SmallBot, peer: Peer, studio: Channel
) -> None:
    fault = peer.faults.status(SENDING, 503)
    with pytest.raises(discord.DiscordServerError):
        await _channel(bot, studio).send("x")
    assert (fault.hits, len(studio.messages)) == (1, 0)


async def test_an_answer_can_get_lost_after_the_deed(
    bot: SmallBot, peer: Peer, studio: Channel
) -> None:
    peer.faults.lose_answer(SENDING)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await _channel(bot, studio).send("done all the same", nonce="n1")
    assert len(studio.messages) == 1
    again = await _channel(bot, studio).send("done all the same", nonce="n1")
    assert [again.id] == list(studio.messages)


async def test_limits_slow_the_bot_down_and_nothing_is_violated(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    said = await ada.say(studio, "vote")
    peer.limits.on()
    message = await _channel(bot, studio).fetch_message(said.id)
    started = asyncio.get_running_loop().time()
    for emoji in ("1️⃣", "2️⃣", "3️⃣"):
        await message.add_reaction(emoji)
    assert asyncio.get_running_loop().time() - started >= 0.4
    assert len(message.reactions) <= len(said.reactions) == 3
    assert peer.limits.violations["global"] == 0


async def test_rights_are_asked_for_at_every_route(
    bot: SmallBot, peer: Peer, hall: Hall, ada: Person, studio: Channel
) -> None:
    said = await ada.say(studio, "mine")
    message = await _channel(bot, studio).fetch_message(said.id)
    hall.revoke(Permission.MANAGE_MESSAGES | Permission.ATTACH_FILES)
    with pytest.raises(discord.Forbidden) as refused:
        await message.delete()
    assert refused.value.code == 50013
    with pytest.raises(discord.Forbidden):
        await message.edit(content="yours")
    hall.revoke(Permission.SEND_MESSAGES)
    with pytest.raises(discord.Forbidden) as refused:
        await message.reply("hello")
    assert refused.value.code == 50013
    assert ada.may(studio, Permission.SEND_MESSAGES)
    hall.allow(Permission.SEND_MESSAGES)
    await message.reply("hello")
    hall.deny(studio, Permission.VIEW_CHANNEL)
    with pytest.raises(discord.Forbidden) as refused:
        await message.reply("hello")
    assert refused.value.code == 50001


async def test_what_is_gone_is_unknown(
    bot: SmallBot, peer: Peer, hall: Hall, ada: Person, studio: Channel
) -> None:
    channel = _channel(bot, studio)
    sent = await channel.send("soon gone")
    hall.delete(studio.messages[sent.id])
    with pytest.raises(discord.NotFound) as unknown:
        await sent.edit(content="x")
    assert unknown.value.code == 10008
    hall.delete(studio)
    with pytest.raises(discord.NotFound) as unknown:
        await channel.send("x")
    assert unknown.value.code == 10003


async def test_pings_are_recorded_as_allowed(
    bot: SmallBot, peer: Peer, hall: Hall, ada: Person, studio: Channel
) -> None:
    loud = hall.role("loud")
    text = f"{ada.mention} <@&{loud.id}> @everyone"
    channel = _channel(bot, studio)
    quiet = await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    assert not studio.messages[quiet.id].pinged
    heard = studio.messages[(await channel.send(text)).id].pinged
    assert (heard.users, heard.roles, heard.everyone) == ([ada.id], [], False)
    hall.allow(Permission.MENTION_EVERYONE)
    heard = studio.messages[(await channel.send(text)).id].pinged
    assert (heard.roles, heard.everyone) == ([loud.id], True)


async def test_the_cdn_can_change_pictures(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    picture = png()
    text = b"\0\0\0\x05tEXta\0bcd\0\0\0\0"
    marked = picture[:33] + text + picture[33:]
    said = await ada.say(studio, "look", files=marked)
    url = said.attachments[0].url
    assert await bot.http.get_from_cdn(url) == marked
    peer.cdn.strip_text_chunks()
    assert await bot.http.get_from_cdn(url) == picture == without_text_chunks(marked)
    peer.cdn.recompress()
    again = await bot.http.get_from_cdn(url)
    assert again not in (picture, marked)
    assert recompressed(again) == again
    await ada.delete(said)
    with pytest.raises(discord.NotFound):
        await bot.http.get_from_cdn(url)


async def test_a_person_dismisses_what_only_they_see(
    bot: SmallBot, ada: Person, studio: Channel
) -> None:
    said = await ada.say(studio, "look")
    answer = await ada.menu(said, "Show provenance")
    shown = answer.message
    assert shown is not None
    with pytest.raises(discord.NotFound):
        await _channel(bot, studio).fetch_message(shown.id)
    await ada.dismiss(shown)
    assert ada.sees(studio) == [said]
