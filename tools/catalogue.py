"""Every tool of the studio, in one list, and the way to open a studio with them."""

from tools.definition import AnyTool
from tools.settings import Settings
from tools.studio import Studio

TOOLS: tuple[AnyTool, ...] = ()


def open_studio(settings: Settings) -> Studio:
    """Open the data folder that the settings name, with every tool behind the door."""
    return Studio(settings, TOOLS)
