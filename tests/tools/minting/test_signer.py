"""Keys sign, and are never seen."""

import json
import pickle
import stat
from pathlib import Path

import pytest
from eth_account import Account
from pydantic import SecretStr

from tools.errors import ConfigurationError, InvalidInput, OutsideRecord, Refused
from tools.minting.planning import UnsignedTransaction
from tools.minting.signer import LocalSigner, development_signer, key_signer, open_signer
from tools.provenance.effects import current_call
from tools.settings import ChainSettings

pytestmark = pytest.mark.usefixtures("an_open_record")

KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
ADDRESS = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23"
MAINNET = ChainSettings.model_validate(
    {"kind": "rpc", "chain_id": 1, "rpc_url": "https://node.example"}
)


def transaction(sender: str, chain_id: int) -> UnsignedTransaction:
    return UnsignedTransaction(
        chain_id=chain_id,
        nonce=7,
        sender=sender,
        to=ADDRESS,
        data=b"\x01\x02",
        gas=100_000,
        max_fee_per_gas=3,
        max_priority_fee_per_gas=1,
    )


def keystore(folder: Path, password: str) -> Path:
    path = folder / "keystore.json"
    path.write_text(json.dumps(Account.encrypt("0x" + KEY, password, kdf="pbkdf2", iterations=2)))
    return path


def test_a_signature_is_the_accounts_and_for_the_chain_named() -> None:
    signer = key_signer(SecretStr(KEY), "here")
    signed = signer.sign(transaction(ADDRESS, chain_id=1))
    assert signer.address == ADDRESS
    assert Account.recover_transaction(signed.raw) == ADDRESS
    assert signed == signer.sign(transaction(ADDRESS, chain_id=1))
    assert signed.raw != signer.sign(transaction(ADDRESS, chain_id=2)).raw


def test_the_development_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = development_signer(tmp_path)
    mode = (tmp_path / "development.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert development_signer(tmp_path).address == first.address
    assert [p.name for p in tmp_path.iterdir()] == ["development.key"]


def test_the_development_key_of_another_folder_is_another(tmp_path: Path) -> None:
    assert development_signer(tmp_path / "a").address != development_signer(tmp_path / "b").address


@pytest.mark.parametrize("chain_id", [1, 10, 137, 11_155_111, 1_336_999, 1_338_000])
def test_the_development_key_signs_for_embedded_chains_only(tmp_path: Path, chain_id: int) -> None:
    signer = development_signer(tmp_path)
    with pytest.raises(Refused, match=f"does not sign for chain {chain_id}"):
        signer.sign(transaction(signer.address, chain_id))
    signer.sign(transaction(signer.address, 1_337_001))


def test_a_development_key_others_can_read_is_refused(tmp_path: Path) -> None:
    development_signer(tmp_path)
    (tmp_path / "development.key").chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        development_signer(tmp_path)


def test_a_signer_does_not_sign_for_another_account(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"sent by 0x2c75.*this signer is 0x"):
        development_signer(tmp_path).sign(transaction(ADDRESS, 1_337_001))


def test_nothing_is_signed_outside_an_open_record(tmp_path: Path) -> None:
    signer = development_signer(tmp_path)
    record = current_call()
    assert record is not None
    record.is_open = False
    with pytest.raises(OutsideRecord):
        signer.sign(transaction(signer.address, 1_337_001))


def test_a_signer_never_shows_its_key() -> None:
    signer = key_signer(SecretStr(KEY), "here")
    shown = f"{signer} {signer!r} {[signer]} {vars(signer)}"
    assert KEY not in shown
    assert str(int(KEY, 16)) not in shown
    assert repr(bytes.fromhex(KEY)) not in shown


def test_a_signer_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="holds a private key"):
        pickle.dumps(key_signer(SecretStr(KEY), "here"))


@pytest.mark.parametrize("text", ["", "hello", KEY[:-2], KEY + "00", "0" * 64, "f" * 64, KEY[1:]])
def test_text_that_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError, match="64 hexadecimal digits") as caught:
        key_signer(SecretStr(text), "chains.gold.private_key")
    assert len(text) < 6 or text not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_keystore_opens_with_its_password(tmp_path: Path) -> None:
    settings = MAINNET.model_copy(
        update={"keystore": keystore(tmp_path, "swan"), "keystore_password": SecretStr("swan")}
    )
    assert open_signer("gold", settings, tmp_path).address == ADDRESS


def test_a_wrong_password_opens_nothing(tmp_path: Path) -> None:
    settings = MAINNET.model_copy(
        update={"keystore": keystore(tmp_path, "swan"), "keystore_password": SecretStr("goose")}
    )
    with pytest.raises(ConfigurationError, match="its password is wrong") as caught:
        open_signer("gold", settings, tmp_path)
    assert "goose" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "MINTMARK_CHAINS__GOLD__PRIVATE_KEY"),
        ({"keystore": Path("absent.json")}, "MINTMARK_CHAINS__GOLD__KEYSTORE_PASSWORD"),
        (
            {"keystore": Path("absent.json"), "keystore_password": SecretStr("swan")},
            "cannot be read: No such file",
        ),
        ({"keystore": Path("absent.json"), "private_key": SecretStr(KEY)}, "set only one"),
    ],
)
def test_missing_or_doubled_keys_are_said_so(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        open_signer("gold", MAINNET.model_copy(update=changes), tmp_path)


def test_an_embedded_chain_signs_with_the_development_key(tmp_path: Path) -> None:
    signer = open_signer("copper", ChainSettings(chain_id=1_337_001), tmp_path)
    assert isinstance(signer, LocalSigner)
    assert signer.address == development_signer(tmp_path).address
