"""Pictures as characters: each cell shows two pixels, one above the other, by the half block ▀.

A picture made of larger squares, such as pixel art enlarged for delivery, is first brought back to
its own pixels, so that every pixel of a 32 by 32 drawing gets exactly one half of a cell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

Pixels = npt.NDArray[np.uint8]  # rows, columns, RGBA
Row = list[Segment]

UPPER, LOWER = "▀", "▄"
GAP = 2  # empty columns between two pictures
_LARGEST = 64  # columns, for pictures with more pixels than a terminal has room for
_OPAQUE = 128  # alpha from which a pixel counts as drawn
_SIDES = (32, 48, 64)  # pixel art is looked for at these widths


@dataclass(frozen=True)
class Panel:
    """One picture ready to be drawn, with the lines that stand under it."""

    pixels: Pixels
    caption: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Columns it takes."""
        return int(self.pixels.shape[1])


def load(path: Path, columns: int = _LARGEST) -> Pixels:
    """Read a picture and bring it to its own pixels, at most `columns` wide.

    Raises:
        OSError: if the file is no picture that can be read.
    """
    with Image.open(path) as opened:
        picture = opened.convert("RGBA")
    return _fit(_own_pixels(picture), columns)


def _own_pixels(picture: Image.Image) -> Pixels:
    """The picture without its enlargement, if it consists of equal squares."""
    full = np.asarray(picture)
    if picture.width <= _LARGEST:
        return full
    for side in _SIDES:
        if picture.width % side or picture.height * side % picture.width:
            continue
        step = picture.width // side
        small = full[step // 2 :: step, step // 2 :: step]
        if np.array_equal(small.repeat(step, axis=0).repeat(step, axis=1), full):
            return small
    return full


def _fit(pixels: Pixels, columns: int) -> Pixels:
    width = pixels.shape[1]
    if width <= columns:
        return pixels
    size = (columns, max(1, round(pixels.shape[0] * columns / width)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def half_blocks(pixels: Pixels) -> Iterator[Row]:
    """The cells of a picture, row by row; transparent pixels leave the terminal's own colour."""
    if len(pixels) % 2:
        pixels = np.concatenate([pixels, np.zeros_like(pixels[:1])])
    for upper, lower in zip(pixels[::2], pixels[1::2], strict=True):
        yield [_cell(top, bottom) for top, bottom in zip(upper, lower, strict=True)]


def _cell(top: Pixels, bottom: Pixels) -> Segment:
    above, below = _colour(top), _colour(bottom)
    if above is None:
        return Segment(LOWER, Style(color=below)) if below else Segment(" ")
    return Segment(UPPER, Style(color=above, bgcolor=below))


def _colour(pixel: Pixels) -> str | None:
    red, green, blue, alpha = (int(channel) for channel in pixel)
    return f"#{red:02x}{green:02x}{blue:02x}" if alpha >= _OPAQUE else None


class Gallery:
    """Pictures side by side, as many in a row as the terminal has room for."""

    def __init__(self, panels: Sequence[Panel]) -> None:
        self.panels = panels

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for row in _rows(self.panels, options.max_width):
            yield from Segment.simplify(_side_by_side(row))


def _rows(panels: Sequence[Panel], width: int) -> Iterator[list[Panel]]:
    """As many panels in each row as fit; at least one."""
    row: list[Panel] = []
    for panel in panels:
        if row and sum(p.width + GAP for p in row) + panel.width > width:
            yield row
            row = []
        row.append(panel)
    if row:
        yield row


def _side_by_side(row: Sequence[Panel]) -> Iterator[Segment]:
    columns = [_lines(panel) for panel in row]
    for index in range(max(map(len, columns))):
        for place, (panel, lines) in enumerate(zip(row, columns, strict=True)):
            blank = [Segment(" " * panel.width)]
            yield from lines[index] if index < len(lines) else blank
            if place < len(row) - 1:
                yield Segment(" " * GAP)
        yield Segment.line()


def _lines(panel: Panel) -> list[Row]:
    """A panel's cells and caption, every line exactly as wide as the panel."""
    return [*half_blocks(panel.pixels), *(_caption(line, panel.width) for line in panel.caption)]


def _caption(line: str, width: int) -> Row:
    return Segment.adjust_line_length([Segment(line, Style(dim=True))], width)
