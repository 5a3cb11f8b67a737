"""The one place that sends, edits and deletes messages in Discord.

- Nobody is pinged: no message mentions anyone in a way that makes a sound.
- A message sent with a nonce is sent once: Discord gives the first one back if it came twice.
- What discord.py does not try again is tried again here: a 429 that did not come from Discord's
  own servers, a 503, a connection that broke. All of it together for a minute at most.
- What cannot be is told in words: `Gone` when the message, channel or person is no longer there,
  `NotAllowed` when a permission is missing, `ServiceUnavailable` when Discord does not answer.

    Where = InChannel(channel id)            by the bot's own right
          | Original(interaction)            the answer that was announced by acknowledging
          | Followup(interaction, private)   a further answer; private ones only one person sees
          | InPrivate(user id)               direct messages

What is sent never lingers in discord.py's store of views: buttons are answered from the database.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import aiohttp
import discord
import structlog
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from tools.errors import InvalidInput, NotFound, Refused, ServiceUnavailable

if TYPE_CHECKING:
    from discord.http import MultipartParameters

Client = discord.Client
T = TypeVar("T")
PATIENCE_S = 60.0
_LONGEST_PAUSE_S = 15.0
_DELETED_WITHIN_S = 5.0  # somebody waits for what comes after it
_NO_PINGS = discord.AllowedMentions.none()
TRANSIENT = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
_log = structlog.get_logger("mintmark.discord.send")


class Card(Protocol):
    """What a message looks like: its components and the files they show."""

    @property
    def view(self) -> discord.ui.LayoutView:
        """The components."""

    @property
    def files(self) -> Sequence[discord.File]:
        """The files that the components name, opened anew each time."""


class Gone(NotFound):
    """The message, the channel or the person is not there (any more)."""


class NotAllowed(Refused):
    """The bot lacks a permission, or the person wants no direct messages."""


class TooLate(Gone):
    """The interaction's token has expired or was never known: answer by the bot's own right."""


@dataclass(frozen=True)
class InChannel:
    """A channel, thread or conversation that the bot may write in."""

    channel: int
    reply_to: int | None = None  # a message there that this answers


@dataclass(frozen=True)
class InPrivate:
    """A person's direct messages."""

    user: int


@dataclass(frozen=True)
class Original:
    """The answer to an interaction that was acknowledged before."""

    interaction: "discord.Interaction[Any]"


@dataclass(frozen=True)
class Followup:
    """A further answer to an interaction."""

    interaction: "discord.Interaction[Any]"
    private: bool = False


Where = InChannel | InPrivate | Original | Followup


@dataclass(frozen=True)
class Sent:
    """Where a message stands."""

    channel: int
    message: int

    @property
    def handle(self) -> str:
        """As front ends keep it."""
        return f"{self.channel}/{self.message}"


async def send(client: Client, where: Where, card: Card, *, nonce: str | None = None) -> Sent:
    """Send a message.

    Args:
        client: logged in.
        where: for `Original`, the announced answer is filled in.
        nonce: at most 25 characters; a message with the same one within some minutes is not sent
            again. Only channels and direct messages know nonces.

    Raises:
        Gone, NotAllowed, TooLate, ServiceUnavailable, InvalidInput: see above.
    """
    data = await _sent(client, where, card, nonce)
    return Sent(int(data["channel_id"]), int(data["id"]))


async def _sent(client: Client, where: Where, card: Card, nonce: str | None) -> dict[str, Any]:
    match where:
        case InChannel(channel, reply_to):
            return await _post(client, channel, card, nonce, reply_to)
        case InPrivate(user):
            return await _post(client, await private_channel(client, user), card, nonce, None)
        case Original(interaction):
            return await _by_token(
                client, lambda hook: hook.edit(interaction.token, "@original", card)
            )
        case Followup(interaction, private):
            return await _by_token(client, lambda hook: hook.post(interaction.token, card, private))


async def _post(
    client: Client, channel: int, card: Card, nonce: str | None, reply_to: int | None
) -> dict[str, Any]:
    more: dict[str, Any] = {"nonce": nonce}
    if reply_to is not None:
        more["message_reference"] = {"message_id": str(reply_to), "fail_if_not_exists": False}

    async def attempt() -> Any:
        with _parameters(card, files=card.files, **more) as params:
            return await client.http.send_message(channel, params=params)

    data: dict[str, Any] = await persistently(attempt, client)
    return data


async def edit(client: Client, at: Sent, card: Card, *, keeps_files: bool = False) -> None:
    """Show a card in place of what stands in a message, by the bot's own right.

    Args:
        client: logged in.
        at: where the message stands.
        card: what it is to show.
        keeps_files: whether the message has the card's files already, under the same names; they
            are not sent again then.

    Raises:
        Gone, NotAllowed, ServiceUnavailable, InvalidInput: see above.
    """

    async def attempt() -> Any:
        files = {} if keeps_files else {"attachments": card.files}
        with _parameters(card, **files) as params:
            return await client.http.edit_message(at.channel, at.message, params=params)

    await persistently(attempt, client)


async def edit_by_token(
    client: Client, interaction: "discord.Interaction[Any]", message: int, card: Card
) -> None:
    """Show a card in place of an answer to an interaction; the only way for private ones.

    Raises:
        TooLate: when 15 minutes are over.
        Gone, ServiceUnavailable, InvalidInput: see above.
    """
    await _by_token(client, lambda hook: hook.edit(interaction.token, str(message), card))


async def delete(client: Client, at: Sent) -> None:
    """Delete a message; one that is gone already is no error.

    Raises:
        NotAllowed, ServiceUnavailable: see above.
    """
    with suppress(Gone):
        await persistently(lambda: client.http.delete_message(at.channel, at.message), client)


async def delete_original(interaction: "discord.Interaction[Any]") -> None:
    """Delete the announced answer, or the answer that took its place; best effort."""
    with suppress(discord.HTTPException, *TRANSIENT):
        async with asyncio.timeout(_DELETED_WITHIN_S):
            await interaction.delete_original_response()


async def private_channel(client: Client, user: int) -> int:
    """The id of the conversation with a person.

    Raises:
        Gone: if there is no such person.
        NotAllowed: if they want no messages from the bot.
    """
    data = await persistently(lambda: client.http.start_private_message(user), client)
    return int(data["id"])


class _Hook:
    """The webhook by which an interaction is answered."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._adapter = async_context.get()
        http = client.http
        self._connection: dict[str, Any] = {
            "session": http._HTTPClient__session,  # type: ignore[attr-defined]  # as discord.py itself does for interactions
            "proxy": http.proxy,
            "proxy_auth": http.proxy_auth,
        }

    async def post(self, token: str, card: Card, private: bool) -> Any:
        flags = discord.MessageFlags(ephemeral=private)
        with _parameters(card, files=card.files, flags=flags) as params:
            return await self._adapter.execute_webhook(
                self._application,
                token,
                payload=params.payload,
                multipart=params.multipart,
                files=params.files,
                wait=True,
                with_components=True,
                **self._connection,
            )

    async def edit(self, token: str, message: str, card: Card) -> Any:
        with _parameters(card, attachments=card.files) as params:
            return await self._adapter.edit_webhook_message(
                self._application,
                token,
                message,  # type: ignore[arg-type]  # "@original" is an id here too
                payload=params.payload,
                multipart=params.multipart,
                files=params.files,
                with_components=True,
                **self._connection,
            )

    @property
    def _application(self) -> int:
        assert self._client.application_id is not None  # known since the login
        return self._client.application_id


async def _by_token(client: Client, call: Callable[[_Hook], Awaitable[Any]]) -> dict[str, Any]:
    data: dict[str, Any] = await persistently(lambda: call(_Hook(client)), client)
    return data


def _parameters(card: Card, **more: Any) -> "MultipartParameters":
    return handle_message_parameters(view=card.view, allowed_mentions=_NO_PINGS, **more)


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
