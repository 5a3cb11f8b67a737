"""Whether the contracts of this studio on a chain are fit to mint, before somebody tries."""

from collections.abc import Iterator

from sqlalchemy import select

from tools.errors import ConfigurationError
from tools.minting.chain import Chain
from tools.minting.tables import Contract
from tools.minting.token_contract import TokenContract
from tools.provenance.database import Database


def inspected(database: Database, chain: Chain, account: str) -> Iterator[str]:
    """A line for each collection's contract on the chain.

    Args:
        account: that is to mint.

    Raises:
        ConfigurationError: for the first contract with which nothing could be minted, and why.
    """
    with database.read() as session:
        rows = list(session.scalars(select(Contract).filter_by(chain_id=chain.chain_id)))
    for row in rows:
        contract = TokenContract(chain, row.address)
        if reason := _unfit(contract, account):
            raise ConfigurationError(
                "The contract {address} of {collection} {reason}",
                address=row.address,
                collection=row.collection,
                reason=reason,
            )
        yield f"{row.collection} has {_tokens(contract.total_supply())}, {_royalty(contract)}"


def _unfit(contract: TokenContract, account: str) -> str | None:
    if not contract.is_deployed():
        return "is not on this chain as this program ships it: is this another chain than before?"
    if contract.paused():
        return "is paused: its owner has to resume minting with setPaused(false)."
    if not contract.is_minter(account):
        return f"does not let {account} mint: its owner has to grant it the minter's role."
    return None


def _royalty(contract: TokenContract) -> str:
    _, hundredths = contract.royalty(1, 10_000)
    return f"royalty {hundredths / 100:g} %"


def _tokens(number: int) -> str:
    return "1 token" if number == 1 else f"{number} tokens"
