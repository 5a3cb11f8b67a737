"""The table: which misbehaviour ends how for what people do. Each cell is a test.

It is written into docs/faults.md by

    python -m tests.bot.discord.faults.table
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.bot.discord.faults import misbehaviours as m
from tests.bot.discord.faults.flows import (
    FLOWS,
    IN_CHANNEL,
    IN_PLACE,
    IN_PRIVATE,
    NOT_TOLD,
)

PAGE = Path(__file__).parents[4] / "docs" / "faults.md"


@dataclass(frozen=True)
class Ends:
    """How a cell ends, and where the person sees it."""

    says: str
    where: tuple[str, ...]


@dataclass(frozen=True)
class Senseless:
    """A cell that makes no sense."""

    because: str


Cell = Ends | Senseless
Row = tuple[Cell, Cell, Cell]  # create, vote, approve

_NO_INTERACTION = Senseless("a tap is no interaction")
_DONE = Ends("the gallery is filled in where it was announced", (IN_PLACE,))
_ANEW = Ends("the gallery comes as a message of its own in the channel", (IN_CHANNEL,))
_ALONE = Ends("the gallery is sent to who asked for it, in private", (IN_PRIVATE,))
_COUNTED = Ends("the tally is exact, the result is told once", (IN_CHANNEL,))
_STANDS = Ends("the gallery is shown again, votes stay, the result is told once", (IN_CHANNEL,))
_CAUGHT_UP = Ends("what was missed counts once when votes are compared", (IN_CHANNEL,))
_APPROVED = Ends("approved once; the answer and the card say so", (IN_PLACE,))
_APPROVED_ALONE = Ends("approved once; the answer comes as a direct message", (IN_PRIVATE,))
_RESULT_LATER = Ends(
    "the tally is exact, the gallery says how it ended, the log says that the result cannot be "
    "told; it is told once the right is back",
    (IN_CHANNEL,),
)
_CARD_LATER = Ends(
    "approved once and answered; the card says so as soon as the right is back", (IN_PLACE,)
)
_KEPT_ON = Ends(
    "the tally is exact also with taps that cannot be taken off; the result is told once",
    (IN_CHANNEL,),
)
_USUAL: Row = (_DONE, _COUNTED, _APPROVED)

TABLE: dict[type[m.Misbehaviour], Row] = {
    m.Misbehaviour: _USUAL,
    m.Limited: _USUAL,
    m.LimitedInFront: _USUAL,
    m.Ill500: _USUAL,
    m.VeryIll500: (_ANEW, _COUNTED, _APPROVED_ALONE),
    m.Ill503: _USUAL,
    m.VeryIll503: _USUAL,
    m.Slow: _USUAL,
    m.LostAnswers: _USUAL,
    m.LostAcknowledgement: (_DONE, _NO_INTERACTION, _APPROVED),
    m.LateAcknowledgement: (_ANEW, _NO_INTERACTION, _APPROVED_ALONE),
    m.ExpiredToken: (_DONE, _NO_INTERACTION, _APPROVED_ALONE),
    m.Dropped: _USUAL,
    m.ResumeRefused: _USUAL,
    m.NoHeartbeatAck: _USUAL,
    m.Duplicated: _USUAL,
    m.Outage: (_DONE, _CAUGHT_UP, _APPROVED),
    m.MessageDeleted: (_ALONE, _STANDS, _APPROVED),
    m.ChannelDeleted: (_ALONE, _STANDS, _APPROVED_ALONE),
    m.NoSending: (_DONE, _RESULT_LATER, _APPROVED),
    m.NoManaging: (_DONE, _KEPT_ON, _APPROVED),
    m.NoFiles: (_DONE, _RESULT_LATER, _APPROVED),
    m.NoSight: (_DONE, _CAUGHT_UP, _CARD_LATER),
    m.ClosedMessages: (_ANEW, _STANDS, _APPROVED),
    m.TwoProcesses: _USUAL,
    m.Killed: (_DONE, _CAUGHT_UP, _APPROVED),
    m.KilledAtWork: (
        Ends(
            "“thinking…” becomes “I was restarted”; the gallery comes as a message of its own",
            (IN_CHANNEL,),
        ),
        _NO_INTERACTION,
        Ends(
            "approved once; “thinking…” becomes “I was restarted, look before you ask again”, and "
            "the card says that it is approved",
            (NOT_TOLD,),
        ),
    ),
    m.KilledBetween: (
        Ends("“thinking…” becomes “I was restarted”; asked again, it is done once", (IN_PLACE,)),
        _NO_INTERACTION,
        Ends("“thinking…” becomes “I was restarted”; pressed again, it is done once", (IN_PLACE,)),
    ),
    m.StrippedTexts: (
        Ends("the picture, uploaded again, is known by what it shows", (IN_PLACE,)),
        Senseless("nobody uploads"),
        Senseless("nobody uploads"),
    ),
}


def cells() -> list[tuple[type[m.Misbehaviour], str, Ends]]:
    """All cells that make sense."""
    return [
        (trouble, flow, cell)
        for trouble, row in TABLE.items()
        for flow, cell in zip(FLOWS, row, strict=True)
        if isinstance(cell, Ends)
    ]


_HEAD = """# What can go wrong in Discord, and how it ends

Each cell was played with real discord.py against the local Discord in `tests/peers/discord/`:
`tests/bot/discord/test_faults.py`. In all of them, what people did happened exactly once, they
were told in words, and nothing was left “thinking…”. This page is written by
`python -m tests.bot.discord.faults.table`.

"""
_COLUMNS = ("what goes wrong", "/create", "a round of votes", "Approve", "test")


def page() -> str:
    """The table as docs/faults.md shows it."""
    lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
    for trouble, row in TABLE.items():
        told = (_told(cell) for cell in row)
        lines.append(_line([trouble.says, *told, f"`-k {trouble.__name__}-`"]))
    return _HEAD + "\n".join(lines) + "\n"


def _told(cell: Cell) -> str:
    return cell.says if isinstance(cell, Ends) else f"– ({cell.because})"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
