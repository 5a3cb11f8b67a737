"""Votes in Discord, put together.

pages        the index: which message shows which page of which round
galleries    they are sent, brought up to date, closed
reactions    taps become votes, one person's after the other
books        which reaction was seen, and whether it stands for a vote
removals     reactions that do not stand for a vote are taken off
whispers     why a vote does not count is told once, in private
sighting     what stands there is read from Discord
reconciling  and compared with what was seen before
tidying      reactions that the vote has moved on from by other ways are taken off
"""

import asyncio
from typing import TYPE_CHECKING

from bot.discord.votes.books import Books
from bot.discord.votes.galleries import Galleries
from bot.discord.votes.pages import Pages
from bot.discord.votes.reactions import Reactions
from bot.discord.votes.reconciling import Reconciler
from bot.discord.votes.removals import Removals
from bot.discord.votes.sighting import Lookout
from bot.discord.votes.tidying import Tidier
from bot.discord.votes.whispers import Whispers

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient


class Voting:
    """The votes of the guilds that one process handles."""

    def __init__(self, client: "MintmarkClient") -> None:
        self.pages = Pages()
        self.removals = Removals(client)
        self.whispers = Whispers(client)
        self.galleries = Galleries(client, self.pages)
        books = Books(client.studio)
        self.reactions = Reactions(client, books, self.pages, self.removals, self.whispers)
        lookout = Lookout(client, self.pages, self.galleries, self.removals)
        self.reconciler = Reconciler(client, books, lookout, self.reactions)
        self.tidier = Tidier(client, books, self.pages, self.reactions)
        self._client = client

    async def held(self, shard: int) -> None:
        """This process handles a shard from now on."""
        await self.galleries.begin(shard)
        await self.reconciler.begin(shard)
        await self.tidier.begin(shard)

    async def stop(self) -> None:
        """Finish what was heard, and leave the rest to another process."""
        await self.galleries.stop()
        await self.reconciler.stop()
        await self.tidier.stop()
        await self.reactions.stop()
        await asyncio.gather(self.removals.stop(), self.whispers.stop())


async def setup(client: "MintmarkClient") -> None:
    """Hear of reactions, and of messages that are deleted."""
    voting = Voting(client)
    client.hear("raw_reaction_add", voting.reactions.came)
    client.hear("raw_reaction_remove", voting.reactions.went)
    client.hear("raw_reaction_clear", voting.reactions.cleared)
    client.hear("raw_reaction_clear_emoji", voting.reactions.cleared)
    client.hear("raw_message_delete", voting.galleries.deleted)
    client.hear("raw_bulk_message_delete", voting.galleries.deleted)
    client.hear("guild_channel_delete", voting.galleries.channel_deleted)
    client.hear("held", voting.held)
    client.hear("caught_up", voting.reconciler.begin)
    client.on_close(voting.stop)
