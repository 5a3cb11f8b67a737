"""The doctor says in plain words what is wrong with each bad configuration, and how to mend it."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from bot.doctor import Finding, examine
from tests.conftest import sign_in_to
from tests.striking import striking_studio
from tests.tools.minting.chains import open_record, send
from tests.tools.minting.hall import open_hall
from tools.catalogue import open_studio
from tools.minting.chain import Call, Chain
from tools.minting.chains import chains_of
from tools.minting.signer import Signer
from tools.settings import load_settings


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MINTMARK_")]:
        monkeypatch.delenv(name)


def findings() -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine()}


def wrong() -> dict[str, str]:
    return {name: found.sentence for name, found in findings().items() if not found.sound}


def configure(text: str) -> None:
    Path("mintmark.toml").write_text(text)


def test_the_defaults_are_sound_and_nothing_is_made_by_looking() -> None:
    assert wrong() == {}
    assert list(Path.cwd().iterdir()) == []
    assert set(findings()) == {
        "settings", "data folder", "disk", "database", "provenance log", "collection", "model",
        "chain copper", "chain silver", "language model",
    }  # fmt: skip


def test_a_folder_in_use_is_sound() -> None:
    with open_studio(load_settings()) as studio:
        sign_in_to(studio, "ada")
        assert wrong() == {}
        assert findings()["database"].sentence == "SQLite, schema 0002"


def _set(chain: Chain, signer: Signer, contract: str, signature: str, value: object) -> None:
    """Call a function of the contract as its owner."""
    kind = signature.partition("(")[2].rstrip(")")
    data = keccak(text=signature)[:4] + encode(kind.split(","), value)
    with open_record():
        send(chain, signer, Call(signer.address, contract, data))


def test_contracts_are_looked_at_before_somebody_mints() -> None:
    with striking_studio(load_settings()) as studio:
        hall = open_hall(studio)
        [token] = hall.mint(hall.approved(chains=["copper"])).tokens
        account = chains_of(studio).get("copper")
    assert wrong() == {}
    assert "mintlings has 1 token, royalty 5 %" in findings()["chain copper"].sentence
    _set(account.chain, account.signer, token.contract, "setPaused(bool)", [True])
    assert "is paused: its owner has to resume minting" in wrong()["chain copper"]
    _set(account.chain, account.signer, token.contract, "setPaused(bool)", [False])
    _set(account.chain, account.signer, token.contract, "renounceRoles(uint256)", [1])
    assert f"does not let {account.signer.address} mint" in wrong()["chain copper"]


def test_a_setting_that_does_not_exist_is_named() -> None:
    configure("data_dri = 'elsewhere'")
    assert wrong() == {
        "settings": "The settings are wrong. data_dri: Extra inputs are not permitted."
    }


def test_a_file_that_is_no_toml_is_said_so() -> None:
    configure("this is not toml")
    assert wrong()["settings"].startswith("mintmark.toml is not valid TOML")


def test_a_wrong_rpc_url_and_a_missing_key_are_told_for_their_chains() -> None:
    configure(
        """
        [chains.far]
        kind = "rpc"
        chain_id = 11155111
        rpc_url = "http://127.0.0.1:9"
        [chains.near]
        chain_id = 5
        """
    )
    found = wrong()
    assert found["chain far"].startswith("Chain far has no key to sign with: set chains.far")
    assert "its chain_id must be one from 1337000 to 1337999, not 5" in found["chain near"]


def test_a_chain_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    configure('[chains.far]\nkind = "rpc"\nchain_id = 11155111\nrpc_url = "http://127.0.0.1:9"')
    monkeypatch.setenv("MINTMARK_CHAINS__FAR__PRIVATE_KEY", "0x" + "11" * 32)
    assert "127.0.0.1" in wrong()["chain far"]


def test_an_rpc_chain_without_a_url_is_told_at_the_settings() -> None:
    configure('[chains.far]\nkind = "rpc"\nchain_id = 11155111')
    assert 'a chain of kind "rpc" needs rpc_url' in wrong()["settings"]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere, so root becomes nobody for a while."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_read_only_data_folder_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Path("mintmark-data").mkdir()
    Path("mintmark-data").chmod(0o555)
    with as_nobody():
        found = wrong()
    assert "make it writable for this user" in found["data folder"]


def test_a_data_folder_that_is_a_file_is_told() -> None:
    Path("mintmark-data").write_text("")
    assert "mintmark-data cannot be written (Not a directory)" in wrong()["data folder"]


def test_a_database_of_another_version_is_told() -> None:
    with open_studio(load_settings()):
        pass
    with sqlite3.connect("mintmark-data/mintmark.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert wrong()["database"].startswith("The database has schema 9999, this program needs 0002")


def test_an_edited_log_is_told_with_its_record() -> None:
    with open_studio(load_settings()) as studio:
        studio.door.call("rounds", {}, sign_in_to(studio, "ada"))
    with sqlite3.connect("mintmark-data/mintmark.sqlite") as database:
        database.execute("DROP TRIGGER record_no_update")
        database.execute(
            "UPDATE record SET body = replace(body, 'ada', 'eve') || ' ' WHERE seq = 2"
        )
    assert "The log does not hold: the body of record 2 was changed" in wrong()["provenance log"]


def test_an_unknown_collection_and_model_are_told() -> None:
    configure('collection = "nothing"\n[generation]\nmodel = "dream"')
    found = wrong()
    assert "There is no collection 'nothing'; there are: mintlings." in found["collection"]
    assert found["model"].startswith("There is no model named 'dream'")


def test_an_endpoint_without_a_model_or_a_key_is_told() -> None:
    configure('[llm]\nbase_url = "http://127.0.0.1:9/v1"')
    assert "no llm.model" in wrong()["language model"]
    configure('[llm]\nmodel = "some-model"')
    assert "MINTMARK_LLM__API_KEY" in wrong()["language model"]


def test_an_endpoint_that_does_not_answer_is_told() -> None:
    configure('[llm]\nmodel = "some-model"\nbase_url = "http://127.0.0.1:9/v1"')
    assert "http://127.0.0.1:9/v1 does not answer" in wrong()["language model"]


async def _models(_: web.Request) -> web.Response:
    return web.json_response({"data": [{"id": "small-model"}]})


async def _locked(_: web.Request) -> web.Response:
    return web.json_response({}, status=401)


@pytest.mark.parametrize(
    ("model", "answer", "sentence"),
    [
        ("small-model", _models, None),
        ("big-model", _models, "has no model 'big-model'; it has: small-model. Set llm.model."),
        ("small-model", _locked, "does not accept the key (status 401)"),
    ],
)
async def test_an_endpoint_that_answers_is_asked_for_its_models(
    model: str, answer: object, sentence: str | None
) -> None:
    application = web.Application()
    application.router.add_get("/v1/models", answer)  # type: ignore[arg-type]  # a handler
    async with TestServer(application) as server:
        configure(f'[llm]\nmodel = "{model}"\nbase_url = "{server.make_url("/v1")}"')
        found = await asyncio.to_thread(wrong)
    assert sentence in found["language model"] if sentence else found == {}
