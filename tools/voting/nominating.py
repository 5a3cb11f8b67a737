"""Nominating: a creator puts a picture to the vote, and it stands in the next round before others.

A picture is nominated once and for all: what has had its chance gets no second one by this way.
"""

from sqlalchemy import func, select

from tools.definition import Input, Output, tool
from tools.errors import Conflict
from tools.generation.candidates import hold
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.voting.finding import lock_opening
from tools.voting.shortlist import may_stand, named, waiting_nominations
from tools.voting.tables import Nomination


class NominateIn(Input):
    """Which picture to put to the vote."""

    candidate_id: str


class NominatedOut(Output):
    """A picture that waits for the next round."""

    candidate_id: str
    collection: str
    image_cid: str
    waiting: int  # nominated pictures of the collection that wait here, this one included


@tool(least_role=Role.CREATOR)
def nominate(call: OpenCall, args: NominateIn) -> NominatedOut:
    """Put a picture to the vote: it stands in the next round before others."""
    with call.studio.db.write() as session:
        lock_opening(session)
        candidate = named(session, args.candidate_id)
        if session.get(Nomination, candidate.id) is not None:
            raise Conflict("{candidate} was put to the vote already.", candidate=candidate.id)
        may_stand(session, candidate)
        hold(session, [candidate.id])
        session.add(
            Nomination(
                candidate_id=candidate.id,
                tool_call_id=call.id,
                person_id=call.actor.person_id,
                guild=call.actor.guild,
            )
        )
        session.flush()
        waiting = waiting_nominations(candidate.collection, call.actor.guild)
        number = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    return NominatedOut(
        candidate_id=candidate.id,
        collection=candidate.collection,
        image_cid=candidate.image_cid,
        waiting=number,
    )
