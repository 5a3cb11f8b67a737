"""After whole mints with each kind of key, no key is anywhere but where it was given."""

import base64
import io
import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from eth_account import Account

from tests.folders import new_data_folder
from tests.peers.anvil import FUNDED_KEY, Anvil, running_anvil
from tests.peers.faulty_rpc import ask
from tests.striking import striking_studio
from tests.tools.minting.hall import Hall, open_hall
from tools.errors import ConfigurationError, MintmarkError
from tools.minting.chains import chains_of
from tools.minting.signer import DEVELOPMENT_KEY_FILE
from tools.provenance.tables import Record
from tools.settings import Settings, load_settings

CHAIN_ID = 31_337
STORED_KEY = "5e4d" * 16
PASSWORD = "correct horse battery"
RECIPIENT = "0x" + "a1" * 20


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with running_anvil(CHAIN_ID) as anvil:
        yield anvil


@pytest.fixture(scope="module")
def second_node() -> Iterator[Anvil]:
    with running_anvil(CHAIN_ID + 1) as anvil:
        ask(anvil.url, "anvil_setBalance", Account.from_key(STORED_KEY).address, hex(10**20))
        yield anvil


def settings_for(folder: Path, node: Anvil, second: Anvil) -> Settings:
    """An embedded chain with the development key, a node with a key, one with a keystore."""
    keystore = folder / "keystore.json"
    keystore.write_text(json.dumps(Account.encrypt(STORED_KEY, PASSWORD, iterations=2)))
    gold = {"kind": "rpc", "chain_id": node.chain_id, "rpc_url": node.url}
    iron = {"kind": "rpc", "chain_id": second.chain_id, "rpc_url": second.url}
    chains = {
        "copper": {"chain_id": 1_337_001},
        "gold": gold | {"private_key": FUNDED_KEY},
        "iron": iron | {"keystore": keystore, "keystore_password": PASSWORD},
    }
    return load_settings(data_dir=new_data_folder(folder / "data"), chains=chains)


def forms(key: str) -> list[bytes]:
    """A key as it might be written down."""
    raw = bytes.fromhex(key)
    return [
        raw,
        key.lower().encode(),
        key.upper().encode(),
        base64.b64encode(raw),
        base64.urlsafe_b64encode(raw),
        str(int(key, 16)).encode(),
        repr(raw).encode(),
    ]


def assert_no_key(content: bytes, keys: list[str], where: object) -> None:
    for key in keys:
        for form in forms(key):
            assert form not in content, f"a private key is in {where}"


def test_no_private_key_is_in_any_file_record_log_or_repr(
    tmp_path: Path, node: Anvil, second_node: Anvil, caplog: pytest.LogCaptureFixture
):
    settings = settings_for(tmp_path, node, second_node)
    printed = io.StringIO()
    caplog.set_level(logging.DEBUG)
    with redirect_stdout(printed), redirect_stderr(printed), striking_studio(settings) as studio:
        hall = open_hall(studio)
        for seed, name in enumerate(["copper", "gold", "iron"]):
            minted = hall.mint(hall.approved(seed, chains=[name], recipient=RECIPIENT))
            assert minted.state == "minted"
        refused = failed_mint(hall)
        seen = [printed.getvalue(), caplog.text, refused, *reprs(hall, settings)]
        with studio.db.read() as session:
            seen += [record.body for record in session.query(Record)]
    development = (settings.data_dir / DEVELOPMENT_KEY_FILE).read_text().strip()
    keys = [FUNDED_KEY, STORED_KEY, development]
    for text in seen:
        assert_no_key(text.encode(), keys, text[:80])
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        if path.name != DEVELOPMENT_KEY_FILE:
            assert_no_key(path.read_bytes(), keys, path)


def failed_mint(hall: Hall) -> str:
    """A mint that fails, with everything its traceback says."""
    request = hall.approved(9, chains=["gold"], recipient=RECIPIENT, cost_cap_wei=1)
    with pytest.raises(MintmarkError) as refused:
        hall.mint(request)
    return "".join(traceback.format_exception(refused.value))


def reprs(hall: Hall, settings: Settings) -> list[str]:
    accounts = [chains_of(hall.studio).get(name) for name in ("copper", "gold", "iron")]
    shown = [repr(a) for a in accounts] + [repr(vars(a.signer)) for a in accounts]
    return [*shown, repr(settings), settings.model_dump_json(), repr(chains_of(hall.studio))]


def test_a_fault_while_signing_is_logged_without_the_key(
    tmp_path: Path,
    node: Anvil,
    second_node: Anvil,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """What nobody foresaw is logged with its traceback; that must not show what the frames hold."""

    def breaks(self: object, _: object) -> None:
        key = vars(self)["_private_key"]
        raise TypeError(f"not that kind of transaction, said {len(key)} bytes")

    with striking_studio(settings_for(tmp_path, node, second_node)) as studio:
        hall = open_hall(studio)
        request = hall.approved(chains=["gold"], recipient=RECIPIENT)
        account = type(chains_of(studio).get("gold").signer._account)
        monkeypatch.setattr(account, "sign_transaction", breaks)
        with pytest.raises(MintmarkError, match="could not be signed"):
            hall.mint(request)
        assert hall.status(request).state == "failed"
    printed = capsys.readouterr()
    assert_no_key((printed.out + printed.err).encode(), [FUNDED_KEY], "the log")


def test_a_key_that_is_no_key_is_not_quoted(tmp_path: Path, node: Anvil):
    wrong = FUNDED_KEY[:-1]
    gold = {"kind": "rpc", "chain_id": CHAIN_ID, "rpc_url": node.url, "private_key": wrong}
    settings = load_settings(data_dir=tmp_path / "data", chains={"gold": gold})
    with striking_studio(settings) as studio:
        with pytest.raises(ConfigurationError, match="holds no private key") as refused:
            chains_of(studio).get("gold")
        assert wrong not in "".join(traceback.format_exception(refused.value))
        assert wrong not in repr(settings)
