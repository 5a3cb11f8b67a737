"""The Mintmark contract seen from outside: the calls that change it, and what anyone may read.

The calls are pure: they build calldata and send nothing. Reading needs a chain and the address.
"""

from dataclasses import dataclass
from typing import Any

from tools.errors import InvalidInput, NotFound
from tools.minting.artefact import abi_entry, read_artefact
from tools.minting.chain import Call, Chain

_NOBODY = "0x" + "00" * 20
_EMPTY = bytes(32)


@dataclass(frozen=True)
class ContractTerms:
    """What a collection's contract is created with."""

    name: str
    symbol: str
    owner: str  # may pause, set the royalty and appoint minters
    minter: str  # the account that mints
    royalty_receiver: str = _NOBODY
    royalty_basis_points: int = 0  # hundredths of a percent, at most 10,000
    contract_metadata: bytes = _EMPTY  # SHA-256 of the ERC-7572 JSON


@dataclass(frozen=True)
class MintOrder:
    """One token to be minted under one approval."""

    recipient: str
    metadata_digest: bytes  # SHA-256 of the token's JSON file, 32 bytes
    seed: int  # 0 to 2^64 - 1
    model_index: int  # as the contract's model registry counts
    approval_key: bytes  # 32 bytes naming the approval; the contract takes each once


@dataclass(frozen=True)
class TokenProvenance:
    """What the contract keeps about where a token came from."""

    seed: int
    model_index: int
    model_digest: bytes  # 32 bytes
    metadata_digest: bytes  # SHA-256 of the token's JSON file


def deploy_call(sender: str, terms: ContractTerms) -> Call:
    """Creates the contract. Raises `InvalidInput` for terms the contract would refuse."""
    from eth_abi.abi import encode

    if not 0 <= terms.royalty_basis_points <= 10_000:
        raise InvalidInput(
            "A royalty of {royalty} basis points is not possible: it must be 0 to 10000 (100 %).",
            royalty=terms.royalty_basis_points,
        )
    _require_digest("contract metadata digest", terms.contract_metadata)
    arguments = (
        terms.name,
        terms.symbol,
        checksummed(terms.owner),
        checksummed(terms.minter),
        checksummed(terms.royalty_receiver),
        terms.royalty_basis_points,
        terms.contract_metadata,
    )
    types = [entry["type"] for entry in abi_entry("constructor")["inputs"]]
    return Call(sender, None, read_artefact().bytecode + encode(types, arguments))


def created_address(sender: str, nonce: int) -> str:
    """Where the contract that `sender` creates with transaction `nonce` will lie.

    The last 20 bytes of keccak(rlp([sender, nonce])), as the CREATE rule has it.
    """
    from eth_utils.address import to_canonical_address, to_checksum_address
    from eth_utils.crypto import keccak
    from rlp import encode  # type: ignore[import-untyped]  # rlp ships no types

    return to_checksum_address(keccak(encode([to_canonical_address(sender), nonce]))[12:])


def register_model_call(sender: str, contract: str, model_digest: bytes) -> Call:
    """Gives a model its index in the contract."""
    _require_digest("model digest", model_digest)
    return Call(sender, checksummed(contract), _encode("registerModel", model_digest))


def mint_call(sender: str, contract: str, order: MintOrder) -> Call:
    """Mints one token. Raises `InvalidInput` for an order that no contract could carry out."""
    _require_digest("metadata digest", order.metadata_digest)
    _require_digest("approval key", order.approval_key)
    if not 0 <= order.seed < 2**64:
        raise InvalidInput("Seed {seed} does not fit: a seed is 0 to 2^64 - 1.", seed=order.seed)
    if not 0 < order.model_index < 2**32:
        raise InvalidInput(
            "Model index {model_index} does not exist: the first is 1.",
            model_index=order.model_index,
        )
    data = _encode(
        "mint",
        checksummed(order.recipient),
        order.metadata_digest,
        order.seed,
        order.model_index,
        order.approval_key,
    )
    return Call(sender, checksummed(contract), data)


def checksummed(address: str) -> str:
    """The address with its EIP-55 checksum.

    Raises:
        InvalidInput: it is no address, or its mixed-case checksum is wrong (a mistyped letter).
    """
    from eth_utils.address import is_address, to_checksum_address

    if not is_address(address):
        raise InvalidInput(
            "{address!r} is not an account address: it must be 0x and 40 hexadecimal "
            "digits, with the right letters in upper case if case is mixed.",
            address=address,
        )
    return to_checksum_address(address)


class TokenContract:
    """Reads one deployed contract. Every method raises `NotFound` where no contract lies."""

    def __init__(self, chain: Chain, address: str) -> None:
        self._chain = chain
        self.address = checksummed(address)

    def is_deployed(self) -> bool:
        """Whether exactly the committed bytecode lies at the address."""
        return self._chain.code(self.address) == read_artefact().deployed_bytecode

    def owner_of(self, token_id: int) -> str:
        """The token's holder. Raises `NotFound` for a token that was not minted."""
        return checksummed(self._read("ownerOf", token_id)[0])

    def token_uri(self, token_id: int) -> str:
        """`ipfs://` and the CID the contract computes. Raises `NotFound` likewise."""
        return str(self._read("tokenURI", token_id)[0])

    def provenance(self, token_id: int) -> TokenProvenance:
        """Seed, model and metadata digest. Raises `NotFound` likewise."""
        return TokenProvenance(*self._read("provenance", token_id))

    def token_of_approval(self, approval_key: bytes) -> int | None:
        """The token minted under an approval, None while there is none."""
        return int(self._read("tokenOfApproval", approval_key)[0]) or None

    def model_index(self, model_digest: bytes) -> int | None:
        """The index of a registered model, None while it has none."""
        return int(self._read("modelIndexOf", model_digest)[0]) or None

    def model_digest(self, model_index: int) -> bytes | None:
        """The digest under an index, None where there is none."""
        digest = bytes(self._read("modelDigestAt", model_index)[0])
        return digest if digest != _EMPTY else None

    def total_supply(self) -> int:
        """Tokens minted; ids run from 1 to this."""
        return int(self._read("totalSupply")[0])

    def is_minter(self, account: str) -> bool:
        """Whether the account may mint."""
        role = self._read("MINTER_ROLE")[0]
        return bool(self._read("hasAnyRole", checksummed(account), role)[0])

    def paused(self) -> bool:
        """Whether minting is stopped."""
        return bool(self._read("paused")[0])

    def contract_uri(self) -> str:
        """ERC-7572 URI, empty where none was set."""
        return str(self._read("contractURI")[0])

    def royalty(self, token_id: int, sale_price: int) -> tuple[str, int]:
        """ERC-2981: who gets how much of a sale, in the unit of the price."""
        receiver, amount = self._read("royaltyInfo", token_id, sale_price)
        return checksummed(receiver), int(amount)

    def _read(self, function: str, *arguments: Any) -> tuple[Any, ...]:
        from eth_abi.abi import decode

        output = self._chain.call(Call(_NOBODY, self.address, _encode(function, *arguments)))
        if not output:
            raise NotFound(
                "No Mintmark contract lies at {address} on {chain}.",
                address=self.address,
                chain=self._chain.name,
            )
        return decode(
            [entry["type"] for entry in abi_entry("function", function)["outputs"]], output
        )


def _encode(function: str, *arguments: Any) -> bytes:
    from eth_abi.abi import encode
    from eth_utils.crypto import keccak

    types = [entry["type"] for entry in abi_entry("function", function)["inputs"]]
    return keccak(text=f"{function}({','.join(types)})")[:4] + encode(types, arguments)


def _require_digest(what: str, digest: bytes) -> None:
    if len(digest) != 32:
        raise InvalidInput(
            "The {what} has {size} bytes: it must have 32.", what=what, size=len(digest)
        )
