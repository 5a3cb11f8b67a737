"""People at terminals: real desks, screens and chats on a real studio."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console

from agents.chat import open_chat
from bot.desk import Desk
from bot.notices import Watch
from bot.scene import scene_of
from bot.terminal.screen import PrintedProgress, Screen
from bot.terminal.studio import Session
from tests.conftest import sign_in_to
from tools.catalogue import open_studio
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio


@dataclass
class Seat:
    """Someone at a terminal without colours."""

    actor: Actor
    session: Session

    async def types(self, line: str) -> str:
        """Type a line; returns what is printed until everything it began is over."""
        before = len(self.printed())
        await self.session.hear(line)
        await self.session.desk.settled()
        self.session.tell_news()
        return self.printed()[before:]

    def printed(self) -> str:
        """Everything on the screen so far."""
        file = self.session.screen.console.file
        assert isinstance(file, StringIO)
        return file.getvalue()


@asynccontextmanager
async def seat(studio: Studio, name: str, role: Role = Role.MEMBER) -> AsyncIterator[Seat]:
    """Seat someone at a terminal."""
    actor = sign_in_to(studio, name, role)
    console = Console(file=StringIO(), width=100, color_system=None)
    screen = Screen(console, PrintedProgress(console))
    async with open_chat(studio) as chat:
        desk = Desk(studio, screen, chat)
        watch = Watch(lambda: scene_of(studio, actor))
        yield Seat(actor, Session(studio, actor, screen, desk, watch))


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    """A studio with every tool, and no workflows running."""
    with open_studio(sqlite_settings) as opened:
        yield opened
