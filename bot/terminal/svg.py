"""What a terminal shows, as an SVG picture: text as text, half blocks as exact squares.

Fonts draw ▀ with gaps and at their own size; here every pixel of a drawn picture becomes a square
of its own, so the picture looks the same wherever it is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from bot.terminal.pictures import LOWER, UPPER

CELL = 8  # width of a cell; it is twice as high, so half a cell is a square
MARGIN = 20
_BAR = 34  # height of the window's title bar
_BACKGROUND, _TEXT = "#15161e", "#c8cbe0"
_FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace"
_LIGHTS = ("#ff5f57", "#febc2e", "#28c840")


@dataclass(frozen=True)
class Cell:
    """One character where it stands."""

    column: int
    row: int
    character: str
    style: Style


def svg(ansi: str, title: str, columns: int) -> str:
    """The SVG of a terminal window.

    Args:
        ansi: what was printed, with its colour codes, such as `Console.export_text` gives.
        title: of the window.
        columns: its width; longer lines are cut.
    """
    lines = [Text.from_ansi(line) for line in ansi.rstrip("\n").splitlines()]
    for line in lines:
        line.truncate(columns, overflow="ellipsis")
    cells = [cell for row, line in enumerate(lines) for cell in _cells(row, line)]
    width = 2 * MARGIN + CELL * columns
    height = _BAR + MARGIN + 2 * CELL * len(lines) + MARGIN // 2
    drawn = [cell for cell in cells if cell.character in (UPPER, LOWER)]
    written = [cell for cell in cells if cell.character not in (UPPER, LOWER)]
    return "\n".join(
        [
            *_window(width, height, title),
            f'<g transform="translate({MARGIN} {_BAR})" shape-rendering="crispEdges">',
            *_squares(drawn),
            "</g>",
            f'<g transform="translate({MARGIN} {_BAR})" font-size="13" xml:space="preserve">',
            *map(_words, _runs(written)),
            "</g></svg>\n",
        ]
    )


def _cells(row: int, line: Text) -> Iterator[Cell]:
    column = 0
    for segment in line.render(_PLAIN):
        for character in segment.text:
            yield Cell(column, row, character, segment.style or Style.null())
            column += cell_len(character)


_PLAIN = Console(color_system="truecolor", force_terminal=True)


def _window(width: int, height: int, title: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="{_FONT}" role="img" aria-label="{escape(title)}">'
    )
    yield f'<rect width="{width}" height="{height}" rx="10" fill="{_BACKGROUND}"/>'
    for place, light in enumerate(_LIGHTS):
        yield f'<circle cx="{20 + 20 * place}" cy="17" r="6" fill="{light}"/>'
    yield (
        f'<text x="{width // 2}" y="22" font-size="13" text-anchor="middle" fill="#8d90a8">'
        f"{escape(title)}</text>"
    )


def _squares(cells: Iterable[Cell]) -> Iterator[str]:
    """A path for each colour, made of horizontal runs."""
    halves: dict[tuple[int, int], str] = {}
    for cell in cells:
        upper, lower = _colours(cell)
        for half, colour in ((0, upper), (1, lower)):
            if colour is not None:
                halves[2 * cell.row + half, cell.column] = colour
    paths: dict[str, list[str]] = defaultdict(list)
    for row, start, length, colour in _stretches(halves):
        width = CELL * length
        paths[colour].append(f"M{CELL * start} {CELL * row}h{width}v{CELL}h-{width}z")
    for colour, runs in paths.items():
        yield f'<path fill="{colour}" d="{"".join(runs)}"/>'


def _stretches(halves: dict[tuple[int, int], str]) -> Iterator[tuple[int, int, int, str]]:
    """Neighbours of one colour in a row: row, first column, length, colour."""
    for row, column in sorted(halves):
        colour = halves[row, column]
        if halves.get((row, column - 1)) == colour:
            continue
        length = 1
        while halves.get((row, column + length)) == colour:
            length += 1
        yield row, column, length, colour


def _colours(cell: Cell) -> tuple[str | None, str | None]:
    front, back = _hex(cell.style.color), _hex(cell.style.bgcolor)
    return (front, back) if cell.character == UPPER else (back, front)


def _hex(colour: Color | None) -> str | None:
    return (
        None if colour is None or colour.is_default else colour.get_truecolor(SVG_EXPORT_THEME).hex
    )


def _runs(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Characters that stand side by side in one style."""
    run: list[Cell] = []
    for cell in cells:
        follows = run and (cell.row, cell.column, cell.style) == (
            run[-1].row,
            run[-1].column + cell_len(run[-1].character),
            run[-1].style,
        )
        if run and not follows:
            yield run
            run = []
        run.append(cell)
    if run:
        yield run


def _words(run: Sequence[Cell]) -> str:
    text = "".join(cell.character for cell in run).rstrip()  # or renderers stretch the rest over it
    words = text.lstrip()
    if not words:
        return ""
    first, style = run[len(text) - len(words)], run[0].style
    weight = ' font-weight="bold"' if style.bold else ""
    faint = ' opacity="0.6"' if style.dim else ""
    return (
        f'<text x="{CELL * first.column}" y="{2 * CELL * first.row + 12}" '
        f'textLength="{CELL * cell_len(words)}" fill="{_hex(style.color) or _TEXT}"{weight}{faint}>'
        f"{escape(words)}</text>"
    )
