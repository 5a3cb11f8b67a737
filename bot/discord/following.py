"""The book of what is followed: which message shows how far which work is.

Each is a post, `follow:<tool>:<argument>=<value>:<handle>`, so that after a crash another process
knows what to ask, and where to show what it hears. A post of a private answer has no channel: its
end is told in direct messages.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.discord import claims
from bot.discord.place import PRIVATE
from bot.discord.posts import Owed, claim_of
from bot.following import Work
from bot.frontend import Message
from tools.community.tables import Post
from tools.people import Actor

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

PURPOSE = "follow:"


@dataclass(frozen=True)
class Followed:
    """What a post of this book says."""

    report: str  # the tool that tells what came of the work
    argument: str
    value: str
    handle: str  # of the message; private ones lived with their process

    @property
    def purpose(self) -> str:
        """As it stands in the post."""
        return f"{PURPOSE}{self.report}:{self.argument}={self.value}:{self.handle}"

    @classmethod
    def of(cls, post: Post) -> "Followed":
        """What a post of this book says."""
        report, what, handle = post.purpose.removeprefix(PURPOSE).split(":", 2)
        argument, _, value = what.partition("=")
        return cls(report, argument, value, handle)


class Book:
    """The desk's book, for all places in Discord."""

    def __init__(self, client: "MintmarkClient") -> None:
        self._client = client
        self._open: dict[str, str] = {}  # handle → purpose, for as long as this process is at it

    def follows(self, post: Post) -> bool:
        """Whether this process is at it."""
        return post.purpose in self._open.values()

    async def opened(self, actor: Actor, handle: str, work: Work) -> None:
        """From now on the message under the handle shows how far the work is."""
        argument, value = next(iter(work.arguments.items()))
        followed = Followed(work.report, argument, value, handle)
        self._open[handle] = followed.purpose
        await asyncio.to_thread(self._write, actor, followed)

    def _write(self, actor: Actor, followed: Followed) -> None:
        private = not followed.handle or followed.handle.startswith(PRIVATE)
        channel, _, message = "", "", None
        if not private:
            channel, _, message = followed.handle.partition("/")
        owed = Owed(followed.purpose, followed.value, actor.guild, channel, actor.person_id)
        post, _ = self._client.posts.owe(owed, "sent", message)
        claims.take_over(self._client.studio, claim_of(post.id))

    def took_over(self, post: Post, handle: str) -> None:
        """This process goes on with a post, in the message under the handle."""
        self._open[handle] = post.purpose

    async def closed(self, handle: str, shown: Message) -> None:
        """Nothing about the message changes any more."""
        if purpose := self._open.get(handle):
            await asyncio.to_thread(self._done, purpose)
            self._open.pop(handle, None)

    def _done(self, purpose: str) -> None:
        if post := self._client.posts.of_purpose(purpose):
            self._client.posts.done(post.id)
