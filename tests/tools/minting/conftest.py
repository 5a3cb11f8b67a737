"""Every test gets a copy of one deployed chain, so that none pays for the deployment again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.minting.chains import Mint, deploy, open_record
from tools.minting.chains import open_chain
from tools.minting.signer import development_signer
from tools.minting.token_contract import TokenContract
from tools.settings import ChainSettings

COPPER = ChainSettings(chain_id=1_337_001)


@pytest.fixture
def an_open_record() -> Iterator[None]:
    with open_record():
        yield


@pytest.fixture(scope="session")
def deployed_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with the chain `copper`, and the address of the contract on it."""
    folder = tmp_path_factory.mktemp("deployed")
    signer = development_signer(folder)
    with open_record():
        chain = open_chain("copper", COPPER, folder, funded=[signer.address])
        return folder, deploy(chain, signer).address


@pytest.fixture
def data_dir(deployed_folder: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of that folder for this test alone."""
    shutil.copytree(deployed_folder[0], tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def mint(deployed_folder: tuple[Path, str], data_dir: Path) -> Mint:
    """The chain in the copy, with its account and contract."""
    chain = open_chain("copper", COPPER, data_dir)
    contract = TokenContract(chain, deployed_folder[1])
    return Mint(chain, development_signer(data_dir), contract)
