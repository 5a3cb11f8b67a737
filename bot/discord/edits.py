"""Bringing one message up to date, neither too often nor too late."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.frontend import Message
from tools.errors import MintmarkError, NotFound, Refused

EVERY_S = 1.5
_log = structlog.get_logger("mintmark.discord.edits")


class Edits:
    """The edits of one message: of those in between only some are shown, the last one always."""

    def __init__(self, edit: Callable[[Message], Awaitable[None]]) -> None:
        self._edit = edit
        self._next: Message | None = None
        self._shower: asyncio.Task[None] | None = None
        self._is_over = False

    async def show(self, message: Message) -> None:
        """Show a message in time.

        One that tells of progress returns at once; what else there is to show is shown before this
        returns.

        Raises:
            MintmarkError: if the last state could not be shown.
        """
        if message.progress is not None:
            self._show_in_time(message)
            return
        self._is_over = True
        await self._stop()
        await self._edit(message)

    def _show_in_time(self, message: Message) -> None:
        if self._is_over:
            return
        self._next = message
        if self._shower is None or self._shower.done():
            self._shower = asyncio.create_task(self._keep_showing(), name="progress")

    async def _keep_showing(self) -> None:
        """Show what there is, wait, and show what has come meanwhile, until nothing comes."""
        while (message := self._next) is not None:
            self._next = None
            try:
                await self._edit(message)
            except (NotFound, Refused):
                self._is_over = True  # nobody can see it any more; the end is told elsewhere
                return
            except MintmarkError as error:
                _log.info("progress not shown", reason=str(error))
            await asyncio.sleep(EVERY_S)

    async def _stop(self) -> None:
        if self._shower is not None:
            self._shower.cancel()
            await asyncio.gather(self._shower, return_exceptions=True)
            self._shower = None
