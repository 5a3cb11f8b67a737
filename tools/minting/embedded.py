"""A chain with nothing to set up: py-evm in this process, kept on disk, a block per transaction.

It checks what a public chain checks (signature, chain id, nonce, fee, balance) and keeps every
block. It has no network, no mempool and no reorganisations.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from eth.abc import (
    AtomicDatabaseAPI,
    BlockHeaderAPI,
    ComputationAPI,
    SignedTransactionAPI,
    StateAPI,
)
from eth.chains.base import MiningChain
from eth.exceptions import PyEVMError, Revert, TransactionNotFound, VMError
from eth.typing import AccountDetails, HeaderParams
from eth.vm.forks.prague import PragueVM
from eth.vm.spoof import SpoofTransaction
from eth_typing import Address, BlockNumber, Hash32
from eth_utils.address import to_canonical_address
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException  # type: ignore[import-untyped]  # rlp ships no types

from tools.errors import ConfigurationError, Conflict, InvalidInput, Refused
from tools.minting.block_store import BlockStore
from tools.minting.chain import EMBEDDED_CHAIN_IDS, Call, Fees, Receipt
from tools.minting.planning import ether
from tools.minting.reverts import revert_error
from tools.minting.token_contract import created_address
from tools.provenance.effects import effect

BLOCK_GAS_LIMIT = 30_000_000
FUNDING = 10_000 * 10**18  # wei each funded account starts with
TIP = 10**9  # wei per gas; what public chains commonly take


class EmbeddedChain:
    """One chain in one file. See `chain.Chain` for what the methods promise."""

    def __init__(
        self, path: Path, chain_id: int, *, name: str = "embedded", funded: Sequence[str] = ()
    ) -> None:
        """Opens the chain, making it with ether for the `funded` accounts if it is not there.

        Raises:
            ConfigurationError: the chain id is not one for embedded chains, or not this file's.
            ServiceUnavailable: the file cannot be made or opened.
        """
        if chain_id not in EMBEDDED_CHAIN_IDS:
            raise ConfigurationError(
                "Chain id {chain_id} is not for an embedded chain: use one from {start} "
                'to {stop}, or, for a chain behind a URL, set kind = "rpc" and rpc_url.',
                chain_id=chain_id,
                start=EMBEDDED_CHAIN_IDS.start,
                stop=EMBEDDED_CHAIN_IDS.stop - 1,
            )
        self.name = name
        self.chain_id = chain_id
        self._evm = _evm_chain(chain_id)
        self._store = BlockStore(path)
        self._store.create(chain_id, lambda database: _write_genesis(self._evm, database, funded))
        self.check()

    def check(self) -> None:
        held = self._store.chain_id()
        if held != self.chain_id:
            raise ConfigurationError(
                "{path} holds chain {held}, the settings say {chain_id}: correct the "
                "chain id, or give this chain another name.",
                path=self._store.path,
                held=held,
                chain_id=self.chain_id,
            )

    def block_number(self) -> int:
        with self._reading() as chain:
            return int(chain.get_canonical_head().block_number)

    def balance(self, address: str) -> int:
        with self._state() as state:
            return int(state.get_balance(_canonical(address)))

    def nonce(self, address: str, *, pending: bool = False) -> int:
        """Nothing ever waits here, so `pending` changes nothing."""
        with self._state() as state:
            return int(state.get_nonce(_canonical(address)))

    def code(self, address: str) -> bytes:
        with self._state() as state:
            return bytes(state.get_code(_canonical(address)))

    def fees(self) -> Fees:
        with self._reading() as chain:
            return Fees(2 * _base_fee(chain.header) + TIP, TIP)

    def estimate(self, call: Call) -> int:
        """Gas used when there is plenty: exact here, for the contract makes no inner calls."""
        return BLOCK_GAS_LIMIT - int(self._execute(call).get_gas_remaining())

    def call(self, call: Call) -> bytes:
        return bytes(self._execute(call).output)

    @effect
    def send_raw(self, raw: bytes) -> str:
        with self._store.writing() as database:
            chain = self._evm(database)
            transaction = _decode(chain, raw)
            if _position(chain, transaction.hash) is None:
                _check(chain, transaction)
                _mine(chain, transaction)
            return _hex(transaction.hash)

    def knows(self, transaction_hash: str) -> bool:
        """Nothing ever waits here, so only what is in a block is known."""
        return self.receipt(transaction_hash) is not None

    def receipt(self, transaction_hash: str) -> Receipt | None:
        digest = Hash32(bytes.fromhex(transaction_hash.removeprefix("0x")))
        with self._reading() as chain:
            position = _position(chain, digest)
            return None if position is None else _receipt(chain, digest, *position)

    def _execute(self, call: Call) -> ComputationAPI:
        with self._reading() as chain:
            head = chain.get_canonical_head()
            with chain.get_vm(head).in_costless_state() as state:
                computation = state.costless_execute_transaction(_unsigned(chain, state, call))
        if computation.is_error:
            raise _call_error(computation.error)
        return computation

    @contextmanager
    def _reading(self) -> Iterator[MiningChain]:
        with self._store.reading() as database:
            yield self._evm(database)

    @contextmanager
    def _state(self) -> Iterator[StateAPI]:
        with self._reading() as chain:
            yield chain.get_vm().state


def _evm_chain(chain_id_: int) -> type[MiningChain]:
    class EmbeddedEvm(MiningChain):
        """Prague rules, whose blocks need no proof, and one gas limit for ever."""

        chain_id = chain_id_
        vm_configuration = ((BlockNumber(0), PragueVM),)

        def create_header_from_parent(
            self, parent_header: BlockHeaderAPI, **header_params: Any
        ) -> BlockHeaderAPI:
            fixed = {**header_params, "gas_limit": parent_header.gas_limit}
            return super().create_header_from_parent(parent_header, **fixed)

    return EmbeddedEvm


def _write_genesis(
    evm: type[MiningChain], database: AtomicDatabaseAPI, funded: Sequence[str]
) -> None:
    account = AccountDetails(balance=FUNDING, nonce=0, code=b"", storage={})
    header: dict[str, HeaderParams] = {
        "difficulty": 0,
        "gas_limit": BLOCK_GAS_LIMIT,
        "nonce": bytes(8),
    }
    evm.from_genesis(database, header, {_canonical(address): account for address in funded})


def _decode(chain: MiningChain, raw: bytes) -> SignedTransactionAPI:
    builder = chain.get_vm().get_transaction_builder()
    try:
        transaction = builder.decode(raw)
        transaction.validate()
        sent_for = transaction.chain_id
        _ = transaction.sender
    except (RLPException, ValidationError, PyEVMError, AttributeError) as error:
        raise InvalidInput(
            "The bytes are not a signed transaction: {error}.", error=str(error)
        ) from error
    if sent_for != chain.chain_id:
        raise InvalidInput(
            "The transaction is for chain {sent_for}, this is {chain_id}.",
            sent_for=sent_for,
            chain_id=chain.chain_id,
        )
    return transaction


def _check(chain: MiningChain, transaction: SignedTransactionAPI) -> None:
    """What py-evm checks as well, said in words that help."""
    state = chain.get_vm().state
    expected, base_fee = state.get_nonce(transaction.sender), _base_fee(chain.header)
    if transaction.nonce != expected:
        raise Conflict(
            "The transaction has nonce {nonce}, the chain expects {expected}.",
            nonce=transaction.nonce,
            expected=expected,
        )
    if transaction.max_fee_per_gas < base_fee:
        raise Conflict(
            "The transaction offers {offered} wei per gas, the block asks {asked}.",
            offered=transaction.max_fee_per_gas,
            asked=base_fee,
        )
    at_most = transaction.gas * transaction.max_fee_per_gas + transaction.value
    if state.get_balance(transaction.sender) < at_most:
        raise ConfigurationError(
            "Account 0x{sender} cannot pay {cost}: send it ether.",
            sender=transaction.sender.hex(),
            cost=ether(at_most),
        )


def _mine(chain: MiningChain, transaction: SignedTransactionAPI) -> None:
    try:
        chain.apply_transaction(transaction)
    except ValidationError as error:
        raise InvalidInput(
            "The chain does not take the transaction: {error}", error=str(error)
        ) from error
    chain.mine_block(blob_gas_used=0)


def _position(chain: MiningChain, digest: Hash32) -> tuple[int, int] | None:
    try:
        return chain.get_canonical_transaction_index(digest)
    except TransactionNotFound:
        return None


def _receipt(chain: MiningChain, digest: Hash32, block_number: int, index: int) -> Receipt:
    header = chain.get_canonical_block_header_by_number(BlockNumber(block_number))
    transaction = chain.get_canonical_transaction_by_index(header.block_number, index)
    receipt = chain.get_transaction_receipt_by_index(header.block_number, index)
    tip = min(transaction.max_priority_fee_per_gas, transaction.max_fee_per_gas - _base_fee(header))
    creates = not transaction.to
    sender = _hex(transaction.sender)
    return Receipt(
        transaction_hash=_hex(digest),
        succeeded=receipt.state_root == b"\x01",  # the field holds the status since EIP-658
        block_number=block_number,
        block_hash=_hex(header.hash),
        gas_used=int(receipt.gas_used),  # cumulative, but a block holds one transaction
        effective_gas_price=_base_fee(header) + tip,
        contract_address=created_address(sender, transaction.nonce) if creates else None,
    )


def _unsigned(chain: MiningChain, state: StateAPI, call: Call) -> SignedTransactionAPI:
    sender = _canonical(call.sender)
    transaction = chain.create_unsigned_transaction(
        nonce=state.get_nonce(sender),
        gas_price=0,
        gas=BLOCK_GAS_LIMIT,
        to=Address(b"") if call.to is None else _canonical(call.to),
        value=0,
        data=call.data,
    )
    # A stand-in with a sender and no signature; py-evm itself passes it off as signed.
    return cast(SignedTransactionAPI, SpoofTransaction(transaction, from_=sender))


def _call_error(error: VMError) -> Exception:
    if isinstance(error, Revert):
        return revert_error(bytes(error.args[0]) if error.args else b"")
    return Refused("The contract stopped: {kind}.", kind=type(error).__name__)


def _base_fee(header: BlockHeaderAPI) -> int:
    return int(header.base_fee_per_gas or 0)


def _canonical(address: str) -> Address:
    return Address(to_canonical_address(address))


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
