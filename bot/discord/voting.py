"""Votes in Discord, put together.

pages        the index: which message shows which page of which round
rounds       galleries are sent, brought up to date, closed
reactions    taps become votes, one person's after the other
removals     reactions that do not stand for a vote are taken off
whispers     why a vote does not count is told once, in private
sighting     what stands there is read from Discord
reconciling  and compared with what was seen before
"""

import asyncio
from typing import TYPE_CHECKING

from bot.discord.pages import Pages
from bot.discord.reactions import Reactions
from bot.discord.reconciling import Reconciler
from bot.discord.removals import Removals
from bot.discord.rounds import Galleries
from bot.discord.sighting import Lookout
from bot.discord.whispers import Whispers

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient


class Voting:
    """The votes of the guilds that one process handles."""

    def __init__(self, client: "MintmarkClient") -> None:
        self.pages = Pages()
        self.removals = Removals(client)
        self.whispers = Whispers(client)
        self.galleries = Galleries(client, self.pages)
        self.reactions = Reactions(client, self.pages, self.removals, self.whispers)
        lookout = Lookout(client, self.pages, self.galleries, self.removals)
        self.reconciler = Reconciler(client, lookout, self.reactions)
        self._client = client

    async def held(self, shard: int) -> None:
        """This process handles a shard from now on."""
        await self.galleries.begin(shard)
        await self.reconciler.begin(shard)

    async def stop(self) -> None:
        """Finish what was heard, and leave the rest to another process."""
        await self.galleries.stop()
        await self.reconciler.stop()
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
