"""An RPC endpoint that fails or lies is caught, named without its key, and never believed."""

import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from eth_utils import keccak

from tests.peers.faulty_rpc import FaultyRpc, HttpAnswer, RpcError, faulty_rpc
from tools.errors import (
    ConfigurationError,
    Conflict,
    IntegrityError,
    MintmarkError,
    ServiceUnavailable,
)
from tools.minting.chain import Call
from tools.minting.rpc import RpcChain

pytestmark = pytest.mark.usefixtures("an_open_record")

ACCOUNT = "0x" + "a1" * 20
RAW = b"\x02 the exact bytes"
HASH = "0x" + keccak(RAW).hex()
SECRET = "s3cr3t-access-key"
KNOWN = {"hash": HASH, "blockHash": None, "blockNumber": None, "nonce": "0x0"}


@pytest.fixture
def peer() -> Iterator[FaultyRpc]:
    with faulty_rpc(chain_id=5) as peer:
        peer.answer("eth_blockNumber", "0x10")
        peer.answer("eth_getTransactionByHash", None)
        peer.answer("eth_getTransactionReceipt", None)
        peer.answer("eth_sendRawTransaction", HASH)
        yield peer


@pytest.fixture
def chain(peer: FaultyRpc) -> RpcChain:
    return RpcChain("gold", f"{peer.url}/v3/{SECRET}", 5, timeout_s=5)


def receipt(**changes: Any) -> dict[str, Any]:
    plain = {
        "transactionHash": HASH,
        "status": "0x1",
        "blockNumber": "0x10",
        "blockHash": "0x" + "cc" * 32,
        "gasUsed": "0x5208",
        "effectiveGasPrice": "0x1",
        "contractAddress": None,
    }
    return {**plain, **changes}


@pytest.mark.parametrize(
    "url", ["", "gold", "ftp://node.example", "file:///etc/passwd", "http://", "https://[::1"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="must begin with http:// or https://"):
        RpcChain("gold", url, 5)


def test_a_chain_id_of_an_embedded_chain_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="kept for embedded chains"):
        RpcChain("gold", "http://127.0.0.1:1", 1_337_001)


def test_a_url_where_nothing_listens_is_said_so() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        chain = RpcChain("gold", f"http://127.0.0.1:{port}/{SECRET}", 5)
        with pytest.raises(
            ServiceUnavailable, match=f"127.0.0.1:{port} cannot be reached"
        ) as error:
            chain.block_number()
    assert SECRET not in str(error.value)


def test_an_access_key_in_the_url_is_in_no_log(
    peer: FaultyRpc, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert RpcChain("gold", f"{peer.url}/v3/{SECRET}", 5).block_number() == 16
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (HttpAnswer(401), "HTTP 401"),
        (HttpAnswer(500), "HTTP 500"),
        (HttpAnswer(200, b"<html>hello</html>"), "not Ethereum JSON-RPC"),
        (HttpAnswer(200, b"{}"), "not Ethereum JSON-RPC"),
        (HttpAnswer(200, b"[]"), "not Ethereum JSON-RPC"),
        (HttpAnswer(200, b""), "not Ethereum JSON-RPC"),
        (RpcError("the method is not available"), "cannot answer eth_chainId"),
        ("five", "not Ethereum JSON-RPC"),
        (None, "not Ethereum JSON-RPC"),
    ],
)
def test_an_endpoint_that_is_no_node_is_said_so(
    peer: FaultyRpc, chain: RpcChain, answer: Any, message: str
) -> None:
    peer.answer("eth_chainId", answer)
    with pytest.raises(ServiceUnavailable, match=message) as caught:
        chain.block_number()
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_redirect_is_not_followed(peer: FaultyRpc, chain: RpcChain) -> None:
    peer.answer("eth_chainId", HttpAnswer(302, location=f"{peer.url}/elsewhere"))
    with pytest.raises(ServiceUnavailable):
        chain.block_number()
    assert "GET" not in peer.asked


def test_an_endpoint_that_is_silent_too_long_is_left(peer: FaultyRpc) -> None:
    peer.delay("eth_blockNumber", 1.0)
    chain = RpcChain("gold", peer.url, 5, timeout_s=0.2)
    with pytest.raises(ServiceUnavailable, match=r"did not answer eth_blockNumber within 0\.2 s"):
        chain.block_number()


def test_an_endpoint_that_changes_its_chain_is_sent_nothing(
    peer: FaultyRpc, chain: RpcChain
) -> None:
    assert chain.block_number() == 16
    peer.answer("eth_chainId", "0x1")
    with pytest.raises(ConfigurationError, match="serves chain 1, the settings say 5"):
        chain.send_raw(RAW)
    assert "eth_sendRawTransaction" not in peer.asked


def test_another_hash_than_that_of_the_bytes_is_a_lie(peer: FaultyRpc, chain: RpcChain) -> None:
    peer.answer("eth_sendRawTransaction", "0x" + "ee" * 32)
    with pytest.raises(IntegrityError, match=f"sent was {HASH}"):
        chain.send_raw(RAW)


@pytest.mark.parametrize(
    "message", ["already known", "nonce too low", "AlreadyKnown", "known transaction", "imported"]
)
def test_a_transaction_the_node_has_already_counts_as_sent(
    peer: FaultyRpc, chain: RpcChain, message: str
) -> None:
    peer.answer("eth_sendRawTransaction", RpcError(message))
    peer.answer("eth_getTransactionByHash", KNOWN)
    assert chain.send_raw(RAW) == HASH


def test_the_same_words_about_an_unknown_transaction_are_a_conflict(
    peer: FaultyRpc, chain: RpcChain
) -> None:
    peer.answer("eth_sendRawTransaction", RpcError("nonce too low"))
    with pytest.raises(Conflict, match="does not take the transaction: nonce too low"):
        chain.send_raw(RAW)


def test_a_send_without_an_answer_is_not_called_a_failure(peer: FaultyRpc, chain: RpcChain) -> None:
    peer.answer("eth_sendRawTransaction", HttpAnswer(502))
    with pytest.raises(ServiceUnavailable, match="HTTP 502"):
        chain.send_raw(RAW)


def test_a_send_is_asked_once_and_never_retried_behind_the_callers_back(
    peer: FaultyRpc, chain: RpcChain
) -> None:
    peer.answer("eth_sendRawTransaction", HttpAnswer(503))
    with pytest.raises(ServiceUnavailable):
        chain.send_raw(RAW)
    assert peer.asked.count("eth_sendRawTransaction") == 1


def test_a_receipt_of_another_transaction_is_a_lie(peer: FaultyRpc, chain: RpcChain) -> None:
    peer.answer("eth_getTransactionReceipt", receipt(transactionHash="0x" + "ee" * 32))
    with pytest.raises(IntegrityError, match="asked for the receipt of"):
        chain.receipt(HASH)


@pytest.mark.parametrize("status", ["0x0", "0x2", None])
def test_only_status_one_is_success(peer: FaultyRpc, chain: RpcChain, status: str | None) -> None:
    peer.answer("eth_getTransactionReceipt", receipt(status=status))
    found = chain.receipt(HASH)
    assert found is not None
    assert not found.succeeded


@pytest.mark.parametrize("missing", ["status", "blockNumber", "blockHash", "gasUsed"])
def test_half_a_receipt_is_none(peer: FaultyRpc, chain: RpcChain, missing: str) -> None:
    half = receipt()
    del half[missing]
    peer.answer("eth_getTransactionReceipt", half)
    with pytest.raises(ServiceUnavailable, match="not Ethereum JSON-RPC"):
        chain.receipt(HASH)


def test_a_receipt_may_vanish(peer: FaultyRpc, chain: RpcChain) -> None:
    peer.answer("eth_getTransactionReceipt", receipt())
    assert chain.receipt(HASH) is not None
    peer.answer("eth_getTransactionReceipt", None)
    assert chain.receipt(HASH) is None


@pytest.mark.parametrize("data", [None, "0x", "0xdeadbeef", "nonsense"])
def test_a_revert_without_a_reason_is_still_a_refusal(
    peer: FaultyRpc, chain: RpcChain, data: str | None
) -> None:
    peer.answer("eth_call", RpcError("execution reverted", code=3, data=data))
    with pytest.raises(MintmarkError, match="refused without a known reason"):
        chain.call(Call(ACCOUNT, ACCOUNT, b"\x01\x02\x03\x04"))


def test_a_contract_cannot_make_this_process_fetch_a_url(peer: FaultyRpc, chain: RpcChain) -> None:
    """EIP-3668 lookups ask the caller to fetch a URL; here they are one more refusal."""
    from eth_abi import encode

    lookup = keccak(text="OffchainLookup(address,string[],bytes,bytes4,bytes)")[:4] + encode(
        ["address", "string[]", "bytes", "bytes4", "bytes"],
        [ACCOUNT, [f"{peer.url}/{{sender}}/{{data}}"], b"", b"\x00" * 4, b""],
    )
    peer.answer("eth_call", RpcError("execution reverted", code=3, data="0x" + lookup.hex()))
    with pytest.raises(MintmarkError, match="refused without a known reason"):
        chain.call(Call(ACCOUNT, ACCOUNT, b"\x01\x02\x03\x04"))
    assert "GET" not in peer.asked
