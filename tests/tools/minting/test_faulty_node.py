"""The whole mint against a node that lies, forgets or dies: one token, or a clear stop.

A peer stands in front of Anvil and tells the truth but for what a test has it lie about. Afterwards
it is honest again, and the same request is minted; how many tokens there are is asked of Anvil.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_utils import keccak
from pydantic import SecretStr

from tests.folders import new_data_folder
from tests.peers.anvil import FUNDED_KEY, Anvil, running_anvil
from tests.peers.faulty_rpc import FaultyRpc, HungUp, RpcError, ask, faulty_rpc
from tests.striking import striking_studio
from tests.tools.minting.hall import Hall, open_hall
from tools.errors import ConfigurationError, Conflict, IntegrityError, ServiceUnavailable
from tools.minting.rpc import RpcChain
from tools.minting.signer import key_signer
from tools.minting.tables import Contract, Token, Transaction
from tools.minting.token_contract import TokenContract
from tools.settings import load_settings

CHAIN_ID = 31_337
TRANSFER = "0x" + keccak(text="Transfer(address,address,uint256)").hex()
RECEIPT, SEND = "eth_getTransactionReceipt", "eth_sendRawTransaction"


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with running_anvil(CHAIN_ID) as anvil:
        yield anvil


@pytest.fixture
def peer(node: Anvil) -> Iterator[FaultyRpc]:
    with faulty_rpc(CHAIN_ID, node.url) as peer:
        yield peer


def settled_hall(folder: Path, url: str, key: str = FUNDED_KEY) -> Iterator[Hall]:
    gold = {"kind": "rpc", "chain_id": CHAIN_ID, "rpc_url": url, "private_key": key}
    settings = load_settings(
        data_dir=new_data_folder(folder / "data"), chains={"gold": gold | {"patience_s": 0.6}}
    )
    with striking_studio(settings) as studio:
        yield open_hall(studio)


@pytest.fixture
def hall(tmp_path: Path, peer: FaultyRpc) -> Iterator[Hall]:
    yield from settled_hall(tmp_path, peer.url)


def tokens_on(node: Anvil, hall: Hall) -> int:
    """How many tokens the node itself holds in the collection's contract."""
    with hall.studio.db.read() as session:
        contract = session.query(Contract).one_or_none()
    if contract is None:
        return 0
    chain = RpcChain("truth", node.url, CHAIN_ID)
    return TokenContract(chain, contract.address).total_supply()


def tokens_written(hall: Hall) -> int:
    with hall.studio.db.read() as session:
        return session.query(Token).count()


def is_a(stage: str, receipt: dict[str, Any] | None) -> bool:
    """Whether this is the receipt of the contract's creation ("deploy"), or of a token ("mint")."""
    if receipt is None:
        return False
    if stage == "deploy":
        return receipt["contractAddress"] is not None
    return any(log["topics"][0] == TRANSFER for log in receipt["logs"])


def change_receipt(peer: FaultyRpc, stage: str, **changes: Any) -> None:
    """From now on change what the receipt of this stage says; `gone=True` hides it."""

    def lie(params: list[Any]) -> Any:
        receipt = peer.truth(RECEIPT, params)
        if not is_a(stage, receipt):
            return receipt
        return None if changes.get("gone") else receipt | changes

    peer.answers[RECEIPT] = lie


def test_with_an_honest_node_a_request_becomes_a_token(hall: Hall, node: Anvil):
    minted = hall.mint(hall.approved())
    assert [(token.chain, token.chain_id) for token in minted.tokens] == [("gold", CHAIN_ID)]
    assert tokens_on(node, hall) == 1


@pytest.mark.parametrize("stage", ["deploy", "mint"])
def test_a_receipt_that_says_failed_is_believed_until_the_node_says_otherwise(
    hall: Hall, peer: FaultyRpc, node: Anvil, stage: str
):
    request = hall.approved()
    change_receipt(peer, stage, status="0x0")
    with pytest.raises(Conflict, match=r"mined in block .* and failed"):
        hall.mint(request)
    assert hall.status(request).state == "failed"
    assert tokens_written(hall) == 0
    peer.honest()
    minted = hall.retry(request)
    assert minted.state == "minted"
    assert tokens_on(node, hall) == 1
    with hall.studio.db.read() as session:
        sent = {row.purpose.split(":")[0]: row for row in session.query(Transaction)}
    assert len(sent) == 3  # what had been mined was not sent again
    assert {row.state for row in sent.values()} == {"confirmed"}
    assert minted.tokens[0].transaction == sent["mint"].hash


@pytest.mark.parametrize("after_sending", [0, 1, 2])
def test_a_node_that_serves_another_chain_is_sent_nothing(
    hall: Hall, peer: FaultyRpc, node: Anvil, after_sending: int
):
    """Before anything is sent, after the contract, after the model."""
    request = hall.approved()
    peer.answers["eth_chainId"] = lambda params: (
        "0x1" if peer.asked.count(SEND) >= after_sending else peer.truth("eth_chainId", params)
    )
    with pytest.raises(ConfigurationError, match="serves chain 1, the settings say 31337"):
        hall.mint(request)
    assert peer.asked.count(SEND) == after_sending
    assert hall.status(request).state == "failed"
    peer.honest()
    assert hall.retry(request).state == "minted"
    assert tokens_on(node, hall) == 1


@pytest.mark.parametrize("stage", ["deploy", "mint"])
def test_a_receipt_that_is_late_is_waited_for(hall: Hall, peer: FaultyRpc, node: Anvil, stage: str):
    hidden: list[str] = []

    def once(params: list[Any]) -> Any:
        receipt = peer.truth(RECEIPT, params)
        if is_a(stage, receipt) and not hidden:
            hidden.append(params[0])
            return None
        return receipt

    peer.answers[RECEIPT] = once
    assert hall.mint(hall.approved()).state == "minted"
    assert hidden
    assert tokens_on(node, hall) == 1


@pytest.mark.parametrize("stage", ["deploy", "mint"])
def test_without_a_receipt_nothing_is_called_minted(
    hall: Hall, peer: FaultyRpc, node: Anvil, stage: str
):
    request = hall.approved()
    change_receipt(peer, stage, gone=True)
    for _ in range(2):  # asking again does not make it true
        with pytest.raises(ServiceUnavailable, match="has not confirmed transaction"):
            hall.mint(request)
        assert hall.status(request).state == "minting"
    assert tokens_written(hall) == 0
    peer.honest()
    assert hall.mint(request).state == "minted"
    assert tokens_on(node, hall) == 1


@pytest.mark.parametrize("stage", ["deploy", "mint"])
def test_a_transaction_that_a_reorganisation_dropped_is_sent_again(
    hall: Hall, peer: FaultyRpc, node: Anvil, stage: str
):
    """It was confirmed, and then its block was not in the chain any more."""
    request = hall.approved()
    before: list[str] = []

    def remember(params: list[Any]) -> Any:
        if peer.asked.count(SEND) == {"deploy": 1, "mint": 3}[stage]:
            before.append(ask(node.url, "evm_snapshot"))
        return peer.truth(SEND, params)

    def read_wrongly(params: list[Any]) -> Any:
        if before:
            raise RpcError("header not found")
        return peer.truth("eth_call", params)

    peer.answers |= {SEND: remember, "eth_call": read_wrongly}
    with pytest.raises(ServiceUnavailable, match="header not found"):
        hall.mint(request)
    assert ask(node.url, "evm_revert", before[0]) is True
    peer.honest()
    assert hall.mint(request).state == "minted"
    assert tokens_on(node, hall) == 1


def test_a_nonce_that_is_behind_does_not_matter_once_the_studio_counts_itself(
    hall: Hall, peer: FaultyRpc, node: Anvil
):
    hall.mint(hall.approved())
    peer.answer("eth_getTransactionCount", "0x0")
    assert hall.mint(hall.approved(8)).state == "minted"
    assert tokens_on(node, hall) == 2


def test_a_nonce_that_was_never_true_stops_the_mint_and_not_the_account(
    hall: Hall, peer: FaultyRpc, node: Anvil
):
    ask(node.url, "anvil_setNonce", key_signer(SecretStr(FUNDED_KEY), "test").address, "0x40")
    request = hall.approved()
    peer.answer("eth_getTransactionCount", "0x0")
    with pytest.raises((Conflict, ServiceUnavailable), match="nonce too low"):
        hall.mint(request)
    assert tokens_written(hall) == 0
    peer.honest()
    if hall.status(request).state == "failed":
        assert hall.retry(request).state == "minted"
    assert hall.mint(request).state == "minted"
    assert tokens_on(node, hall) == 1


def test_what_the_node_already_knows_counts_as_sent(hall: Hall, peer: FaultyRpc, node: Anvil):
    def known(params: list[Any]) -> Any:
        peer.truth(SEND, params)
        raise RpcError("already known")

    peer.answers[SEND] = known
    assert hall.mint(hall.approved()).state == "minted"
    assert tokens_on(node, hall) == 1


@pytest.mark.parametrize("accepted", [True, False])
def test_a_send_whose_answer_is_lost_is_looked_up_and_sent_once(
    hall: Hall, peer: FaultyRpc, node: Anvil, accepted: bool
):
    request = hall.approved()

    def lose(params: list[Any]) -> Any:
        if accepted:
            peer.truth(SEND, params)
        raise HungUp

    peer.answers[SEND] = lose
    for _ in range(3):  # contract, model, token: each gets one step further, or none does
        with pytest.raises(ServiceUnavailable):
            hall.mint(request)
        assert tokens_written(hall) == 0
    peer.honest()
    assert hall.mint(request).state == "minted"
    assert tokens_on(node, hall) == 1


def lie_about(peer: FaultyRpc, function: str, changed: Callable[[str], str]) -> None:
    """From now on change what a function of the contract returns."""
    selector = "0x" + keccak(text=function)[:4].hex()

    def lie(params: list[Any]) -> Any:
        answer = peer.truth("eth_call", params)
        asked = params[0].get("data") or params[0].get("input")
        return changed(answer) if asked.startswith(selector) else answer

    peer.answers["eth_call"] = lie


@pytest.mark.parametrize(
    ("function", "changed", "what"),
    [
        ("ownerOf(uint256)", lambda answer: answer[:-4] + "beef", "the owner"),
        ("tokenURI(uint256)", lambda answer: answer.replace("6261666b", "6261666c"), "token URI"),
        ("provenance(uint256)", lambda answer: "0x" + "0" * 63 + "8" + answer[66:], "the seed"),
        ("tokenOfApproval(bytes32)", lambda answer: "0x" + "0" * 64, "holds no token for it"),
        ("modelDigestAt(uint32)", lambda answer: "0x" + "ab" * 32, "not hold the model"),
    ],
)
def test_a_token_that_reads_back_otherwise_is_not_called_minted(
    hall: Hall,
    peer: FaultyRpc,
    node: Anvil,
    function: str,
    changed: Callable[[str], str],
    what: str,
):
    request = hall.approved()
    lie_about(peer, function, changed)
    with pytest.raises(IntegrityError, match=what):
        hall.mint(request)
    assert hall.status(request).state == "failed"
    assert tokens_written(hall) == 0
    peer.honest()
    assert hall.retry(request).state == "minted"
    assert tokens_on(node, hall) == 1


def test_an_account_that_cannot_pay_signs_nothing_until_it_can(tmp_path: Path, node: Anvil):
    key = "5e" * 32
    address = key_signer(SecretStr(key), "test").address
    for hall in settled_hall(tmp_path, node.url, key):
        request = hall.approved()
        with pytest.raises(ConfigurationError, match="cannot pay") as stopped:
            hall.mint(request)
        assert address in str(stopped.value)
        with hall.studio.db.read() as session:
            assert session.query(Transaction).count() == 0
        ask(node.url, "anvil_setBalance", address, hex(10**18))
        assert hall.retry(request).state == "minted"
        assert tokens_on(node, hall) == 1


@pytest.mark.parametrize("place", [0, 3, 7, 12, 18, 24, 30])
def test_a_node_that_dies_on_the_way_and_comes_back_holds_one_token(
    hall: Hall, peer: FaultyRpc, node: Anvil, place: int
):
    request = hall.approved()
    peer.dies_after = place
    with pytest.raises(ServiceUnavailable, match="cannot be reached"):
        hall.mint(request)
    assert hall.status(request).state == "minting"
    assert tokens_written(hall) == 0
    peer.honest()
    assert hall.mint(request).state == "minted"
    assert tokens_on(node, hall) == 1
