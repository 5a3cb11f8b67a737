"""The states of a mint request, and the one way to move between them.

    pending → approved → minting → minted
        ↘ rejected        ↘ failed → approved (retried)

A move is a compare-and-set: of several that try, one finds the state it expects.
"""

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tools.errors import NotFound
from tools.minting.tables import MintRequest

STATES = ("pending", "approved", "minting", "minted", "rejected", "failed")


def find_request(session: Session, request_id: str, *, lock: bool = False) -> MintRequest:
    """The mint request with this id.

    Args:
        lock: let nobody else decide on it until this transaction ends.

    Raises:
        NotFound: saying where ids are listed.
    """
    request = session.get(MintRequest, request_id, with_for_update=lock or None)
    if request is None:
        raise NotFound(
            "There is no mint request {request}: /mint_requests lists them.",
            request=repr(request_id[:32]),
        )
    return request


def move(
    session: Session,
    request: MintRequest,
    before: tuple[str, ...],
    after: str,
    error: str | None = None,
) -> bool:
    """Set the state if it is one of `before`; returns whether this call was the one to do it."""
    statement = update(MintRequest).where(
        MintRequest.id == request.id, MintRequest.state.in_(before)
    )
    result = session.execute(statement.values(state=after, error=error))
    assert isinstance(result, CursorResult)  # what an UPDATE gives
    session.refresh(request)
    return result.rowcount == 1
