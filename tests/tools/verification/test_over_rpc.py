"""A stranger holds a certificate and the URL of a chain, and nothing else of the studio."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.anvil import FUNDED_KEY, Anvil, running_anvil
from tests.striking import striking_studio
from tests.tools.minting.hall import open_hall
from tools.settings import load_settings
from tools.verification.certify import certificate_of
from tools.verification.verify import verify_target

CHAIN = 31_339


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with running_anvil(CHAIN) as running:
        yield running


@pytest.fixture(scope="module")
def certificate(node: Anvil, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of a token that was minted on the node."""
    folder = tmp_path_factory.mktemp("minted")
    gold = {"kind": "rpc", "chain_id": CHAIN, "rpc_url": node.url, "private_key": FUNDED_KEY}
    with striking_studio(load_settings(data_dir=folder / "data", chains={"gold": gold})) as studio:
        hall = open_hall(studio)
        [token] = hall.mint(hall.approved(chains=["gold"])).tokens
        path = folder / "token.mintmark"
        path.write_bytes(certificate_of(studio, token.token_id))
    return path


def test_the_chain_is_read_over_its_url(certificate: Path, node: Anvil):
    report = verify_target(str(certificate), None, rpc=node.url)
    assert report.verdict == "passed", report.failures
    on_chain = [step for step in report.steps if step.name.endswith("on gold")]
    assert {"contract on gold", "token URI on gold", "approval on gold"} <= {
        step.name for step in on_chain if step.verdict == "passed"
    }


def test_without_a_url_the_chain_is_not_checked(certificate: Path):
    report = verify_target(str(certificate), None)
    assert report.verdict == "passed", report.failures
    assert not [s for s in report.steps if s.name == "token URI on gold" and s.verdict == "passed"]


def test_a_chain_that_never_saw_the_token_fails_it(certificate: Path):
    with running_anvil(CHAIN) as empty:
        report = verify_target(str(certificate), None, rpc=empty.url)
    assert report.verdict == "failed"
    assert any("on gold" in step.name for step in report.failures)


def test_another_chain_is_not_taken_for_the_tokens(certificate: Path):
    with running_anvil(CHAIN + 1) as other:
        report = verify_target(str(certificate), None, rpc=other.url)
    unchecked = {step.name: step.detail for step in report.steps if step.verdict == "not checked"}
    [about_the_chain] = [words for name, words in unchecked.items() if name.endswith("on gold")]
    assert str(CHAIN + 1) in about_the_chain
