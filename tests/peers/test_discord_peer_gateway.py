"""The local Discord's gateway: resuming, dropping, intents, shards, members, two processes."""

import asyncio

import discord
import pytest

from tests.peers.discord import Channel, Hall, Peer, Person
from tests.peers.discord.pointing import pointed_at
from tests.peers.discord.small_bot import SmallBot, running_bot


async def _resumed(bot: SmallBot, peer: Peer, times: int = 1) -> None:
    await peer.until(lambda: len(bot.of("resumed")) == times)


async def test_a_dropped_connection_resumes_and_gets_what_it_missed(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    await peer.gateway.drop(4000)
    await ada.say(studio, "said meanwhile")
    await _resumed(bot, peer)
    assert [one.content for one in bot.of("message")] == ["said meanwhile"]
    assert peer.gateway.resumed == 1
    assert bot.readied == 1


async def test_a_refused_resume_makes_the_bot_ready_again(bot: SmallBot, peer: Peer) -> None:
    peer.gateway.refuse_resume()
    await peer.gateway.drop(4000)
    await peer.until(lambda: bot.readied == 2)
    assert len(peer.gateway.identifies) == 2


async def test_what_happens_in_an_outage_is_not_told(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    async with peer.gateway.outage():
        await ada.say(studio, "nobody hears this")
    await peer.until(lambda: bot.readied == 2)
    assert bot.of("message") == []


async def test_events_can_come_twice_or_not_at_all(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    peer.gateway.lose("MESSAGE_CREATE")
    await ada.say(studio, "lost")
    peer.gateway.duplicate("MESSAGE_CREATE")
    await ada.say(studio, "twice")
    await ada.say(studio, "once")
    await peer.until(lambda: len(bot.of("message")) == 3)
    assert [one.content for one in bot.of("message")] == ["twice", "twice", "once"]


async def test_the_server_can_ask_for_a_new_connection(bot: SmallBot, peer: Peer) -> None:
    peer.gateway.ask_to_reconnect()
    await _resumed(bot, peer)
    peer.gateway.invalidate()
    await peer.until(lambda: bot.readied == 2)


async def test_a_client_that_hears_no_heartbeat_comes_back(peer: Peer) -> None:
    peer.gateway.heartbeat_interval_ms = 100
    async with running_bot(peer, heartbeat_timeout=0.5) as bot:
        peer.gateway.keep_silent()
        await peer.until(lambda: bot.of("resumed"))


async def test_several_shards_share_the_guilds(peer: Peer) -> None:
    peer.shards = 2
    halls = [peer.add_guild(f"g{number}", number=number << 22) for number in (4, 5)]
    ada = halls[0].join("ada")
    halls[1].join(ada)
    heard: list[str] = []

    class Sharded(discord.AutoShardedClient):
        async def on_message(self, message: discord.Message) -> None:
            assert message.guild is not None
            heard.append(f"{message.guild.shard_id}: {message.content}")

        async def before_identify_hook(
            self, shard_id: int | None, *, initial: bool = False
        ) -> None:
            pass

    with pointed_at(peer):
        client = Sharded(intents=discord.Intents.all(), guild_ready_timeout=0.05)
        running = asyncio.create_task(client.start(peer.token))
        await peer.until(lambda: client.is_ready() and len(peer.gateway.connected) == 2)
        for number, hall in enumerate(halls):
            await ada.say(hall.text_channel("x"), f"in {number}")
        await peer.until(lambda: len(heard) == 2)
        await client.close()
        await asyncio.gather(running, return_exceptions=True)
    assert sorted(heard) == ["0: in 0", "1: in 1"]


async def test_a_wrong_token_is_refused(peer: Peer) -> None:
    client = SmallBot()
    with pointed_at(peer), pytest.raises(discord.LoginFailure):
        await client.login("wrong")
    await client.close()


async def test_intents_must_be_switched_on_for_the_application(peer: Peer, hall: Hall) -> None:
    peer.application.flags = 0
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running_bot(peer):
            pass
    assert peer.gateway.closed_because == [4014]


async def test_without_the_content_intent_only_mentions_are_read(
    peer: Peer, hall: Hall, studio: Channel, ada: Person
) -> None:
    intents = discord.Intents.default()
    async with running_bot(peer, intents=intents) as bot:
        await ada.say(studio, "a secret")
        await ada.say(studio, f"<@{peer.application.user.id}> hello")
        await ada.say(ada.dm, "in private")
        await peer.until(lambda: len(bot.of("message")) == 3)
        texts = [one.content for one in bot.of("message")]
        assert texts == ["", f"<@{peer.application.user.id}> hello", "in private"]
        peer.application.flags = 0
        channel = bot.get_channel(studio.id)
        assert isinstance(channel, discord.TextChannel)
        assert (await channel.fetch_message(next(iter(studio.messages)))).content == ""


async def test_events_of_unasked_intents_and_hidden_channels_do_not_come(
    peer: Peer, hall: Hall, studio: Channel, ada: Person
) -> None:
    hidden = hall.text_channel("vault", bot_sees=False)
    intents = discord.Intents.all()
    intents.reactions = False
    async with running_bot(peer, intents=intents) as bot:
        await ada.say(hidden, "not for bots")
        said = await ada.say(studio, "for all")
        await ada.react(said, "👍")
        await ada.say(studio, "last")
        await peer.until(lambda: len(bot.of("message")) == 2)
        assert [one.content for one in bot.of("message")] == ["for all", "last"]
        assert bot.of("reaction") == []


async def test_two_processes_with_one_token_both_hear(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    async with running_bot(peer) as other:
        await ada.say(studio, "hello")
        await peer.until(lambda: bot.of("message") and other.of("message"))
        answer = await ada.command(studio, "say", text="once")
        await peer.until(lambda: bot.problems or other.problems)
        late = (bot.problems or other.problems)[0]
        assert isinstance(late, discord.HTTPException)
        assert late.code == 40060
        assert [one.content for one in answer.messages] == ["once"]


async def test_guilds_are_spread_over_shards(peer: Peer) -> None:
    first = peer.add_guild("first", number=1 << 22)
    second = peer.add_guild("second", number=2 << 22)
    bob = first.join("bob")
    second.join(bob)
    async with running_bot(peer, shard_id=1, shard_count=2) as bot:
        assert [guild.name for guild in bot.guilds] == ["first"]
        await bob.say(second.text_channel("there"), "for the other shard")
        await bob.say(first.text_channel("here"), "for this shard")
        await peer.until(lambda: bot.of("message"))
        assert [one.content for one in bot.of("message")] == ["for this shard"]


async def test_a_large_guild_names_its_members_when_asked(peer: Peer, hall: Hall) -> None:
    crowd = hall.crowd(2_500)
    async with running_bot(peer) as bot:
        guild = bot.get_guild(hall.id)
        assert guild is not None
        assert (len(guild.members), guild.member_count) == (1, 2_502)
        ids = [one.id for one in crowd[:100]]
        asked = await guild.query_members(user_ids=ids)
        assert sorted(one.id for one in asked) == ids
        named = await guild.query_members(query="person7", limit=5)
        assert len(named) == 5
        await guild.chunk()
        assert len(guild.members) == 2_502


async def test_joining_and_leaving_is_told(bot: SmallBot, peer: Peer, hall: Hall) -> None:
    guild = bot.get_guild(hall.id)
    assert guild is not None
    bob = hall.join("bob", account_age_days=3, days_here=1, roles=[hall.role("member")])
    await peer.until(lambda: guild.get_member(bob.id) is not None)
    member = guild.get_member(bob.id)
    assert member is not None
    assert [role.name for role in member.roles] == ["@everyone", "member"]
    age = discord.utils.utcnow() - member.created_at
    assert age.days == 3
    hall.leave(bob)
    await peer.until(lambda: guild.get_member(bob.id) is None)
    new = peer.add_guild("new")
    await peer.until(lambda: bot.get_guild(new.id) is not None)
    new.remove_bot()
    await peer.until(lambda: bot.get_guild(new.id) is None)
