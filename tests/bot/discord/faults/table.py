"""The table: which misbehaviour ends how for what people do. Each cell is a test.

It is written into docs/faults.md by

    python -m tests.bot.discord.faults.table
"""

from dataclasses import dataclass
from pathlib import Path

from tests.bot.discord.faults import misbehaviours as m
from tests.bot.discord.faults.flows import (
    FLOWS,
    IN_CHANNEL,
    IN_PLACE,
    IN_PRIVATE,
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
_ANEW = Ends("the gallery comes as a message of its own", (IN_CHANNEL,))
_ALONE = Ends("the gallery is sent to who asked for it", (IN_PRIVATE,))
_COUNTED = Ends("the tally is exact, the result is told once", (IN_CHANNEL,))
_APPROVED = Ends("approved once, the card says so", (IN_PLACE,))
_APPROVED_ALONE = Ends("approved once, the answer comes as a direct message", (IN_PRIVATE,))
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
    m.Outage: _USUAL,
    m.MessageDeleted: (_ALONE, _COUNTED, _APPROVED),
    m.ChannelDeleted: (_ALONE, _COUNTED, _APPROVED_ALONE),
    m.NoSending: _USUAL,
    m.NoManaging: _USUAL,
    m.NoFiles: _USUAL,
    m.NoSight: _USUAL,
    m.ClosedMessages: (_ANEW, _COUNTED, _APPROVED),
    m.TwoProcesses: _USUAL,
    m.Killed: _USUAL,
    m.KilledAtWork: (_ANEW, _NO_INTERACTION, _APPROVED_ALONE),
    m.StrippedTexts: (_DONE, Senseless("nobody uploads"), Senseless("nobody uploads")),
}


def cells() -> list[tuple[type[m.Misbehaviour], str, Ends]]:
    """All cells that make sense."""
    return [
        (trouble, flow, cell)
        for trouble, row in TABLE.items()
        for flow, cell in zip(FLOWS, row, strict=True)
        if isinstance(cell, Ends)
    ]
