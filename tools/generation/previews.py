"""The preview of a job: the pictures that form, side by side in one small PNG."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image
from sqlalchemy.orm import Session

from tools.generation.batcher import Ticket
from tools.generation.tables import Preview
from tools.provenance.tables import now

_CELL = 128  # pixels a side
_COLUMNS = 4  # at most
_GAP = 4
_EMPTY = (32, 32, 40)  # where nothing can be seen yet


@dataclass(frozen=True)
class Sheet:
    """What a job's pictures look like so far."""

    glances: int  # how often anything was looked at: two sheets with as many are the same
    png: bytes


def sheet_of(tickets: Sequence[Ticket], before: int) -> Sheet | None:
    """The sheet, if there is something to see that the one before did not show."""
    glances = sum(ticket.glances for ticket in tickets)
    if glances == before:
        return None
    rows = -(-len(tickets) // _COLUMNS)
    columns = -(-len(tickets) // rows)
    step = _CELL + _GAP
    sheet = Image.new("RGB", (columns * step - _GAP, rows * step - _GAP), _EMPTY)
    for place, ticket in enumerate(tickets):
        if ticket.forming is not None:
            corner = (place % columns * step, place // columns * step)
            sheet.paste(_cell(ticket.forming), corner)
    file = io.BytesIO()
    sheet.save(file, "PNG", compress_level=1)
    return Sheet(glances, file.getvalue())


def keep(session: Session, job_id: str, sheet: Sheet) -> None:
    """Put a sheet in the place of the one before; the caller knows that the job is running."""
    session.merge(Preview(job_id=job_id, step=sheet.glances, image=sheet.png, updated_at=now()))


def _cell(image: Image.Image) -> Image.Image:
    """Small pictures are enlarged by whole pixels where that fits, large ones made smaller."""
    is_small = max(image.size) <= _CELL
    form = Image.Resampling.NEAREST if is_small else Image.Resampling.BOX
    return image.resize((_CELL, _CELL), form)
