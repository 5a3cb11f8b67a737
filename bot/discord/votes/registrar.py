"""Signing many people in at once, as Discord has them at this moment.

Members are asked for over the gateway, a hundred at a time: Discord allows two such requests a
second there, and of single members only a few in ten seconds. Who was asked for a minute ago is
not asked for again, so that many rounds with the same voters cost no more than one.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

import discord
from sqlalchemy import select

from bot.discord import people
from bot.discord.posts import FRONT_END
from tools.community.rules import rules_of
from tools.errors import ServiceUnavailable
from tools.people import sign_in
from tools.provenance.tables import Person

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

PER_REQUEST = 100  # people: Discord's most
_GOOD_FOR_S = 60.0
_AT_ONCE = 500  # people in one query


class Registrar:
    """Knows whom it has signed in lately."""

    def __init__(self, client: "MintmarkClient") -> None:
        self._client = client
        self._lately: dict[tuple[int, int], float] = {}
        self._one_at_a_time = asyncio.Lock()

    async def sign_in(self, guild: int, users: Iterable[int]) -> None:
        """Note who these people are, and what they are allowed in a guild now.

        Those who are not members (any more) lose the role they had there.

        Raises:
            ServiceUnavailable: if Discord does not answer.
        """
        async with self._one_at_a_time:
            asked = [user for user in users if not self._is_known(guild, user)]
            for start in range(0, len(asked), PER_REQUEST):
                await self._sign_in_some(guild, asked[start : start + PER_REQUEST])

    def persons(self, users: Collection[int]) -> dict[int, str]:
        """Ids of persons by their ids in Discord, for those that are known. Blocks."""
        wanted = [str(user) for user in users]
        found: dict[int, str] = {}
        with self._client.studio.db.read() as session:
            for start in range(0, len(wanted), _AT_ONCE):
                some = select(Person.external_id, Person.id).where(
                    Person.front_end == FRONT_END,
                    Person.external_id.in_(wanted[start : start + _AT_ONCE]),
                )
                found |= {int(user): person for user, person in session.execute(some) if user}
        return found

    def _is_known(self, guild: int, user: int) -> bool:
        at = self._lately.get((guild, user))
        return at is not None and asyncio.get_running_loop().time() < at + _GOOD_FOR_S

    async def _sign_in_some(self, guild: int, users: Sequence[int]) -> None:
        members = await self._members(guild, users)
        left = set(users) - {member.id for member in members}
        await asyncio.to_thread(self._write, guild, members)
        for user in left:
            await asyncio.to_thread(people.forget, self._client.studio, str(user), str(guild))
        moment = asyncio.get_running_loop().time()
        self._lately |= {(guild, user): moment for user in users}

    async def _members(self, guild: int, users: Sequence[int]) -> list[discord.Member]:
        place = self._client.get_guild(guild)
        if place is None:
            raise ServiceUnavailable("I am not in that server at the moment.")
        try:
            return await place.query_members(user_ids=list(users), limit=PER_REQUEST, cache=False)
        except TimeoutError:
            raise ServiceUnavailable("Discord does not tell who the voters are.") from None

    def _write(self, guild: int, members: Sequence[discord.Member]) -> None:
        """Sign them in, in one transaction. Blocks."""
        with self._client.studio.db.write() as session:
            rules = rules_of(self._client.studio, str(guild), "", session)
            for member in members:
                who = people.seen(member)
                sign_in(
                    session,
                    front_end=FRONT_END,
                    external_id=who.user,
                    name=who.name,
                    guild=str(guild),
                    channel="",
                    role=people.role_by(rules, who),
                    vouched=who.vouched,
                )
