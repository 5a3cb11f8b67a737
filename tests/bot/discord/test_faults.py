"""Everything that can go wrong in Discord, against everything that people do with the bot."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.discord.conftest import People
from tests.bot.discord.faults.flows import FLOWS
from tests.bot.discord.faults.misbehaviours import Misbehaviour
from tests.bot.discord.faults.stage import Stage, hurry
from tests.bot.discord.faults.table import PAGE, Ends, cells, page
from tests.bot.discord.polling import strike_pictures
from tests.peers.discord import Peer
from tools.catalogue import open_studio
from tools.settings import Settings, load_settings


@pytest.fixture(scope="module")
def fresh_folder(fresh_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three pictures in it."""
    folder = tmp_path_factory.mktemp("struck") / "data"
    shutil.copytree(fresh_folder, folder)
    strike_pictures(load_settings(data_dir=folder), 3)
    return folder


@pytest.fixture
async def stage(
    peer: Peer, people: People, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """A guild, and nobody who serves it yet."""
    hurry(monkeypatch)
    with open_studio(sqlite_settings) as studio:
        stage = Stage(peer, people, sqlite_settings, studio, monkeypatch)
        asyncio.get_running_loop().set_task_factory(stage.task)
        yield stage
        await stage.close()


MILD = ("Misbehaviour", "Limited", "Ill500", "Ill503")
"""What harsher rows of the table cover as well."""


def _marks(trouble: type[Misbehaviour]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.slow] if trouble.__name__ in MILD else []


@pytest.mark.parametrize(
    ("trouble", "name", "cell"),
    [pytest.param(*one, id=f"{one[0].__name__}-{one[1]}", marks=_marks(one[0])) for one in cells()],
)
async def test_it_happens_once_and_is_told(
    stage: Stage, trouble: type[Misbehaviour], name: str, cell: Ends
) -> None:
    flow = FLOWS[name](stage)
    wrong = trouble(stage, flow)
    await wrong.early()
    await stage.start()
    await flow.prepare()
    await wrong.before()
    await flow.act()
    if name not in wrong.at_once:
        await flow.answered()
    await wrong.amid()
    await flow.end()
    await wrong.ended()
    assert await flow.outcome() in cell.where
    await wrong.after()
    await flow.over()


def test_the_page_of_faults_tells_what_these_tests_assert() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
