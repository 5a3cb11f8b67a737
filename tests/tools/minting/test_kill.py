"""A process killed at any line of the mint path, and another that goes on: always one token.

A child process runs the mint under a trace that kills it (SIGKILL, nothing can clean up) at the
n-th line it executes in the minting craft. Then the mint is run again in this process, as the
studio does at its next start.
"""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.conftest import sign_in_to
from tests.folders import new_data_folder
from tests.striking import striking_studio, struck
from tools.minting.chains import chains_of
from tools.minting.requests import MintRequestOut
from tools.minting.tables import Contract
from tools.minting.token_contract import TokenContract
from tools.people import Role
from tools.provenance import log
from tools.settings import ChainSettings, Settings, load_settings

PATH = tuple(
    str(Path(__file__).parents[3] / "tools" / "minting" / name)
    for name in ("mint.py", "outbox.py", "setup.py", "states.py", "signer.py")
)


def _settings(folder: Path) -> Settings:
    return load_settings(
        data_dir=new_data_folder(folder), chains={"copper": ChainSettings(chain_id=1_337_001)}
    )


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with one approved request that nobody has begun to mint."""
    folder = tmp_path_factory.mktemp("approved") / "data"
    with striking_studio(_settings(folder)) as studio:
        candidate = struck(studio, sign_in_to(studio, "ada", Role.CREATOR))
        olga = sign_in_to(studio, "olga", Role.OPERATOR)
        request = studio.door.call("propose_mint", {"candidate_id": candidate}, olga)
        assert isinstance(request, MintRequestOut)
        which = {"mint_request_id": request.mint_request_id}
        studio.door.call("approve", which, sign_in_to(studio, "otto", Role.OPERATOR))
    return folder, request.mint_request_id


def _mint(folder: Path, request: str) -> None:
    with striking_studio(_settings(folder)) as studio:
        operator = sign_in_to(studio, "otto", Role.OPERATOR).by("workflow")
        studio.door.call("mint", {"mint_request_id": request}, operator)


def _in_child(work: Callable[[], None]) -> int:
    """Run in a forked process; its exit status, as `os.waitpid` gives it."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(70)
    return os.waitpid(child, 0)[1]


def _traced(work: Callable[[], None], on_line: Callable[[], None]) -> None:
    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in PATH:
            return None
        if event == "line":
            on_line()
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)


def _count_lines(folder: Path, request: str, report: Path) -> int:
    lines = 0

    def count() -> None:
        nonlocal lines
        lines += 1

    def work() -> None:
        _traced(lambda: _mint(folder, request), count)
        report.write_text(str(lines))

    assert _in_child(work) == 0
    return int(report.read_text())


def _killed_at(place: int, folder: Path, request: str) -> bool:
    seen = 0

    def kill() -> None:
        nonlocal seen
        seen += 1
        if seen == place:
            os.kill(os.getpid(), signal.SIGKILL)

    status = _in_child(lambda: _traced(lambda: _mint(folder, request), kill))
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _check_killed_at(place: int, approved: tuple[Path, str], scratch: Path) -> None:
    source, request = approved
    folder = scratch / f"killed-{place}"
    shutil.copytree(source, folder)
    assert _killed_at(place, folder, request), f"the mint ended before line {place}"
    _mint(folder, request)
    with striking_studio(_settings(folder)) as studio:
        studio.close_abandoned()
        with studio.db.read() as session:
            address = session.query(Contract).one().address
            assert list(log.open_calls(session)) == []
            assert log.find_fault(session) is None
        contract = TokenContract(chains_of(studio).get("copper").chain, address)
        assert contract.total_supply() == 1, f"killed at line {place}"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def lines(approved: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many lines a whole mint executes."""
    scratch = tmp_path_factory.mktemp("count")
    shutil.copytree(approved[0], scratch / "data")
    return _count_lines(scratch / "data", approved[1], scratch / "lines")


@pytest.mark.parametrize("share", range(16))
def test_killed_somewhere_on_the_way_it_still_mints_one_token(
    share: int, approved: tuple[Path, str], lines: int, tmp_path: Path
):
    _check_killed_at(1 + share * (lines - 1) // 15, approved, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_killed_at_every_line_it_still_mints_one_token(
    approved: tuple[Path, str], lines: int, tmp_path: Path
):
    for place in range(1, lines + 1):
        _check_killed_at(place, approved, tmp_path)
