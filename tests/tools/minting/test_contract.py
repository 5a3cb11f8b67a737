"""What the contract promises, asked of the committed artefact on an embedded chain."""

from dataclasses import replace
from typing import Any

import pytest
from eth_abi import decode, encode
from eth_utils import keccak
from multiformats import CID, multihash

from tests.tools.minting.chains import ALICE, MODEL, ROYALTY_RECEIVER, Mint, digest, order, terms
from tools.errors import Conflict, InvalidInput, NotFound, Refused
from tools.minting.chain import Call
from tools.minting.token_contract import (
    deploy_call,
    mint_call,
    register_model_call,
)

pytestmark = pytest.mark.usefixtures("an_open_record")

BOB = "0x" + "b2" * 20


def calldata(signature: str, *arguments: Any) -> bytes:
    types = signature[signature.index("(") + 1 : -1].split(",")
    return keccak(text=signature)[:4] + encode(types if arguments else [], arguments)


def ask(mint: Mint, signature: str, *arguments: Any, sender: str = ALICE) -> bytes:
    return mint.chain.call(Call(sender, mint.address, calldata(signature, *arguments)))


def do(mint: Mint, signature: str, *arguments: Any) -> None:
    call = Call(mint.signer.address, mint.address, calldata(signature, *arguments))
    assert mint.send(call).succeeded


def supports(mint: Mint, interface_id: str) -> bool:
    answer = ask(mint, "supportsInterface(bytes4)", bytes.fromhex(interface_id))
    return bool(decode(["bool"], answer)[0])


def raw_block_uri(block_digest: bytes) -> str:
    """The same URI by an independent library."""
    return f"ipfs://{CID('base32', 1, 'raw', multihash.wrap(block_digest, 'sha2-256'))}"


def test_the_deployed_code_is_the_committed_artefact(mint: Mint) -> None:
    assert mint.contract.is_deployed()


def test_a_minted_token_belongs_to_its_recipient(mint: Mint) -> None:
    mint.mint()
    assert mint.contract.owner_of(1).lower() == ALICE
    assert mint.contract.total_supply() == 1


@pytest.mark.parametrize("content", ["token json", "another", "", "\x00" * 40, "ÿ"])
def test_the_token_uri_is_the_cid_of_the_json(mint: Mint, content: str) -> None:
    mint.mint(metadata_digest=digest(content))
    assert mint.contract.token_uri(1) == raw_block_uri(digest(content))


@pytest.mark.parametrize("block_digest", [b"\xff" * 32, bytes(31) + b"\x01", b"\x80" + bytes(31)])
def test_the_token_uri_is_right_at_the_edges_of_the_digest(mint: Mint, block_digest: bytes) -> None:
    mint.mint(metadata_digest=block_digest)
    assert mint.contract.token_uri(1) == raw_block_uri(block_digest)


@pytest.mark.parametrize("seed", [0, 1, 2**63, 2**64 - 1])
def test_provenance_holds_seed_model_and_digest(mint: Mint, seed: int) -> None:
    mint.mint(seed=seed)
    kept = mint.contract.provenance(1)
    assert (kept.seed, kept.model_index) == (seed, 1)
    assert (kept.model_digest, kept.metadata_digest) == (MODEL, digest("token json"))


def test_provenance_survives_a_transfer(mint: Mint) -> None:
    mint.mint(recipient=mint.signer.address)
    before = mint.contract.provenance(1)
    do(mint, "transferFrom(address,address,uint256)", mint.signer.address, BOB, 1)
    assert mint.contract.owner_of(1).lower() == BOB
    assert mint.contract.provenance(1) == before


def test_an_approval_mints_only_once(mint: Mint) -> None:
    mint.mint("the approval")
    assert mint.contract.token_of_approval(digest("the approval")) == 1
    with pytest.raises(Conflict, match="minted already, as token 1"):
        mint.mint("the approval")
    assert mint.contract.total_supply() == 1


def test_an_approval_that_was_not_minted_has_no_token(mint: Mint) -> None:
    assert mint.contract.token_of_approval(digest("never")) is None


def test_only_a_minter_mints(mint: Mint) -> None:
    with pytest.raises(Refused, match="does not allow this account"):
        mint.chain.estimate(mint_call(BOB, mint.address, order()))
    assert mint.contract.is_minter(mint.signer.address)
    assert not mint.contract.is_minter(BOB)


def test_a_minter_dismissed_by_the_owner_mints_no_more(mint: Mint) -> None:
    do(mint, "revokeRoles(address,uint256)", mint.signer.address, 1)
    with pytest.raises(Refused, match="does not allow this account"):
        mint.mint()


@pytest.mark.parametrize(
    ("signature", "arguments"),
    [
        ("setPaused(bool)", [True]),
        ("setRoyalty(address,uint96)", [BOB, 1]),
        ("setContractMetadata(bytes32)", [b"\x01" * 32]),
        ("grantRoles(address,uint256)", [BOB, 1]),
        ("registerModel(bytes32)", [b"\x01" * 32]),
        ("refreshMetadata(uint256,uint256)", [1, 1]),
    ],
)
def test_a_stranger_decides_nothing(mint: Mint, signature: str, arguments: list[Any]) -> None:
    mint.mint()
    with pytest.raises(Refused, match="does not allow this account"):
        ask(mint, signature, *arguments, sender=BOB)


def test_pausing_stops_mints_and_leaves_transfers(mint: Mint) -> None:
    mint.mint("before", recipient=mint.signer.address)
    do(mint, "setPaused(bool)", True)
    assert mint.contract.paused()
    with pytest.raises(Refused, match="paused minting"):
        mint.mint("during")
    do(mint, "transferFrom(address,address,uint256)", mint.signer.address, BOB, 1)
    do(mint, "setPaused(bool)", False)
    mint.mint("during")
    assert mint.contract.total_supply() == 2


def test_a_model_is_registered_once(mint: Mint) -> None:
    assert mint.contract.model_index(MODEL) == 1
    assert mint.contract.model_digest(1) == MODEL
    with pytest.raises(Conflict, match="registered already, under index 1"):
        mint.send(register_model_call(mint.signer.address, mint.address, MODEL))


def test_models_are_counted_from_one(mint: Mint) -> None:
    other = digest("another model")
    assert mint.contract.model_index(other) is None
    mint.send(register_model_call(mint.signer.address, mint.address, other))
    assert mint.contract.model_index(other) == 2
    assert mint.contract.model_digest(3) is None


def test_a_mint_with_an_unknown_model_is_refused(mint: Mint) -> None:
    with pytest.raises(InvalidInput, match="no model 2: it knows 1 to 1"):
        mint.mint(model_index=2)


@pytest.mark.parametrize("field", ["metadata_digest", "approval_key"])
def test_an_empty_digest_is_refused(mint: Mint, field: str) -> None:
    with pytest.raises(InvalidInput, match="all zeros"):
        mint.mint(**{field: bytes(32)})


def test_nobody_mints_to_the_zero_address(mint: Mint) -> None:
    with pytest.raises(InvalidInput, match="zero address"):
        mint.mint(recipient="0x" + "00" * 20)


def test_a_token_that_was_not_minted_is_not_found(mint: Mint) -> None:
    for read in (mint.contract.owner_of, mint.contract.token_uri, mint.contract.provenance):
        with pytest.raises(NotFound, match="no token with this number"):
            read(1)


def test_royalties_go_to_their_receiver(mint: Mint) -> None:
    receiver, amount = mint.contract.royalty(1, 10_000)
    assert (receiver.lower(), amount) == (ROYALTY_RECEIVER, 500)
    do(mint, "setRoyalty(address,uint96)", BOB, 0)
    assert mint.contract.royalty(1, 10_000)[1] == 0


def test_the_contract_uri_is_the_cid_of_its_json(mint: Mint) -> None:
    assert mint.contract.contract_uri() == raw_block_uri(digest("contract json"))
    do(mint, "setContractMetadata(bytes32)", bytes(32))
    assert mint.contract.contract_uri() == ""


@pytest.mark.parametrize(
    "interface_id",
    ["01ffc9a7", "80ac58cd", "5b5e139f", "2a55205a", "49064906"],
    ids=["ERC-165", "ERC-721", "ERC-721 metadata", "ERC-2981", "ERC-4906"],
)
def test_the_contract_names_the_standards_it_keeps(mint: Mint, interface_id: str) -> None:
    assert supports(mint, interface_id)


@pytest.mark.parametrize("interface_id", ["ffffffff", "d9b67a26", "780e9d63"])
def test_the_contract_names_no_others(mint: Mint, interface_id: str) -> None:
    assert not supports(mint, interface_id)


def test_a_refresh_covers_minted_tokens_only(mint: Mint) -> None:
    mint.mint()
    do(mint, "refreshMetadata(uint256,uint256)", 1, 1)
    for first, last in [(0, 1), (1, 2), (2, 1)]:
        with pytest.raises(NotFound, match="not all minted"):
            do(mint, "refreshMetadata(uint256,uint256)", first, last)


def test_gas_is_what_it_was(mint: Mint) -> None:
    """Gas is deterministic, so the figures are held exactly: change them knowingly."""
    assert mint.chain.estimate(deploy_call(ALICE, terms(ALICE))) == 1_465_545
    assert mint.mint("to a fresh recipient").gas_used == 122_353
    assert mint.mint("to the same again").gas_used == 105_265


def test_impossible_terms_are_refused_before_anything_is_sent() -> None:
    with pytest.raises(InvalidInput, match="0 to 10000"):
        deploy_call(ALICE, replace(terms(ALICE), royalty_basis_points=10_001))
