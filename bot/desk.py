"""The desk: takes what a person wants at a front end, has it done, and answers in messages.

    a command with its arguments  → the door
    a pressed button              → the door, by the way "button"
    free text                     → the chat agent, which reads and proposes but cannot approve

The desk knows no front end and decides nothing. Work that takes longer than an answer (pictures
being made, a token being minted) is followed until it ends, and the message is brought up to date.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Protocol

import structlog

from agents.events import ChatEvent, Said, ToolFinished
from bot.following import Work, work_behind
from bot.frontend import Button, Frontend, Message
from bot.presenters import present
from bot.scene import scene_of
from bot.texts import Words
from tools.definition import Output
from tools.errors import InvalidInput, MintmarkError, ServiceUnavailable
from tools.people import Actor, Via
from tools.phrases import word
from tools.studio import Studio

_log = structlog.get_logger("mintmark.desk")
UNFORESEEN = (
    "Something went wrong inside the studio, and the provenance log says so. "
    "Nothing is half done; try again, and if it happens again tell the operators."
)


class Chat(Protocol):
    """The chat agent: one conversation for each place and person."""

    def say(self, actor: Actor, text: str) -> AsyncIterator[ChatEvent]:
        """What happens while it answers; the last event is what it says."""


Errand = Callable[["Desk", Actor, Mapping[str, object]], Awaitable[None]]
"""What a button does that is the front end's own business, and no tool's."""


class Book(Protocol):
    """What is being followed, kept where it outlives the process: others go on with it."""

    async def opened(self, actor: Actor, handle: str, work: Work) -> None:
        """From now on the message under the handle shows how far the work is."""

    async def closed(self, handle: str, shown: Message) -> None:
        """The message shows what came of it; or it never will, because there is no telling."""


class Desk:
    """One desk serves everybody at one front end."""

    def __init__(
        self, studio: Studio, frontend: Frontend, chat: Chat, book: Book | None = None
    ) -> None:
        """Make the desk.

        Args:
            studio: where wishes go.
            frontend: where answers go.
            chat: what answers free text.
            book: remembers what is followed; a front end that ends with its process needs none.
        """
        self.studio = studio
        self._frontend = frontend
        self._chat = chat
        self._book = book
        self._following: set[asyncio.Task[None]] = set()
        self._errands: dict[str, Errand] = {}

    def at(self, place: Frontend) -> "Desk":
        """The same desk, answering in another place."""
        elsewhere = Desk(self.studio, place, self._chat, self._book)
        elsewhere._following = self._following
        elsewhere._errands = self._errands
        return elsewhere

    async def command(
        self, actor: Actor, name: str, arguments: Mapping[str, object], *, via: Via = "command"
    ) -> None:
        """Do what a command says, however it was given, and show what came of it."""
        await self._in_words(actor, self._call(actor, via, name, arguments))

    async def press(self, actor: Actor, button: Button, words: str = "") -> None:
        """Do what a button says, with the words it asks for."""
        await self._in_words(actor, self._press(actor, button, words))

    async def talk(self, actor: Actor, text: str) -> None:
        """Let the chat agent answer."""
        await self._in_words(actor, self._talk(actor, text))

    def learn(self, action: str, errand: Errand) -> None:
        """From now on a button with this action runs the errand; no tool has that name."""
        self._errands[action] = errand

    async def tell(self, actor: Actor, message: Message) -> str:
        """Show something that no tool said; returns a handle to bring it up to date."""
        return await self._frontend.send(actor, message)

    async def watch(self, actor: Actor, work: Work) -> None:
        """Show how far some work is, until it ends and what came of it can be shown."""
        handle = await self._frontend.send(actor, work.message(Words(actor.locale)))
        await self._in_words(actor, self._follow(actor, handle, work))

    async def settled(self) -> None:
        """Wait until all the work that was started here has ended."""
        while self._following:
            await asyncio.wait(self._following)

    async def leave(self) -> int:
        """Stop watching, which does not stop the work; returns how much was being watched."""
        watched = len(self._following)
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        return watched

    async def _press(self, actor: Actor, button: Button, words: str) -> None:
        arguments = dict(button.arguments)
        if button.asks:
            if not words:
                raise InvalidInput(
                    "“{label}” needs words: {asks}.", label=button.label, asks=word(button.asks)
                )
            arguments[button.asks] = words
        if errand := self._errands.get(button.action):
            await errand(self, actor.by("button"), arguments)
            return
        await self._call(actor, "button", button.action, arguments)

    async def _talk(self, actor: Actor, text: str) -> None:
        """The agent's words, then what words cannot carry: pictures, buttons, progress."""
        outputs: list[Output] = []
        async for event in self._chat.say(actor.by("text"), text):
            if isinstance(event, ToolFinished) and event.output is not None:
                outputs.append(event.output)
            elif isinstance(event, Said) and event.text:
                await self._frontend.send(actor, Message(event.text))
        for output in outputs:
            if (await self._message(actor, output)).every_picture or work_behind(output):
                await self._answer(actor, output, spoken=True)

    async def _call(
        self, actor: Actor, via: Via, name: str, arguments: Mapping[str, object]
    ) -> None:
        await self._answer(
            actor, await self.studio.door.acall(name, dict(arguments), actor.by(via))
        )

    async def _answer(self, actor: Actor, output: Output, *, spoken: bool = False) -> None:
        """Show an output, without its words if the agent has said them; follow what it began."""
        message = await self._message(actor, output)
        if spoken:
            message = replace(message, text="", title="", facts=(), details=(), tone="plain")
        handle = await self._frontend.send(actor, message)
        if work := work_behind(output):
            if self._book is not None:
                await self._book.opened(actor, handle, work)
            self.follow(actor, handle, work)

    def follow(self, actor: Actor, handle: str, work: Work) -> None:
        """Bring a message up to date until the work ends; returns at once."""
        task = asyncio.create_task(self._in_words(actor, self._follow(actor, handle, work)))
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _follow(self, actor: Actor, handle: str, work: Work) -> None:
        try:
            async for progress in work.progress(self.studio):
                shown = work.message(Words(actor.locale), progress)
                await self._frontend.update(handle, shown)
            arguments = dict(work.arguments)
            ended = await self.studio.door.acall(work.report, arguments, actor.by("command"))
            shown = await self._message(actor, ended)
            await self._frontend.update(handle, shown)
        except ServiceUnavailable:  # the book stays open: whoever reads it tries again
            raise
        except MintmarkError as error:
            shown = Message(Words(actor.locale, actor.front_end).of_error(error), tone="error")
            await self._frontend.update(handle, shown)
        if self._book is not None:
            await self._book.closed(handle, shown)

    async def _message(self, actor: Actor, output: Output) -> Message:
        """The output as a message; made beside the event loop, since presenters read rows."""
        return await asyncio.to_thread(lambda: present(output, scene_of(self.studio, actor)))

    async def _in_words(self, actor: Actor, work: Awaitable[None]) -> None:
        """Await the work; what goes wrong becomes a message."""
        try:
            await work
        except MintmarkError as error:
            told = Words(actor.locale, actor.front_end).of_error(error)
            await self._frontend.send(actor, Message(told, tone="error"))
        except Exception as error:
            _log.error("unforeseen", person=actor.person_id, exc_info=error)
            told = Words(actor.locale, actor.front_end).say(UNFORESEEN)
            await self._frontend.send(actor, Message(told, tone="error"))
