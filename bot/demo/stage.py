"""The stage: five people, each at a terminal of their own, shown on one screen."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from agents.chat import open_chat
from bot.desk import Desk
from bot.notices import Watch
from bot.scene import scene_of
from bot.terminal.screen import ProgressArea, Screen
from bot.terminal.studio import Session, enter
from tools.errors import NotFound
from tools.people import Role
from tools.studio import Studio

GUILD, CHANNEL = "home", "studio"  # where `mintmark studio` is, unless told otherwise
PEOPLE = {
    "wren": Role.CREATOR,
    "sol": Role.CREATOR,
    "moss": Role.MEMBER,
    "fern": Role.MEMBER,
    "reed": Role.OPERATOR,
}


@dataclass
class Played:
    """What came of a performance."""

    seconds: dict[str, float] = field(default_factory=dict)  # scene → how long it took
    shown: dict[str, str] = field(default_factory=dict)  # scene → what was printed, if recorded
    round_id: str = ""
    mint_request_id: str = ""
    token_ids: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """Everybody's terminals on one screen."""

    studio: Studio
    screen: Screen
    seats: dict[str, Session]
    played: Played = field(default_factory=Played)

    async def type(self, who: str, line: str) -> None:
        """Someone types a line; the story goes on when everything it began has ended."""
        self.prompt(f"{who}>", line)
        await self.seats[who].hear(line)
        await self.seats[who].desk.settled()
        self.screen.console.print()

    async def press(self, who: str, label: str) -> None:
        """Someone presses the newest button with this label.

        Raises:
            NotFound: if there is none, because something before it went wrong.
        """
        numbers = [n for n, button in self.screen.buttons.items() if button.label == label]
        if not numbers:
            raise NotFound(
                "The demo found no button “{label}”: see above what went wrong.", label=label
            )
        await self.type(who, str(max(numbers)))

    def prompt(self, mark: str, line: str) -> None:
        """A line as someone types it."""
        typed = Text.assemble((f"{mark} ", "bold magenta"), line)
        self.screen.console.print(typed, soft_wrap=True)

    def say(self, text: str) -> None:
        """Tell the spectators something."""
        self.screen.console.print(Text(text, style="italic"))

    @contextmanager
    def scene(self, name: str, title: str) -> Iterator[None]:
        """One scene, under its heading, timed."""
        self.screen.console.print(Rule(Text(title, style="bold")))
        before = time.monotonic()
        yield
        self.played.seconds[name] = round(time.monotonic() - before, 2)
        if self.screen.console.record:
            self.played.shown[name] = self.screen.console.export_text(styles=True)


@asynccontextmanager
async def open_stage(studio: Studio, console: Console, area: ProgressArea) -> AsyncIterator[Stage]:
    """Seat everybody."""
    screen = Screen(console, area)
    async with open_chat(studio) as chat:
        desk = Desk(studio, screen, chat)
        seats = {}
        for name, role in PEOPLE.items():
            actor = enter(studio, name, role, GUILD, CHANNEL)
            watch = Watch(partial(scene_of, studio, actor))
            seats[name] = Session(studio, actor, screen, desk, watch)
        yield Stage(studio, screen, seats)
