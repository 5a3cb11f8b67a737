"""Several processes share one embedded chain, and any of them may be killed at any moment."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.minting.chains import Mint
from tools.minting.chains import open_chain
from tools.minting.signer import development_signer
from tools.settings import ChainSettings

pytestmark = pytest.mark.usefixtures("an_open_record")

_FOREVER = 10**6

_MINT = """
import sys
from pathlib import Path
from tests.tools.minting.chains import Mint, open_record
from tools.errors import Conflict
from tools.minting.chains import open_chain
from tools.minting.signer import development_signer
from tools.minting.token_contract import TokenContract
from tools.settings import ChainSettings

folder, address, who, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
chain = open_chain("copper", ChainSettings(chain_id=1_337_001), folder)
mint = Mint(chain, development_signer(folder), TokenContract(chain, address))
print("ready", flush=True)
with open_record():
    for number in range(count):
        while True:
            try:
                receipt = mint.mint(f"{who} {number}")
                break
            except Conflict:  # the other process took the nonce first
                continue
        print(receipt.transaction_hash, flush=True)
"""

_OPEN = """
import sys
from pathlib import Path
from tools.minting.chains import open_chain
from tools.minting.signer import development_signer
from tools.settings import ChainSettings

folder = Path(sys.argv[1])
account = development_signer(folder).address
chain = open_chain("tin", ChainSettings(chain_id=1_337_003), folder, funded=[account])
print(account, chain.balance(account) > 0)
"""


def minting(mint: Mint, folder: Path, who: str, count: int) -> "subprocess.Popen[str]":
    arguments = [str(folder), mint.address, who, str(count)]
    return subprocess.Popen(
        [sys.executable, "-c", _MINT, *arguments], stdout=subprocess.PIPE, text=True
    )


def test_two_processes_mint_on_one_chain(mint: Mint, data_dir: Path) -> None:
    processes = [minting(mint, data_dir, who, 6) for who in ("ada", "bob")]
    hashes = [line for p in processes for line in p.communicate(timeout=120)[0].split()[1:]]
    assert [p.returncode for p in processes] == [0, 0]
    assert len(set(hashes)) == 12
    assert mint.contract.total_supply() == 12


def test_a_kill_keeps_every_block_that_was_told_of(mint: Mint, data_dir: Path) -> None:
    process = minting(mint, data_dir, "ada", _FOREVER)
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(6)][1:]
    process.send_signal(signal.SIGKILL)
    told += process.communicate(timeout=60)[0].split()
    for transaction_hash in told:
        receipt = mint.chain.receipt(transaction_hash)
        assert receipt is not None
        assert receipt.succeeded
    # The last mint may have been committed and not told of.
    assert mint.contract.total_supply() in (len(told), len(told) + 1)
    assert mint.mint("after the kill").succeeded


def test_processes_that_open_a_new_chain_at_once_agree_on_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OPEN, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {p.communicate(timeout=120)[0].strip() for p in processes}
    account = development_signer(tmp_path).address
    assert answers == {f"{account} True"}
    chain = open_chain("tin", ChainSettings(chain_id=1_337_003), tmp_path)
    assert chain.block_number() == 0
    assert [p.name for p in (tmp_path / "chains").glob(".chain-*")] == []
