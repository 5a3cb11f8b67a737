"""How long the demo takes, scene by scene, and how much memory: `python bench/demo.py`.

Plays the demo once in a fresh data folder, in a process of its own so that its peak memory is its
own. Prints a table and, as the last line, one JSON object: `total_s` from the start of the process
to its end, `peak_mb`, `tokens`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

_PLAY = """
import json, sys
from bot.commands.demo import perform
played = perform(None)
print(json.dumps({"seconds": played.seconds, "tokens": len(played.token_ids)}), file=sys.stderr)
"""


def main() -> None:
    """Play, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"MINTMARK_DATA_DIR": folder, "MINTMARK_LOG_LEVEL": "error"}
        before = time.monotonic()
        played = subprocess.run(
            [sys.executable, "-c", _PLAY],
            cwd=Path(__file__).parent.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        total = time.monotonic() - before
    if played.returncode != 0:
        raise SystemExit(f"The demo failed:\n{played.stdout[-2000:]}\n{played.stderr[-2000:]}")
    report(json.loads(played.stderr.splitlines()[-1]), total)


def report(played: dict[str, object], total_s: float) -> None:
    """Print the table and the figures."""
    seconds = dict(played["seconds"])  # type: ignore[call-overload]  # as `_PLAY` writes it
    seconds["start and stop"] = round(total_s - sum(seconds.values()), 2)
    for scene, took in seconds.items():
        print(f"{scene:<16}{took:>8.2f} s")
    peak_mb = round(getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024)  # Linux counts in KiB
    print(f"{'total':<16}{total_s:>8.2f} s\n{'peak memory':<16}{peak_mb:>8} MiB")
    figures = {"total_s": round(total_s, 2), "peak_mb": peak_mb, "tokens": played["tokens"]}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
