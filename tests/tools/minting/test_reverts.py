"""Whatever a contract reverts with, a person reads a sentence."""

import pytest
from eth_abi import encode
from eth_utils import keccak

from tools.errors import Conflict, MintmarkError, Refused
from tools.minting.artefact import read_artefact
from tools.minting.reverts import revert_error


def revert(signature: str, *arguments: object) -> MintmarkError:
    types = [t for t in signature[signature.index("(") + 1 : -1].split(",") if t]
    return revert_error(keccak(text=signature)[:4] + encode(types, arguments))


def test_a_named_error_becomes_its_sentence() -> None:
    error = revert("ApprovalAlreadyUsed(bytes32,uint256)", bytes(32), 41)
    assert isinstance(error, Conflict)
    assert str(error) == "This approval was minted already, as token 41."


def test_every_error_of_the_contract_is_known_by_name() -> None:
    for entry in read_artefact().abi:
        if entry["type"] == "error":
            types = [argument["type"] for argument in entry["inputs"]]
            zeros = [bytes(32) if t == "bytes32" else 0 for t in types]
            sentence = str(revert(f"{entry['name']}({','.join(types)})", *zeros))
            assert "without a known reason" not in sentence
            assert sentence.endswith(".")


def test_soliditys_own_errors_are_read() -> None:
    assert str(revert("Error(string)", "too late")) == "The contract refused: too late"
    assert "panic code 0x11" in str(revert("Panic(uint256)", 0x11))


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\xde\xad\xbe\xef", keccak(text="UnknownModel(uint32,uint32)")[:4]]
)
def test_data_that_says_nothing_is_said_so(data: bytes) -> None:
    error = revert_error(data)
    assert isinstance(error, Refused)
    assert "without a known reason" in str(error) or "cannot be read" in str(error)
