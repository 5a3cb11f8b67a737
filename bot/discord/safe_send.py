"""The one place that sends, edits and deletes messages in Discord.

- Nobody is pinged: no message mentions anyone in a way that makes a sound.
- A message sent with a nonce is sent once: Discord gives the first one back if it came twice.
- What may pass is waited for, and what does not is told in words: see `insisting`.

    Where = InChannel(channel id)            by the bot's own right
          | Original(interaction)            the answer that was announced by acknowledging
          | Followup(interaction, private)   a further answer; private ones only one person sees
          | InPrivate(user id)               direct messages

What is sent never lingers in discord.py's store of views: buttons are answered from the database.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from bot.discord.insisting import (
    TRANSIENT,
    Client,
    Gone,
    NotAllowed,
    TooLate,
    in_words,
    persistently,
)

if TYPE_CHECKING:
    from discord.http import MultipartParameters

_DELETED_WITHIN_S = 5.0  # somebody waits for what comes after it
_NO_PINGS = discord.AllowedMentions.none()

__all__ = [
    "TRANSIENT",
    "Card",
    "Followup",
    "Gone",
    "InChannel",
    "InPrivate",
    "NotAllowed",
    "Original",
    "Sent",
    "TooLate",
    "Where",
    "delete",
    "delete_original",
    "edit",
    "edit_by_token",
    "in_words",
    "persistently",
    "private_channel",
    "send",
]


class Card(Protocol):
    """What a message looks like: its components and the files they show."""

    @property
    def view(self) -> discord.ui.LayoutView:
        """The components."""

    @property
    def files(self) -> Sequence[discord.File]:
        """The files that the components name, opened anew each time."""


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
            again. Without one, only what is tried again here is not sent again. Only channels and
            direct messages know nonces.

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
    more: dict[str, Any] = {"nonce": nonce or secrets.token_hex(12)}
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
