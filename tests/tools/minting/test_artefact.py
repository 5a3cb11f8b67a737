"""The committed artefact is what the committed source compiles to."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.minting.artefact import read_artefact

ROOT = Path(__file__).parents[3]
CONTRACT = ROOT / "tools" / "minting" / "contract"


def test_the_standard_input_holds_the_source_as_it_lies_there() -> None:
    content = json.loads((CONTRACT / "Mintmark.standard-input.json").read_text())
    assert content["sources"]["Mintmark.sol"]["content"] == (CONTRACT / "Mintmark.sol").read_text()


def test_the_contract_fits_on_chain() -> None:
    assert 0 < len(read_artefact().deployed_bytecode) <= 24_576  # EIP-170
    assert len(read_artefact().bytecode) <= 49_152  # EIP-3860


def test_compiling_again_gives_the_same_bytes() -> None:
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "solc").is_dir():
        pytest.skip("the compiler is not installed: run `npm ci` to compare the artefact")
    script = ROOT / "tools" / "minting" / "compile_contract.mjs"
    run = subprocess.run([node, script, "--check"], capture_output=True, text=True, timeout=170)
    assert run.returncode == 0, run.stderr
