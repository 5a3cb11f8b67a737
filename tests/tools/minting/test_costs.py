"""What a mint is said to cost: from real gas and the chain's price, and honest where it is not."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.striking import striking_studio
from tests.tools.minting.chains import MODEL, open_record, send
from tests.tools.minting.hall import Hall, open_hall
from tools.minting.chains import chains_of, open_chain
from tools.minting.costs import MEASURED, roughly
from tools.minting.planning import Quote
from tools.minting.signer import development_signer
from tools.minting.tables import Transaction
from tools.minting.token_contract import ContractTerms, deploy_call, register_model_call
from tools.settings import ChainSettings, Settings


@pytest.fixture
def hall(sqlite_settings: Settings) -> Iterator[Hall]:
    with striking_studio(sqlite_settings) as studio:
        yield open_hall(studio)


def test_the_measured_figures_are_those_of_the_contract(tmp_path):
    signer = development_signer(tmp_path)
    me = signer.address
    longest = ContractTerms("A name of more than thirty-one bytes", "MINTL", me, me, me, 500)
    with open_record():
        settings = ChainSettings(chain_id=1_337_001)
        chain = open_chain("copper", settings, tmp_path, funded=[me])
        deployed = send(chain, signer, deploy_call(me, longest))
        assert deployed.contract_address is not None
        registered = send(chain, signer, register_model_call(me, deployed.contract_address, MODEL))
    assert MEASURED["deploy"] == pytest.approx(deployed.gas_used, rel=0.02)
    assert MEASURED["model"] == registered.gas_used


def test_before_the_first_token_the_setup_is_told_too_and_after_it_own_gas_counts(hall: Hall):
    proposed = hall.propose(chains=["copper"])
    [before] = proposed.cost_estimate
    assert before.gas == MEASURED["mint"]
    assert before.setup_gas == MEASURED["deploy"] + MEASURED["model"]
    hall.mint(hall.approved(chains=["copper"]))
    [after] = hall.status(proposed).cost_estimate
    with hall.studio.db.read() as session:
        used = session.query(Transaction).filter(Transaction.purpose.startswith("mint:")).one()
    assert (after.gas, after.setup_gas, after.setup) == (used.gas_used, 0, None)


def test_the_estimate_is_gas_times_the_price_and_the_worst_case_is_what_the_cap_is_held_to(
    hall: Hall,
):
    [told] = hall.propose(chains=["copper"]).cost_estimate
    fees = chains_of(hall.studio).get("copper").chain.fees()
    tip = fees.max_priority_fee_per_gas
    price = (fees.max_fee_per_gas - tip) // 2 + tip
    assert told.gas_price_wei == str(price)
    assert told.likely_wei == str(told.gas * price)
    assert told.at_most_wei == str(Quote(told.gas, fees).cost_at_most)
    assert _wei(told.likely) == pytest.approx(told.gas * price, rel=0.001)
    assert not told.above_cap


def test_a_cap_that_would_stop_the_mint_is_told_beforehand(hall: Hall):
    [told] = hall.propose(chains=["copper"], cost_cap_wei=1).cost_estimate
    assert told.above_cap


def test_a_chain_that_does_not_answer_is_told_of_and_not_raised(sqlite_settings: Settings):
    nowhere = ChainSettings(
        kind="rpc", chain_id=31337, rpc_url="http://127.0.0.1:9", private_key="0x" + "11" * 32
    )
    changed = sqlite_settings.model_copy(update={"chains": {"nowhere": nowhere}})
    with striking_studio(changed) as studio:
        [told] = open_hall(studio).propose().cost_estimate
    assert (told.likely, told.at_most, told.gas) == (None, None, MEASURED["mint"])
    assert "nowhere" in (told.problem or "")


def _wei(ether: str | None) -> int:
    assert ether is not None
    return int(Decimal(ether.removesuffix(" ETH")) * 10**18)


def test_amounts_are_rounded_up_to_what_can_be_read():
    amounts = (195_152_870_242_213, 9, 0, 99_999 * 10**12)
    shown = ["0.0001952 ETH", "0.000000000000000009 ETH", "0 ETH", "0.1 ETH"]
    assert [roughly(wei) for wei in amounts] == shown
