"""Talking to the bot: in direct messages, by mention, in answer to it, in threads it was asked in.

What is said goes to the chat agent, which reads and proposes; text never votes, approves or opens
anything. A picture that is sent along is looked at: whether it was made here, and where it comes
from. Bots and webhooks are not answered, and every message is answered by one process only.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
import structlog

from bot.discord import disclosure, homes, people, safe_send
from bot.discord.menus import tell_provenance
from bot.discord.place import Channel
from bot.discord.posts import Owed
from bot.discord.recognising import Known, recognised, uploads
from bot.frontend import Message
from bot.scene import scene_of
from tools.people import Actor

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.discord.client import MintmarkClient

_TALK = (discord.MessageType.default, discord.MessageType.reply)
_SPACES = re.compile(r"[ \t]{2,}")
_ORIGIN = re.compile(
    r"(?:(?:where|who|what)\b.*\b(?:from|made?|this|come|origin)\b.*|provenance|origins?|history|real|"
    r"is (?:this|it|that)\b.*)?[\s?!.]*",
    re.IGNORECASE | re.DOTALL,
)
_THIS = re.compile(r"\b(?:this|that|the) (?:picture|image|one)\b|\b(?:this|it)\b", re.IGNORECASE)
_STRANGE = (
    "I do not know the picture you sent: neither its file, nor its pixels, nor its looks are those "
    "of a picture that was made here."
)
_MENTION_ME = (
    "In this thread I only hear what mentions me: begin with my name, or answer one of my messages."
)
_log = structlog.get_logger("mintmark.discord.talking")


@dataclass(frozen=True)
class Said:
    """What somebody said to the bot."""

    text: str  # without the mention of the bot
    pictures: Sequence[discord.Attachment]


async def setup(client: "MintmarkClient") -> None:
    """Hear messages."""

    async def heard(message: discord.Message) -> None:
        await hear(client, message)

    client.hear("message", heard)


async def hear(client: "MintmarkClient", message: discord.Message) -> None:
    """Answer a message if it is meant for the bot, and if no other process does."""
    if not _by_a_person(client, message) or not await _is_meant(client, message):
        return
    if not await client.claims(f"message:{message.id}"):
        return
    channel = message.channel
    place = Channel(client, channel.id, message.author.id, reply_to=message.id)
    async with client.at_work(), client.telling(place), _typing(channel):
        actor = await _asking(client, message)
        desk = client.desk.at(place)
        is_new = await _is_new_thread(client, actor, message)
        await _answer(client, desk, actor, said(client, message))
        if is_new and not client.intents.message_content:
            told = scene_of(client.studio, actor).say(_MENTION_ME)
            await desk.tell(actor, Message(told, tone="notice"))
        await disclosure.tell_once(client, place, actor)


async def _asking(client: "MintmarkClient", message: discord.Message) -> Actor:
    """Who wrote a message; what they ask for arrives as text, whatever they say."""
    author, channel = message.author, message.channel.id
    if message.guild is None:
        return (await homes.in_private(client, author, channel)).by("text")
    return (await people.actor_of(client, author, message.guild.id, channel)).by("text")


def said(client: "MintmarkClient", message: discord.Message) -> Said:
    """What a message says, without calling the bot by its name; others are called by theirs."""
    assert client.user is not None  # it is logged in
    text = re.sub(rf"<@!?{client.user.id}>", " ", message.content)
    if (role := _own_role(message)) is not None:
        text = text.replace(role.mention, " ")
    for other in message.mentions:
        text = re.sub(rf"<@!?{other.id}>", f"@{other.display_name}", text)
    return Said(_SPACES.sub(" ", text).strip(), uploads(message))


def _by_a_person(client: "MintmarkClient", message: discord.Message) -> bool:
    author = message.author
    if client.user is None or author.id == client.user.id or author.bot:
        return False
    return message.webhook_id is None and not author.system and message.type in _TALK


async def _is_meant(client: "MintmarkClient", message: discord.Message) -> bool:
    if message.guild is None or client.user in message.mentions:
        return True
    if (role := _own_role(message)) is not None and role.mention in message.content:
        return True
    if _answered_author(message) == client.user:
        return True
    if not message.content and not message.attachments:
        return False  # without the intent Discord does not tell what was said to others
    is_thread = isinstance(message.channel, discord.Thread)
    return is_thread and await _was_asked_in(client, message.channel.id)


def _own_role(message: discord.Message) -> discord.Role | None:
    """The role that Discord made for the bot: people often mention it in place of the bot."""
    return message.guild.self_role if message.guild else None


def _answered_author(message: discord.Message) -> "discord.abc.User | None":
    """Who wrote the message that this one answers, as far as Discord says."""
    answered = message.reference.resolved if message.reference else None
    return answered.author if isinstance(answered, discord.Message) else None


async def _was_asked_in(client: "MintmarkClient", thread: int) -> bool:
    """Whether the bot has answered in a thread before; then all that is said there is meant."""
    return await asyncio.to_thread(client.posts.of_purpose, _purpose(thread)) is not None


async def _is_new_thread(client: "MintmarkClient", actor: Actor, message: discord.Message) -> bool:
    """Note that the bot was asked in a thread; whether that is for the first time."""
    if not isinstance(message.channel, discord.Thread):
        return False
    thread = str(message.channel.id)
    owed = Owed(_purpose(message.channel.id), thread, actor.guild, thread, actor.person_id)
    _, is_new = await asyncio.to_thread(client.posts.owe, owed, "done")
    return is_new


def _purpose(thread: int) -> str:
    return f"thread:{thread}"


async def _answer(client: "MintmarkClient", desk: "Desk", actor: Actor, heard: Said) -> None:
    """Let the agent answer; where a picture was sent along, say first what it is."""
    if not heard.pictures:
        await desk.talk(actor, heard.text)
        return
    found = await recognised(client, actor, heard.pictures)
    if not found:
        await desk.tell(actor, Message(scene_of(desk.studio, actor).say(_STRANGE)))
    if _ORIGIN.fullmatch(heard.text):
        if found:
            await tell_provenance(desk, actor, found)
        return
    await desk.talk(actor, _with_ids(heard.text, found))


def _with_ids(text: str, found: Sequence[Known]) -> str:
    """What was said, with “this” made plain: the agent sees no pictures, but knows ids."""
    if not found:
        return text
    first = found[0].candidate_id
    named = _THIS.sub(first, text, count=1)
    return named if first in named else f"{text} {first}"


@asynccontextmanager
async def _typing(channel: "discord.abc.Messageable") -> AsyncIterator[None]:
    """Show that an answer is on its way; an answer does not wait for that, nor fail with it."""
    task = asyncio.create_task(_type(channel))
    try:
        yield
    finally:
        task.cancel()


async def _type(channel: "discord.abc.Messageable") -> None:
    with suppress(discord.HTTPException, discord.ClientException, *safe_send.TRANSIENT):
        async with channel.typing():
            await asyncio.sleep(600)
