"""A terminal as an SVG picture."""

import re
import xml.etree.ElementTree as ET
from io import StringIO

import numpy as np
from rich.console import Console
from rich.text import Text

from bot.terminal.pictures import Gallery, Panel
from bot.terminal.svg import CELL, svg


def printed(*parts: object, width: int = 40) -> str:
    console = Console(
        file=StringIO(), record=True, force_terminal=True, color_system="truecolor", width=width
    )
    for part in parts:
        console.print(part)
    return console.export_text(styles=True)


def squares(picture: str) -> dict[tuple[int, int], str]:
    """(column, half row) → colour, for everything drawn."""
    found = {}
    for colour, path in re.findall(r'<path fill="(#\w+)" d="([^"]+)"', picture):
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)", path):
            for column in range(int(x) // CELL, (int(x) + int(width)) // CELL):
                found[column, int(y) // CELL] = colour
    return found


def test_every_pixel_of_a_drawn_picture_is_a_square_in_its_place() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (6, 8, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    drawn = squares(svg(printed(Gallery([Panel(pixels)])), "a", 40))
    assert drawn == {
        (column, row): "#{:02x}{:02x}{:02x}".format(*pixels[row, column, :3])
        for column in range(8)
        for row in range(6)
    }


def test_it_is_well_formed_whatever_was_printed() -> None:
    picture = svg(printed(Text('<script>&"\u202e')), 'a "title" & more', 40)
    words = "".join(ET.fromstring(picture).itertext())
    assert "<script>&" in words
    assert 'a "title" & more' in words


def test_lines_beyond_its_columns_are_cut() -> None:
    picture = svg(printed(Text("x" * 100), width=200), "a", 20)
    assert "x" * 19 + "…" in picture
    assert "x" * 20 not in picture
