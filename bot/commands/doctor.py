"""`mintmark doctor`: every finding on a line, sound or not."""

from rich.console import Console
from rich.text import Text

from bot.doctor import examine


def report() -> bool:
    """Print all findings; returns whether everything is sound."""
    console = Console(highlight=False)
    sound = True
    for finding in examine():
        sound = sound and finding.sound
        mark, style = ("✓", "green") if finding.sound else ("✗", "bold red")
        line = Text.assemble((mark, style), " ", (finding.subject, "bold"), f": {finding.sentence}")
        console.print(line, soft_wrap=True)
    return sound
