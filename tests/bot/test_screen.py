"""Messages on a terminal: harmless text, numbered buttons, pictures or their files."""

import re
from io import StringIO
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from bot.frontend import Button, Message, Picture, Progress
from bot.terminal.screen import PrintedProgress, Screen, ToolbarProgress, bar, describe, plain
from tools.errors import NotFound
from tools.people import Actor

ADA = Actor("p_1", "ada", "hall", "floor", "studio")


def screen(*, colours: bool = False, width: int = 100) -> Screen:
    page = Console(
        file=StringIO(),
        width=width,
        force_terminal=colours,
        color_system="truecolor" if colours else None,
        no_color=not colours,
    )
    return Screen(page, PrintedProgress(page))


def printed(shown: Screen) -> str:
    file = shown.console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def picture(folder: Path) -> Picture:
    path = folder / "fox.png"
    Image.new("RGB", (32, 32), (200, 30, 30)).save(path)
    return Picture("bafy", path, "number one", "a fox")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("\x1b[2Jgone", "\\u001b[2Jgone"),
        ("a\u202egnp.exe", "a\\u202egnp.exe"),
        ("bell\x07", "bell\\u0007"),
        ("c1 \x9b31m", "c1 \\u009b31m"),
        ("[red]not markup[/red]", "[red]not markup[/red]"),
        ("tab\there", "tab here"),
        ("family 👨\u200d👩", "family 👨\u200d👩"),
    ],
)
def test_what_people_typed_cannot_steer_the_terminal(typed: str, shown: str) -> None:
    assert plain(typed) == shown
    there = screen()
    there.show(Message(typed, title=typed, facts=(("said", typed),)))
    assert printed(there).count(shown) == 3
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", printed(there))


def test_buttons_are_numbered_through_and_keep_their_numbers() -> None:
    there = screen()
    there.show(Message("one", buttons=(Button("Vote", "vote", {"choice": "1"}),)))
    there.show(Message("two", buttons=(Button("Show", "show_round"), Button("Vote", "vote"))))
    assert "[1] Vote" in printed(there)
    assert "[2] Show   [3] Vote" in printed(there)
    assert there.button(1).arguments == {"choice": "1"}
    assert there.button(2).action == "show_round"


def test_a_number_without_a_button_is_said_so() -> None:
    with pytest.raises(NotFound, match="There is no button 7 on this screen"):
        screen().button(7)


def test_a_picture_is_drawn_where_there_are_colours(tmp_path: Path) -> None:
    there = screen(colours=True)
    there.show(Message("here", pictures=(picture(tmp_path),)))
    assert printed(there).count("▀") == 32 * 16
    assert "number one" in printed(there)


def test_a_picture_is_named_by_its_file_where_there_are_none(tmp_path: Path) -> None:
    there = screen()
    there.show(Message("here", pictures=(picture(tmp_path),)))
    assert "▀" not in printed(there)
    assert str(tmp_path / "fox.png") in printed(there)


def test_a_picture_that_is_gone_leaves_its_caption(tmp_path: Path) -> None:
    there = screen(colours=True)
    there.show(Message("", pictures=(Picture("b", tmp_path / "no.png", "number one", "a fox"),)))
    assert "number one" in printed(there)
    assert "cannot be read" in printed(there)


async def test_scripts_get_one_line_for_each_stage() -> None:
    there = screen()
    handle = await there.send(ADA, Message("4 pictures", progress=Progress("waiting", 0, 2)))
    for thousandths in (100, 200, 300):
        await there.update(handle, Message("4 pictures", progress=Progress("drawing", thousandths)))
    await there.update(handle, Message("There they are."))
    assert printed(there).splitlines() == [
        "… 4 pictures: waiting, 2 before it",
        "… 4 pictures: drawing",
        "There they are.",
    ]


def test_the_toolbar_shows_what_is_under_way_until_it_is_over() -> None:
    redrawn: list[None] = []
    toolbar = ToolbarProgress(lambda: redrawn.append(None))
    toolbar.show("1", "4 pictures", Progress("drawing", 500, eta_s=3.2))
    assert toolbar.lines() == ["████████░░░░░░░░ 4 pictures: drawing, about 3 s left"]
    toolbar.remove("1")
    assert toolbar.lines() == []
    assert len(redrawn) == 2


def test_a_bar_is_never_longer_than_its_width() -> None:
    assert [bar(t, 4) for t in (-5, 0, 500, 1000, 2000)] == ["░░░░", "░░░░", "██░░", "████", "████"]


def test_progress_says_place_and_time() -> None:
    assert describe(Progress("waiting", 0, 3, 12.4)) == "waiting, 3 before it, about 12 s left"
