"""Time that a test may move forward, and ids that carry the time of their making."""

import time
from datetime import UTC, datetime
from itertools import count

DISCORD_EPOCH_MS = 1_420_070_400_000


class Clock:
    """The server's clock: real time, plus what a test has added to it."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._ahead += seconds


class Snowflakes:
    """Discord's ids: milliseconds since 2015 in the upper bits, a running number below."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running = count(1)

    def next(self, at: float | None = None) -> int:
        """A new id, made now or at a moment in seconds since 1970."""
        moment = self._clock.now() if at is None else at
        milliseconds = max(0, int(moment * 1000) - DISCORD_EPOCH_MS)
        return (milliseconds << 22) | (next(self._running) & 0x3FFFFF)


def seconds_of(snowflake: int) -> float:
    """When an id was made, in seconds since 1970."""
    return ((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000


def iso(seconds: float) -> str:
    """A moment as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
