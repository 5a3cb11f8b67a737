"""The embedded chain takes what a public chain would take, and refuses the rest in words."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools.minting.chains import ALICE, CAP, Mint, deploy, digest, order
from tools.errors import (
    ConfigurationError,
    Conflict,
    IntegrityError,
    InvalidInput,
    NotFound,
    OutsideRecord,
    Refused,
    ServiceUnavailable,
)
from tools.minting import block_store
from tools.minting.chain import Call
from tools.minting.chains import open_chain
from tools.minting.embedded import EmbeddedChain
from tools.minting.planning import UnsignedTransaction, plan_transaction, quote
from tools.minting.signer import SignedTransaction, development_signer
from tools.minting.token_contract import TokenContract, created_address, mint_call
from tools.provenance.effects import current_call
from tools.settings import ChainSettings

pytestmark = pytest.mark.usefixtures("an_open_record")


def planned(mint: Mint, approval: str = "first approval") -> UnsignedTransaction:
    call = mint_call(mint.signer.address, mint.address, order(approval))
    return plan_transaction(
        call,
        quote(mint.chain, call),
        chain_id=mint.chain.chain_id,
        nonce=mint.chain.nonce(mint.signer.address),
        cost_cap=CAP,
    )


def signed(mint: Mint, **changes: int) -> SignedTransaction:
    return mint.signer.sign(replace(planned(mint), **changes))


def test_the_same_bytes_sent_again_mint_once(mint: Mint) -> None:
    transaction = signed(mint)
    assert {mint.chain.send_raw(transaction.raw) for _ in range(3)} == {transaction.hash}
    assert mint.contract.total_supply() == 1


def test_a_receipt_tells_what_happened(mint: Mint) -> None:
    transaction = signed(mint)
    assert mint.chain.receipt(transaction.hash) is None
    mint.chain.send_raw(transaction.raw)
    receipt = mint.chain.receipt(transaction.hash)
    assert receipt is not None
    assert receipt.succeeded
    assert receipt.transaction_hash == transaction.hash
    assert receipt.block_number == mint.chain.block_number()
    assert receipt.contract_address is None


def test_a_transaction_that_reverts_is_mined_and_did_not_succeed(mint: Mint) -> None:
    transaction = signed(mint)
    late = mint.signer.sign(replace(planned(mint), nonce=mint.chain.nonce(mint.signer.address) + 1))
    mint.chain.send_raw(transaction.raw)
    mint.chain.send_raw(late.raw)
    receipt = mint.chain.receipt(late.hash)
    assert receipt is not None
    assert not receipt.succeeded
    assert mint.contract.total_supply() == 1


def test_the_account_pays_what_the_receipt_says(mint: Mint) -> None:
    before = mint.chain.balance(mint.signer.address)
    receipt = mint.mint()
    paid = before - mint.chain.balance(mint.signer.address)
    assert paid == receipt.gas_used * receipt.effective_gas_price


def test_the_address_of_a_contract_is_known_before_it_is_created(data_dir: Path) -> None:
    signer = development_signer(data_dir)
    chain = open_chain("tin", ChainSettings(chain_id=1_337_003), data_dir, funded=[signer.address])
    expected = created_address(signer.address, chain.nonce(signer.address))
    assert deploy(chain, signer).address == expected


def test_everything_is_there_when_the_chain_is_opened_again(mint: Mint, data_dir: Path) -> None:
    receipt = mint.mint()
    again = open_chain("copper", ChainSettings(chain_id=1_337_001), data_dir)
    assert again.receipt(receipt.transaction_hash) == receipt
    assert TokenContract(again, mint.address).owner_of(1).lower() == ALICE
    assert again.block_number() == receipt.block_number


def test_two_chains_share_an_account_and_nothing_else(mint: Mint, data_dir: Path) -> None:
    silver = open_chain(
        "silver", ChainSettings(chain_id=1_337_002), data_dir, funded=[mint.signer.address]
    )
    other = deploy(silver, mint.signer)
    other.mint()
    assert other.contract.total_supply() == 1
    assert mint.contract.total_supply() == 0


def test_a_transaction_for_one_chain_is_refused_by_the_other(mint: Mint, data_dir: Path) -> None:
    silver = open_chain("silver", ChainSettings(chain_id=1_337_002), data_dir)
    with pytest.raises(InvalidInput, match="for chain 1337001, this is 1337002"):
        silver.send_raw(signed(mint).raw)


@pytest.mark.parametrize("gap", [-1, 1])
def test_a_nonce_out_of_turn_is_refused(mint: Mint, gap: int) -> None:
    expected = mint.chain.nonce(mint.signer.address)
    with pytest.raises(Conflict, match=f"nonce {expected + gap}, the chain expects {expected}"):
        mint.chain.send_raw(signed(mint, nonce=expected + gap).raw)


def test_a_fee_below_the_base_fee_is_refused(mint: Mint) -> None:
    cheap = signed(mint, max_fee_per_gas=1, max_priority_fee_per_gas=1)
    with pytest.raises(Conflict, match="offers 1 wei per gas"):
        mint.chain.send_raw(cheap.raw)


def test_an_account_that_cannot_pay_is_named(mint: Mint, tmp_path: Path) -> None:
    poor = development_signer(tmp_path / "poor")
    transaction = poor.sign(replace(planned(mint), sender=poor.address, nonce=0))
    with pytest.raises(ConfigurationError, match=f"(?i){poor.address} cannot pay .* ETH"):
        mint.chain.send_raw(transaction.raw)


@pytest.mark.parametrize("junk", [b"", b"\x02", b"junk", b"\x02\xc0", b"\xff" * 100])
def test_bytes_that_are_no_transaction_are_refused(mint: Mint, junk: bytes) -> None:
    with pytest.raises(InvalidInput, match="not a signed transaction"):
        mint.chain.send_raw(junk)


def test_a_signature_that_was_altered_is_another_accounts(mint: Mint) -> None:
    raw = bytearray(signed(mint).raw)
    raw[-1] ^= 1
    with pytest.raises((InvalidInput, Conflict, ConfigurationError)):
        mint.chain.send_raw(bytes(raw))
    assert mint.contract.total_supply() == 0


def test_a_refused_transaction_leaves_no_block(mint: Mint) -> None:
    before = mint.chain.block_number()
    with pytest.raises(InvalidInput):
        mint.chain.send_raw(b"junk")
    assert mint.chain.block_number() == before


def test_nothing_is_sent_outside_an_open_record(mint: Mint) -> None:
    transaction = signed(mint)
    record = current_call()
    assert record is not None
    record.is_open = False
    with pytest.raises(OutsideRecord):
        mint.chain.send_raw(transaction.raw)
    assert mint.contract.total_supply() == 0


def test_calling_where_no_contract_lies_is_said_so(mint: Mint) -> None:
    nowhere = TokenContract(mint.chain, ALICE)
    assert not nowhere.is_deployed()
    with pytest.raises(NotFound, match=r"No Mintmark contract lies at 0x.* on copper"):
        nowhere.total_supply()


def test_code_that_stops_without_a_reason_is_refused(mint: Mint) -> None:
    with pytest.raises(Refused, match="stopped: InvalidInstruction"):
        mint.chain.estimate(Call(ALICE, None, b"\xfe"))


def test_a_chain_id_of_a_public_chain_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Chain id 1 is not for an embedded chain"):
        EmbeddedChain(tmp_path / "a.chain", 1)


def test_a_file_of_another_chain_is_refused(data_dir: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds chain 1337001, the settings say 1337009"):
        EmbeddedChain(data_dir / "chains" / "copper.chain", 1_337_009)


def test_a_file_that_is_no_chain_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.chain").write_bytes(b"not a database, not a chain, nothing" * 100)
    with pytest.raises(IntegrityError, match="not an intact chain file"):
        EmbeddedChain(tmp_path / "a.chain", 1_337_001)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "chains").write_text("a file where a folder should be")
    with pytest.raises(ServiceUnavailable, match="cannot be made"):
        EmbeddedChain(tmp_path / "chains" / "a.chain", 1_337_001)


def test_a_full_disk_loses_no_block(mint: Mint, monkeypatch: pytest.MonkeyPatch) -> None:
    mint.mint("before")
    transaction = mint.signer.sign(planned(mint, "too much"))
    connect = block_store._connect

    def with_no_room_to_grow(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    with monkeypatch.context() as full_disk:
        full_disk.setattr(block_store, "_connect", with_no_room_to_grow)
        with pytest.raises(ServiceUnavailable, match="full"):
            mint.chain.send_raw(transaction.raw)
    assert mint.chain.receipt(transaction.hash) is None
    mint.chain.send_raw(transaction.raw)
    assert mint.contract.token_of_approval(digest("too much")) == 2
