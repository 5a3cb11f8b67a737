"""Messages and modals of the local Discord are drawn as Discord's client draws them."""

import discord
import pytest
from discord import ui

from tests.peers.discord import Channel, Hall, Peer, Person
from tests.peers.discord.cdn import png
from tests.peers.discord.markdown import Markdown, relative
from tests.peers.discord.rendering import Renderer
from tests.peers.discord.small_bot import Gallery, SmallBot, picture

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** *it*", "<p><strong>bold</strong> <em>it</em></p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        (r"\*not\* so", "<p>*not* so</p>"),
        ("# Head", "<h1>Head</h1>"),
        ("-# small", '<div class="subtext">small</div>'),
        ("> said", "<blockquote>said</blockquote>"),
        ("`a*b*`", "<p><code>a*b*</code></p>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
        ("[x](https://e.org)", '<p><a href="https://e.org">x</a></p>'),
        ("https://e.org.", '<p><a href="https://e.org">https://e.org</a>.</p>'),
        ("<@5>", '<p><span class="mention">@ada</span></p>'),
        (f"<t:{NOW + 600}:R>", '<p><span class="time">in 10 minutes</span></p>'),
        ("```py\nx = 1\n```", "<pre><code>x = 1</code></pre>"),
    ],
)
def test_markdown_is_shown_as_discord_shows_it(text: str, html: str) -> None:
    assert Markdown(lambda kind, number: "ada", NOW).html(text) == html


def test_distances_in_time_are_rounded() -> None:
    assert relative(-7200) == "2 hours ago"
    assert relative(59) == "in 1 minute"
    assert relative(86_400 * 3) == "in 3 days"


async def test_a_card_is_drawn_with_its_picture_buttons_and_reactions(
    bot: SmallBot, peer: Peer, hall: Hall, ada: Person, studio: Channel
) -> None:
    channel = bot.get_channel(studio.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(view=Gallery("## A fox"), file=picture())
    await ada.react(studio.messages[sent.id], "👍")
    page = Renderer(peer, ada).page(ada.sees(studio), channel="studio")
    for shown in ("<h2>A fox</h2>", ">Vote</span>", "--accent:#5865f2", "APP", "👍 1"):
        assert shown in page
    assert "data:image/png;base64," in page
    assert peer.url not in page


async def test_what_only_one_person_sees_says_so(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    said = await ada.say(studio, "look", files=png())
    answer = await ada.menu(said, "Show provenance")
    page = Renderer(peer, ada).page(answer.messages)
    assert "Only you can see this" in page
    assert "<b>ada</b> used <b>Show provenance</b>" in page


async def test_every_component_is_drawn(bot: SmallBot, peer: Peer, studio: Channel) -> None:
    select: ui.Select[ui.LayoutView] = ui.Select(
        placeholder="Which?", options=[discord.SelectOption(label="One")]
    )
    view = ui.LayoutView()
    view.add_item(
        ui.Section(ui.TextDisplay("beside"), accessory=ui.Thumbnail("attachment://one.png"))
    )
    view.add_item(ui.Separator(spacing=discord.SeparatorSpacing.large))
    view.add_item(ui.File("attachment://one.png"))
    view.add_item(ui.ActionRow(select))
    channel = bot.get_channel(studio.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(view=view, file=picture())
    page = Renderer(peer).page([studio.messages[sent.id]])
    for shown in ("beside", 'class="thumbnail"', '<hr class="line wide">', "one.png", "Which?"):
        assert shown in page


async def test_a_modal_is_drawn_with_its_fields(
    bot: SmallBot, peer: Peer, ada: Person, studio: Channel
) -> None:
    message = (await ada.command(studio, "buttons")).message
    assert message is not None
    modal = (await ada.press(message, "Remix")).modal
    assert modal is not None
    page = Renderer(peer).modal_page(modal)
    assert "<header>Remix</header>" in page
    assert "Prompt<em>*</em>" in page
