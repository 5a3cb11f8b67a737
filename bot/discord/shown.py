"""Which candidates a message shows: so that a picture in Discord leads back to its history."""

from collections.abc import Iterable

from sqlalchemy import select

from bot.frontend import Message
from tools.generation.tables import Candidate
from tools.studio import Studio


def candidates_in(studio: Studio, message: Message) -> list[str]:
    """The candidates whose pictures a message shows, in their order. Blocks."""
    return candidates_of(studio, [picture.cid for picture in message.pictures])


def candidates_of(studio: Studio, cids: Iterable[str]) -> list[str]:
    """The candidates with these pictures; where several have the same, the newest. Blocks."""
    wanted = list(cids)
    if not wanted:
        return []
    found = select(Candidate.image_cid, Candidate.id).where(Candidate.image_cid.in_(wanted))
    with studio.db.read() as session:
        rows = session.execute(found.order_by(Candidate.created_at)).all()
    newest: dict[str, str] = {row.image_cid: row.id for row in rows}
    return [newest[cid] for cid in wanted if cid in newest]
