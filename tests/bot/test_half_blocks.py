"""Pictures become cells: two pixels in each, the upper one as the colour of ▀, the lower behind."""

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from bot.terminal.pictures import Gallery, Panel, half_blocks, load

RED, BLUE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (9, 9, 9, 0)


def pixels(*rows: tuple[tuple[int, int, int, int], ...]) -> np.ndarray:
    return np.array(rows, dtype=np.uint8)


def save(path: Path, drawn: np.ndarray, enlarged: int = 1) -> Path:
    big = drawn.repeat(enlarged, axis=0).repeat(enlarged, axis=1)
    Image.fromarray(big).save(path)
    return path


def noise(side: int) -> np.ndarray:
    drawn = np.random.default_rng(7).integers(0, 256, (side, side, 4), dtype=np.uint8)
    drawn[..., 3] = 255
    return drawn


def console(width: int = 80) -> Console:
    return Console(file=StringIO(), force_terminal=True, color_system="truecolor", width=width)


def drawn_lines(gallery: Gallery, width: int) -> list[str]:
    page = console(width)
    with page.capture() as captured:
        page.print(gallery)
    return Text.from_ansi(captured.get()).plain.splitlines()


def test_a_cell_shows_the_upper_pixel_before_the_lower() -> None:
    rows = list(half_blocks(pixels((RED, BLUE), (BLUE, RED))))
    assert rows == [
        [
            Segment("▀", Style(color="#ff0000", bgcolor="#0000ff")),
            Segment("▀", Style(color="#0000ff", bgcolor="#ff0000")),
        ]
    ]


def test_transparent_pixels_leave_the_colour_of_the_terminal() -> None:
    rows = list(half_blocks(pixels((RED, CLEAR, CLEAR), (CLEAR, RED, CLEAR))))
    assert rows == [
        [
            Segment("▀", Style(color="#ff0000")),
            Segment("▄", Style(color="#ff0000")),
            Segment(" "),
        ]
    ]


def test_an_odd_last_row_is_the_upper_half_of_its_cells() -> None:
    assert list(half_blocks(pixels((RED,)))) == [[Segment("▀", Style(color="#ff0000"))]]


@pytest.mark.parametrize("side", [32, 64])
def test_enlarged_pixel_art_comes_back_to_its_own_pixels(tmp_path: Path, side: int) -> None:
    drawn = noise(side)
    assert np.array_equal(load(save(tmp_path / "a.png", drawn, 512 // side)), drawn)


def test_a_32_by_32_drawing_takes_32_columns_and_16_rows(tmp_path: Path) -> None:
    rows = list(half_blocks(load(save(tmp_path / "a.png", noise(32), 16))))
    assert len(rows) == 16
    assert {len(row) for row in rows} == {32}


def test_a_picture_with_more_pixels_than_room_is_made_smaller_in_proportion(
    tmp_path: Path,
) -> None:
    wide = np.concatenate([noise(200), noise(200)], axis=1)
    assert load(save(tmp_path / "a.png", wide), columns=40).shape == (20, 40, 4)


def test_as_many_pictures_stand_side_by_side_as_the_terminal_has_room_for() -> None:
    four = [Panel(noise(32), (f"number {n}",)) for n in range(1, 5)]
    heads = [line for line in drawn_lines(Gallery(four), 100) if "number" in line]
    assert [line.split() for line in heads] == [
        ["number", "1", "number", "2", "number", "3"],
        ["number", "4"],
    ]


def test_no_line_is_wider_than_the_terminal() -> None:
    four = [Panel(noise(32), ("a caption far longer than thirty-two columns",))] * 4
    for width in (32, 66, 67, 80, 140):
        assert max(map(len, drawn_lines(Gallery(four), width))) <= width


def test_pictures_of_different_heights_stay_in_their_columns() -> None:
    short, tall = Panel(noise(32)[:8], ("short",)), Panel(noise(32), ("tall",))
    lines = drawn_lines(Gallery([short, tall]), 80)
    assert lines[4].startswith("short")
    assert lines[16].index("tall") == 34
