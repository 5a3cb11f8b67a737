"""Talking to the studio: the one thing that front ends use of the agent.

    async with open_chat(studio) as chat:
        async for event in chat.say(actor, "make 4 foxes with a crown"):
            ...

A conversation belongs to one person in one place; nobody else's words are in it. What the studio
itself says in it (the interpreter's answers, why something was not done) is said in the voice that
the front end has for that person; a language model finds the language itself.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakValueDictionary

from agents.conversations import forget_older, open_conversations
from agents.events import ChatEvent, Said, Token, ToolFinished, ToolStarted
from agents.models import open_model
from agents.untrusted import plain_text
from agents.voice import VoiceOf, in_english
from tools.definition import Output
from tools.errors import InvalidInput
from tools.people import Actor
from tools.studio import Studio

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.context import ChatContext
    from agents.graph import Graph

LONGEST_MESSAGE = 4_000
"""Characters of one message."""


@dataclass(frozen=True)
class ChatReply:
    """A whole turn at once, for front ends that draw nothing meanwhile."""

    text: str
    outputs: tuple[Output, ...]  # of the tools that gave a result, in order


class Chat:
    """The chat agent of one process. Turns of one conversation wait for each other."""

    def __init__(
        self,
        studio: Studio,
        graph: "Graph",
        saver: "BaseCheckpointSaver[Any]",
        model: "BaseChatModel | None",
        voice_of: VoiceOf,
    ) -> None:
        self._studio = studio
        self._graph = graph
        self._saver = saver
        self._model = model
        self._voice_of = voice_of
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def say(self, actor: Actor, text: str) -> AsyncGenerator[ChatEvent, None]:
        """One turn: what the person said, and everything that comes of it.

        Yields:
            `Token`s and tool events as they happen, and at the end one `Said`.

        Raises:
            InvalidInput: for an empty or overlong message.
            Refused: if the actor has no role here.
            ServiceUnavailable: if the database cannot be reached.
        """
        words = _checked(text)
        thread = thread_of(actor)
        async with self._turns.setdefault(thread, asyncio.Lock()):
            async with aclosing(self._turn(actor, words, thread)) as events:
                async for event in events:
                    yield event
            answer = await self._answer(thread)
            await forget_older(self._saver, thread)
        yield Said(answer)

    async def reply(self, actor: Actor, text: str) -> ChatReply:
        """As `say`, when the whole turn is over."""
        said, outputs = "", []
        async with aclosing(self.say(actor, text)) as events:
            async for event in events:
                if isinstance(event, Said):
                    said = event.text
                elif isinstance(event, ToolFinished) and event.output is not None:
                    outputs.append(event.output)
        return ChatReply(said, tuple(outputs))

    async def _turn(self, actor: Actor, words: str, thread: str) -> AsyncGenerator[ChatEvent, None]:
        from langchain_core.messages import AIMessage, HumanMessage

        running = self._graph.astream(
            {"messages": [HumanMessage(words)]},
            _config(thread),
            context=self._context(actor, thread),
            stream_mode=["messages", "custom"],
        )
        async for part in running:
            mode, item = cast("tuple[str, Any]", part)
            if mode == "custom" and isinstance(item, ToolStarted | ToolFinished):
                yield item
            elif mode == "messages":
                message, about = item
                is_written = isinstance(message, AIMessage) and message.text
                if is_written and about.get("langgraph_node") == "model":
                    yield Token(str(message.text))

    def _context(self, actor: Actor, thread: str) -> "ChatContext":
        from agents.context import chat_context

        return chat_context(self._studio, actor, self._model, thread, self._voice_of(actor))

    async def _answer(self, thread: str) -> str:
        from agents.history import last_reply

        state = await self._graph.aget_state(_config(thread))
        return str(last_reply(state.values["messages"]).text)


def thread_of(actor: Actor) -> str:
    """The name of an actor's conversation: one for each front end, guild, channel and person."""
    place = json.dumps([actor.front_end, actor.guild, actor.channel, actor.person_id])
    return f"chat_{hashlib.sha256(place.encode()).hexdigest()[:32]}"


def _config(thread: str) -> "RunnableConfig":
    from agents.graph import RECURSION_LIMIT

    return {"configurable": {"thread_id": thread}, "recursion_limit": RECURSION_LIMIT}


def _checked(text: str) -> str:
    words = plain_text(text).strip()
    if not words:
        raise InvalidInput("Say something, for example: make 4 foxes with a crown.")
    if len(words) > LONGEST_MESSAGE:
        raise InvalidInput(
            "A message has at most {most} characters; this one has {size}.",
            most=LONGEST_MESSAGE,
            size=len(words),
        )
    return words


@asynccontextmanager
async def open_chat(studio: Studio, voice_of: VoiceOf = in_english) -> AsyncIterator[Chat]:
    """The chat agent over a studio, with the model its settings name.

    Args:
        studio: where what is wished is done.
        voice_of: how people are spoken to at this front end.

    Raises:
        ConfigurationError: if the language model's settings are wrong.
        ServiceUnavailable: if conversations cannot be kept.
    """
    async with (
        open_model(studio.settings) as model,
        open_conversations(studio.settings) as saver,
    ):
        from agents.graph import build_graph

        yield Chat(studio, build_graph(saver), saver, model, voice_of)
