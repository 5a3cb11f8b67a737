"""Looking again and again for what there is to do: so nothing is forgotten, whatever happened."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from tools.errors import MintmarkError

_log = structlog.get_logger("mintmark.discord.looking")


class Looking:
    """One thing that is looked for, from when this process first handles a shard until it stops."""

    def __init__(
        self, look: Callable[[], Awaitable[None]], every_s: Callable[[], float], name: str
    ) -> None:
        """Look with `look`, which may find the database busy; then pause for `every_s`, in s."""
        self._look = look
        self._every_s = every_s
        self._name = name
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look from now on; once begun, nothing changes."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_looking(), name=self._name)

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._look()
            except MintmarkError as error:  # the database is busy: the next time
                _log.info("put off", what=self._name, reason=str(error))
            except Exception:
                _log.exception("unforeseen", what=self._name)
            await asyncio.sleep(self._every_s())
