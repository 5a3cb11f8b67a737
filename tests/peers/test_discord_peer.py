"""Real discord.py passes through the local Discord, over real sockets."""

import discord
import pytest

from tests.peers.discord import Channel, Hall, Peer, Person
from tests.peers.discord.answers import NotPossible
from tests.peers.discord.cdn import png
from tests.peers.discord.small_bot import Gallery, SmallBot, picture


async def test_a_command_is_answered(bot: SmallBot, ada: Person, studio: Channel) -> None:
    answer = await ada.command(studio, "say", text="hello ", times=2)
    assert answer.text == "hello hello"
    assert answer.acked_after is not None
    assert answer.acked_after < 1
    assert ada.sees(studio) == answer.messages


async def test_a_deferred_answer_is_filled_in_and_followed_up(
    bot: SmallBot, ada: Person, hall: Hall, studio: Channel
) -> None:
    olga = hall.join("olga")
    answer = await ada.command(studio, "create", prompt="a fox", count=1)
    assert answer.deferred
    assert answer.ephemeral
    await answer.done()
    assert answer.message is not None
    assert answer.message.content == "1 × a fox in ink"
    await ada.peer.until(lambda: answer.followups)
    assert answer.message in ada.sees(studio)
    assert olga.sees(studio) == answer.followups


async def test_subcommands_take_people_as_options(
    bot: SmallBot, ada: Person, studio: Channel
) -> None:
    answer = await ada.command(studio, "round open", who=ada, minutes=5)
    assert answer.text == "ada: 5 minutes"


async def test_choices_are_offered_while_typing(
    bot: SmallBot, ada: Person, studio: Channel
) -> None:
    assert await ada.autocomplete(studio, "create", focused=("style", "m")) == [
        {"name": "mosaic", "value": "mosaic"}
    ]


async def test_the_client_refuses_what_the_command_does_not_take(
    bot: SmallBot, ada: Person, studio: Channel
) -> None:
    with pytest.raises(NotPossible, match="from 1 to 10"):
        await ada.command(studio, "create", prompt="a fox", count=11)
    with pytest.raises(NotPossible, match="2000 or fewer"):
        await ada.say(studio, "x" * 2001)
    with pytest.raises(NotPossible, match="must be given: prompt"):
        await ada.command(studio, "create")


async def test_buttons_edit_and_open_forms(bot: SmallBot, ada: Person, studio: Channel) -> None:
    message = (await ada.command(studio, "buttons")).message
    assert message is not None
    await ada.press(message, "Vary")
    assert message.content == "Varied"
    opened = await ada.press(message, "Remix")
    with pytest.raises(NotPossible, match="3 to 50"):
        await ada.submit(opened, {"Prompt": "x"})
    answer = await ada.submit(opened, {"Prompt": "a red fox"})
    assert answer.ephemeral
    assert answer.text == "Remixing a red fox"
    chosen = await ada.choose(message, "style", ["Ink"])
    assert chosen.text == "Style i"
    await (await ada.press(message, "🗑️")).done()
    assert message.deleted


async def test_a_form_takes_choices_people_and_files(
    bot: SmallBot, ada: Person, hall: Hall, studio: Channel
) -> None:
    bob = hall.join("bob")
    opened = await ada.command(studio, "preferences")
    assert opened.modal is not None
    assert opened.modal.texts == ["Nothing is sent yet."]
    with pytest.raises(NotPossible, match="must be filled in"):
        await ada.submit(opened, {"Style": ["Oil"]})
    told = await ada.submit(
        opened, {"Style": ["Ink"], "Counts": "Hidden", "Friend": [bob], "Picture": [png()]}
    )
    assert told.text == f"['i'] hidden bob [{len(png())}]"
    reopened = await ada.command(studio, "preferences")
    again = await ada.submit(reopened, {"Style": ["Oil"], "Friend": [bob]})
    assert again.text == "['Oil'] shown bob []"


async def test_a_card_of_components_shows_its_picture(
    bot: SmallBot, ada: Person, studio: Channel
) -> None:
    message = (await ada.command(studio, "card")).message
    assert message is not None
    assert message.is_v2
    assert message.text == "## A fox"
    assert message.labels == ["Vote"]
    channel = bot.get_channel(studio.id)
    assert isinstance(channel, discord.TextChannel)
    seen = await channel.fetch_message(message.id)
    box = seen.components[0]
    assert isinstance(box, discord.Container)
    gallery = box.children[1]
    assert isinstance(gallery, discord.MediaGalleryComponent)
    assert (gallery.items[0].media.width, gallery.items[0].description) == (
        4,
        "A picture of a fox",
    )
    assert await bot.http.get_from_cdn(gallery.items[0].media.url) == png()


async def test_the_menu_of_a_message_reaches_the_bot(
    bot: SmallBot, ada: Person, studio: Channel
) -> None:
    said = await ada.say(studio, "look", files=png())
    answer = await ada.menu(said, "Show provenance")
    assert answer.text == f"About {said.id}"
    assert (await ada.menu(ada, "Who is this", studio)).text == "ada"


async def test_messages_are_sent_edited_and_deleted(
    bot: SmallBot, ada: Person, peer: Peer, studio: Channel
) -> None:
    channel = bot.get_channel(studio.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("first", file=picture())
    await sent.edit(content="second")
    assert studio.messages[sent.id].content == "second"
    assert [one.filename for one in studio.messages[sent.id].attachments] == ["one.png"]
    card = await channel.send(view=Gallery("one"), file=picture())
    await card.edit(view=Gallery("two"))
    assert studio.messages[card.id].text == "two"
    await sent.delete()
    assert [one.id for one in ada.sees(studio)] == [card.id]


async def test_the_bot_hears_messages_and_reactions(
    bot: SmallBot, ada: Person, peer: Peer, studio: Channel
) -> None:
    said = await ada.say(studio, f"hello {bot.user.mention if bot.user else ''}", files=png(8, 2))
    await peer.until(lambda: bot.of("message"))
    heard = bot.of("message")[0]
    assert heard.mentions == [bot.user]
    assert await heard.attachments[0].read() == png(8, 2)
    await heard.add_reaction("1️⃣")
    await ada.react(said, "1️⃣")
    await peer.until(lambda: len(bot.of("reaction")) == 2)
    assert bot.of("reaction")[1].member.name == "ada"
    await ada.unreact(said, "1️⃣")
    await peer.until(lambda: bot.of("withdrawn"))


async def test_reactions_of_many_people_are_paged(
    bot: SmallBot, ada: Person, hall: Hall, studio: Channel
) -> None:
    said = await ada.say(studio, "vote")
    people = hall.crowd(250)
    for person in reversed(people):
        await person.react(said, "👍")
    channel = bot.get_channel(studio.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.fetch_message(said.id)
    assert message.reactions[0].count == 250
    found = [user.id async for user in message.reactions[0].users()]
    assert sorted(found) == [one.id for one in people]


async def test_a_direct_message_reaches_the_person_unless_closed(
    bot: SmallBot, ada: Person, hall: Hall
) -> None:
    user = await bot.fetch_user(ada.id)
    await user.send("psst")
    assert [one.content for one in ada.inbox] == ["psst"]
    ada.close_dms()
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("again")
    assert refused.value.code == 50007
    ada.close_dms(False)
    hall.leave(ada)
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("a stranger now")
    assert refused.value.code == 50278
