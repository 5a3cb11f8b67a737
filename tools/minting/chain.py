"""What minting asks of a chain, whichever kind it is.

Addresses and hashes are `0x…` strings (addresses with their checksum), digests and calldata are
bytes, amounts are whole wei. Two kinds exist: `embedded.EmbeddedChain`, py-evm on disk with nothing
to set up, and `rpc.RpcChain`, any EVM chain behind a URL. Neither knows keys (`signer`), the
contract (`token_contract`) or which transactions are under way: that is the caller's to keep.
"""

from dataclasses import dataclass
from typing import Protocol

#: Chain ids kept for embedded chains. An RPC chain may not claim them, and the development key
#: signs for nothing else (EIP-155 binds a signature to its chain id).
EMBEDDED_CHAIN_IDS = range(1_337_000, 1_338_000)


@dataclass(frozen=True)
class Fees:
    """What a transaction should offer now, in wei per gas (EIP-1559)."""

    max_fee_per_gas: int
    max_priority_fee_per_gas: int


@dataclass(frozen=True)
class Call:
    """Something to be executed from `sender`'s account; without `to` it creates a contract."""

    sender: str
    to: str | None
    data: bytes


@dataclass(frozen=True)
class Receipt:
    """The chain's word on one mined transaction. `succeeded` is its status: mined is not enough."""

    transaction_hash: str
    succeeded: bool
    block_number: int
    block_hash: str
    gas_used: int
    effective_gas_price: int  # wei per gas
    contract_address: str | None  # set when the transaction created a contract


class Chain(Protocol):
    """One EVM chain. Every method raises `ServiceUnavailable` when the chain does not answer."""

    @property
    def name(self) -> str:
        """The name the settings give it."""

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""

    def check(self) -> None:
        """Raises `ConfigurationError` when this is not the chain the settings say."""

    def block_number(self) -> int:
        """Number of the newest block."""

    def balance(self, address: str) -> int:
        """Wei an account holds."""

    def nonce(self, address: str, *, pending: bool = False) -> int:
        """Transactions of an account in blocks; with `pending`, also those waiting to be mined."""

    def code(self, address: str) -> bytes:
        """Bytecode at an address, empty where there is no contract."""

    def fees(self) -> Fees:
        """Fees that survive several full blocks: twice the base fee, plus the tip."""

    def estimate(self, call: Call) -> int:
        """Gas the call needs. Raises the contract's refusal (see `reverts`) if it would revert."""

    def call(self, call: Call) -> bytes:
        """What the call would return; nothing is sent. Raises like `estimate`."""

    def send_raw(self, raw: bytes) -> str:
        """Sends a signed transaction, returns its hash. Sending the same bytes again is harmless.

        Raises `Conflict` when the nonce was taken by another transaction or the fee no longer
        suffices, `InvalidInput` when the bytes are no transaction for this chain, and
        `ConfigurationError` when the account cannot pay. After `ServiceUnavailable` the outcome is
        unknown: look for the receipt, then send the same bytes again.
        """

    def knows(self, transaction_hash: str) -> bool:
        """Whether the chain has the transaction, in a block or waiting for one."""

    def receipt(self, transaction_hash: str) -> Receipt | None:
        """The receipt, or None while the transaction is in no block."""
