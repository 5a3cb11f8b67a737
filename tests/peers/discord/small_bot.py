"""A small real discord.py bot, with a bit of everything, to try the peer with."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands, ui

from tests.peers.discord.cdn import png
from tests.peers.discord.pointing import pointed_at
from tests.peers.discord.server import Peer


class Remix(ui.Modal, title="Remix"):
    """A form with one text."""

    prompt: ui.TextInput[Remix] = ui.TextInput(label="Prompt", min_length=3, max_length=50)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Remixing {self.prompt.value}", ephemeral=True)


class Preferences(ui.Modal, title="Preferences"):
    """A form with a bit of everything."""

    note: ui.TextDisplay[Any] = ui.TextDisplay("Nothing is sent yet.")
    style: ui.Label[Preferences] = ui.Label(
        text="Style",
        component=ui.Select(
            options=[
                discord.SelectOption(label="Ink", value="i"),
                discord.SelectOption(label="Oil"),
            ]
        ),
    )
    counts: ui.Label[Preferences] = ui.Label(
        text="Counts",
        component=ui.RadioGroup(
            options=[
                discord.RadioGroupOption(label="Shown", value="shown", default=True),
                discord.RadioGroupOption(label="Hidden", value="hidden"),
            ]
        ),
    )
    friend: ui.Label[Preferences] = ui.Label(text="Friend", component=ui.UserSelect(required=True))
    picture: ui.Label[Preferences] = ui.Label(
        text="Picture", component=ui.FileUpload(required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        style, counts = self.style.component, self.counts.component
        friend, picture = self.friend.component, self.picture.component
        assert isinstance(style, ui.Select)
        assert isinstance(counts, ui.RadioGroup)
        assert isinstance(friend, ui.UserSelect)
        assert isinstance(picture, ui.FileUpload)
        sizes = [len(await one.read()) for one in picture.values]
        told = f"{style.values} {counts.value} {friend.values[0].name} {sizes}"
        await interaction.response.send_message(told)


class Buttons(ui.View):
    """Three buttons and a select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Vary", custom_id="vary")
    async def vary(self, interaction: discord.Interaction, button: ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="Varied")

    @ui.button(label="Remix", custom_id="remix")
    async def remix(self, interaction: discord.Interaction, button: ui.Button[Any]) -> None:
        await interaction.response.send_modal(Remix())

    @ui.button(emoji="🗑️", custom_id="delete")
    async def remove(self, interaction: discord.Interaction, button: ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.delete_original_response()

    @ui.select(
        custom_id="style",
        options=[discord.SelectOption(label="Ink", value="i"), discord.SelectOption(label="Oil")],
    )
    async def style(self, interaction: discord.Interaction, select: ui.Select[Any]) -> None:
        await interaction.response.send_message(f"Style {select.values[0]}")


class Gallery(ui.LayoutView):
    """A card of components alone."""

    def __init__(self, text: str) -> None:
        super().__init__(timeout=None)
        gallery: ui.MediaGallery[Any] = ui.MediaGallery()
        gallery.add_item(media="attachment://one.png", description="A picture of a fox")
        vote: ui.Button[Any] = ui.Button(label="Vote", custom_id="vote")
        box: ui.Container[Any] = ui.Container(
            ui.TextDisplay(text), gallery, ui.ActionRow(vote), accent_color=0x5865F2
        )
        self.add_item(box)


class SmallBot(discord.Client):
    """The bot; what it saw is kept for the test to look at."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        super().__init__(intents=intents or discord.Intents.all(), **options)
        self.tree = app_commands.CommandTree(self)
        self.seen: list[tuple[str, Any]] = []
        self.readied = 0
        self.problems: list[BaseException] = []
        self.is_up = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without discord.py's five seconds of waiting before it logs in again."""

    async def setup_hook(self) -> None:
        add_commands(self.tree)
        self.tree.error(self.on_tree_error)
        await self.tree.sync()
        self.add_view(Buttons())

    async def on_tree_error(self, interaction: Any, error: app_commands.AppCommandError) -> None:
        self.problems.append(error.__cause__ or error)

    async def on_ready(self) -> None:
        self.readied += 1
        self.is_up.set()

    async def on_resumed(self) -> None:
        self.seen.append(("resumed", None))

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self.seen.append(("message", message))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.seen.append(("reaction", event))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.seen.append(("withdrawn", event))

    def of(self, kind: str) -> list[Any]:
        """What it saw of one kind."""
        return [what for which, what in self.seen if which == kind]


def picture() -> discord.File:
    """A small picture to send."""
    return discord.File(io.BytesIO(png()), "one.png", description="A picture of a fox")


def add_commands(tree: app_commands.CommandTree[Any]) -> None:
    """What the bot can do."""

    @tree.command(description="Say something")
    async def say(interaction: discord.Interaction, text: str, times: int = 1) -> None:
        await interaction.response.send_message(text * times)

    @tree.command(description="Take time")
    @app_commands.rename(word="style")
    async def create(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, 100],
        count: app_commands.Range[int, 1, 10] = 4,
        word: str = "ink",
    ) -> None:
        await interaction.response.defer(thinking=True, ephemeral=count == 1)
        await interaction.edit_original_response(content=f"{count} × {prompt} in {word}")
        await interaction.followup.send("That is all.")

    @create.autocomplete("word")
    async def words(interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        known = ("ink", "oil", "mosaic")
        return [app_commands.Choice(name=one, value=one) for one in known if one.startswith(text)]

    @tree.command(description="Show a card")
    async def card(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Gallery("## A fox"), file=picture())

    @tree.command(description="Show buttons")
    async def buttons(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Choose", view=Buttons())

    @tree.command(description="Show a form")
    async def preferences(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Preferences())

    @tree.command(description="Never answer")
    async def silent(interaction: discord.Interaction) -> None:
        await asyncio.sleep(0)

    @tree.context_menu(name="Show provenance")
    async def provenance(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"About {message.id}", ephemeral=True)

    @tree.context_menu(name="Who is this")
    async def who(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(member.display_name, ephemeral=True)

    group = app_commands.Group(name="round", description="Rounds")

    @group.command(name="open", description="Open a round")
    async def open_round(
        interaction: discord.Interaction, who: discord.Member, minutes: int
    ) -> None:
        await interaction.response.send_message(f"{who.display_name}: {minutes} minutes")

    tree.add_command(group)


@asynccontextmanager
async def running_bot(peer: Peer, **options: Any) -> AsyncIterator[SmallBot]:
    """The bot, logged in to a peer and ready."""
    options.setdefault("guild_ready_timeout", 0.05)
    options.setdefault("chunk_guilds_at_startup", False)
    with pointed_at(peer):
        bot = SmallBot(**options)
        running = asyncio.create_task(bot.start(peer.token))
        try:
            up = asyncio.create_task(bot.is_up.wait())
            done, _ = await asyncio.wait({running, up}, timeout=10, return_when="FIRST_COMPLETED")
            if running in done:
                running.result()
            assert up in done, "the bot did not become ready"
            yield bot
        finally:
            up.cancel()
            await bot.close()
            await asyncio.gather(running, return_exceptions=True)
