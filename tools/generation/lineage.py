"""Lineage: from which pictures a picture descends, and how many descend from it."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tools.definition import Output, PrivateText
from tools.generation.tables import Brief, Candidate, Removal
from tools.provenance.tables import Person, ToolCall

_FARTHEST = 50  # generations that are told


class AncestorOut(Output):
    """A picture that another descends from, and how the descendant was made from it."""

    candidate_id: str
    how: str  # vary, remix or reseed
    creator_id: str
    creator: PrivateText
    is_removed: bool


def lineage_of(session: Session, candidate: Candidate) -> list[AncestorOut]:
    """The pictures it descends from, the nearest first."""
    found = []
    for child, parent in _steps(session, candidate):
        creator = session.get_one(Person, parent.person_id)
        ancestor = AncestorOut(
            candidate_id=parent.id,
            how=made_by(session, child),
            creator_id=creator.id,
            creator=creator.name or "someone",
            is_removed=session.get(Removal, parent.id) is not None,
        )
        found.append(ancestor)
    return found


def ancestors_of(session: Session, candidate: Candidate) -> list[Candidate]:
    """The candidates it descends from, the nearest first."""
    return [parent for _, parent in _steps(session, candidate)]


def made_by(session: Session, candidate: Candidate) -> str:
    """The tool that its brief was asked for with: create, vary, remix or reseed."""
    brief = session.get_one(Brief, candidate.brief_id)
    return session.get_one(ToolCall, brief.tool_call_id).tool


def descendants(session: Session, candidate_id: str) -> int:
    """How many pictures name this one as the one they descend from."""
    children = select(func.count()).select_from(Candidate).filter_by(parent_id=candidate_id)
    return session.scalar(children) or 0


def _steps(session: Session, candidate: Candidate) -> Iterator[tuple[Candidate, Candidate]]:
    """Child and parent, generation by generation."""
    for _ in range(_FARTHEST):
        if candidate.parent_id is None:
            return
        parent = session.get_one(Candidate, candidate.parent_id)
        yield candidate, parent
        candidate = parent
