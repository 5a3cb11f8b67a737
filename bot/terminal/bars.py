"""Progress as moving bars, for a terminal at which nobody is typing."""

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from bot.frontend import Progress
from bot.terminal.screen import describe


class MovingBars:
    """A bar for each piece of work, there until it is over."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            TextColumn("{task.fields[title]}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def show(self, handle: str, title: str, progress: Progress) -> None:
        """Move the bar."""
        if handle not in self._tasks:
            self._tasks[handle] = self._bars.add_task("", total=1000, title=title)
            self._bars.start()
        task = self._tasks[handle]
        self._bars.update(task, completed=progress.thousandths, description=describe(progress))

    def remove(self, handle: str) -> None:
        """Take the bar away."""
        task = self._tasks.pop(handle, None)
        if task is None:
            return
        self._bars.remove_task(task)
        if not self._tasks:
            self._bars.stop()
