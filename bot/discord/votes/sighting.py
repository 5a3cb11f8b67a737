"""Reading from Discord what stands under the pages of a round.

It takes a request for each message, and one for every hundred reactions of each emoji, one after
the other in each channel, at the pace that Discord allows. On the way our own numbers are put back
where they are missing, and emojis that are no votes are taken off.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot.discord.safe_send import Gone, persistently
from bot.discord.votes.differences import Mark
from bot.discord.votes.galleries import Galleries
from bot.discord.votes.pages import Page, Pages
from bot.discord.votes.removals import Removals, Standing
from tools.errors import MintmarkError
from tools.voting.tables import Round

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

PER_PAGE = 100  # people on a page of reactions: Discord's most
_log = structlog.get_logger("mintmark.discord.sighting")


@dataclass
class Sight:
    """What stands under the pages of a round."""

    begun_at: datetime
    marks: defaultdict[int, set[Mark]] = field(default_factory=lambda: defaultdict(set))
    bots: set[int] = field(default_factory=set)
    cleared: set[Mark] = field(default_factory=set)  # emojis that lost our own reaction too
    pages: dict[int, Page] = field(default_factory=dict)  # by message: those that are there


class Lookout:
    """Reads rounds."""

    def __init__(
        self, client: "MintmarkClient", pages: Pages, galleries: Galleries, removals: Removals
    ) -> None:
        self._client = client
        self._pages = pages
        self._galleries = galleries
        self._removals = removals
        self._channels: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def look(self, round_id: str, begun_at: datetime) -> Sight:
        """Everything under the pages of a round, for a comparison that began at a moment.

        Raises:
            MintmarkError: if Discord does not answer, or does not let us look.
        """
        sight = Sight(begun_at)
        for page in self._pages.of(round_id):
            try:
                async with self._channels[page.channel]:
                    await self._look_at(page, sight)
            except Gone:
                await self._galleries.lost(page)
            else:
                sight.pages[page.message] = page
        return sight

    async def _look_at(self, page: Page, sight: Sight) -> None:
        there = await self._emojis(page)
        lacking = []
        for number in page.numbers:
            emoji = page.emoji_for(number)
            found = there.pop(emoji, None)
            if found is None:
                sight.cleared.add(Mark(page.message, number))
            elif found["count"] > found["me"]:
                await self._people(page, number, found["count"], sight)
            if found is None or not found["me"]:
                lacking.append(emoji)
        for stranger in there:
            await self._take_off(page, stranger)
        if lacking:
            is_open = await asyncio.to_thread(self._is_open, page.round_id)
            await self._galleries.dress(page, lacking if is_open else ())

    async def _emojis(self, page: Page) -> dict[str, Any]:
        """The reactions of a message: how many of each emoji, and whether ours is among them."""
        http = self._client.http
        data: Mapping[str, Any] = await persistently(
            lambda: http.get_message(page.channel, page.message), self._client
        )
        return {_key(found["emoji"]): found for found in data.get("reactions", ())}

    async def _people(self, page: Page, number: int, count: int, sight: Sight) -> None:
        """Everybody who set one emoji, a page after the other."""
        emoji, after, left = page.emoji_for(number), 0, count
        while left > 0:
            found = await self._some(page, emoji, after)
            left -= len(found)
            for user in found:
                after = int(user["id"])
                self._note(Standing(page.channel, page.message, after, emoji), number, user, sight)
            if len(found) < PER_PAGE:
                return

    async def _some(self, page: Page, emoji: str, after: int) -> list[Any]:
        http, where = self._client.http, (page.channel, page.message, emoji)
        found: list[Any] = await persistently(
            lambda: http.get_reaction_users(*where, PER_PAGE, after or None), self._client
        )
        return found

    def _note(self, standing: Standing, number: int, user: Mapping[str, Any], sight: Sight) -> None:
        me = self._client.user
        if (me is not None and standing.user == me.id) or self._removals.doomed(standing):
            return
        sight.marks[standing.user].add(Mark(standing.message, number))
        if user.get("bot"):
            sight.bots.add(standing.user)

    async def _take_off(self, page: Page, emoji: str) -> None:
        """Take an emoji off that is no vote, whoever set it."""
        http, where = self._client.http, (page.channel, page.message, emoji)
        try:
            await persistently(lambda: http.clear_single_reaction(*where), self._client)
        except MintmarkError as error:
            _log.info("emoji stays", message=page.message, reason=str(error))

    def _is_open(self, round_id: str) -> bool:
        with self._client.studio.db.read() as session:
            return session.get_one(Round, round_id).state == "open"


def _key(emoji: Mapping[str, Any]) -> str:
    return f"{emoji['name']}:{emoji['id']}" if emoji.get("id") else str(emoji["name"])
