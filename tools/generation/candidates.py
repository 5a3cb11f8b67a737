"""How a candidate is shown: one row of it with its creator's name and the verdict on it."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from tools.definition import Output, PrivateText
from tools.errors import NotFound
from tools.generation.tables import Candidate, Removal
from tools.provenance.tables import Person
from tools.scoring.tables import Verdict


class CandidateOut(Output):
    """One generated picture."""

    candidate_id: str
    brief_id: str
    creator_id: str
    creator: PrivateText  # their name, for people to read
    collection: str
    ordinal: int  # 0 for the first picture of its brief
    seed: str
    traits: dict[str, str]
    image_cid: str
    width: int
    height: int
    verdict: str | None  # shortlisted, passed, rejected, broken; None: not scored yet
    score: int | None  # thousandths
    reasons: list[str]
    parent_id: str | None  # the picture that it descends from


def candidate_of(session: Session, candidate_id: str) -> Candidate:
    """The candidate.

    Raises:
        NotFound: if there is none of that id, or it was removed.
    """
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        raise NotFound(
            "There is no candidate {candidate!r}; `gallery` lists them.",
            candidate=candidate_id[:32],
        )
    if session.get(Removal, candidate_id) is not None:
        raise _removed(candidate_id)
    return candidate


def hold(session: Session, candidate_ids: Iterable[str]) -> None:
    """Let nobody remove these candidates before the session ends that builds on them.

    Raises:
        NotFound: if one of them has been removed by now.
    """
    ids = sorted(candidate_ids)
    rows = select(Candidate.id).where(Candidate.id.in_(ids)).order_by(Candidate.id)
    session.execute(rows.with_for_update())  # SQLite has one writer at a time anyway
    gone = session.scalar(
        select(Removal.candidate_id).where(Removal.candidate_id.in_(ids)).limit(1)
    )
    if gone is not None:
        raise _removed(gone)


def _removed(candidate_id: str) -> NotFound:
    return NotFound("The picture {candidate} was removed by its creator.", candidate=candidate_id)


def not_removed() -> ColumnElement[bool]:
    """The condition that nobody removed the candidate."""
    return Candidate.id.not_in(select(Removal.candidate_id))


def candidate_rows() -> Select[Candidate, str | None, Verdict]:
    """Candidates that are not removed, with the creator's name, and the verdict or None."""
    return (
        select(Candidate, Person.name, Verdict)
        .join(Person, Person.id == Candidate.person_id)
        .outerjoin(Verdict, Verdict.candidate_id == Candidate.id)
        .where(not_removed())
    )


def candidates_of_brief(session: Session, brief_id: str) -> list[CandidateOut]:
    """The candidates of a brief, in order."""
    rows = session.execute(
        candidate_rows().where(Candidate.brief_id == brief_id).order_by(Candidate.ordinal)
    )
    return shown(rows)


def shown(rows: Iterable[Row[Candidate, str | None, Verdict]]) -> list[CandidateOut]:
    """Rows as people see them."""
    return [_shown(candidate, creator, verdict) for candidate, creator, verdict in rows]


def _shown(candidate: Candidate, creator: str | None, verdict: Verdict | None) -> CandidateOut:
    return CandidateOut(
        candidate_id=candidate.id,
        brief_id=candidate.brief_id,
        creator_id=candidate.person_id,
        creator=creator or "someone",
        collection=candidate.collection,
        ordinal=candidate.ordinal,
        seed=candidate.seed,
        traits=candidate.traits,
        image_cid=candidate.image_cid,
        width=candidate.width,
        height=candidate.height,
        verdict=verdict.verdict if verdict else None,
        score=verdict.value if verdict else None,
        reasons=list(verdict.reasons) if verdict else [],
        parent_id=candidate.parent_id,
    )
