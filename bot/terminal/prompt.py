"""The prompt of the terminal studio: history, completion, and progress in the line below."""

from contextlib import AbstractContextManager

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from prompt_toolkit.patch_stdout import patch_stdout

from bot.scene import scene_of
from bot.terminal.completion import StudioCompleter
from bot.terminal.screen import ToolbarProgress, plain
from tools.people import Actor
from tools.studio import Studio


class Prompt:
    """Reads one line after the other from the person at the terminal."""

    def __init__(self, studio: Studio, actor: Actor) -> None:
        self._actor = actor
        self.progress = ToolbarProgress(self._redraw)
        history = studio.settings.data_dir / "history"
        history.mkdir(exist_ok=True, mode=0o700)
        self._session: PromptSession[str] = PromptSession(
            history=FileHistory(history / f"{actor.person_id}.txt"),
            completer=StudioCompleter(lambda: scene_of(studio, actor)),
            complete_in_thread=True,
            refresh_interval=0.5,
        )

    def above(self) -> AbstractContextManager[None]:
        """What is printed inside the block appears above the prompt."""
        return patch_stdout(raw=True)

    def below(self) -> str:
        """What stands below the prompt: a line for each piece of work under way."""
        return "\n".join(self.progress.lines())

    async def line(self) -> str:
        """The next line; Ctrl-C gives it up and starts a new one.

        Raises:
            EOFError: when the person leaves with Ctrl-D.
        """
        while True:
            try:
                return await self._session.prompt_async(f"{plain(self._actor.name)}> ")
            except KeyboardInterrupt:
                continue

    def _redraw(self) -> None:
        """Show the line below only while there is something in it."""
        self._session.bottom_toolbar = self.below if self.progress.lines() else None
        self._session.app.invalidate()
