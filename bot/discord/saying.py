"""Saying something once, whatever crashes or runs twice meanwhile.

owed      the post is written down: one for each purpose
claimed   one process sends it; the claim of a dead process is taken over
sent      with the post's id as the nonce, so that Discord itself drops a second copy when a
          process died between sending and writing down that it had
"""

import asyncio
from typing import TYPE_CHECKING

from bot.discord import claims, people
from bot.discord.place import drawn
from bot.discord.posts import FRONT_END, Owed, claim_of
from bot.discord.safe_send import Gone, InChannel, InPrivate, NotAllowed, Sent, Where, send
from bot.discord.shown import candidates_in
from bot.frontend import Message
from bot.texts import Words
from tools.community.rules import rules_of
from tools.community.tables import Post
from tools.studio import Studio

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient


async def say_once(
    client: "MintmarkClient", owed: Owed, message: Message, words: Words | None = None
) -> Post | None:
    """Send what is owed, unless that was done; see `MintmarkClient.say_in`."""
    async with client.saying.setdefault(owed.purpose, asyncio.Lock()):
        return await _say(client, owed, message, words)


async def _say(
    client: "MintmarkClient", owed: Owed, message: Message, words: Words | None
) -> Post | None:
    post = await asyncio.to_thread(_mine, client, owed)
    if post is None or post.state != "wanted":
        return post
    if words is None:
        words = await asyncio.to_thread(_words, client, owed)
    try:
        sent = await _sent(client, post, message, words)
    except (Gone, NotAllowed):
        await asyncio.to_thread(client.posts.gone, post.id)
        raise
    pictures = await asyncio.to_thread(candidates_in, client.studio, message)
    return await asyncio.to_thread(
        client.posts.sent, post.id, str(sent.channel), str(sent.message), pictures
    )


def _mine(client: "MintmarkClient", owed: Owed) -> Post | None:
    """The post, if it is there already or this process is to send it."""
    post, _ = client.posts.owe(owed)
    if post.state != "wanted":
        return post
    if not claims.take_over(client.studio, claim_of(post.id)):
        return None
    return client.posts.of_purpose(owed.purpose)  # it may have been sent meanwhile


async def _sent(client: "MintmarkClient", post: Post, message: Message, words: Words) -> Sent:
    """Send every card of the message; the first is the post."""
    where = await _where(client, post)
    first: Sent | None = None
    for number, card in enumerate(await drawn(client, message, words)):
        nonce = post.id if number == 0 else f"{post.id}.{number}"
        sent = await send(client, where, card, nonce=nonce)
        first = first or sent
    assert first is not None  # a message has at least one card
    return first


async def _where(client: "MintmarkClient", post: Post) -> Where:
    if post.channel:
        return InChannel(int(post.channel))
    user = await asyncio.to_thread(_user, client.studio, post)
    if user is None:
        raise Gone("This person is not known in Discord.")
    return InPrivate(user)


def _user(studio: Studio, post: Post) -> int | None:
    return people.external_id(studio, post.person_id) if post.person_id else None


def _words(client: "MintmarkClient", owed: Owed) -> Words:
    rules = rules_of(client.studio, owed.guild, owed.channel)
    return Words(rules.locale or people.locale_of(client, owed.guild), FRONT_END)
