"""Plans transactions: how much gas, what price, and never past what was approved.

Pure: a plan is made from figures and sends nothing.
"""

from dataclasses import dataclass

from tools.errors import Refused
from tools.minting.chain import Call, Chain, Fees

#: EIP-7825: no transaction may ask for more gas.
MAX_TRANSACTION_GAS = 2**24

#: Gas asked for beyond the estimate, in percent: state may change between estimate and block.
GAS_MARGIN_PERCENT = 15


@dataclass(frozen=True)
class Quote:
    """What a call would need now."""

    gas: int  # the estimate, without margin
    fees: Fees

    @property
    def limit(self) -> int:
        """Gas to ask for: the estimate and its margin."""
        return self.gas + self.gas * GAS_MARGIN_PERCENT // 100

    @property
    def cost_at_most(self) -> int:
        """Wei it can cost at worst."""
        return self.limit * self.fees.max_fee_per_gas


@dataclass(frozen=True)
class UnsignedTransaction:
    """An EIP-1559 transaction. It carries no ether: nothing Mintmark sends is payable."""

    chain_id: int
    nonce: int
    sender: str
    to: str | None  # None creates a contract
    data: bytes
    gas: int  # the limit
    max_fee_per_gas: int  # wei
    max_priority_fee_per_gas: int  # wei

    @property
    def cost_at_most(self) -> int:
        """Wei it can cost at worst."""
        return self.gas * self.max_fee_per_gas


def quote(chain: Chain, call: Call) -> Quote:
    """Asks the chain what a call needs. Raises the contract's refusal if it would revert."""
    return Quote(gas=chain.estimate(call), fees=chain.fees())


def plan_transaction(
    call: Call, offer: Quote, *, chain_id: int, nonce: int, cost_cap: int
) -> UnsignedTransaction:
    """The transaction for a call, at the quoted fees.

    Args:
        cost_cap: wei it may cost at worst, fees at their highest and all gas used.

    Raises:
        Refused: it would pass the cap, or 2^24 gas.
    """
    if offer.limit > MAX_TRANSACTION_GAS:
        raise Refused(
            "The transaction needs {limit} gas, but no chain takes more than {most} in one.",
            limit=f"{offer.limit:,}",
            most=f"{MAX_TRANSACTION_GAS:,}",
        )
    if offer.cost_at_most > cost_cap:
        raise Refused(
            "This could cost {cost} ({limit} gas at {fee} gwei), above the "
            "cap of {cap}. Wait for lower fees or approve a higher cap.",
            cost=ether(offer.cost_at_most),
            limit=f"{offer.limit:,}",
            fee=f"{offer.fees.max_fee_per_gas / 10**9:.3f}",
            cap=ether(cost_cap),
        )
    return UnsignedTransaction(
        chain_id=chain_id,
        nonce=nonce,
        sender=call.sender,
        to=call.to,
        data=call.data,
        gas=offer.limit,
        max_fee_per_gas=offer.fees.max_fee_per_gas,
        max_priority_fee_per_gas=offer.fees.max_priority_fee_per_gas,
    )


def ether(wei: int) -> str:
    """An amount for people, exact: `0.000271 ETH`."""
    whole, rest = divmod(wei, 10**18)
    return f"{whole}.{rest:018}".rstrip("0").rstrip(".") + " ETH"
