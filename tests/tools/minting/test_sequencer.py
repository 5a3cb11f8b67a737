"""One account, many mints at once: from threads, from processes, and with a stranger among them."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_utils import to_checksum_address

from tests.folders import new_data_folder
from tests.peers.anvil import FUNDED_KEY, Anvil, running_anvil
from tests.peers.faulty_rpc import FaultyRpc, HungUp, ask, faulty_rpc
from tests.striking import striking_studio
from tests.tools.minting.hall import Hall, open_hall
from tools.errors import ServiceUnavailable
from tools.minting.requests import MintRequestOut
from tools.minting.tables import Transaction
from tools.settings import Settings, load_settings

CHAIN_ID = 31_337
SEND = "eth_sendRawTransaction"
STRANGERS_WISH = {
    "to": to_checksum_address("0x" + "a1" * 20),
    "value": 1,
    "gas": 21_000,
    "gasPrice": 10**11,
    "chainId": CHAIN_ID,
}


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with running_anvil(CHAIN_ID) as anvil:
        yield anvil


@pytest.fixture
def peer(node: Anvil) -> Iterator[FaultyRpc]:
    with faulty_rpc(CHAIN_ID, node.url) as peer:
        yield peer


def settings_for(folder: Path, url: str | None, patience_s: float = 60) -> Settings:
    """With a node's URL on the chain gold, else on an embedded one of that name."""
    chain = {"kind": "rpc", "chain_id": CHAIN_ID, "rpc_url": url, "private_key": FUNDED_KEY}
    gold = (chain if url else {"chain_id": 1_337_009}) | {"patience_s": patience_s}
    return load_settings(data_dir=new_data_folder(folder / "data"), chains={"gold": gold})


@contextmanager
def opened(settings: Settings) -> Iterator[Hall]:
    with striking_studio(settings) as studio:
        yield open_hall(studio)


def mint_at_once(hall: Hall, requests: list[MintRequestOut]) -> None:
    errors: list[Exception] = []

    def mint(request: MintRequestOut) -> None:
        try:
            hall.mint(request)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=mint, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def in_process(work: Callable[[], None]) -> int:
    """Start in a forked process, before this one has opened anything."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(70)
    return child


@pytest.mark.parametrize("kind", ["embedded", "anvil"])
def test_twelve_mints_from_two_processes_take_twelve_nonces_in_a_row(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
):
    url = request.getfixturevalue("node").url if kind == "anvil" else None
    settings = settings_for(tmp_path, url)
    with opened(settings) as hall:
        wanted = [hall.approved(100 + n) for n in range(12)]

    def mint_half(part: list[MintRequestOut]) -> None:
        with opened(settings) as hall:
            mint_at_once(hall, part)

    children = [in_process(lambda part=part: mint_half(part)) for part in (wanted[:6], wanted[6:])]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    with opened(settings) as hall, hall.studio.db.read() as session:
        rows = session.query(Transaction).order_by(Transaction.nonce).all()
        assert [hall.status(one).state for one in wanted] == ["minted"] * 12
        assert hall.supply("gold") == 12
    assert [row.nonce - rows[0].nonce for row in rows] == list(range(14))  # contract, model, tokens
    assert {row.state for row in rows} == {"confirmed"}


def lose_next_send(peer: FaultyRpc) -> None:
    """Let the next transaction be signed and never reach the node."""

    def lose(_: list[Any]) -> Any:
        raise HungUp

    peer.answers[SEND] = lose


def sent_by_a_stranger(node: Anvil) -> None:
    """Something else that has the key takes the account's next nonce."""
    account = Account.from_key(FUNDED_KEY)
    nonce = int(ask(node.url, "eth_getTransactionCount", account.address, "pending"), 16)
    signed = account.sign_transaction(STRANGERS_WISH | {"nonce": nonce})
    ask(node.url, SEND, "0x" + bytes(signed.raw_transaction).hex())


def test_a_transaction_signed_and_never_sent_holds_nobody_up(
    tmp_path: Path, node: Anvil, peer: FaultyRpc
):
    with opened(settings_for(tmp_path, peer.url)) as hall:
        hall.mint(hall.approved(1))
        left, other = hall.approved(2), hall.approved(3)
        lose_next_send(peer)
        with pytest.raises(ServiceUnavailable):
            hall.mint(left)
        peer.honest()
        assert hall.mint(other).state == "minted"
        assert hall.supply("gold") == 3  # the one left behind went out first
        assert hall.mint(left).state == "minted"
        assert hall.supply("gold") == 3


def test_an_account_that_something_else_sends_from_recovers(
    tmp_path: Path, node: Anvil, peer: FaultyRpc
):
    with opened(settings_for(tmp_path, peer.url, patience_s=3)) as hall:
        hall.mint(hall.approved(1))
        sent_by_a_stranger(node)
        assert hall.mint(hall.approved(2)).state == "minted"
        left, other = hall.approved(3), hall.approved(4)
        lose_next_send(peer)
        with pytest.raises(ServiceUnavailable):
            hall.mint(left)
        sent_by_a_stranger(node)  # takes the nonce that was signed for
        peer.honest()
        assert hall.mint(other).state == "minted"
        assert hall.mint(left).state == "minted"
        assert hall.supply("gold") == 4
        with hall.studio.db.read() as session:
            lost = session.query(Transaction).filter_by(state="failed").one()
        assert lost.error == "something else took its nonce"
