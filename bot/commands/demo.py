"""`mintmark demo`: the story, drawn in this terminal."""

import asyncio
import sys
from pathlib import Path

from rich.console import Console

from agents.workflows.workshop import Workshop
from bot.demo.stage import Played
from bot.demo.story import play
from bot.logs import set_up_logs
from bot.terminal.bars import MovingBars
from bot.terminal.screen import PrintedProgress, ProgressArea
from tools.catalogue import open_studio
from tools.settings import load_settings

_WIDTH = 136  # columns of the picture for the README: four pictures side by side


def perform(picture: Path | None) -> Played:
    """Play the demo in the data folder of the settings; with `picture`, draw it as SVG too."""
    settings = load_settings()
    set_up_logs(settings.log_level)
    console = _recording() if picture else Console(highlight=False)
    with open_studio(settings) as studio, Workshop(studio):
        return asyncio.run(play(studio, console, _area(console)))


def _recording() -> Console:
    return Console(
        highlight=False, record=True, force_terminal=True, color_system="truecolor", width=_WIDTH
    )


def _area(console: Console) -> ProgressArea:
    moves = console.is_terminal and sys.stdout.isatty() and not console.record
    return MovingBars(console) if moves else PrintedProgress(console)
