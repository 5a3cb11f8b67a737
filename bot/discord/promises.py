"""Answers that were promised: “thinking…” stands there, and a process is at it.

Should that process die, nobody else knows what it had done already. So the next one does nothing
again, but says so in place of the “thinking…”, which would stand there for ever: by the token of
the interaction as long as that lives, else as a message. What was begun and goes on, such as the
making of pictures, is carried on by `resuming`.
"""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import discord
from sqlalchemy import select

from bot.discord import claims
from bot.discord.place import Channel, drawn
from bot.discord.posts import FRONT_END
from bot.discord.safe_send import Original, TooLate, is_announced, send
from bot.frontend import Message
from bot.texts import Words
from tools.community.tables import Claim
from tools.provenance.tables import now

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

_WITHIN = timedelta(hours=1)  # who asked before that has asked again long since
_RESTARTED = (
    "I was restarted while I worked on this. It may be done all the same: look before you ask "
    "again."
)


@dataclass(frozen=True)
class Promise:
    """An answer that was promised, as it is written down beside the claim of an interaction."""

    token: str
    guild: int | None
    channel: int | None
    user: int
    locale: str
    private: bool

    @classmethod
    def of(cls, interaction: "discord.Interaction[Any]", private: bool) -> Self:
        """What is promised with the acknowledgement of an interaction."""
        return cls(
            interaction.token,
            interaction.guild_id,
            interaction.channel_id,
            interaction.user.id,
            str(interaction.locale),
            private,
        )

    def written(self) -> str:
        """As it stands in the claim."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Broken:
    """A promise whose process died."""

    key: str
    process: str
    promise: Promise


def broken(client: "MintmarkClient") -> list[Broken]:
    """The promises of dead processes in the guilds that this process handles. Blocks."""
    found = select(Claim).where(Claim.promised.is_not(None), Claim.claimed_at > now() - _WITHIN)
    with client.studio.db.read() as session:
        rows = [row for row in session.scalars(found) if row.process != client.studio.process]
    dead = {name for name in {row.process for row in rows} if client.studio.liveness.is_dead(name)}
    left = (
        Broken(row.key, row.process, Promise(**json.loads(row.promised or "")))
        for row in rows
        if row.process in dead
    )
    return [one for one in left if client.handles(one.promise.guild)]


def is_mine_to_tell(client: "MintmarkClient", left: Broken) -> bool:
    """Whether this process, of all of them, is to tell; asked once. Blocks."""
    return claims.settle(client.studio, left.key, left.process)


async def tell(client: "MintmarkClient", promise: Promise) -> None:
    """Say to who waits that no answer will come.

    Raises:
        ServiceUnavailable: if Discord does not answer.
    """
    words = Words(promise.locale, FRONT_END)
    message = Message(words.say(_RESTARTED), tone="notice")
    (card, *_) = await drawn(client, message, words)
    try:
        if await is_announced(client, promise):
            await send(client, Original(promise), card)
    except TooLate:
        await _otherwise(client, promise, message)


async def _otherwise(client: "MintmarkClient", promise: Promise, message: Message) -> None:
    place = Channel(client, promise.channel, promise.user, locale=promise.locale)
    await (place.whisper(message) if promise.private else place.tell(message))
