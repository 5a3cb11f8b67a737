"""What must stand on a chain before a token can: the contract, and the model's entry in it.

Both are transactions of the outbox like any other, so each happens once however often it is asked
for, and both are read back from the chain before they are believed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import exc, select

from tools.errors import IntegrityError
from tools.metadata.collection import Collection
from tools.minting.artefact import read_artefact
from tools.minting.chain import Call
from tools.minting.chains import ChainAccount
from tools.minting.outbox import carry_out
from tools.minting.tables import Contract, RegisteredModel, Token
from tools.minting.token_contract import (
    ContractTerms,
    TokenContract,
    deploy_call,
    register_model_call,
)
from tools.provenance.effects import effect, open_call
from tools.provenance.log import sha256

if TYPE_CHECKING:
    from tools.studio import Studio

SYMBOL_LETTERS = 5

Row = TypeVar("Row", Contract, RegisteredModel)


@effect
def ensure_contract(
    studio: "Studio",
    account: ChainAccount,
    collection: Collection,
    may_sign: Callable[[], None],
) -> TokenContract:
    """The collection's contract on this chain, deployed if it is not there yet.

    Args:
        may_sign: asked before anything new is signed; raises to prevent it.

    Raises:
        IntegrityError: if something else lies at its address.
    """
    key = (account.chain.chain_id, collection.slug)
    with studio.db.read() as session:
        known = session.get(Contract, key)
    if known is None:
        known = _deploy(studio, account, collection, may_sign)
    contract = TokenContract(account.chain, known.address)
    if not contract.is_deployed() and not _has_tokens(studio, known):
        _deploy(studio, account, collection, may_sign)  # a reorganisation dropped it: sent again
    if not contract.is_deployed():
        raise IntegrityError(
            "At {address} on {chain} lies no Mintmark contract as this program ships it: is this "
            "another chain than before?",
            address=known.address,
            chain=account.chain.name,
        )
    return contract


@effect
def ensure_model(
    studio: "Studio",
    account: ChainAccount,
    contract: TokenContract,
    digest: bytes,
    may_sign: Callable[[], None],
) -> int:
    """The model's index in the contract, registered if it is not there yet.

    Args:
        may_sign: asked before anything new is signed; raises to prevent it.
    """

    def registration() -> Call:
        may_sign()
        return register_model_call(account.signer.address, contract.address, digest)

    index = contract.model_index(digest)
    if index is None:
        carry_out(
            studio.db,
            account,
            f"model:{contract.address}:{digest.hex()[:40]}",
            registration,
            studio.settings.limits.setup_cost_cap_wei,
        )
        index = contract.model_index(digest)
    if index is None or contract.model_digest(index) != digest:
        raise IntegrityError(
            "{chain} does not hold the model that was registered.", chain=account.chain.name
        )
    _note_model(studio, account, contract, digest, index)
    return index


def _deploy(
    studio: "Studio",
    account: ChainAccount,
    collection: Collection,
    may_sign: Callable[[], None],
) -> Contract:
    def deployment() -> Call:
        may_sign()
        return _deployment(account, collection)

    transaction = carry_out(
        studio.db,
        account,
        f"deploy:{collection.slug}",
        deployment,
        studio.settings.limits.setup_cost_cap_wei,
    )
    receipt = account.chain.receipt(transaction.hash)
    if receipt is None or receipt.contract_address is None:
        raise IntegrityError(
            "{chain} has lost the transaction {hash}.",
            chain=account.chain.name,
            hash=transaction.hash,
        )
    row = Contract(
        chain_id=account.chain.chain_id,
        collection=collection.slug,
        chain=account.chain.name,
        tool_call_id=open_call().id,
        address=receipt.contract_address,
        transaction_id=transaction.id,
        code_sha256=sha256(read_artefact().deployed_bytecode),
    )
    return _keep_first(studio, row, (row.chain_id, row.collection))


def _has_tokens(studio: "Studio", contract: Contract) -> bool:
    query = select(Token).filter_by(chain_id=contract.chain_id, contract=contract.address)
    with studio.db.read() as session:
        return session.scalar(query.limit(1)) is not None


def _deployment(account: ChainAccount, collection: Collection) -> Call:
    me = account.signer.address
    terms = ContractTerms(
        name=collection.name,
        symbol=_symbol(collection.name),
        owner=me,
        minter=me,
        royalty_receiver=me,
        royalty_basis_points=collection.royalty_bps,
    )
    return deploy_call(me, terms)


def _symbol(name: str) -> str:
    letters = "".join(letter for letter in name.upper() if letter.isascii() and letter.isalnum())
    return letters[:SYMBOL_LETTERS] or "MINT"


def _note_model(
    studio: "Studio", account: ChainAccount, contract: TokenContract, digest: bytes, index: int
) -> None:
    row = RegisteredModel(
        chain_id=account.chain.chain_id,
        contract=contract.address,
        digest=f"sha256:{digest.hex()}",
        tool_call_id=open_call().id,
        index=index,
    )
    _keep_first(studio, row, (row.chain_id, row.contract, row.digest))


def _keep_first(studio: "Studio", row: Row, key: tuple[object, ...]) -> Row:
    """Insert a row, or find the one that another worker has put there meanwhile."""
    try:
        with studio.db.write() as session:
            session.add(row)
        return row
    except exc.IntegrityError:
        with studio.db.read() as session:
            return session.get_one(type(row), key)
