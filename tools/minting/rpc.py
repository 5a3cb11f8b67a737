"""Any EVM chain behind an HTTP(S) URL, through web3.py.

The endpoint is not trusted further than it must be: its chain id is compared with the settings
before first use and before every send, the hash of what is sent is computed here, and a receipt
must be for the transaction asked about. What it says of state is re-read by the caller.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from eth_typing import HexStr
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import HTTPProvider, Web3
from web3.exceptions import ContractLogicError, TransactionNotFound, Web3RPCError
from web3.types import TxParams, TxReceipt

from tools.errors import (
    ConfigurationError,
    Conflict,
    IntegrityError,
    MintmarkError,
    ServiceUnavailable,
)
from tools.minting.chain import EMBEDDED_CHAIN_IDS, Call, Fees, Receipt
from tools.minting.reverts import revert_error
from tools.provenance.effects import effect

_CANNOT_PAY = ("insufficient funds", "insufficient balance")


class RpcChain:
    """One chain behind one URL. See `chain.Chain` for what the methods promise.

    The URL may hold an access key, so messages name its host only.
    """

    def __init__(self, name: str, url: str, chain_id: int, *, timeout_s: float = 20.0) -> None:
        """Makes the client; connects at first use.

        Raises:
            ConfigurationError: the URL is not one, or the chain id is kept for embedded chains.
        """
        self.name = name
        self.chain_id = chain_id
        self._host = _host(name, url)
        if chain_id in EMBEDDED_CHAIN_IDS:
            raise ConfigurationError(
                "Chain {name}: {chain_id} is kept for embedded chains; give the id of "
                "the chain behind {host}.",
                name=name,
                chain_id=chain_id,
                host=self._host,
            )
        self._timeout_s = timeout_s
        self._checked = False
        self._web3 = _client(url, timeout_s)

    def check(self) -> None:
        """Asks the endpoint which chain it serves.

        Raises:
            ConfigurationError: not the one in the settings.
            ServiceUnavailable: it does not answer.
        """
        with self._explained("eth_chainId"):
            served = int(self._web3.eth.chain_id)
        if served != self.chain_id:
            raise ConfigurationError(
                "Chain {name}: {host} serves chain {served}, the settings say "
                "{chain_id}. Correct the URL or the chain id.",
                name=self.name,
                host=self._host,
                served=served,
                chain_id=self.chain_id,
            )
        self._checked = True

    def block_number(self) -> int:
        with self._asking("eth_blockNumber") as eth:
            return int(eth.block_number)

    def balance(self, address: str) -> int:
        with self._asking("eth_getBalance") as eth:
            return int(eth.get_balance(to_checksum_address(address)))

    def nonce(self, address: str, *, pending: bool = False) -> int:
        with self._asking("eth_getTransactionCount") as eth:
            block = "pending" if pending else "latest"
            return int(eth.get_transaction_count(to_checksum_address(address), block))

    def code(self, address: str) -> bytes:
        with self._asking("eth_getCode") as eth:
            return bytes(eth.get_code(to_checksum_address(address)))

    def fees(self) -> Fees:
        with self._asking("eth_feeHistory") as eth:
            base = int(eth.fee_history(1, "latest")["baseFeePerGas"][-1])
            tip = int(eth.max_priority_fee)
        return Fees(2 * base + tip, tip)

    def estimate(self, call: Call) -> int:
        with self._asking("eth_estimateGas") as eth:
            return int(eth.estimate_gas(_parameters(call)))

    def call(self, call: Call) -> bytes:
        with self._asking("eth_call") as eth:
            # CCIP reads would let a contract make this process fetch URLs.
            return bytes(eth.call(_parameters(call), ccip_read_enabled=False))

    @effect
    def send_raw(self, raw: bytes) -> str:
        self.check()
        digest = "0x" + keccak(raw).hex()
        try:
            with self._explained("eth_sendRawTransaction"):
                answer = "0x" + bytes(self._web3.eth.send_raw_transaction(raw)).hex()
        except ServiceUnavailable:
            raise
        except MintmarkError:
            # "already known", "nonce too low", "already imported"…: every client words it its way.
            if self.knows(digest):
                return digest
            raise
        if answer != digest:
            raise IntegrityError(
                "Chain {name}: {host} says it took transaction {answer}, sent was {digest}.",
                name=self.name,
                host=self._host,
                answer=answer,
                digest=digest,
            )
        return digest

    def knows(self, transaction_hash: str) -> bool:
        with self._asking("eth_getTransactionByHash") as eth:
            try:
                eth.get_transaction(HexStr(transaction_hash))
            except TransactionNotFound:
                return False
            return True

    def receipt(self, transaction_hash: str) -> Receipt | None:
        with self._asking("eth_getTransactionReceipt") as eth:
            try:
                answer = eth.get_transaction_receipt(HexStr(transaction_hash))
            except TransactionNotFound:
                return None
            receipt = _receipt(answer)
        if receipt.transaction_hash != transaction_hash.lower():
            raise IntegrityError(
                "Chain {name}: asked for the receipt of {transaction_hash}, {host} "
                "answered with that of {other}.",
                name=self.name,
                transaction_hash=transaction_hash,
                host=self._host,
                other=receipt.transaction_hash,
            )
        return receipt

    @contextmanager
    def _asking(self, method: str) -> Iterator[Any]:
        if not self._checked:
            self.check()
        with self._explained(method):
            yield self._web3.eth

    @contextmanager
    def _explained(self, method: str) -> Iterator[None]:
        """Turns what web3 and requests raise into this project's errors.

        `from None` throughout: their messages quote the URL, and with it any access key.
        """
        where = f"Chain {self.name}: {self._host}"
        try:
            yield
        except ContractLogicError as error:
            raise revert_error(_revert_data(error)) from None
        except Web3RPCError as error:
            raise _refusal(where, method, error) from None
        except requests.Timeout:
            raise ServiceUnavailable(
                "{where} did not answer {method} within {timeout_s} s.",
                where=where,
                method=method,
                timeout_s=f"{self._timeout_s:g}",
            ) from None
        except requests.HTTPError as error:
            status = "an error" if error.response is None else str(error.response.status_code)
            raise ServiceUnavailable(
                "{where} answered {method} with HTTP {status}.",
                where=where,
                method=method,
                status=status,
            ) from None
        except requests.RequestException:
            raise ServiceUnavailable(
                "{where} cannot be reached. Is the URL right, and the node running?", where=where
            ) from None
        except Exception:  # what parsing a stranger's answer can raise has no end
            raise ServiceUnavailable(
                "{where} answered {method} with something that is not Ethereum JSON-RPC. "
                "Is the URL that of a node?",
                where=where,
                method=method,
            ) from None


def _host(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host is None or parts.scheme not in ("http", "https"):
        raise ConfigurationError(
            "Chain {name}: the RPC URL must begin with http:// or https:// and name a host.",
            name=name,
        )
    return host if port is None else f"{host}:{port}"


def _client(url: str, timeout_s: float) -> Web3:
    for talkative in ("web3", "urllib3"):  # at debug they write the URL, and with it any access key
        logging.getLogger(talkative).setLevel(logging.WARNING)
    provider = HTTPProvider(
        url,
        request_kwargs={"timeout": timeout_s, "allow_redirects": False},
        exception_retry_configuration=None,  # whoever calls decides what is asked again
    )
    return Web3(provider, middleware=[])


def _parameters(call: Call) -> TxParams:
    fields = {"from": to_checksum_address(call.sender), "data": "0x" + call.data.hex()}
    if call.to is not None:
        fields["to"] = to_checksum_address(call.to)
    return cast(TxParams, fields)


def _receipt(answer: TxReceipt) -> Receipt:
    created = answer.get("contractAddress")
    return Receipt(
        transaction_hash="0x" + bytes(answer["transactionHash"]).hex(),
        succeeded=answer["status"] == 1,
        block_number=int(answer["blockNumber"]),
        block_hash="0x" + bytes(answer["blockHash"]).hex(),
        gas_used=int(answer["gasUsed"]),
        effective_gas_price=int(answer["effectiveGasPrice"]),
        contract_address=to_checksum_address(created) if created else None,
    )


def _revert_data(error: ContractLogicError) -> bytes:
    data = error.data
    try:
        return bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else b""
    except ValueError:
        return b""


def _refusal(where: str, method: str, error: Web3RPCError) -> Exception:
    answer = error.rpc_response or {}
    detail = answer.get("error")
    message = str(detail.get("message", "")) if isinstance(detail, dict) else str(detail)
    if any(words in message.lower() for words in _CANNOT_PAY):
        return ConfigurationError(
            "{where}: the account cannot pay for this; send it ether.", where=where
        )
    if method == "eth_sendRawTransaction":
        return Conflict(
            "{where} does not take the transaction: {message}.", where=where, message=message
        )
    return ServiceUnavailable(
        "{where} cannot answer {method}: {message}.", where=where, method=method, message=message
    )
