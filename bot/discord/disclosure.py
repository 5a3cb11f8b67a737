"""Who meets the bot for the first time is told, once and in private, that it is one."""

import asyncio
from typing import TYPE_CHECKING

from bot.discord.posts import FRONT_END, Owed
from bot.frontend import Message
from bot.texts import Words
from tools.people import Actor

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient
    from bot.discord.place import Channel, Reply

IN_PROFILE = (
    "I am Mintmark, a bot. The pictures I show and the sentences I write are made by AI. What is "
    "asked of me, who voted and who approved is recorded, so that the history of every picture "
    "can be checked."
)
"""The bot's profile text: Discord shows it to everybody who looks."""

AT_FIRST = (
    "Hello! I am a bot: the pictures and replies here are made by AI. What you ask, your votes "
    "and your decisions are recorded under a number that stands for you, so that the history of "
    "a picture can be checked; your words and your name can be erased from it. "
    "This is said once."
)


async def tell_once(client: "MintmarkClient", place: "Reply | Channel", actor: Actor) -> None:
    """Tell someone who has never been told."""
    if actor.person_id in client.told:
        return
    is_new = await asyncio.to_thread(_is_new, client, actor)
    client.told.add(actor.person_id)
    if is_new:
        await place.whisper(Message(Words(actor.locale, FRONT_END).say(AT_FIRST), tone="notice"))


def _is_new(client: "MintmarkClient", actor: Actor) -> bool:
    """Whether they have not been told; from now on they have."""
    owed = Owed(f"disclosure:{actor.person_id}", actor.person_id, actor.guild, "", actor.person_id)
    if client.posts.of_purpose(owed.purpose) is not None:
        return False
    _, is_new = client.posts.owe(owed, "done")
    return is_new
