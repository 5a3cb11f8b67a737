"""What a mint is likely to cost on each chain, before anybody decides.

Gas times the chain's present price. Gas is what this studio's own transactions used on the chain
lately; before the first, what the contract was measured to use. Nothing is signed or sent, and a
chain that does not answer is told of, not raised.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.definition import Output
from tools.errors import MintmarkError
from tools.minting.chain import Fees
from tools.minting.chains import chains_of
from tools.minting.planning import Quote, ether
from tools.minting.tables import Contract, RegisteredModel, Transaction

if TYPE_CHECKING:
    from tools.studio import Studio

Kind = Literal["deploy", "model", "mint"]

#: Gas that the contract uses as it is committed, measured on a fresh chain; a test holds them.
MEASURED: dict[Kind, int] = {"deploy": 1_490_338, "model": 92_778, "mint": 122_353}
_DIGITS = 4  # of an amount that are shown
_RECENT = 20  # own transactions of a kind that are looked at; the dearest counts


class CostOut(Output):
    """What minting one token is likely to cost on one chain."""

    chain: str
    gas: int  # of the mint itself
    setup_gas: int  # of the contract and the model's entry, where they are not there yet
    gas_price_wei: str | None  # now; None if the chain does not answer
    likely_wei: str | None  # the mint at that price
    at_most_wei: str | None  # the mint with its margin and fees at their highest
    likely: str | None  # the mint at that price, for people
    setup: str | None  # what has to be there first, at that price; None if nothing has
    at_most: str | None  # the worst case, for people
    above_cap: bool  # whether that would pass the cap, so that nothing would be signed
    problem: str | None  # why nothing is known


@dataclass(frozen=True)
class Minting:
    """What is to be minted, as far as it matters for the cost."""

    collection: str
    model_digest: bytes
    cost_cap_wei: int


def estimated(studio: "Studio", chains: Iterable[str], minting: Minting) -> list[CostOut]:
    """What it is likely to cost on each of the chains now."""
    return [_estimated(studio, name, minting) for name in chains]


def _estimated(studio: "Studio", chain: str, minting: Minting) -> CostOut:
    chain_id = studio.settings.chains[chain].chain_id if chain in studio.settings.chains else 0
    with studio.db.read() as session:
        gas = usual_gas(session, chain_id, "mint")
        needed = _missing(session, chain_id, minting)
        setup = sum(usual_gas(session, chain_id, kind) for kind in needed)
    try:
        fees = chains_of(studio).get(chain).chain.fees()
    except MintmarkError as error:
        return _unknown(chain, gas, setup, str(error))
    return _priced(chain, gas, setup, fees, minting.cost_cap_wei)


def _priced(chain: str, gas: int, setup: int, fees: Fees, cap: int) -> CostOut:
    price = _present(fees)
    at_most = Quote(gas, fees).cost_at_most
    return CostOut(
        chain=chain,
        gas=gas,
        setup_gas=setup,
        gas_price_wei=str(price),
        likely_wei=str(gas * price),
        at_most_wei=str(at_most),
        likely=roughly(gas * price),
        setup=roughly(setup * price) if setup else None,
        at_most=roughly(at_most),
        above_cap=at_most > cap,
        problem=None,
    )


def _unknown(chain: str, gas: int, setup: int, problem: str) -> CostOut:
    return CostOut(
        chain=chain,
        gas=gas,
        setup_gas=setup,
        gas_price_wei=None,
        likely_wei=None,
        at_most_wei=None,
        likely=None,
        setup=None,
        at_most=None,
        above_cap=False,
        problem=problem,
    )


def roughly(wei: int) -> str:
    """An amount for people, rounded up to four digits that tell something: `0.0001952 ETH`."""
    step = 10 ** max(0, len(str(wei)) - _DIGITS)
    return ether(-(-wei // step) * step)


def _present(fees: Fees) -> int:
    """The price of the next block: `Fees` offers twice the base fee, and the tip."""
    tip = fees.max_priority_fee_per_gas
    return (fees.max_fee_per_gas - tip) // 2 + tip


def usual_gas(session: Session, chain_id: int, kind: Kind) -> int:
    """What this studio's transactions of a kind used on the chain lately, at most."""
    query = (
        select(Transaction.gas_used)
        .where(
            Transaction.chain_id == chain_id,
            Transaction.state == "confirmed",
            Transaction.purpose.startswith(f"{kind}:"),
            Transaction.gas_used.is_not(None),
        )
        .order_by(Transaction.created_at.desc())
        .limit(_RECENT)
    )
    return max((gas for gas in session.scalars(query) if gas), default=MEASURED[kind])


def _missing(session: Session, chain_id: int, minting: Minting) -> tuple[Kind, ...]:
    """What has to be put on the chain before the token."""
    contract = session.get(Contract, (chain_id, minting.collection))
    if contract is None:
        return ("deploy", "model")
    key = (chain_id, contract.address, f"sha256:{minting.model_digest.hex()}")
    return () if session.get(RegisteredModel, key) else ("model",)
