"""What the provenance log says happened."""

from sqlalchemy import select

from tools.provenance.tables import Record, ToolCall
from tools.studio import Studio


def records_of(studio: Studio) -> list[tuple[str, str]]:
    """Every call's tool and outcome, in order."""
    with studio.db.read() as session:
        rows = session.execute(
            select(ToolCall.tool, Record.phase)
            .join(Record, Record.tool_call_id == ToolCall.id)
            .where(Record.closes)
            .order_by(Record.seq)
        )
        return [(row.tool, row.phase) for row in rows]
