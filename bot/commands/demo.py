"""`mintmark demo`: the story, drawn in this terminal, and as a picture if one is wished for."""

import asyncio
from pathlib import Path

from rich.console import Console

from agents.workflows.workshop import Workshop
from bot.demo.stage import Played
from bot.demo.story import play
from bot.frontend import Progress
from bot.logs import set_up_logs
from bot.terminal.bars import MovingBars
from bot.terminal.screen import PrintedProgress, ProgressArea
from bot.terminal.svg import svg
from tools.catalogue import open_studio
from tools.errors import ServiceUnavailable
from tools.settings import load_settings

_COLUMNS = 136  # four pictures side by side
_IN_THE_PICTURE = ("create", "tamper")


class _Unseen:
    """No progress: a still picture has none."""

    def show(self, handle: str, title: str, progress: Progress) -> None:
        """Nothing to show."""

    def remove(self, handle: str) -> None:
        """Nothing to take away."""


def perform(picture: Path | None) -> Played:
    """Play the demo in the data folder of the settings; with `picture`, draw scenes of it as SVG.

    Raises:
        ServiceUnavailable: if the picture cannot be written.
    """
    settings = load_settings()
    set_up_logs(settings.log_level)
    console = _recording() if picture else Console(highlight=False)
    with open_studio(settings) as studio, Workshop(studio):
        played = asyncio.run(play(studio, console, _area(console)))
    if picture:
        _draw(played, picture)
    return played


def _recording() -> Console:
    return Console(
        highlight=False,
        record=True,
        force_terminal=True,
        color_system="truecolor",
        width=_COLUMNS,
    )


def _area(console: Console) -> ProgressArea:
    if console.record:
        return _Unseen()
    return MovingBars(console) if console.is_terminal else PrintedProgress(console)


def _draw(played: Played, picture: Path) -> None:
    shown = "\n".join(played.shown[scene] for scene in _IN_THE_PICTURE)
    try:
        picture.write_text(svg(shown, "mintmark demo", _COLUMNS), encoding="utf-8")
    except OSError as error:
        raise ServiceUnavailable(
            "{picture} cannot be written: {reason}.", picture=picture, reason=error.strerror
        ) from None
