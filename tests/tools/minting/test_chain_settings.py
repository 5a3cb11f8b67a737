"""Wrong settings of a chain, each said in a sentence, and nothing signed."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.folders import new_data_folder
from tests.peers.anvil import FUNDED_KEY
from tests.peers.faulty_rpc import faulty_rpc
from tests.striking import striking_studio
from tests.tools.minting.hall import open_hall
from tools.errors import ConfigurationError, MintmarkError, ServiceUnavailable
from tools.minting.tables import Transaction
from tools.settings import load_settings

RECIPIENT = "0x" + "a1" * 20
GOLD = {"kind": "rpc", "chain_id": 31_337, "rpc_url": "http://127.0.0.1:9"}
WITH_KEY = GOLD | {"private_key": FUNDED_KEY}


def mint_with(tmp_path: Path, *, beside: dict[str, Any] | None = None, **gold: Any) -> str:
    """What a mint on `gold` with these settings is answered with; checks that nothing is signed."""
    chains = {"gold": gold} | ({"silver": beside} if beside else {})
    settings = load_settings(data_dir=new_data_folder(tmp_path / "data"), chains=chains)
    with striking_studio(settings) as studio:
        hall = open_hall(studio)
        request = hall.approved(chains=["gold"], recipient=RECIPIENT)
        with pytest.raises(MintmarkError) as refused:
            hall.mint(request)
        with studio.db.read() as session:
            assert session.query(Transaction).count() == 0
    expected = "minting" if isinstance(refused.value, ServiceUnavailable) else "failed"
    sentence = str(refused.value)
    assert FUNDED_KEY not in sentence
    with striking_studio(settings) as studio:
        assert open_hall(studio).status(request).state == expected
    return sentence


def test_a_url_where_nothing_answers(tmp_path: Path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        sentence = mint_with(tmp_path, **WITH_KEY | {"rpc_url": url})
    assert "cannot be reached. Is the URL right, and the node running?" in sentence


@pytest.mark.parametrize("url", ["ftp://node.example/", "file:///etc/passwd"])
def test_a_url_that_is_none_of_a_node(tmp_path: Path, url: str):
    sentence = mint_with(tmp_path, **WITH_KEY | {"rpc_url": url})
    assert "must begin with http:// or https://" in sentence


def test_no_url(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="needs rpc_url"):
        load_settings(data_dir=tmp_path, chains={"gold": {"kind": "rpc", "chain_id": 31_337}})


def test_another_chain_id_than_the_node_serves(tmp_path: Path):
    with faulty_rpc(chain_id=1) as peer:
        sentence = mint_with(tmp_path, **WITH_KEY | {"rpc_url": peer.url})
    assert "serves chain 1, the settings say 31337. Correct the URL or the chain id." in sentence


def test_a_chain_id_kept_for_embedded_chains(tmp_path: Path):
    sentence = mint_with(tmp_path, **WITH_KEY | {"chain_id": 1_337_001})
    assert "1337001 is kept for embedded chains" in sentence


def test_a_public_chain_id_for_an_embedded_chain(tmp_path: Path):
    assert "use one from 1337000 to 1337999" in mint_with(tmp_path, chain_id=1)


def test_one_chain_id_under_two_names(tmp_path: Path):
    sentence = mint_with(tmp_path, beside=WITH_KEY, **WITH_KEY)
    assert "Chains gold and silver have the same chain id, 31337" in sentence


def test_no_key_is_not_the_development_key(tmp_path: Path):
    sentence = mint_with(tmp_path, **GOLD)
    assert "has no key to sign with" in sentence
    assert "MINTMARK_CHAINS__GOLD__PRIVATE_KEY" in sentence


def test_two_keys(tmp_path: Path):
    sentence = mint_with(tmp_path, **WITH_KEY | {"keystore": tmp_path / "keystore.json"})
    assert "has a keystore and a private key: set only one" in sentence


@pytest.mark.parametrize("key", ["", "0x12", "z" * 64, "0" * 64])
def test_a_key_that_is_none(tmp_path: Path, key: str):
    sentence = mint_with(tmp_path, **GOLD | {"private_key": key})
    assert "chains.gold.private_key holds no private key" in sentence


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("wrong", "does not open: it is damaged, or its password is wrong"),
        (None, "has no password: set MINTMARK_CHAINS__GOLD__KEYSTORE_PASSWORD"),
    ],
)
def test_a_keystore_that_does_not_open(tmp_path: Path, password: str | None, sentence: str):
    path = tmp_path / "keystore.json"
    path.write_text(json.dumps(Account.encrypt(FUNDED_KEY, "right", iterations=2)))
    gold = GOLD | {"keystore": path, "keystore_password": password}
    assert sentence in mint_with(tmp_path, **gold)


def test_a_keystore_that_is_not_there(tmp_path: Path):
    gold = GOLD | {"keystore": tmp_path / "gone.json", "keystore_password": "right"}
    assert "cannot be read: No such file" in mint_with(tmp_path, **gold)


def test_a_damaged_keystore(tmp_path: Path):
    path = tmp_path / "keystore.json"
    path.write_text('{"version": 3}')
    gold = GOLD | {"keystore": path, "keystore_password": "right"}
    assert "does not open" in mint_with(tmp_path, **gold)
