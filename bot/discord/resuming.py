"""What other processes left behind when they died is carried on.

    messages that show how far some work is      followed on, to their end
    work whose process died before it answered   answered in the channel where it was asked for
    claims of long ago                           forgotten

Only the holder of a guild's shard does this, and only for processes that are known to be dead.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from bot.discord import claims, people
from bot.discord.following import PURPOSE, Followed
from bot.discord.place import Channel
from bot.discord.posts import FRONT_END, claim_of
from bot.following import job, work_behind
from bot.presenters import present
from bot.scene import scene_of
from bot.texts import Words
from tools.community.tables import Post
from tools.errors import MintmarkError
from tools.generation.tables import Job
from tools.people import Actor
from tools.phrases import phrase
from tools.provenance.tables import Person, ToolCall, now

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

EVERY_S = 15.0
_SWEPT_EVERY_S = 3600.0
_ADOPTED_WITHIN = timedelta(days=1)
_log = structlog.get_logger("mintmark.discord.resuming")


async def setup(client: "MintmarkClient") -> None:
    """Look when this process becomes responsible, and again and again from then on."""
    resuming = Resuming(client)
    client.hear("held", resuming.begin)
    client.hear("caught_up", resuming.look)
    client.on_close(resuming.stop)


class Resuming:
    """One process's looking after what was left behind."""

    def __init__(self, client: "MintmarkClient") -> None:
        self._client = client
        self._looking: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._swept_at = float("-inf")

    async def begin(self, _: int) -> None:
        """A shard is held: look now, and keep looking."""
        await self.look()
        if self._looking is None:
            self._looking = asyncio.create_task(self._keep_looking(), name="resuming")

    async def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            with suppress(MintmarkError):  # the database is busy: the next time
                await self.look()

    async def look(self, _: int = 0) -> None:
        """Carry on with whatever there is."""
        async with self._one_at_a_time:
            for post in await asyncio.to_thread(self._left_behind):
                await self._carried_on(post)
            for job_id in await asyncio.to_thread(self._unanswered):
                await self._answered(job_id)
            await self._sweep()

    async def _sweep(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._swept_at > _SWEPT_EVERY_S:
            self._swept_at = now_s
            await asyncio.to_thread(claims.sweep, self._client.studio)

    def _left_behind(self) -> list[Post]:
        """Posts that a dead process followed; from now on this one does."""
        client = self._client
        return [
            post
            for post in client.posts.unfinished(PURPOSE)
            if client.handles(post.guild)
            and not client.book.follows(post)
            and claims.take_over(client.studio, claim_of(post.id))
        ]

    async def _carried_on(self, post: Post) -> None:
        actor = await asyncio.to_thread(self._actor, post)
        if actor is None:
            await asyncio.to_thread(self._client.posts.gone, post.id)
            return
        followed = Followed.of(post)
        handle = f"{post.channel}/{post.message}" if post.message else ""
        _log.info("carries on", post=post.id, work=followed.value)
        try:
            await self._follow(actor, post, followed, handle)
        except MintmarkError as error:
            _log.warning("not carried on", post=post.id, reason=str(error))
            await asyncio.to_thread(self._client.posts.gone, post.id)

    async def _follow(self, actor: Actor, post: Post, followed: Followed, handle: str) -> None:
        """Ask how the work stands; follow it, or show how it ended."""
        client = self._client
        place = await self._place(actor, post.channel)
        client.book.took_over(post, handle)
        arguments = {followed.argument: followed.value}
        output = await client.studio.door.acall(followed.report, arguments, actor)
        if work := work_behind(output):
            client.desk.at(place).follow(actor, handle, work)
            return
        message = await asyncio.to_thread(lambda: present(output, scene_of(client.studio, actor)))
        await place.update(handle, message)
        await client.book.closed(handle, message)

    async def _place(self, actor: Actor, channel: str) -> Channel:
        user = await asyncio.to_thread(people.external_id, self._client.studio, actor.person_id)
        return Channel(self._client, int(channel) if channel else None, user, locale=actor.locale)

    def _actor(self, post: Post) -> Actor | None:
        """The person for whom it is, as they were last seen."""
        with self._client.studio.db.read() as session:
            person = session.get(Person, post.person_id) if post.person_id else None
        if person is None or person.external_id is None:
            return None
        locale = people.locale_of(self._client, post.guild)
        return people.known(
            self._client.studio, person.external_id, post.guild, post.channel or "-", locale
        )

    def _unanswered(self) -> list[str]:
        """Jobs that a process took on and died before it could say so."""
        with self._client.studio.db.read() as session:
            answered = select(Post.subject_id).filter_by(front_end=FRONT_END)
            found = (
                select(Job.id, Job.guild, ToolCall.process)
                .join(ToolCall, ToolCall.id == Job.tool_call_id)
                .where(Job.front_end == FRONT_END, Job.created_at > now() - _ADOPTED_WITHIN)
                .where(Job.id.not_in(answered))
            )
            rows = session.execute(found).all()
        studio, handles = self._client.studio, self._client.handles
        dead = {name for name in {row.process for row in rows} if studio.liveness.is_dead(name)}
        return [
            row.id
            for row in rows
            if row.process in dead and handles(row.guild) and claims.take(studio, f"job:{row.id}")
        ]

    async def _answered(self, job_id: str) -> None:
        """Show a job in the channel where it was asked for, and follow it."""
        actor = await asyncio.to_thread(self._asker, job_id)
        if actor is None:
            return
        _log.info("answers for a dead process", job=job_id)
        place, work = (
            await self._place(actor, actor.channel),
            job(job_id, phrase("Making pictures")),
        )
        handle = await place.send(actor, work.message(Words(actor.locale)))
        await self._client.book.opened(actor, handle, work)
        self._client.desk.at(place).follow(actor, handle, work)

    def _asker(self, job_id: str) -> Actor | None:
        with self._client.studio.db.read() as session:
            row = session.get_one(Job, job_id)
            call = session.get_one(ToolCall, row.tool_call_id)
            person = session.get(Person, call.person_id) if call.person_id else None
        if person is None or person.external_id is None:
            return None
        locale = people.locale_of(self._client, row.guild)
        studio = self._client.studio
        return people.known(studio, person.external_id, row.guild, row.channel, locale)
