"""Turns what a contract reverted with into a sentence for the person who caused it.

The data is `keccak(signature)[:4]` and the ABI-encoded arguments, for the contract's named errors
as for Solidity's own `Error(string)` and `Panic(uint256)`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tools.errors import Conflict, InvalidInput, MintmarkError, NotFound, Refused
from tools.minting.artefact import read_artefact

_Explain = Callable[..., MintmarkError]

_SENTENCES: Mapping[str, _Explain] = {
    "ApprovalAlreadyUsed": lambda key, token: Conflict(
        "This approval was minted already, as token {token}.", token=token
    ),
    "ModelAlreadyRegistered": lambda index: Conflict(
        "This model is registered already, under index {index}.", index=index
    ),
    "UnknownModel": lambda index, registered: InvalidInput(
        "The contract has no model {index}: it knows 1 to {registered}. Register the model first.",
        index=index,
        registered=registered,
    ),
    "EmptyDigest": lambda: InvalidInput(
        "A digest or approval key is all zeros: it must be the SHA-256 of something."
    ),
    "MintingIsPaused": lambda: Refused("The contract's owner has paused minting."),
    "NoSuchTokens": lambda first, last: NotFound(
        "Tokens {first} to {last} are not all minted.", first=first, last=last
    ),
    "TokenDoesNotExist": lambda: NotFound("The contract has no token with this number."),
    "TransferToZeroAddress": lambda: InvalidInput("The recipient is the zero address."),
    "Unauthorized": lambda: Refused("The contract does not allow this account to do that."),
    "Error": lambda reason: Refused("The contract refused: {reason}", reason=reason),
    "Panic": lambda code: Refused(
        "The contract stopped with panic code {code}.", code=f"{code:#x}"
    ),
}


def revert_error(data: bytes) -> MintmarkError:
    """The error to raise for a call that reverted with `data` (empty when no reason was given)."""
    from eth_abi.abi import decode
    from eth_abi.exceptions import DecodingError

    name, types = _errors_by_selector().get(data[:4], ("", ()))
    if not name:
        return Refused("The contract refused without a known reason (0x{data}).", data=data.hex())
    try:
        arguments = decode(types, data[4:])
    except DecodingError:
        return Refused(
            "The contract refused with {name}, with arguments that cannot be read.", name=name
        )
    explain = _SENTENCES.get(name)
    return explain(*arguments) if explain else Refused("The contract refused: {name}.", name=name)


@cache
def _errors_by_selector() -> Mapping[bytes, tuple[str, tuple[str, ...]]]:
    from eth_utils.crypto import keccak

    signatures = [_signature(entry) for entry in read_artefact().abi if entry["type"] == "error"]
    signatures += [("Error", ("string",)), ("Panic", ("uint256",))]
    return {keccak(text=f"{n}({','.join(t)})")[:4]: (n, t) for n, t in signatures}


def _signature(entry: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return entry["name"], tuple(argument["type"] for argument in entry["inputs"])
