"""The demo from end to end, and that its folder is one to carry on from."""

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import func, select

from agents.workflows.workshop import Workshop
from bot.demo.stage import PEOPLE, Played
from bot.demo.story import play
from bot.terminal.screen import PrintedProgress
from tests.bot.conftest import seat
from tools.catalogue import open_studio
from tools.minting.tables import Token
from tools.people import Role
from tools.provenance import log
from tools.settings import Settings, load_settings
from tools.studio import Studio


def perform(settings: Settings) -> tuple[Played, str]:
    console = Console(file=StringIO(), width=120, color_system=None)
    with open_studio(settings) as studio, Workshop(studio):
        played = asyncio.run(play(studio, console, PrintedProgress(console)))
        assert isinstance(console.file, StringIO)
        return played, console.file.getvalue()


def minted(studio: Studio) -> int:
    with studio.db.read() as session:
        assert log.find_fault(session) is None
        return session.scalar(select(func.count()).select_from(Token)) or 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_mints_twice_on_two_chains_and_the_folder_goes_on(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "data")
    first, shown = perform(settings)
    assert len(first.token_ids) == 2
    for told in (
        "wren> make 4 foxes",
        "are on the shortlist.",
        "You made this picture: vote for somebody else's.",
        "Your vote went over to number",
        "Approving is done by hand",
        "Minted, and read back from every chain.",
        f"✓ {first.token_ids[0]}: passed",
        f"✗ {first.token_ids[0]}: failed",
        "1 of 262144 pixels differ, the first at x=0, y=0",
        f"data folder     {settings.data_dir}",
    ):
        assert told in shown
    second, _ = perform(settings)
    assert set(second.token_ids).isdisjoint(first.token_ids)
    with open_studio(settings) as studio:
        assert minted(studio) == 4
        told = asyncio.run(_look_again(studio, first.token_ids[0]))
    assert "create by sol (creator, command)" in told
    assert "mint by reed (operator, workflow)" in told


async def _look_again(studio: Studio, token_id: str) -> str:
    async with seat(studio, "reed", Role.OPERATOR) as reed:
        return await reed.types(f"/provenance {token_id}")


def test_no_one_who_decides_also_creates_in_the_demo() -> None:
    assert [name for name, role in PEOPLE.items() if role is Role.OPERATOR] == ["reed"]
    assert set(PEOPLE.values()) == {Role.MEMBER, Role.CREATOR, Role.OPERATOR}
