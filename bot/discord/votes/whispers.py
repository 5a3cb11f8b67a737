"""Telling people in private, once and not too fast, what became of their vote.

A reaction has no answer of its own, so what must be said of one is a direct message: why a vote
does not count, or that it does where nobody may see. One message for each purpose, however often
somebody tries; what is said later for the same purpose takes its place. If somebody takes no
messages from us, nothing is said: the gallery tells everybody who may vote.

A crowd that is turned away gets no crowd of messages: so many at once and so many a minute are
sent, and beyond a waiting line the rest is left unsaid.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.discord.place import drawn
from bot.discord.posts import FRONT_END, Owed
from bot.discord.safe_send import Gone, NotAllowed, Sent, edit
from bot.discord.saying import say_once
from bot.frontend import Message
from bot.texts import Words
from tools.errors import MintmarkError
from tools.people import Actor

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

AT_ONCE = 20  # messages sent without a pause
PAUSE_S = 3.0  # between those after them
LINE = 200  # people who wait; those who come when it is full are told nothing
_log = structlog.get_logger("mintmark.discord.whispers")


@dataclass(frozen=True)
class Whisper:
    """Something to be said to one person."""

    purpose: str  # one message for each
    subject_id: str  # the round
    actor: Actor
    message: Message


class Whispers:
    """What is still to be said in private."""

    def __init__(self, client: "MintmarkClient") -> None:
        self._client = client
        self._line: OrderedDict[str, Whisper] = OrderedDict()
        self._said: dict[str, Message] = {}
        self._worker: asyncio.Task[None] | None = None
        self._credit = float(AT_ONCE)
        self._counted_at = 0.0

    def tell(self, whisper: Whisper) -> None:
        """Tell it soon, if it was not said already; returns at once."""
        if self._said.get(whisper.purpose) == whisper.message:
            return
        if whisper.purpose not in self._line and len(self._line) >= LINE:
            _log.debug("left unsaid", purpose=whisper.purpose)
            return
        self._line[whisper.purpose] = whisper
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="whispers")

    async def settled(self) -> None:
        """Wait until all of it is said."""
        if self._worker is not None:
            await asyncio.wait([self._worker])

    async def stop(self) -> None:
        """Say no more."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _work(self) -> None:
        while self._line:
            await self._pace()
            purpose, whisper = self._line.popitem(last=False)
            self._said[purpose] = whisper.message
            try:
                await self._say(whisper)
            except MintmarkError as error:
                _log.info("not said", purpose=purpose, reason=str(error))

    async def _pace(self) -> None:
        """Wait for the next turn: a turn comes back every `PAUSE_S`."""
        loop = asyncio.get_running_loop()
        earned = (loop.time() - self._counted_at) / PAUSE_S if self._counted_at else 0.0
        self._credit = min(self._credit + earned, float(AT_ONCE)) - 1
        self._counted_at = loop.time()
        if self._credit < 0:
            await asyncio.sleep(-self._credit * PAUSE_S)

    async def _say(self, whisper: Whisper) -> None:
        """Send the message, or show it in place of what was said for the same purpose before."""
        client, actor = self._client, whisper.actor
        owed = Owed(whisper.purpose, whisper.subject_id, actor.guild, "", actor.person_id)
        words = Words(actor.locale, FRONT_END)
        known = await asyncio.to_thread(client.posts.of_purpose, owed.purpose)
        if known is None or known.state == "wanted":
            await say_once(client, owed, whisper.message, words)
        elif known.state == "sent" and known.message:
            try:
                (card, *_) = await drawn(client, whisper.message, words)
                await edit(client, Sent(int(known.channel), int(known.message)), card)
            except (Gone, NotAllowed):
                await asyncio.to_thread(client.posts.gone, known.id)
