"""What a bot's setup does to a guild, through real discord.py: roles, channels, rights, threads."""

import asyncio
import time

import discord
import pytest

from tests.peers.discord import Channel, Hall, Peer, Permission, Person
from tests.peers.discord.small_bot import SmallBot, running_bot


def _guild(bot: SmallBot, hall: Hall) -> discord.Guild:
    guild = bot.get_guild(hall.id)
    assert guild is not None
    return guild


async def test_roles_and_channels_are_made(bot: SmallBot, hall: Hall, ada: Person) -> None:
    guild = _guild(bot, hall)
    creator = await guild.create_role(name="creator", mentionable=True)
    hidden = discord.PermissionOverwrite(view_channel=False)
    seen = discord.PermissionOverwrite(view_channel=True)
    assert guild.me is not None
    rules: dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]
    rules = {guild.default_role: hidden, creator: seen, guild.me: seen}
    channel = await guild.create_text_channel(
        "Review Room", topic="For operators", overwrites=rules
    )
    made = hall.channel_named("review-room")
    assert made.topic == "For operators"
    assert not ada.may(made, Permission.VIEW_CHANNEL)
    member = await guild.fetch_member(ada.id)
    await member.add_roles(creator)
    assert ada.may(made, Permission.VIEW_CHANNEL)
    await channel.set_permissions(creator, view_channel=True, send_messages=False)
    assert not ada.may(made, Permission.SEND_MESSAGES)
    await member.remove_roles(creator)
    await member.edit(roles=[creator])
    assert [role.name for role in (await guild.fetch_member(ada.id)).roles[1:]] == ["creator"]
    await channel.edit(topic="Changed")
    assert made.topic == "Changed"
    assert [one.name for one in await guild.fetch_roles()] == ["@everyone", "Mintmark", "creator"]
    assert [one.name for one in await guild.fetch_channels()] == ["studio", "review-room"]
    await channel.delete()
    assert made.deleted


async def test_a_thread_is_opened_from_a_message_and_talked_in(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    said = await ada.say(studio, "let us talk")
    channel = bot.get_channel(studio.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.fetch_message(said.id)
    thread = await message.create_thread(name="talk")
    assert said.thread is not None
    await thread.send("I listen")
    await ada.say(said.thread, "hello")
    await peer.until(lambda: len(bot.of("message")) == 2)
    assert isinstance(bot.of("message")[1].channel, discord.Thread)
    with pytest.raises(discord.HTTPException) as refused:
        await message.create_thread(name="again")
    assert refused.value.code == 160004
    answer = await ada.command(said.thread, "say", text="in a thread")
    assert [one.content for one in ada.sees(said.thread)] == ["I listen", "hello", "in a thread"]
    assert answer.message in ada.sees(said.thread)


async def test_many_messages_are_deleted_at_once(
    bot: SmallBot, ada: Person, studio: Channel
) -> None:
    for number in range(5):
        await ada.say(studio, str(number))
    channel = bot.get_channel(studio.id)
    assert isinstance(channel, discord.TextChannel)
    history = [one async for one in channel.history(limit=3)]
    assert [one.content for one in history] == ["4", "3", "2"]
    await channel.delete_messages(history)
    assert [one.content for one in ada.sees(studio)] == ["0", "1"]


async def test_the_application_describes_itself(bot: SmallBot, peer: Peer) -> None:
    about = await bot.application_info()
    assert about.flags.gateway_message_content_limited
    await about.edit(description="Pictures are made by a machine.")
    assert peer.application.description == "Pictures are made by a machine."


async def test_an_interaction_knows_where_and_by_whom(
    bot: SmallBot, peer: Peer, hall: Hall, studio: Channel
) -> None:
    bob = hall.join("bob", locale="de", roles=[hall.role("operator")])
    hall.guild.locale = "fr"
    seen: list[discord.Interaction] = []
    bot.on_interaction = lambda interaction: _keep(seen, interaction)  # type: ignore[attr-defined] # an event handler
    await bob.command(studio, "say", text="hallo")
    await bob.command(bob.dm, "say", text="privat")
    await peer.until(lambda: len(seen) == 2)
    first, second = seen
    assert (str(first.locale), str(first.guild_locale)) == ("de", "fr")
    assert isinstance(first.user, discord.Member)
    assert [role.name for role in first.user.roles] == ["@everyone", "operator"]
    assert first.app_permissions.manage_messages
    assert first.filesize_limit == 10 * 1024 * 1024
    assert (second.guild, second.user.name) == (None, "bob")


async def _keep(seen: list[discord.Interaction], interaction: discord.Interaction) -> None:
    seen.append(interaction)


async def test_a_thousand_reactions_and_two_hundred_commands_take_seconds(
    bot: SmallBot, peer: Peer, hall: Hall, studio: Channel, ada: Person
) -> None:
    said = await ada.say(studio, "vote")
    crowd = hall.crowd(1_000)
    started = time.perf_counter()
    commands = asyncio.gather(*(one.command(studio, "say", text="x") for one in crowd[:200]))
    for person in crowd:
        await person.react(said, "1️⃣")
    answers = await commands
    await peer.until(lambda: len(bot.of("reaction")) == 1_000)
    assert time.perf_counter() - started < 10
    assert not any(one.failed for one in answers)


async def test_a_guild_of_fifty_thousand_is_cheap(peer: Peer, hall: Hall, studio: Channel) -> None:
    hall.crowd(50_000)
    started = time.perf_counter()
    async with running_bot(peer) as bot:
        assert _guild(bot, hall).member_count == 50_002
    assert time.perf_counter() - started < 5
