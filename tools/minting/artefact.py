"""The compiled contract as it is committed: users need neither npm nor a Solidity compiler.

`compile_contract.mjs` makes it from `Mintmark.sol`; `Mintmark.standard-input.json` holds every
source, so anyone can compile it again and compare.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_PATH = Path(__file__).parent / "contract" / "Mintmark.json"


@dataclass(frozen=True)
class Artefact:
    """What the compiler gave for the contract."""

    compiler: str
    abi: tuple[Mapping[str, Any], ...]
    bytecode: bytes  # runs once, when the contract is created
    deployed_bytecode: bytes  # what then lies at its address, to the byte


@cache
def read_artefact() -> Artefact:
    """The committed artefact."""
    content = json.loads(_PATH.read_text(encoding="utf-8"))
    return Artefact(
        compiler=content["compiler"],
        abi=tuple(content["abi"]),
        bytecode=bytes.fromhex(content["bytecode"].removeprefix("0x")),
        deployed_bytecode=bytes.fromhex(content["deployedBytecode"].removeprefix("0x")),
    )


def abi_entry(kind: str, name: str | None = None) -> Mapping[str, Any]:
    """The one ABI entry of a kind ("function", "error", "constructor") and name.

    Raises:
        KeyError: the contract has no such entry (a mistake in the code).
    """
    for entry in read_artefact().abi:
        if entry["type"] == kind and entry.get("name") == name:
            return entry
    raise KeyError(f"the contract has no {kind} {name}")
