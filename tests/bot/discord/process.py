"""`mintmark discord` as a process of its own, as an operator starts it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.peers.discord import Peer

ROOT = Path(__file__).parent.parent.parent.parent
START = "from bot.cli import main; main()"
_READY = "Serving"


@dataclass
class BotProcess:
    """A running bot, and what it printed."""

    process: asyncio.subprocess.Process
    printed: list[str] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    async def ready(self, timeout: float = 60) -> None:
        """Wait until it serves."""
        assert self.process.stdout is not None
        async with asyncio.timeout(timeout):
            while line := (await self.process.stdout.readline()).decode():
                self.printed.append(line.rstrip())
                if _READY in line:
                    return
        raise AssertionError("the bot ended: " + "\n".join(self.printed))

    async def stop(self, how: signal.Signals = signal.SIGTERM, timeout: float = 60) -> int:
        """Stop it; returns its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(timeout):
            return await self.process.wait()


def environment(peer: Peer, folder: Path, **more: str) -> dict[str, str]:
    """What the bot is told: where Discord is, who it is there, where its data lie."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINTMARK_")}
    return kept | {
        "MINTMARK_DISCORD_API": peer.api,
        "MINTMARK_DISCORD__TOKEN": peer.token,
        "MINTMARK_DATA_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        **more,
    }


@asynccontextmanager
async def bot_process(peer: Peer, folder: Path, **more: str) -> AsyncIterator[BotProcess]:
    """Start the bot on a data folder, wait until it serves, and stop it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        START,
        "discord",
        env=environment(peer, folder, **more),
        cwd=folder.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=None,
    )
    bot = BotProcess(process)
    try:
        await bot.ready()
        yield bot
    finally:
        await bot.stop()
