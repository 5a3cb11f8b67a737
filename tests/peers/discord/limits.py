"""Rate limits as Discord applies them: one for all requests, and one per group of routes.

A bucket is a fixed window: it opens with its first request, holds so many, and starts anew when its
time is over. It belongs to a channel, a guild or an interaction. Interaction callbacks and
follow-ups do not count towards the global limit.

Discord documents the global limit (50 a second) and tells the others in headers only; the numbers
here are those that clients have written down from the headers (hata's `rate_limit.py`, discord.py).
Routes without an entry have been seen with the global limit alone. For the pages of a reaction no
number is known either: five a second is an assumption, to be on the safe side.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass

from aiohttp import web

from tests.peers.discord.faults import too_many

GLOBAL = (50, 1.0)
MESSAGE = "/channels/{channel}/messages/{message}"
FOLLOW_UP = "/webhooks/{application}/{token}"
REACTIONS = f"{MESSAGE}/reactions"
MEMBER_ROLE = "/guilds/{guild}/members/{user}/roles/{role}"
GROUPS = {  # routes that share a bucket
    f"DELETE {REACTIONS}": "reactions",
    f"DELETE {REACTIONS}/{{emoji}}": "reactions",
    f"DELETE {REACTIONS}/{{emoji}}/@me": "reactions",
    f"DELETE {REACTIONS}/{{emoji}}/{{user}}": "reactions",
    f"PUT {REACTIONS}/{{emoji}}/@me": "reactions",
    f"PUT {MEMBER_ROLE}": "member roles",
    f"DELETE {MEMBER_ROLE}": "member roles",
    f"POST {FOLLOW_UP}": "follow-ups",
    f"PATCH {FOLLOW_UP}/messages/{{message}}": "follow-ups",
    f"DELETE {FOLLOW_UP}/messages/{{message}}": "follow-ups",
}
LIMITS: dict[str, tuple[int, float]] = {  # so many requests in so many seconds
    "reactions": (1, 0.25),
    "member roles": (10, 10.0),
    "follow-ups": (5, 2.0),
    "POST /channels/{channel}/messages": (5, 5.0),
    "GET /channels/{channel}/messages": (5, 5.0),
    "POST /channels/{channel}/messages/bulk-delete": (1, 3.0),
    f"GET {MESSAGE}": (5, 5.0),
    f"PATCH {MESSAGE}": (5, 5.0),
    f"DELETE {MESSAGE}": (3, 1.0),
    f"GET {REACTIONS}/{{emoji}}": (5, 1.0),
    "POST /channels/{channel}/typing": (5, 5.0),
    "PATCH /channels/{channel}": (5, 15.0),
    "GET /guilds/{guild}/members": (10, 10.0),
    "GET /guilds/{guild}/members/search": (10, 10.0),
    "GET /guilds/{guild}/members/{user}": (5, 1.0),
    "GET /users/{user}": (30, 30.0),
    "POST /users/@me/channels": (10, 10.0),
    "GET /gateway/bot": (2, 5.0),
    "PUT /applications/{application}/commands": (2, 60.0),
    "PUT /applications/{application}/guilds/{guild}/commands": (2, 60.0),
}
UNLIMITED = "/interactions/"
MAJOR = ("channel", "guild", "token")
INVALID = (401, 403, 429)  # ten thousand of these in ten minutes, and Discord bans the address


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
        self.invalid = 0  # answers with 401, 403 or 429
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
        kind = GROUPS.get(name, name)
        if kind not in LIMITS:
            return None
        window, bucket = self._window(kind, request)
        wait = window.take(now)
        if wait:
            self.violations[name] += 1
            return too_many(wait, bucket=bucket)
        request[COUNTED] = (window, bucket)
        return None

    def _window(self, kind: str, request: web.Request) -> tuple[Window, str]:
        major = ":".join(request.match_info.get(key, "") for key in MAJOR)
        key = f"{kind} {major}"
        if key not in self._windows:
            self._windows[key] = Window(*LIMITS[kind])
        return self._windows[key], hashlib.sha256(kind.encode()).hexdigest()[:32]

    def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        """Count an answer if it refuses, and write the bucket's headers on it."""
        self.invalid += response.status in INVALID
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
