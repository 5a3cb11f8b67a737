"""Who may vote for what, as one small function with a version.

The version stands in every tally: a ballot is judged by the policy of its day. Whoever changes a
rule raises the version. That a voter has a role in the guild at all is checked by the door.
"""

from tools.generation.tables import Candidate
from tools.people import STUDIO_ID

POLICY = "mintmark/eligibility/v1"


def objection(person_id: str, candidate: Candidate) -> str | None:
    """Why this person may not vote for this candidate, in a sentence; None if they may."""
    if person_id == STUDIO_ID:
        return "The studio itself has no vote."
    if candidate.person_id == person_id:
        return "You made this picture: vote for somebody else's."
    return None
