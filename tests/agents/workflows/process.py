"""A process of its own that works on a data folder until its input ends."""

import sys
from pathlib import Path

from agents.workflows.workshop import Workshop
from tests.agents.workflows.craft import TOOLS
from tools.settings import load_settings
from tools.studio import Studio


def work(data_dir: str) -> None:
    """Open a workshop; the database comes from the environment, as always."""
    settings = load_settings(data_dir=Path(data_dir))
    with Studio(settings, TOOLS) as studio, Workshop(studio, sweep_every_s=0.3):
        print(studio.process, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    work(sys.argv[1])
