"""Anvil, Foundry's Ethereum node, as npm ships it: a real RPC endpoint on this machine."""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_ANVIL = Path(__file__).parents[2] / "node_modules" / ".bin" / "anvil"

#: The first account of Anvil's published test mnemonic: worthless everywhere but there.
FUNDED_KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


@dataclass
class Anvil:
    """A running node."""

    url: str
    chain_id: int
    process: "subprocess.Popen[str]"


@contextmanager
def running_anvil(chain_id: int, *options: str) -> Iterator[Anvil]:
    """A node on a free port, ended afterwards; skips the test where npm has not installed it."""
    if not _ANVIL.exists():
        pytest.skip("anvil is not installed: run `npm ci` to test against it")
    process = subprocess.Popen(
        [_ANVIL, "--port", "0", "--chain-id", str(chain_id), *options],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        port = _port(process)
        reading = threading.Thread(target=process.stdout.read, daemon=True)  # type: ignore[union-attr]  # a pipe
        reading.start()  # a node whose pipe is full stops answering
        yield Anvil(f"http://127.0.0.1:{port}", chain_id, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # npm's script and the node that it started
        process.wait(timeout=30)


def _port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"Listening on \S+:(\d+)", line):
            return int(found[1])
    raise AssertionError("anvil ended before it listened")
