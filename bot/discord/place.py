"""Where an answer goes: the two places in Discord at which a desk can answer.

    Reply      the answer to an interaction: acknowledged first of all, then filled in, then
               followed up; by the interaction's token for 15 minutes, by the bot's right after
    Channel    a channel or a conversation that the bot writes to by its own right

A place shows whatever it is given, somewhere, as long as there is any way to the person: what can
no longer be an answer becomes a message in the channel, or a direct message if it was private.
What is brought up to date again and again is edited at most every 1.5 seconds; its last state is
always shown. Handles are `channel/message` and good for ever; those of private answers begin with
`~`, and are good as long as their place. An empty handle stands for what nobody could be shown.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.discord import cards, controls, safe_send
from bot.discord.edits import Edits
from bot.discord.posts import FRONT_END
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
from bot.discord.shown import candidates_of
from bot.frontend import Message
from bot.texts import Words
from tools.errors import InvalidInput, MintmarkError
from tools.people import Actor

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

PRIVATE = "~"
TOKEN_LIVES_S = 15 * 60.0  # Discord's documentation, "Receiving and Responding to Interactions"
_PLAIN = 1_500  # characters of a message whose card Discord does not take
_DELETED = "The message that was to show this is no longer there."
_log = structlog.get_logger("mintmark.discord.place")


class Channel:
    """A channel, or a person's direct messages, that the bot writes to by its own right."""

    def __init__(
        self,
        client: "MintmarkClient",
        channel: int | None,
        user: int | None = None,
        *,
        reply_to: int | None = None,
        locale: str = "en-US",
    ) -> None:
        """A place for one person.

        Args:
            client: the bot.
            channel: where to answer; None for the person's direct messages.
            user: the person, who gets in private what is for them alone.
            reply_to: the message that is answered.
            locale: the language of what is said before an actor is known.
        """
        self._client = client
        self._channel = channel
        self._user = user
        self._reply_to = reply_to
        self._edits: dict[str, Edits] = {}
        self.words = Words(locale, FRONT_END)

    async def send(self, actor: Actor, message: Message) -> str:
        """Show a message to the person; returns its handle."""
        self.words = Words(actor.locale, FRONT_END)
        return await self.tell(message)

    async def tell(self, message: Message) -> str:
        """As `send`, to the person that this place is for."""
        return await self._delivered(message, self._ways())

    async def whisper(self, message: Message) -> None:
        """Show a message to the person alone."""
        await self._delivered(message, self._ways()[-1:] if self._user is not None else [])

    async def update(self, handle: str, message: Message) -> None:
        """Bring a message up to date; its last state waits until it is shown.

        Raises:
            ServiceUnavailable: if the last state cannot be shown because Discord is away.
        """
        if handle not in self._edits:
            self._edits[handle] = Edits(lambda new: self._edit(handle, new))
        await self._edits[handle].show(message)

    async def _edit(self, handle: str, message: Message) -> None:
        """Show a message in place of another; if that is gone, show it another way."""
        if not handle:
            await self._end_otherwise(message)
            return
        first, *rest = await drawn(self._client, message, self.words)
        try:
            await self._show_in_place(handle, first)
        except (Gone, NotAllowed):
            if message.progress is not None:
                raise
            told = f"{self.words.say(_DELETED)}\n\n{message.text}".strip()
            await self._end_otherwise(replace(message, text=told))
        except InvalidInput:
            if (plain := _plain(message)) != message:
                await self._edit(handle, plain)
        else:
            for card in rest:
                await self._shown(card, self._ways())
            await self._note(handle, first, message)

    async def _end_otherwise(self, message: Message) -> None:
        """Show how something ended to the person in private, else where they asked for it."""
        if message.progress is None:
            await self._delivered(message, self._ways()[::-1])

    async def _show_in_place(self, handle: str, card: cards.Card) -> None:
        await safe_send.edit(self._client, sent_of(handle), card)

    def _ways(self) -> Sequence[Where]:
        """Where a message may stand, the best first, the person's direct messages last."""
        ways: list[Where] = []
        if self._channel is not None:
            ways.append(InChannel(self._channel, self._reply_to))
        if self._user is not None:
            ways.append(InPrivate(self._user))
        return ways

    async def _delivered(self, message: Message, ways: Sequence[Where]) -> str:
        """Send the cards of a message, each by the first way that is open."""
        first = ""
        for card in await drawn(self._client, message, self.words):
            handle = await self._shown(card, ways)
            await self._note(handle, card, message)
            first = first or handle
        if not first and (plain := _plain(message)) != message:
            return await self._delivered(plain, ways)
        return first

    async def _shown(self, card: cards.Card, ways: Sequence[Where]) -> str:
        for where in ways:
            try:
                return self._handle(where, await safe_send.send(self._client, where, card))
            except TooLate:
                self._no_token()
            except (Gone, NotAllowed) as error:
                _log.info("no way to answer", where=type(where).__name__, reason=str(error))
            except MintmarkError as error:
                _log.error("answer not shown", where=type(where).__name__, reason=str(error))
        return ""

    def _handle(self, where: Where, sent: Sent) -> str:
        return sent.handle

    def _no_token(self) -> None:
        """There is none here."""

    async def _note(self, handle: str, card: cards.Card, message: Message) -> None:
        """Write down which candidates stand in a message that everybody can see."""
        if not handle or handle.startswith(PRIVATE) or not message.every_picture:
            return
        named = [file.name for file in card.attachments]
        cids = [p.cid for p in message.every_picture if any(p.cid[-12:] in name for name in named)]
        studio, posts = self._client.studio, self._client.posts
        candidates = await asyncio.to_thread(candidates_of, studio, cids)
        await asyncio.to_thread(posts.show, sent_of(handle).message, candidates)


class Reply(Channel):
    """The answer to one interaction, which was acknowledged before."""

    def __init__(
        self, client: "MintmarkClient", interaction: "discord.Interaction[Any]", *, private: bool
    ) -> None:
        """A place for whoever caused the interaction.

        Args:
            client: the bot.
            interaction: what a person did.
            private: whether only that person sees the answer.
        """
        channel = interaction.channel_id
        super().__init__(client, channel, interaction.user.id, locale=str(interaction.locale))
        self._interaction = interaction
        self._private = private
        self._announced = True  # “thinking…” stands there, and is to be filled in
        self._by_token = True
        self._until = asyncio.get_running_loop().time() + TOKEN_LIVES_S

    async def tell(self, message: Message) -> str:
        """Fill in the announced answer, or follow it up; a mistake is told to the person alone."""
        if message.tone == "error" and not self._private:
            await self.withdraw()
            return await self._delivered(message, self._private_ways())
        ways = self._private_ways() if self._private else self._ways()
        return await self._delivered(message, ways)

    async def whisper(self, message: Message) -> None:
        """Show a message to the person alone."""
        await self._delivered(message, self._private_ways())

    async def withdraw(self) -> None:
        """Take the announcement back if nothing has been answered."""
        if self._announced:
            self._announced = False
            await safe_send.delete_original(self._interaction)

    def _ways(self) -> Sequence[Where]:
        return [*self._token_ways(private=False), *super()._ways()]

    def _private_ways(self) -> Sequence[Where]:
        return [*self._token_ways(private=True), *super()._ways()[-1:]]

    def _token_ways(self, *, private: bool) -> Sequence[Where]:
        """By the interaction's token: what was announced is filled in first."""
        if not self._may_use_token():
            return []
        followup = Followup(self._interaction, private)
        return [Original(self._interaction), followup] if self._announced else [followup]

    def _handle(self, where: Where, sent: Sent) -> str:
        if isinstance(where, Original):
            self._announced = False
        alone = isinstance(where, Followup) and where.private
        alone = alone or (isinstance(where, Original) and self._private)
        return f"{PRIVATE}{sent.message}" if alone else sent.handle

    def _no_token(self) -> None:
        self._by_token = self._announced = False

    def _may_use_token(self) -> bool:
        """Whether Discord still takes the token; by a clock that nobody sets."""
        return self._by_token and asyncio.get_running_loop().time() < self._until

    async def _show_in_place(self, handle: str, card: cards.Card) -> None:
        number = int(handle.removeprefix(PRIVATE).rpartition("/")[2])
        if self._may_use_token():
            try:
                await safe_send.edit_by_token(self._client, self._interaction, number, card)
            except TooLate:
                self._no_token()
            else:
                return
        if handle.startswith(PRIVATE):
            raise TooLate("The private answer can no longer be changed.")
        await super()._show_in_place(handle, card)


async def drawn(client: "MintmarkClient", message: Message, words: Words) -> list[cards.Card]:
    """The cards of a message, their buttons written down; at least one."""
    card = await asyncio.to_thread(cards.card, message, words)
    every = [card, *card.more]
    buttons = [button for one in every for button in one.buttons]
    await controls.keep_all(client.studio, buttons)
    return every


def _plain(message: Message) -> Message:
    """The words of a message alone: what can be shown whatever was wrong with the rest."""
    return Message(f"{message.title}\n{message.text}".strip()[:_PLAIN], tone=message.tone)


def sent_of(handle: str) -> Sent:
    """Where the message of a lasting handle stands."""
    channel, _, message = handle.partition("/")
    return Sent(int(channel), int(message))
