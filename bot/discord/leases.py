"""Leases: of several processes, one at a time does a lasting thing, as long as it lives.

Each shard of the gateway has a lease. All processes of the bot hear its events; the holder of the
lease handles reactions and posts, the others stand by. The holder renews its lease; if it dies or
hangs, another takes the lease, and with it whatever was left undone. What is done once in a while
and takes long, such as setting up a server, has a lease for as long as that takes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from sqlalchemy import delete, true, update
from sqlalchemy.exc import IntegrityError

from tools.community.tables import Lease
from tools.errors import MintmarkError
from tools.provenance.tables import now
from tools.studio import Studio

LASTS_S = 20.0
RENEWED_EVERY_S = 5.0
_log = structlog.get_logger("mintmark.discord.leases")


def name_of(shard: int) -> str:
    """The name of a shard's lease."""
    return f"discord:shard:{shard}"


def take(studio: Studio, name: str) -> bool:
    """Take a lease, or renew it; False if another live process holds it. Blocks."""
    until = now() + timedelta(seconds=LASTS_S)
    with studio.db.read() as session:
        row = session.get(Lease, name)
        holder = row.holder if row else None
    if holder is None:
        return _first(studio, name)
    free = holder == studio.process or studio.liveness.is_dead(holder)
    change = update(Lease).where(
        Lease.name == name, Lease.holder == holder, true() if free else Lease.until < now()
    )
    with studio.db.write() as session:
        values = change.values(holder=studio.process, until=until)
        return session.connection().execute(values).rowcount == 1


def _first(studio: Studio, name: str) -> bool:
    until = now() + timedelta(seconds=LASTS_S)
    try:
        with studio.db.write() as session:
            session.add(Lease(name=name, holder=studio.process, until=until))
        return True
    except IntegrityError:
        return False


def release(studio: Studio, names: Iterable[str]) -> None:
    """Let others have these leases at once. Blocks."""
    mine = delete(Lease).where(Lease.name.in_(list(names)), Lease.holder == studio.process)
    with studio.db.write() as session:
        session.execute(mine)


@asynccontextmanager
async def held(studio: Studio, name: str) -> AsyncIterator[bool]:
    """Hold a lease while something is done; gives False if another live process holds it.

    Of one process everybody may hold it at the same time. If the process dies, others may take it
    at once; if it hangs, when the lease has run out.
    """
    if not await asyncio.to_thread(take, studio, name):
        yield False
        return
    keeper = asyncio.create_task(_renew(studio, name), name=f"lease {name}")
    try:
        yield True
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await asyncio.to_thread(release, studio, [name])


async def _renew(studio: Studio, name: str) -> None:
    while True:
        await asyncio.sleep(RENEWED_EVERY_S)
        try:
            await asyncio.to_thread(take, studio, name)
        except MintmarkError as error:  # the database is busy: the next time
            _log.warning("lease not renewed", name=name, reason=str(error))


class Leases:
    """The leases that this process wants and holds."""

    def __init__(
        self,
        studio: Studio,
        taken: Callable[[int], Awaitable[None]],
        lost: Callable[[int], Awaitable[None]],
    ) -> None:
        """Begin with none.

        Args:
            studio: whose database the leases stand in.
            taken: told the shard when this process becomes the holder.
            lost: told the shard when it no longer is.
        """
        self._studio = studio
        self._taken, self._lost = taken, lost
        self._wanted: set[int] = set()
        self._held: set[int] = set()
        self._keeper: asyncio.Task[None] | None = None

    def holds(self, shard: int) -> bool:
        """Whether this process handles the shard's reactions and posts."""
        return shard in self._held

    async def want(self, shard: int) -> None:
        """Try now, and again and again, to hold a shard's lease."""
        self._wanted.add(shard)
        await self._try(shard)
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="leases")

    def rest(self, shard: int) -> None:
        """Renew a lease no more: who hears nothing leaves it to others after a while."""
        self._wanted.discard(shard)

    async def release(self) -> None:
        """Let go of everything, so that another process need not wait."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        names = [name_of(shard) for shard in self._held]
        self._held.clear()
        self._wanted.clear()
        await asyncio.to_thread(release, self._studio, names)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(RENEWED_EVERY_S)
            for shard in sorted(self._wanted):
                await self._try(shard)

    async def _try(self, shard: int) -> None:
        """Take or renew; a database that does not answer costs the lease, not the process."""
        try:
            mine = await asyncio.to_thread(take, self._studio, name_of(shard))
        except MintmarkError as error:
            _log.warning("lease not renewed", shard=shard, reason=str(error))
            mine = False
        if mine and shard not in self._held:
            self._held.add(shard)
            _log.info("holds the shard", shard=shard, process=self._studio.process)
            await self._taken(shard)
        elif not mine and shard in self._held:
            self._held.discard(shard)
            _log.info("no longer holds the shard", shard=shard)
            await self._lost(shard)
