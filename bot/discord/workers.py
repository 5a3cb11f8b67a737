"""Worker processes: pictures are made in them, so that the bot itself is always quick to answer.

Each is `mintmark worker`. One that ends is started again, after a pause that grows while it keeps
ending soon. They stop when the bot does, however it ends: they hold on to a pipe from it.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import Self

import structlog

COMMAND = (sys.executable, "-c", "from bot.cli import main; main()", "worker", "--with-parent")
_LONGEST_PAUSE_S = 60.0
_LONG_LIFE_S = 60.0  # after which an end is an accident, and no habit
_STOPPING_S = 10.0  # what is in hand after that is taken up again by the next process
_TOKEN = "MINTMARK_DISCORD__TOKEN"
_log = structlog.get_logger("mintmark.discord.workers")


class Workers:
    """A number of workers, kept alive inside `async with`."""

    def __init__(self, count: int, command: tuple[str, ...] = COMMAND) -> None:
        self._count = count
        self._command = command
        self._keepers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        keepers = (asyncio.create_task(self._keep(), name="worker") for _ in range(self._count))
        self._keepers = list(keepers)
        return self

    async def __aexit__(self, *_: object) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    async def _keep(self) -> None:
        loop, pause = asyncio.get_running_loop(), 0.5
        while True:
            started = loop.time()
            code = await self._live()
            lived = loop.time() - started
            pause = 1.0 if lived > _LONG_LIFE_S else min(pause * 2, _LONGEST_PAUSE_S)
            _log.warning("a worker ended", code=code, lived_s=round(lived), again_in_s=pause)
            await asyncio.sleep(pause)

    async def _live(self) -> int:
        """The life of one worker; returns its exit status."""
        worker = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, env=_without_token(os.environ)
        )
        try:
            return await worker.wait()
        except asyncio.CancelledError:
            await _stop(worker)
            raise


async def _stop(worker: asyncio.subprocess.Process) -> None:
    """Let go of a worker; what is in hand may be finished, but not for long."""
    assert worker.stdin is not None  # it was started with a pipe
    worker.stdin.close()
    try:
        async with asyncio.timeout(_STOPPING_S):
            await worker.wait()
    except TimeoutError:
        worker.kill()
        await worker.wait()


def _without_token(environment: Mapping[str, str]) -> dict[str, str]:
    """A worker has no business in Discord."""
    return {name: value for name, value in environment.items() if name.upper() != _TOKEN}
