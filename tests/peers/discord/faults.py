"""Misbehaviour of the REST side on demand, by route pattern and number of times."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from aiohttp import web

from tests.peers.discord.errors import DiscordError
from tests.peers.discord.rest import json_response, refusal

Answering = Callable[[], Awaitable[web.StreamResponse]]


@dataclass
class Fault:
    """One misbehaviour, for the next so many requests that match."""

    pattern: str  # such as "POST /channels/*/messages"
    times: int
    behave: Callable[[web.Request, Answering], Awaitable[web.StreamResponse]]
    each: bool = False  # so many times for each path, not for all of them together
    hits: int = 0
    _taken: Counter[str] = field(default_factory=Counter)

    def takes(self, name: str) -> bool:
        """Whether this request is one of those to trouble."""
        key = name if self.each else ""
        if self._taken[key] >= self.times or not fnmatchcase(name, self.pattern):
            return False
        self._taken[key] += 1
        self.hits += 1
        return True

    def stop(self) -> None:
        """Trouble no more requests."""
        self.times = 0


class Faults:
    """What goes wrong, in the order it was asked for. `*` in a pattern matches anything."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def clear(self) -> None:
        """Behave again."""
        self._faults.clear()

    def status(self, pattern: str, status: int, times: int = 1) -> Fault:
        """Answer with 500, 502, 503 … and change nothing."""

        async def behave(request: web.Request, go_on: Answering) -> web.StreamResponse:
            return json_response(status, {"message": f"{status}: Server Error", "code": 0})

        return self._add(pattern, times, behave)

    def each(self, fault: Fault) -> Fault:
        """Let a fault trouble so many requests to each path that matches."""
        fault.each = True
        return fault

    def refuse(self, pattern: str, error: DiscordError, times: int = 1) -> Fault:
        """Answer with one of Discord's refusals."""

        async def behave(request: web.Request, go_on: Answering) -> web.StreamResponse:
            return refusal(error)

        return self._add(pattern, times, behave)

    def rate_limit(
        self, pattern: str, times: int = 1, *, retry_after: float = 0.2, via: bool = True
    ) -> Fault:
        """Answer 429; without `Via` it comes from in front of the API, and discord.py gives up."""

        async def behave(request: web.Request, go_on: Answering) -> web.StreamResponse:
            return too_many(retry_after, via=via)

        return self._add(pattern, times, behave)

    def slow(self, pattern: str, seconds: float, times: int = 1) -> Fault:
        """Wait before doing anything."""

        async def behave(request: web.Request, go_on: Answering) -> web.StreamResponse:
            await asyncio.sleep(seconds)
            gone = request.transport is None or request.transport.is_closing()
            return web.Response(status=499) if gone else await go_on()

        return self._add(pattern, times, behave)

    def lose_answer(self, pattern: str, times: int = 1) -> Fault:
        """Do what was asked, then cut the connection instead of answering."""

        async def behave(request: web.Request, go_on: Answering) -> web.StreamResponse:
            response = await go_on()
            _cut(request)
            return response

        return self._add(pattern, times, behave)

    def cut(self, pattern: str, times: int = 1) -> Fault:
        """Cut the connection without doing anything."""

        async def behave(request: web.Request, go_on: Answering) -> web.StreamResponse:
            _cut(request)
            return web.Response(status=500)

        return self._add(pattern, times, behave)

    def _add(self, pattern: str, times: int, behave: Any) -> Fault:
        fault = Fault(pattern, times, behave)
        self._faults.append(fault)
        return fault

    async def answer(self, name: str, request: web.Request, go_on: Answering) -> web.StreamResponse:
        """Let the first fault that matches have the request, or go on."""
        for fault in self._faults:
            if fault.takes(name):
                return await fault.behave(request, go_on)
        return await go_on()


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def too_many(
    retry_after: float, *, via: bool = True, everywhere: bool = False, bucket: str | None = None
) -> web.Response:
    """A 429 as Discord, or with `via=False` the network in front of it, sends it."""
    if not via:
        return web.Response(status=429, text="error code: 1015", content_type="text/html")
    headers = {"Via": "1.1 google", "Retry-After": str(max(1, round(retry_after)))}
    headers["X-RateLimit-Scope"] = "global" if everywhere else "user"
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    if bucket:
        headers |= {"X-RateLimit-Bucket": bucket, "X-RateLimit-Remaining": "0"}
        headers["X-RateLimit-Reset-After"] = f"{retry_after:.3f}"
    message = "You are being rate limited."
    body = {"message": message, "retry_after": round(retry_after, 3), "global": everywhere}
    return json_response(429, body, headers)
