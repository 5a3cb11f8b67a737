"""The terminal studio: one person at one terminal, on a data folder that others may be using too.

At a terminal, lines are read while work goes on: progress stands below the prompt, and what others
did is told above it. With piped input each line is finished, work included, before the next.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

from rich.console import Console

from bot.desk import Chat, Desk
from bot.frontend import Message
from bot.notices import Watch
from bot.scene import Scene, scene_of
from bot.terminal import manual, names
from bot.terminal.lines import Command, Press, read
from bot.terminal.screen import PrintedProgress, Screen
from tools.definition import AnyTool
from tools.errors import MintmarkError
from tools.people import Actor, Role, sign_in
from tools.studio import Studio

FRONT_END = "studio"
_NEWS_EVERY_S = 1.0
_LONGEST_LINE = 20_000
_GOES_ON = (
    "What is not finished goes on when someone opens this data folder again, or at once with "
    "`mintmark worker`."
)


@dataclass
class Session:
    """One person at the terminal."""

    studio: Studio
    actor: Actor
    screen: Screen
    desk: Desk
    watch: Watch

    def scene(self) -> Scene:
        """The person with the role they have now."""
        return scene_of(self.studio, self.actor)

    async def hear(self, line: str) -> bool:
        """Do what a line says; whatever is in it, the answer is a message.

        Returns:
            Whether the person stays.
        """
        if not line.strip():
            return True
        try:
            return await self._do(line)
        except MintmarkError as error:
            self.screen.show(Message(str(error), tone="error"))
            return True

    async def _do(self, line: str) -> bool:
        known = manual.commands(self.scene())
        meaning = read(line[:_LONGEST_LINE], self._typed(known), tuple(manual.LOCAL))
        match meaning:
            case Command("quit", _):
                return False
            case Command(name, arguments) if name in manual.LOCAL:
                self._answer_here(name, str(arguments["words"]))
            case Command(name, arguments):
                await self.desk.command(self.actor, name, arguments)
            case Press(number, words):
                await self.desk.press(self.actor, self.screen.button(number), words)
            case talk:
                await self.desk.talk(self.actor, talk.text)
        return True

    def _typed(self, known: dict[str, AnyTool]) -> dict[str, AnyTool]:
        """Every tool by name: what this person may not do is for the door to refuse."""
        return dict(self.studio.door.tools) | known

    def _answer_here(self, name: str, words: str) -> None:
        scene = self.scene()
        if name == "who":
            place = f"in {scene.actor.guild}, channel {scene.actor.channel}"
            self.screen.show(Message(f"You are {scene.actor.name}, {scene.role} {place}."))
        else:
            told = manual.of_command(words, scene) if words else manual.overview(scene)
            self.screen.show(told)

    def tell_news(self) -> None:
        """Show what others did since the last time."""
        for message in self.watch.news():
            self.screen.show(message)


def enter(studio: Studio, name: str, role: Role, guild: str, channel: str) -> Actor:
    """Sign someone in at the terminal.

    Raises:
        InvalidInput: for an empty name, or one that is too long.
    """
    names.check(name, guild, channel)
    with studio.db.write() as session:
        return sign_in(
            session,
            front_end=FRONT_END,
            external_id=name,
            name=name,
            guild=guild,
            channel=channel,
            role=role,
        )


async def run(studio: Studio, actor: Actor, chat: Chat, console: Console) -> None:
    """Serve one person until they leave."""
    if sys.stdin.isatty() and console.is_terminal:
        await _at_a_terminal(studio, actor, chat, console)
    else:
        await _from_a_pipe(studio, actor, chat, console)


async def _from_a_pipe(studio: Studio, actor: Actor, chat: Chat, console: Console) -> None:
    screen = Screen(console, PrintedProgress(console))
    desk = Desk(studio, screen, chat)
    session = Session(studio, actor, screen, desk, Watch(lambda: scene_of(studio, actor)))
    async for line in _piped():
        stays = await session.hear(line)
        await desk.settled()
        session.tell_news()
        if not stays:
            return


async def _piped() -> AsyncIterator[str]:
    """The lines of standard input; bytes that are no text are replaced, not refused."""
    while raw := await asyncio.to_thread(sys.stdin.buffer.readline):
        yield raw.decode("utf-8", "replace")


async def _at_a_terminal(studio: Studio, actor: Actor, chat: Chat, console: Console) -> None:
    from bot.terminal.prompt import Prompt  # loads prompt_toolkit

    prompt = Prompt(studio, actor)
    screen = Screen(console, prompt.progress)
    desk = Desk(studio, screen, chat)
    session = Session(studio, actor, screen, desk, Watch(lambda: scene_of(studio, actor)))
    _greet(session)
    with prompt.above():
        news = asyncio.create_task(_keep_telling(session))
        with suppress(EOFError):
            while await session.hear(await prompt.line()):
                pass
        news.cancel()
        if await desk.leave():
            screen.show(Message(_GOES_ON, tone="notice"))


def _greet(session: Session) -> None:
    folder = session.studio.settings.data_dir
    session.screen.show(
        Message(
            f"Pictures and records lie in {folder}. /help tells what you can do, /quit leaves.",
            title=f"Mintmark studio: {session.actor.name}, {session.scene().role}",
        )
    )


async def _keep_telling(session: Session) -> None:
    while True:
        await asyncio.sleep(_NEWS_EVERY_S)
        with suppress(MintmarkError):  # the database is busy: the news come the next time
            session.tell_news()
