"""Approval by several: who has endorsed a request, and whose endorsement counts at this moment.

An endorsement counts if it is of exactly the content as it is frozen, by someone else than the
requester, who still is an operator of the guild. All of that is read afresh each time: an operator
who lost the role between approving and minting is counted no more.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.minting.tables import Endorsement, MintRequest
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Membership


def counting(session: Session, request: MintRequest) -> list[Endorsement]:
    """The endorsements that count now, in the order they were given; one for each person."""
    query = (
        select(Endorsement)
        .join(Membership, Membership.person_id == Endorsement.person_id)
        .where(
            Endorsement.mint_request_id == request.id,
            Endorsement.frozen_digest == request.frozen_digest,
            Endorsement.person_id != request.requester_id,
            Membership.guild == request.guild,
            Membership.role == Role.OPERATOR.value,
        )
        .order_by(Endorsement.endorsed_at, Endorsement.person_id)
    )
    return list(session.scalars(query))


def is_endorsed_by(session: Session, request: MintRequest, person_id: str) -> bool:
    """Whether this person has endorsed the request."""
    return session.get(Endorsement, (request.id, person_id)) is not None


def endorse(session: Session, call: OpenCall, request: MintRequest) -> int:
    """Write down that the caller endorses the request; returns how many count now."""
    session.add(
        Endorsement(
            mint_request_id=request.id,
            person_id=call.actor.person_id,
            tool_call_id=call.id,
            frozen_digest=request.frozen_digest,
        )
    )
    session.flush()
    return len(counting(session, request))
