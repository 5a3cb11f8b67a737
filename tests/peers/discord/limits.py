"""Rate limits as Discord documents and applies them: one for all requests, and one per route.

A bucket is a fixed window: it opens with its first request, holds so many, and starts anew when its
time is over. Interaction callbacks and follow-ups do not count towards the global limit. Discord
publishes the global limit (50 a second) and tells the rest in headers; the numbers here are those
that its headers have been seen to carry.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass

from aiohttp import web

from tests.peers.discord.faults import too_many

GLOBAL = (50, 1.0)
USUAL = (5, 5.0)
OF_ROUTE: dict[str, tuple[int, float]] = {
    "POST /channels/{channel}/messages": (5, 5.0),
    "PATCH /channels/{channel}/messages/{message}": (5, 5.0),
    "DELETE /channels/{channel}/messages/{message}": (5, 1.0),
    "GET /channels/{channel}/messages/{message}": (30, 1.0),
    "GET /channels/{channel}/messages": (5, 5.0),
    "POST /channels/{channel}/messages/bulk-delete": (1, 1.0),
    "reactions": (1, 0.25),
    "GET /channels/{channel}/messages/{message}/reactions/{emoji}": (10, 5.0),
    "GET /guilds/{guild}/members/{user}": (10, 5.0),
    "GET /guilds/{guild}/members/search": (10, 10.0),
    "GET /users/{user}": (30, 30.0),
    "PUT /guilds/{guild}/members/{user}/roles/{role}": (10, 10.0),
    "DELETE /guilds/{guild}/members/{user}/roles/{role}": (10, 10.0),
    "POST /users/@me/channels": (10, 10.0),
    "POST /webhooks/{application}/{token}": (5, 2.0),
    "PATCH /webhooks/{application}/{token}/messages/{message}": (5, 2.0),
}
CHANGES_OF_REACTIONS = "/channels/{channel}/messages/{message}/reactions/{emoji}/"
UNLIMITED = "/interactions/"
MAJOR = ("channel", "guild", "application", "token")


@dataclass
class Window:
    """A bucket's present window."""

    most: int
    seconds: float
    opened: float = 0.0
    used: int = 0

    def take(self, now: float) -> float:
        """Take one place; 0, or how many seconds until there is one."""
        if now - self.opened >= self.seconds:
            self.opened, self.used = now, 0
        if self.used >= self.most:
            return self.opened + self.seconds - now
        self.used += 1
        return 0.0


COUNTED = web.RequestKey("counted", tuple[Window, str])


class Limits:
    """The rate limits; off until a test asks for them."""

    def __init__(self) -> None:
        self.active = False
        self.violations: Counter[str] = Counter()  # by route, and "global"
        self.requests: Counter[str] = Counter()  # by route, counted whether limits are on or not
        self._windows: dict[str, Window] = {}
        self._global = Window(*GLOBAL)

    def on(self) -> None:
        """Apply the limits from now on."""
        self.active = True
        self._windows.clear()

    def off(self) -> None:
        """Let everything pass."""
        self.active = False

    def admit(self, method: str, route: str, request: web.Request) -> web.Response | None:
        """None to let a request through, or the 429 it gets."""
        name = f"{method} {route}"
        self.requests[name] += 1
        if not self.active or route.startswith(UNLIMITED):
            return None
        now = time.monotonic()
        counted = not route.startswith("/webhooks/")
        wait = self._global.take(now) if counted else 0.0
        if wait:
            self.violations["global"] += 1
            return too_many(wait, everywhere=True)
        window, bucket = self._window(name, route, request)
        wait = window.take(now)
        if wait:
            self.violations[name] += 1
            return too_many(wait, bucket=bucket)
        request[COUNTED] = (window, bucket)
        return None

    def _window(self, name: str, route: str, request: web.Request) -> tuple[Window, str]:
        reacts = route.startswith(CHANGES_OF_REACTIONS)
        kind = "reactions" if reacts else name
        major = ":".join(request.match_info.get(key, "") for key in MAJOR)
        key = f"{kind} {major}"
        if key not in self._windows:
            self._windows[key] = Window(*OF_ROUTE.get(kind, USUAL))
        return self._windows[key], hashlib.sha256(kind.encode()).hexdigest()[:32]

    @staticmethod
    def mark(request: web.Request, response: web.StreamResponse) -> None:
        """Write the bucket's headers on an answer."""
        if COUNTED not in request or response.prepared:
            return
        window, bucket = request[COUNTED]
        left = max(0.0, window.opened + window.seconds - time.monotonic())
        response.headers.update(
            {
                "X-RateLimit-Limit": str(window.most),
                "X-RateLimit-Remaining": str(window.most - window.used),
                "X-RateLimit-Reset": f"{time.time() + left:.3f}",
                "X-RateLimit-Reset-After": f"{left:.3f}",
                "X-RateLimit-Bucket": bucket,
                "Via": "1.1 google",
            }
        )
