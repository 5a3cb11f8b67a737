"""A plan never costs more than was approved, and never asks for more gas than a chain takes."""

import pytest

from tools.errors import Refused
from tools.minting.chain import Call, Fees
from tools.minting.planning import MAX_TRANSACTION_GAS, Quote, ether, plan_transaction

GWEI = 10**9
CALL = Call(sender="0x" + "a1" * 20, to="0x" + "c0" * 20, data=b"\x01")
OFFER = Quote(gas=100_000, fees=Fees(30 * GWEI, 2 * GWEI))


def test_a_plan_carries_the_call_and_a_margin_of_gas() -> None:
    plan = plan_transaction(CALL, OFFER, chain_id=5, nonce=9, cost_cap=10**18)
    assert (plan.sender, plan.to, plan.data) == (CALL.sender, CALL.to, CALL.data)
    assert (plan.chain_id, plan.nonce) == (5, 9)
    assert plan.gas == 115_000
    assert (plan.max_fee_per_gas, plan.max_priority_fee_per_gas) == (30 * GWEI, 2 * GWEI)
    assert plan.cost_at_most == OFFER.cost_at_most == 115_000 * 30 * GWEI


def test_a_cost_equal_to_the_cap_is_allowed_and_one_wei_more_is_not() -> None:
    plan_transaction(CALL, OFFER, chain_id=5, nonce=0, cost_cap=OFFER.cost_at_most)
    with pytest.raises(Refused, match="above the cap"):
        plan_transaction(CALL, OFFER, chain_id=5, nonce=0, cost_cap=OFFER.cost_at_most - 1)


def test_a_refusal_names_cost_gas_fee_and_cap() -> None:
    with pytest.raises(Refused) as caught:
        plan_transaction(CALL, OFFER, chain_id=5, nonce=0, cost_cap=10**15)
    for figure in ("0.00345 ETH", "115,000 gas", "30.000 gwei", "0.001 ETH"):
        assert figure in str(caught.value)


def test_gas_beyond_what_a_chain_takes_is_refused() -> None:
    cheap = Fees(1, 1)
    most = MAX_TRANSACTION_GAS * 100 // 115
    plan_transaction(CALL, Quote(most, cheap), chain_id=5, nonce=0, cost_cap=10**18)
    with pytest.raises(Refused, match="no chain takes more than 16,777,216"):
        plan_transaction(CALL, Quote(most + 2, cheap), chain_id=5, nonce=0, cost_cap=10**18)


@pytest.mark.parametrize(
    ("wei", "text"),
    [(0, "0 ETH"), (1, "0.000000000000000001 ETH"), (10**18, "1 ETH"), (15 * 10**17, "1.5 ETH")],
)
def test_amounts_are_exact(wei: int, text: str) -> None:
    assert ether(wei) == text
