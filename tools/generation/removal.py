"""Taking a picture away: by who made it, or by an operator.

The row of the candidate, its records and its place in closed rounds stay: what others verify must
go on holding. The picture itself goes: it is shown, voted on, proposed and varied no more, and its
bytes leave the store unless something else refers to them.
"""

from collections.abc import Iterator

from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tools.definition import Input, Output, tool
from tools.errors import Conflict, NotFound, Refused
from tools.generation.tables import Candidate, Job, Removal, Rendition
from tools.generation.waiting import UNFINISHED
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.minting.tables import MintRequest, Token
from tools.people import Role
from tools.phrases import word
from tools.provenance.effects import OpenCall
from tools.voting.tables import Round, RoundEntry


class RemoveIn(Input):
    """Which picture to remove."""

    candidate_id: str = Field(max_length=64, description="A picture of yours.")


class RemovedOut(Output):
    """A picture that is gone."""

    candidate_id: str
    files: int  # that left the store: the picture and what was made larger of it


@tool(least_role=Role.MEMBER)
def remove_candidate(call: OpenCall, which: RemoveIn) -> RemovedOut:
    """Remove a picture of your own for good; its history stays, the picture goes."""
    with call.studio.db.write() as session:
        candidate = session.get(Candidate, which.candidate_id, with_for_update=True)
        if candidate is None:
            raise NotFound(
                "There is no candidate {candidate!r}; `gallery` lists them.",
                candidate=which.candidate_id[:32],
            )
        if session.get(Removal, candidate.id) is None:
            _check_allowed(call, candidate)
            _check_free(session, candidate)
            session.add(
                Removal(
                    candidate_id=candidate.id,
                    tool_call_id=call.id,
                    person_id=call.actor.person_id,
                )
            )
            session.flush()
        unused = [*_unused_files(session, candidate)]
    store = store_of(call.studio)  # only now: a file is never gone while its picture is there
    gone = [cid for cid in unused if store.remove(Cid.parse(cid))]
    call.note(image=candidate.image_sha256, pixels=candidate.pixel_sha256)
    return RemovedOut(candidate_id=candidate.id, files=len(gone))


def _check_allowed(call: OpenCall, candidate: Candidate) -> None:
    if candidate.person_id != call.actor.person_id and not call.role.reaches(Role.OPERATOR):
        raise Refused("This picture is someone else's: only they or an operator can remove it.")


def _check_free(session: Session, candidate: Candidate) -> None:
    """Whether nothing goes on with the picture that needs it."""
    if session.scalar(select(Token.id).filter_by(candidate_id=candidate.id)):
        raise Conflict(
            "{candidate} is minted: a token cannot be taken back.", candidate=candidate.id
        )
    live = select(MintRequest).where(
        MintRequest.candidate_id == candidate.id, MintRequest.state != "rejected"
    )
    request = session.scalars(live).first()
    if request is not None:
        raise Conflict(
            "{candidate} is in the mint request {request}, which is {state}: it has to be rejected"
            " first.",
            candidate=candidate.id,
            request=request.id,
            state=word(request.state),
        )
    _check_no_round(session, candidate)
    _check_job_ended(session, candidate)


def _check_no_round(session: Session, candidate: Candidate) -> None:
    standing = session.scalar(
        select(Round.id)
        .join(RoundEntry, RoundEntry.round_id == Round.id)
        .where(RoundEntry.candidate_id == candidate.id, Round.state == "open")
    )
    if standing is not None:
        raise Conflict(
            "{candidate} stands in the open round {round}: wait until it has closed.",
            candidate=candidate.id,
            round=standing,
        )


def _check_job_ended(session: Session, candidate: Candidate) -> None:
    job = session.scalars(select(Job).filter_by(brief_id=candidate.brief_id)).first()
    if job is not None and job.state in UNFINISHED:
        raise Conflict(
            "{candidate} belongs to the job {job}, which is {state}: wait until it has ended.",
            candidate=candidate.id,
            job=job.id,
            state=word(job.state),
        )


def _unused_files(session: Session, candidate: Candidate) -> Iterator[str]:
    """The files of the picture that nothing else refers to."""
    enlarged = session.scalars(select(Rendition.image_cid).filter_by(candidate_id=candidate.id))
    for cid in {candidate.image_cid, *enlarged}:
        if not any(session.scalar(others) for others in _references(cid, candidate)):
            yield cid


def _references(cid: str, candidate: Candidate) -> Iterator[Select[str]]:
    """Where else the file may be needed: by pictures that are there, and by mint requests."""
    gone = select(Removal.candidate_id)
    yield select(Candidate.id).where(
        Candidate.image_cid == cid, Candidate.id != candidate.id, Candidate.id.not_in(gone)
    )
    yield select(Rendition.id).where(
        Rendition.image_cid == cid,
        Rendition.candidate_id != candidate.id,
        Rendition.candidate_id.not_in(gone),
    )
    yield select(MintRequest.id).where(MintRequest.image_cid == cid)
