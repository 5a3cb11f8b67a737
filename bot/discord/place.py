"""Where an answer goes: the two places in Discord at which a desk can answer.

    Reply      the answer to an interaction: acknowledged first of all, then filled in, then
               followed up; by the interaction's token for 15 minutes, by the bot's right after
    Channel    a channel or a conversation that the bot writes to by its own right

A place shows whatever it is given, somewhere, as long as there is any way to the person: what can
no longer be an answer becomes a message in the channel, or a direct message if it was private.
What is brought up to date again and again is edited at most every 1.5 seconds; its last state is
always shown. Handles are `channel/message` and good for ever; those of private answers begin with
`~`, and are good as long as their place.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.discord import cards, controls, safe_send
from bot.discord.edits import Edits
from bot.discord.safe_send import (
    Followup,
    Gone,
    InChannel,
    InPrivate,
    NotAllowed,
    Original,
    Sent,
    TooLate,
    Where,
)
from bot.frontend import Message
from bot.texts import Words
from tools.errors import InvalidInput, MintmarkError
from tools.people import Actor

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

ACKNOWLEDGED_WITHIN_S = 2.7  # of the three seconds that Discord gives
_ALREADY = 40060  # Discord's code: somebody has acknowledged it
_AGAIN_S = 0.2
_PRIVATE = "~"
_log = structlog.get_logger("mintmark.discord.place")


class Acknowledged(Enum):
    """Who announced the answer to an interaction."""

    HERE = "this process"
    ELSEWHERE = "another process, or an earlier try of this one"
    NOBODY = "nobody, as far as can be known"


async def acknowledge(interaction: "discord.Interaction[Any]", private: bool) -> Acknowledged:
    """Tell Discord, before anything else, that an answer will come."""
    try:
        async with asyncio.timeout(ACKNOWLEDGED_WITHIN_S):
            return await _announced(interaction, private)
    except (TimeoutError, OSError, discord.ClientException, *safe_send.TRANSIENT) as error:
        _log.warning("not acknowledged", reason=repr(error)[:200])
        return Acknowledged.NOBODY


async def _announced(interaction: "discord.Interaction[Any]", private: bool) -> Acknowledged:
    while True:
        try:
            await interaction.response.defer(ephemeral=private, thinking=True)
            return Acknowledged.HERE
        except discord.InteractionResponded:
            return Acknowledged.HERE
        except discord.HTTPException as error:
            if error.code == _ALREADY:
                return Acknowledged.ELSEWHERE
            if error.status != 429 and error.status < 500:
                _log.warning("not acknowledged", code=error.code)
                return Acknowledged.NOBODY
        await asyncio.sleep(_AGAIN_S)


class Reply:
    """The answer to one interaction."""

    def __init__(
        self, client: "MintmarkClient", interaction: "discord.Interaction[Any]", *, private: bool
    ) -> None:
        """Announce it with `acknowledge` first.

        Args:
            client: the bot.
            interaction: what a person did.
            private: whether only that person sees the answer.
        """
        self._client = client
        self._interaction = interaction
        self._private = private
        self._announced = True  # “thinking…” stands there, and is to be filled in
        self._by_token = True
        self._edits: dict[str, Edits] = {}
        self.words = Words(str(interaction.locale))

    async def send(self, actor: Actor, message: Message) -> str:
        """Fill in the announced answer, or follow it up; a mistake is told to the person alone.

        Returns:
            The handle; empty if there was no way to the person at all.
        """
        self.words = Words(actor.locale)
        return await self.tell(message)

    async def tell(self, message: Message) -> str:
        """As `send`, to whoever caused the interaction."""
        alone = self._private or message.tone == "error"
        if alone and not self._private and self._announced:
            await self._take_back()
        return await self._delivered(message, alone)

    async def update(self, handle: str, message: Message) -> None:
        """Bring an answer up to date; its last state waits until it is shown."""
        if not handle:
            return
        edits = self._edits.get(handle)
        if edits is None:
            edits = self._edits[handle] = Edits(lambda new: self._edit(handle, new))
        await edits.show(message)

    async def withdraw(self) -> None:
        """Take the announcement back if nothing has been answered."""
        if self._announced:
            await self._take_back()

    async def _take_back(self) -> None:
        self._announced = False
        await safe_send.delete_original(self._interaction)

    async def _delivered(self, message: Message, alone: bool) -> str:
        """Show the message on the first way that is open."""
        first = ""
        for card in await drawn(self._client, message, self.words):
            handle = await self._shown(card, alone)
            first = first or handle
        return first

    async def _shown(self, card: cards.Card, alone: bool) -> str:
        for where in self._ways(alone):
            try:
                sent = await safe_send.send(self._client, where, card)
            except TooLate:
                self._by_token = False
            except (Gone, NotAllowed) as error:
                _log.info("no way to answer", where=type(where).__name__, reason=str(error))
            except MintmarkError as error:
                _log.error("answer not shown", where=type(where).__name__, reason=str(error))
            else:
                private = alone and isinstance(where, Original | Followup)
                return f"{_PRIVATE}{sent.message}" if private else sent.handle
        return ""

    def _ways(self, alone: bool) -> "list[Where]":
        """Where an answer may stand, the best first."""
        ways: list[Where] = []
        if self._by_token and not self._interaction.is_expired():
            if self._announced:
                self._announced = False
                ways.append(Original(self._interaction))
            ways.append(Followup(self._interaction, private=alone))
        if not alone and (channel := self._interaction.channel_id) is not None:
            ways.append(InChannel(channel))
        ways.append(InPrivate(self._interaction.user.id))
        return ways

    async def _edit(self, handle: str, message: Message) -> None:
        """Show a message in place of another; the person gets it by another way if that is gone."""
        first, *rest = await drawn(self._client, message, self.words)
        try:
            await self._edit_there(handle, first)
        except (Gone, NotAllowed):
            if message.progress is None:
                await self.lost(message)
            else:
                raise
        else:
            for card in rest:
                await self._shown(card, handle.startswith(_PRIVATE))

    async def _edit_there(self, handle: str, card: cards.Card) -> None:
        number = int(handle.removeprefix(_PRIVATE).rpartition("/")[2])
        if self._by_token and not self._interaction.is_expired():
            try:
                return await safe_send.edit_by_token(self._client, self._interaction, number, card)
            except TooLate:
                self._by_token = False
        if handle.startswith(_PRIVATE):
            raise TooLate("The private answer can no longer be changed.")
        return await safe_send.edit(self._client, sent_of(handle), card)

    async def lost(self, message: Message) -> None:
        """The message that was to show this is gone: send it to the person instead."""
        place = Channel(self._client, self._interaction.channel_id, self._interaction.user.id)
        place.words = self.words
        await place.deliver_instead(message)


class Channel:
    """A channel, or a person's direct messages, that the bot writes to by its own right."""

    def __init__(
        self,
        client: "MintmarkClient",
        channel: int | None,
        user: int | None = None,
        reply_to: int | None = None,
    ) -> None:
        """A place for one person.

        Args:
            client: the bot.
            channel: where to answer; None for the person's direct messages.
            user: the person, who gets in private what is for them alone.
            reply_to: the message that the first answer answers.
        """
        self._client = client
        self._channel = channel
        self._user = user
        self._reply_to = reply_to
        self._edits: dict[str, Edits] = {}
        self.words = Words()

    async def send(self, actor: Actor, message: Message) -> str:
        """Send a message; returns its handle, empty if there was no way to the person."""
        self.words = Words(actor.locale)
        return await self.tell(message)

    async def tell(self, message: Message) -> str:
        """As `send`, in the words of whom it spoke to last."""
        return await self._delivered(message, self._ways())

    async def update(self, handle: str, message: Message) -> None:
        """Bring a message up to date; its last state waits until it is shown."""
        if not handle:
            return
        edits = self._edits.get(handle)
        if edits is None:
            edits = self._edits[handle] = Edits(lambda new: self._edit(handle, new))
        await edits.show(message)

    async def deliver_instead(self, message: Message) -> str:
        """Show what stood in a message that is gone: in private, else where it was asked for."""
        gone = self.words.say("The message that was to show this is no longer there.")
        told = replace(message, text=f"{gone}\n\n{message.text}".strip())
        return await self._delivered(told, self._ways()[::-1])

    def _ways(self) -> "list[Where]":
        ways: list[Where] = []
        if self._channel is not None:
            ways.append(InChannel(self._channel, self._reply_to))
        if self._user is not None:
            ways.append(InPrivate(self._user))
        return ways

    async def _delivered(self, message: Message, ways: "list[Where]") -> str:
        first = ""
        for card in await drawn(self._client, message, self.words):
            sent = await self._shown(card, ways)
            first = first or (sent.handle if sent else "")
        return first

    async def _shown(self, card: cards.Card, ways: "list[Where]") -> Sent | None:
        for where in ways:
            try:
                return await safe_send.send(self._client, where, card)
            except (Gone, NotAllowed, InvalidInput) as error:
                _log.info("no way to answer", where=type(where).__name__, reason=str(error))
            except MintmarkError as error:
                _log.error("answer not shown", where=type(where).__name__, reason=str(error))
        return None

    async def _edit(self, handle: str, message: Message) -> None:
        first, *rest = await drawn(self._client, message, self.words)
        try:
            await safe_send.edit(self._client, sent_of(handle), first)
        except (Gone, NotAllowed):
            if message.progress is not None:
                raise
            await self.deliver_instead(message)
        else:
            for card in rest:
                await self._shown(card, self._ways())


async def drawn(
    client: "MintmarkClient", message: Message, words: Words
) -> "list[cards.Card]":
    """The cards of a message, their buttons written down; at least one."""
    card = cards.card(message, words)
    every = [card, *card.more]
    await controls.keep_all(client.studio, [b for one in every for b in one.buttons])
    return every


def sent_of(handle: str) -> Sent:
    """Where the message of a lasting handle stands."""
    channel, _, message = handle.partition("/")
    return Sent(int(channel), int(message))


Show = Callable[[Message], Awaitable[None]]
