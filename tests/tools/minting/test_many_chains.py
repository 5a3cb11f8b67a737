"""One request on several chains at once: two nodes, and a node beside the embedded chain."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.folders import new_data_folder
from tests.peers.anvil import FUNDED_KEY, Anvil, running_anvil
from tests.peers.faulty_rpc import faulty_rpc
from tests.striking import striking_studio
from tests.tools.minting.hall import Hall, open_hall
from tools.errors import ServiceUnavailable
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.minting.chains import chains_of
from tools.minting.requests import MintRequestOut
from tools.minting.token_contract import TokenContract, checksummed
from tools.settings import load_settings

RECIPIENT = "0x" + "a1" * 20
COPPER = {"chain_id": 1_337_001}


@pytest.fixture(scope="module")
def nodes() -> Iterator[list[Anvil]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running_anvil(chain_id)) for chain_id in (31_337, 31_338)]


def rpc(url: str, chain_id: int) -> dict[str, Any]:
    return {"kind": "rpc", "chain_id": chain_id, "rpc_url": url, "private_key": FUNDED_KEY}


def hall_with(folder: Path, chains: dict[str, Any]) -> Iterator[Hall]:
    settings = load_settings(data_dir=new_data_folder(folder / "data"), chains=chains)
    with striking_studio(settings) as studio:
        yield open_hall(studio)


def assert_reads_back(hall: Hall, minted: MintRequestOut) -> None:
    """Each chain holds the one token that was frozen, for the one it was meant for."""
    for token in minted.tokens:
        contract = TokenContract(chains_of(hall.studio).get(token.chain).chain, token.contract)
        assert contract.total_supply() == 1
        assert contract.owner_of(int(token.number)) == checksummed(RECIPIENT)
        uri = contract.token_uri(int(token.number))
        assert uri == f"ipfs://{minted.metadata_cid}"
        assert store_of(hall.studio).get(Cid.parse(uri))


def test_two_nodes_and_an_embedded_chain_mint_the_same_token(tmp_path: Path, nodes: list[Anvil]):
    gold, iron = nodes
    chains = {"copper": COPPER, "gold": rpc(gold.url, 31_337), "iron": rpc(iron.url, 31_338)}
    for hall in hall_with(tmp_path, chains):
        request = hall.approved(recipient=RECIPIENT, chains=["copper", "gold", "iron"])
        minted = hall.mint(request)
        assert sorted(token.chain for token in minted.tokens) == ["copper", "gold", "iron"]
        assert_reads_back(hall, minted)


def test_a_node_that_is_down_does_not_keep_the_other_chain_from_minting(
    tmp_path: Path, nodes: list[Anvil]
):
    with faulty_rpc(31_337, nodes[0].url) as peer:
        peer.dies_after = 0
        for hall in hall_with(tmp_path, {"copper": COPPER, "gold": rpc(peer.url, 31_337)}):
            request = hall.approved(recipient=RECIPIENT, chains=["copper", "gold"])
            with pytest.raises(ServiceUnavailable, match="cannot be reached"):
                hall.mint(request)
            waiting = hall.status(request)
            assert waiting.state == "minting"
            assert [token.chain for token in waiting.tokens] == ["copper"]
            peer.honest()
            minted = hall.mint(request)
            assert sorted(token.chain for token in minted.tokens) == ["copper", "gold"]
            assert_reads_back(hall, minted)
