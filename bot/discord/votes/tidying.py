"""Taking reactions off that their vote has moved on from, by whatever way it moved.

A vote also moves, or is taken back, by a button, a command or at a terminal, in whatever process.
The person's reaction under the gallery would then tell of a vote that is no more. So every round
that is shown is looked at: who did something with their vote since the last look, and does their
reaction still say what counts? What does not is noted as no vote, so that nothing is withdrawn when
it goes, and taken off. Secret rounds show nothing.

Whoever taps at this moment is left for the next look: what they do is handled as it happens.
"""

import asyncio
from typing import TYPE_CHECKING

from bot.discord.looking import Looking
from bot.discord.votes.books import Books, Noted
from bot.discord.votes.pages import Pages
from bot.discord.votes.reactions import Reactions

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

LOOKS_EVERY_S = 1.0


class Tidier:
    """Keeps what stands under the galleries of one process true."""

    def __init__(
        self, client: "MintmarkClient", books: Books, pages: Pages, reactions: Reactions
    ) -> None:
        self._client = client
        self._books = books
        self._pages = pages
        self._reactions = reactions
        self._seen: dict[str, int] = {}  # round → the last ballot that was looked at
        self._looking = Looking(self.look, lambda: LOOKS_EVERY_S, name="tidying")

    async def begin(self, _: int = 0) -> None:
        """A shard is held: look at all its rounds, and after that at what changes."""
        self._seen.clear()
        self._looking.begin()

    async def stop(self) -> None:
        """Look no more."""
        await self._looking.stop()

    async def look(self) -> None:
        """See to the rounds in which votes were cast, moved or withdrawn since the last look."""
        newest = await asyncio.to_thread(self._books.last_ballots, self._client.handles)
        for round_id, ballot in newest.items():
            if ballot != self._seen.get(round_id) and await self._tidied(round_id):
                self._seen[round_id] = ballot
        for ended in self._seen.keys() - newest.keys():  # the last votes of a round are votes too
            if await self._tidied(ended):
                del self._seen[ended]

    async def _tidied(self, round_id: str) -> bool:
        """Take off what says no longer what counts; False if somebody concerned is busy."""
        since = self._seen.get(round_id, 0)
        async with self._reactions.turnstiles[round_id].live():
            busy = self._reactions.busy_in(round_id)
            outdated = await asyncio.to_thread(self._books.void, round_id, since, busy)
            left = [one for one in outdated if not self._is_seen_to(round_id, one)]
        return not left

    def _is_seen_to(self, round_id: str, one: Noted) -> bool:
        page = self._pages.at(one.mark.message)
        if page is None or not self._client.handles(page.guild):
            return True
        if self._reactions.is_busy(round_id, one.user):
            return False
        if not self._reactions.is_turned_away(page, one.user, one.mark.number):
            self._reactions.turned_away(page, one.user, one.mark.number)
        return True
