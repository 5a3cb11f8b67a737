"""The same mint on Anvil, a node that is not ours, over JSON-RPC."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.peers.anvil import FUNDED_KEY, Anvil, running_anvil
from tests.tools.minting.chains import (
    ALICE,
    MODEL,
    Mint,
    deploy,
    digest,
    mined,
    open_record,
    order,
)
from tools.errors import ConfigurationError, Conflict, NotFound, Refused
from tools.minting.chains import open_chain
from tools.minting.planning import plan_transaction, quote
from tools.minting.rpc import RpcChain
from tools.minting.signer import SignedTransaction, key_signer
from tools.minting.token_contract import TokenContract, mint_call
from tools.settings import ChainSettings

pytestmark = pytest.mark.usefixtures("an_open_record")


@pytest.fixture(scope="module")
def anvil() -> Iterator[Anvil]:
    with running_anvil(31_337) as node:
        yield node


@pytest.fixture(scope="module")
def deployed(anvil: Anvil) -> Mint:
    settings = ChainSettings.model_validate(
        {"kind": "rpc", "chain_id": anvil.chain_id, "rpc_url": anvil.url}
    )
    chain = open_chain("gold", settings, Path("unused"))
    with open_record():
        return deploy(chain, key_signer(SecretStr(FUNDED_KEY), "anvil"))


def signed(mint: Mint, approval: str, *, nonce: int | None = None) -> SignedTransaction:
    call = mint_call(mint.signer.address, mint.address, order(approval))
    planned = plan_transaction(
        call,
        quote(mint.chain, call),
        chain_id=mint.chain.chain_id,
        nonce=mint.chain.nonce(mint.signer.address) if nonce is None else nonce,
        cost_cap=10**17,
    )
    return mint.signer.sign(planned)


def test_a_token_is_minted_and_read_back(deployed: Mint) -> None:
    receipt = deployed.mint("on anvil")
    number = deployed.contract.token_of_approval(digest("on anvil"))
    assert receipt.succeeded
    assert number is not None
    assert deployed.contract.is_deployed()
    assert deployed.contract.owner_of(number).lower() == ALICE
    kept = deployed.contract.provenance(number)
    assert (kept.seed, kept.model_digest) == (order().seed, MODEL)
    assert deployed.contract.token_uri(number).startswith("ipfs://bafkrei")


def test_a_mint_costs_the_gas_it_costs_on_the_embedded_chain(deployed: Mint, mint: Mint) -> None:
    elsewhere = "0x" + "77" * 20
    there = deployed.mint("compared", recipient=elsewhere).gas_used
    assert there == mint.mint("compared", recipient=elsewhere).gas_used


def test_the_same_bytes_sent_again_mint_once(deployed: Mint) -> None:
    before = deployed.contract.total_supply()
    transaction = signed(deployed, "twice")
    assert {deployed.chain.send_raw(transaction.raw) for _ in range(3)} == {transaction.hash}
    assert mined(deployed.chain, transaction.hash).succeeded
    assert deployed.contract.total_supply() == before + 1


def test_another_transaction_with_a_used_nonce_is_refused(deployed: Mint) -> None:
    used = deployed.chain.nonce(deployed.signer.address) - 1
    with pytest.raises(Conflict, match="nonce too low"):
        deployed.chain.send_raw(signed(deployed, "late", nonce=used).raw)


def test_a_used_approval_is_refused_in_words(deployed: Mint) -> None:
    deployed.mint("only once")
    with pytest.raises(Conflict, match="minted already, as token"):
        deployed.mint("only once")


def test_a_stranger_is_refused_in_words(deployed: Mint) -> None:
    call = mint_call("0x" + "b2" * 20, deployed.address, order("a stranger's"))
    with pytest.raises(Refused, match="does not allow this account"):
        deployed.chain.estimate(call)


def test_missing_things_are_not_found(deployed: Mint) -> None:
    assert deployed.chain.receipt("0x" + "12" * 32) is None
    with pytest.raises(NotFound, match="no token with this number"):
        deployed.contract.token_uri(10**6)
    with pytest.raises(NotFound, match="No Mintmark contract lies at"):
        TokenContract(deployed.chain, ALICE).total_supply()


def test_an_account_that_cannot_pay_is_said_so(deployed: Mint) -> None:
    poor = key_signer(SecretStr("11" * 32), "here")
    mint = Mint(deployed.chain, poor, deployed.contract)
    call = mint_call(deployed.signer.address, mint.address, order("poor"))
    planned = plan_transaction(
        call, quote(mint.chain, call), chain_id=mint.chain.chain_id, nonce=0, cost_cap=10**17
    )
    transaction = poor.sign(replace(planned, sender=poor.address))
    with pytest.raises(ConfigurationError, match="cannot pay"):
        mint.chain.send_raw(transaction.raw)


def test_the_wrong_chain_id_is_named_with_the_right_one(anvil: Anvil) -> None:
    chain = RpcChain("gold", anvil.url, 1)
    with pytest.raises(ConfigurationError, match=r"serves chain 31337, the settings say 1\."):
        chain.block_number()


def test_a_waiting_transaction_has_no_receipt_until_it_is_mined(deployed: Mint) -> None:
    with running_anvil(31_338, "--no-mining") as node:
        chain = RpcChain("slow", node.url, node.chain_id)
        mint = Mint(chain, deployed.signer, deployed.contract)
        call = mint_call(mint.signer.address, mint.address, order())
        planned = plan_transaction(
            call, quote(chain, call), chain_id=chain.chain_id, nonce=0, cost_cap=10**17
        )
        transaction = mint.signer.sign(planned)
        assert {chain.send_raw(transaction.raw) for _ in range(2)} == {transaction.hash}
        assert chain.receipt(transaction.hash) is None
        assert chain.nonce(mint.signer.address) == 0
        assert chain.nonce(mint.signer.address, pending=True) == 1
