"""Comparing: what stands under the galleries of a round, with what was seen there before.

Reactions come and go also while no process listens. So they are read from Discord and compared
with the `Reaction` rows: when this process takes over a shard, when its connection was away, and
when the time of a round is over, before its votes are counted. What differs becomes one report to
the ledger (`reconcile_round`), which judges each difference like a live vote.

    gone               the vote is withdrawn, if it still stands there
    new                the vote is cast, or moves
    not allowed        taken off, and explained once
    an emoji gone, with our own    a moderator cleared it: no vote is withdrawn
    a message gone     sent again; its votes stay

Whoever does something while this goes on is left out: what they do is handled as it happens, and
is the newer truth. Nobody's live change is handled while the report is made. Only of the last
comparison nobody is left out: what is not done by then is not done live any more.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot.discord import people
from bot.discord.looking import Looking
from bot.discord.posts import FRONT_END
from bot.discord.votes.books import Books, Noted
from bot.discord.votes.differences import Difference, Mark, difference, left_over
from bot.discord.votes.reactions import Reactions
from bot.discord.votes.registrar import Registrar
from bot.discord.votes.sighting import Lookout, Sight
from tools.community.rules import rules_of
from tools.errors import MintmarkError, Refused
from tools.people import STUDIO, Actor
from tools.provenance.tables import now
from tools.voting.reconciling import MOST_SEEN, ReconciledOut, RefusedVote

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

LOOKS_EVERY_S = 0.5  # for rounds whose time is over
AT_ONCE = 8  # rounds compared at the same time
_AGAIN_S = 15.0  # after Discord or the database did not answer
_log = structlog.get_logger("mintmark.discord.reconciling")


class Reconciler:
    """The comparing of one process."""

    def __init__(
        self, client: "MintmarkClient", books: Books, lookout: Lookout, reactions: Reactions
    ) -> None:
        self._client = client
        self._books = books
        self._lookout = lookout
        self._reactions = reactions
        self._registrar = Registrar(client)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._not_before: dict[str, float] = {}
        self._few = asyncio.Semaphore(AT_ONCE)
        self._looking = Looking(self._look, lambda: LOOKS_EVERY_S, name="reconciling")

    # --- when it compares ---

    async def begin(self, _: int = 0) -> None:
        """This process handles a shard, or its connection is back: compare every open round."""
        for round_id in await asyncio.to_thread(self._books.open_rounds, self._client.handles):
            self._start(round_id)
        self._looking.begin()

    async def stop(self) -> None:
        """Compare no more; another process does it."""
        await self._looking.stop()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until every comparison that was begun has ended."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def _look(self) -> None:
        over = self._books.rounds_to_compare
        for round_id in await asyncio.to_thread(over, self._client.handles):
            if self._not_before.get(round_id, 0.0) <= asyncio.get_running_loop().time():
                self._start(round_id)

    def _start(self, round_id: str) -> None:
        if round_id not in self._running:
            task = asyncio.create_task(self._tried(round_id), name=f"compare {round_id}")
            self._running[round_id] = task
            task.add_done_callback(lambda _: self._running.pop(round_id, None))

    async def _tried(self, round_id: str) -> None:
        """Compare a round; what cannot be done now is tried again by whoever looks next."""
        try:
            async with self._few:
                await self.compare(round_id)
        except MintmarkError as error:
            _log.warning("not compared", round=round_id, reason=str(error))
        except Exception:
            _log.exception("unforeseen", round=round_id)
        else:
            return
        self._not_before[round_id] = asyncio.get_running_loop().time() + _AGAIN_S

    # --- one round ---

    async def compare(self, round_id: str) -> None:
        """Read what stands there, and report what differs.

        Raises:
            MintmarkError: if Discord or the database does not answer; nothing is reported then.
        """
        turnstile, begun_at = self._reactions.turnstiles[round_id], now()
        is_last = await asyncio.to_thread(self._books.is_over, round_id, begun_at)
        async with self._reactions.watched(round_id) as touched:
            if is_last:  # what is being done live is the last of it
                await turnstile.free()
            sight = await self._lookout.look(round_id, begun_at)
            ids = await self._known(round_id, sight)
            async with turnstile.by_itself():
                left_out = () if is_last else touched
                await self._report(round_id, sight, ids, left_out, is_last=is_last)

    async def _known(self, round_id: str, sight: Sight) -> dict[int, str]:
        """The persons behind the reactions; those with something new as Discord has them now."""
        noted = await asyncio.to_thread(self._books.of_round, round_id)
        known = {(one.user, one.mark) for one in noted}
        fresh = [
            user
            for user, marks in sight.marks.items()
            if any((user, mark) not in known for mark in marks)
        ]
        guild = next((int(page.guild) for page in sight.pages.values()), None)
        if guild is not None:
            await self._registrar.sign_in(guild, fresh)
        everybody = {*sight.marks, *(one.user for one in noted)}
        return await asyncio.to_thread(self._registrar.persons, everybody)

    async def _report(
        self,
        round_id: str,
        sight: Sight,
        ids: Mapping[int, str],
        touched: Collection[int],
        *,
        is_last: bool,
    ) -> None:
        rows, void = await self._noted(round_id, sight)
        for user, marks in void.items():
            sight.marks[user] -= marks
            if not self._reactions.is_busy(round_id, user):
                self._take_off(sight, user, marks)
        users = sorted({*sight.marks, *rows})
        found = [
            one
            for user in users
            if user not in touched
            and (one := difference(user, rows.get(user, set()), sight.marks[user], sight.cleared))
        ]
        steps = [step for one in found if one.user in ids for step in one.steps(ids[one.user])]
        refused = await self._told(round_id, sight.begun_at, steps, is_last=is_last)
        await self._settle(round_id, sight, found, void, ids, refused)
        for user in touched:
            if not self._reactions.is_busy(round_id, user):
                self._take_off(sight, user, left_over(rows.get(user, set()), sight.marks[user]))
        _log.info("compared", round=round_id, differences=len(found), refused=len(refused))

    async def _noted(
        self, round_id: str, sight: Sight
    ) -> tuple[defaultdict[int, set[Mark]], defaultdict[int, set[Mark]]]:
        """What stood for votes where we looked, and what stands there that does not.

        What did not stand for a vote and is gone is forgotten: set again, it would be a new one.
        """
        counts: defaultdict[int, set[Mark]] = defaultdict(set)
        void: defaultdict[int, set[Mark]] = defaultdict(set)
        gone: list[Noted] = []
        for one in await asyncio.to_thread(self._books.of_round, round_id):
            page = sight.pages.get(one.mark.message)
            if page is None:
                continue  # its message is gone, and that says nothing of the vote
            if one.counts:
                counts[one.user].add(one.mark)
            elif one.mark in sight.marks.get(one.user, ()):
                void[one.user].add(one.mark)
            elif not self._reactions.is_turned_away(page, one.user, one.mark.number):
                gone.append(one)
        if gone:
            await asyncio.to_thread(self._books.forget_all, gone)
        return counts, void

    async def _told(
        self,
        round_id: str,
        begun_at: datetime,
        steps: Sequence[Mapping[str, Any]],
        *,
        is_last: bool,
    ) -> list[RefusedVote]:
        """Tell the ledger; returns what it refused. Only the last comparison lets a round close."""
        refused: list[RefusedVote] = []
        for start in range(0, max(len(steps), 1), MOST_SEEN):
            report = {
                "round_id": round_id,
                "front_end": FRONT_END,
                "seen": steps[start : start + MOST_SEEN],
                "begun_at": begun_at,
                "final": is_last and start + MOST_SEEN >= len(steps),
            }
            output = await self._client.studio.door.acall("reconcile_round", report, STUDIO)
            assert isinstance(output, ReconciledOut)
            refused += output.refused
        return refused

    async def _settle(
        self,
        round_id: str,
        sight: Sight,
        found: Sequence[Difference],
        void: defaultdict[int, set[Mark]],
        ids: Mapping[int, str],
        refused_votes: Sequence[RefusedVote],
    ) -> None:
        """Write down what stands for votes now; take off what does not, and say why."""
        refused = {(one.person_id, one.number): one.reason for one in refused_votes}
        stands: dict[int, Mark | None] = {}
        voters = await self._anybody(sight)
        for one in found:
            person = ids.get(one.user)
            reason = refused.get((person or "", one.new.number)) if one.new else None
            counts = one.new is not None and person is not None and reason is None
            stands[one.user] = one.new if counts else one.kept
            off = one.kept if counts else one.new
            turned_away = {*one.surplus, *((off,) if off else ())}
            void[one.user] |= turned_away
            self._take_off(sight, one.user, turned_away)
            if person is not None and reason is not None and one.user not in sight.bots:
                voter = replace(voters, person_id=person)
                self._reactions.explain(voter, round_id, Refused(reason))
        self._take_off_secrets(sight, stands, void)
        await asyncio.to_thread(
            self._books.write, round_id, sight.pages, stands, void, sight.cleared
        )

    def _take_off(self, sight: Sight, user: int, marks: Collection[Mark]) -> None:
        for mark in marks:
            if (page := sight.pages.get(mark.message)) is not None:
                self._reactions.turned_away(page, user, mark.number)

    def _take_off_secrets(
        self, sight: Sight, stands: dict[int, Mark | None], void: defaultdict[int, set[Mark]]
    ) -> None:
        """Where votes are secret no reaction stands for one: it is counted and taken off."""
        for user, mark in stands.items():
            if mark is not None and sight.pages[mark.message].hidden:
                self._take_off(sight, user, (mark,))
                void[user].add(mark)
                stands[user] = None

    async def _anybody(self, sight: Sight) -> Actor:
        """Somebody in the guild of a round, in its language: all that an explanation needs."""
        page = next(iter(sight.pages.values()), None)
        guild = page.guild if page else ""
        rules = await asyncio.to_thread(rules_of, self._client.studio, guild)
        locale = rules.locale or people.locale_of(self._client, guild or 0)
        return Actor("", "", guild, "", FRONT_END, locale=locale)
