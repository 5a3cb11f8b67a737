"""Taking reactions off messages: one after another in each channel, as Discord lets it happen.

Discord allows few changes of reactions in a second, so what is to be taken off waits here. Whoever
sets the same reaction again meanwhile keeps it: `keep` calls off what has not happened yet. What
waits here, and what Discord does not let us take off, is no vote.
"""

import asyncio
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.discord.safe_send import Gone, persistently
from tools.errors import MintmarkError

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

_log = structlog.get_logger("mintmark.discord.removals")


@dataclass(frozen=True)
class Standing:
    """A person's reaction, as it stands under a message."""

    channel: int
    message: int
    user: int
    emoji: str


class Removals:
    """What is still to be taken off."""

    def __init__(self, client: "MintmarkClient") -> None:
        self._client = client
        self._waiting: defaultdict[int, OrderedDict[Standing, None]] = defaultdict(OrderedDict)
        self._stuck: set[Standing] = set()
        self._workers: dict[int, asyncio.Task[None]] = {}

    def take_off(self, reaction: Standing) -> None:
        """Take a reaction off as soon as Discord lets it happen; returns at once."""
        self._waiting[reaction.channel][reaction] = None
        worker = self._workers.get(reaction.channel)
        if worker is None or worker.done():
            work = self._work(reaction.channel)
            self._workers[reaction.channel] = asyncio.create_task(work, name="removals")

    def keep(self, reaction: Standing) -> None:
        """Leave a reaction where it is, if it is not taken off already: it was set again."""
        self._waiting[reaction.channel].pop(reaction, None)
        self._stuck.discard(reaction)

    def doomed(self, reaction: Standing) -> bool:
        """Whether a reaction stands there only until Discord lets us take it off."""
        return reaction in self._waiting[reaction.channel] or reaction in self._stuck

    async def settled(self) -> None:
        """Wait until there is nothing left to take off."""
        while busy := [worker for worker in self._workers.values() if not worker.done()]:
            await asyncio.wait(busy)

    async def stop(self) -> None:
        """Leave the rest to whoever compares the votes next."""
        for worker in self._workers.values():
            worker.cancel()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def _work(self, channel: int) -> None:
        waiting = self._waiting[channel]
        while waiting:
            reaction = next(iter(waiting))  # it stays in the list until it is off
            try:
                await self._taken_off(reaction)
            except Gone:
                pass  # the reaction, or its whole message
            except MintmarkError as error:
                self._stuck.add(reaction)
                _log.info("reaction stays", message=reaction.message, reason=str(error))
            waiting.pop(reaction, None)

    async def _taken_off(self, reaction: Standing) -> None:
        where = (reaction.channel, reaction.message, reaction.emoji, reaction.user)
        await persistently(lambda: self._client.http.remove_reaction(*where), self._client)
