"""Which steps of a history nobody may read yet: ballots in rounds that keep their counts secret.

Until such a round is closed, a history tells that somebody voted, but not for what. Nor does it
give the digests of these records: with so few candidates, who knows everything else in a record
could try each of them until its digest fits.
"""

from collections.abc import Iterable

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from tools.verification.records import RecordedCall
from tools.voting.tables import Ballot, Round

BALLOTS = ("vote", "withdraw_vote", "reconcile_round")  # the tools that cast them


def sealed_calls(session: Session, story: Iterable[RecordedCall]) -> frozenset[str]:
    """The ids of the calls that cast ballots in a round whose counts are secret now."""
    secret = Round.hidden.is_(true()) & (Round.state != "closed")
    rounds = set(session.scalars(select(Round.id).where(secret)))
    if not rounds:
        return frozenset()
    kept = set(session.scalars(select(Ballot.tool_call_id).where(Ballot.round_id.in_(rounds))))
    casting = (call for call in story if call.tool in BALLOTS)
    return frozenset(call.id for call in casting if call.id in kept or _round_of(call) in rounds)


def _round_of(call: RecordedCall) -> object:
    return call.result.get("round_id") or call.arguments.get("round_id")
