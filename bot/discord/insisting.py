"""Asking Discord again while the trouble may pass, and saying in words what does not pass.

What discord.py does not try again is tried again here: a 429 that did not come from Discord's own
servers, a 503, a connection that broke; all of it together for a minute at most.

    Gone                 the message, the channel or the person is not there (any more)
    TooLate              the interaction can no longer be answered by its token
    NotAllowed           a permission is missing, or the person wants no direct messages
    ServiceUnavailable   Discord does not answer
    InvalidInput         Discord does not take it as it is
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import aiohttp
import discord
import structlog

from tools.errors import InvalidInput, NotFound, Refused, ServiceUnavailable

Client = discord.Client
T = TypeVar("T")
PATIENCE_S = 60.0
TRANSIENT = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
_LONGEST_PAUSE_S = 15.0
_log = structlog.get_logger("mintmark.discord.insisting")


class Gone(NotFound):
    """The message, the channel or the person is not there (any more)."""


class NotAllowed(Refused):
    """The bot lacks a permission, or the person wants no direct messages."""


class TooLate(Gone):
    """The interaction's token has expired or was never known: answer by the bot's own right."""


async def persistently(
    call: Callable[[], Awaitable[T]], client: Client | None = None, patience_s: float = PATIENCE_S
) -> T:
    """Call Discord again while the trouble may pass, and say in words what does not.

    Raises:
        Gone, NotAllowed, TooLate, ServiceUnavailable, InvalidInput: see above.
    """
    loop = asyncio.get_running_loop()
    until, attempt = loop.time() + patience_s, 0
    while True:
        try:
            return await call()
        except (discord.HTTPException, discord.RateLimited, *TRANSIENT) as error:
            pause = _pause(error, attempt)
            over = client is not None and client.is_closed()
            if pause is None or over or loop.time() + pause > until:
                raise in_words(error) from error
            _log.info("again", pause=round(pause, 2), reason=_short(error))
            await asyncio.sleep(pause)
            attempt += 1


def _pause(error: Exception, attempt: int) -> float | None:
    """How long to wait before trying again; None if that is of no use."""
    backoff: float = min(0.25 * 2**attempt, _LONGEST_PAUSE_S) * random.uniform(0.8, 1.2)
    if isinstance(error, discord.RateLimited):
        return error.retry_after
    if isinstance(error, discord.HTTPException):
        if error.status == 429:
            return max(_retry_after(error), backoff)
        return backoff if error.status >= 500 else None
    return backoff


def _retry_after(error: discord.HTTPException) -> float:
    """What the server asks to wait, in seconds; 0 if it does not say."""
    with suppress(AttributeError, TypeError, ValueError):
        return float(error.response.headers.get("Retry-After", 0))
    return 0.0


_UNKNOWN_PLACE = {10003, 10008, 10013, 10004}  # channel, message, user, guild
_UNKNOWN_TOKEN = {10062, 10015, 50027}  # interaction, webhook, invalid webhook token
_CLOSED = {50007, 50278}  # direct messages are not wanted, or no guild is shared


def in_words(error: Exception) -> Exception:
    """What Discord answered, as one of the errors that people may read."""
    if not isinstance(error, discord.HTTPException):
        return ServiceUnavailable("Discord cannot be reached at the moment; it is tried again.")
    if error.code in _UNKNOWN_TOKEN:
        return TooLate("Discord no longer takes this answer: its 15 minutes are over.")
    if error.code in _CLOSED:
        return NotAllowed(
            "I may not write to you: allow direct messages from members of this server."
        )
    if error.code in _UNKNOWN_PLACE or error.status == 404:
        return Gone("The message or its channel is not there any more.")
    if error.status == 403:
        return NotAllowed(_missing(error))
    if error.status >= 500 or error.status == 429:
        return ServiceUnavailable("Discord does not answer at the moment; it is tried again.")
    if error.status == 401:
        return ServiceUnavailable(
            "Discord no longer accepts the bot's token: an operator must give it a new one."
        )
    _log.error("Discord refused a message", reason=_short(error))
    return InvalidInput("Discord does not show this as it is: {reason}", reason=error.text)


def _missing(error: discord.HTTPException) -> str:
    if error.code == 50001:
        return "I cannot see this channel: give me “View Channel” there, or choose another channel."
    return (
        "A permission is missing here: I need “View Channel”, “Send Messages”, “Attach Files” and "
        "“Add Reactions” in this channel."
    )


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"
