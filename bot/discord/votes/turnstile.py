"""Who may go through: many who do one thing at a time each, or one who must be alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Turnstile:
    """Of one round: many live changes at a time, or one comparison alone."""

    inside: int = 0
    alone: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        """Not while a comparison is alone."""
        async with self.changed:
            await self.changed.wait_for(lambda: not self.alone)
            self.inside += 1
        try:
            yield
        finally:
            async with self.changed:
                self.inside -= 1
                self.changed.notify_all()

    @asynccontextmanager
    async def by_itself(self) -> AsyncIterator[None]:
        """Not while anything else goes on."""
        async with self.changed:
            await self.changed.wait_for(lambda: not self.alone)
            self.alone = True
            await self.changed.wait_for(lambda: self.inside == 0)
        try:
            yield
        finally:
            async with self.changed:
                self.alone = False
                self.changed.notify_all()

    async def free(self) -> None:
        """Wait for a moment in which nothing goes on."""
        async with self.by_itself():
            return
