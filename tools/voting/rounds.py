"""Rounds: open one on the shortlist or on named candidates, give it more time."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from tools.definition import BY_HAND, Input, tool
from tools.errors import Conflict
from tools.generation.tables import Candidate
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import now
from tools.voting.board import RoundOut, describe
from tools.voting.finding import lock_opening, lock_round, still_open
from tools.voting.opening import (
    Minutes,
    Quorum,
    Title,
    hidden_here,
    later,
    policy_here,
    put_up,
    without_repeats,
)
from tools.voting.shortlist import MOST_ENTRIES, take_named, take_shortlist

Candidates = Annotated[list[str], Field(max_length=MOST_ENTRIES), AfterValidator(without_repeats)]


class OpenRoundIn(Input):
    """A round to be opened; without candidates it takes the shortlist."""

    title: Title = ""
    candidate_ids: Candidates = []
    minutes: Minutes = 10
    quorum: Quorum = 1  # people who must vote
    collection: str | None = None
    places: Annotated[int, Field(ge=1, le=MOST_ENTRIES)] = 10
    """How many it takes from the shortlist at most."""
    hidden: bool | None = None
    """Whether the counts are secret until it closes; left out, as the rules of the guild say."""


class ExtendRoundIn(Input):
    """More time for a round; without an id for the one that is open."""

    minutes: Minutes
    round_id: str | None = None


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def open_round(call: OpenCall, args: OpenRoundIn) -> RoundOut:
    """Open a voting round on the shortlist, or on candidates you name."""
    with call.studio.db.write() as session:
        lock_opening(session)
        candidates = _candidates(session, call, args)
        opened = put_up(
            session,
            call,
            candidates,
            guild=call.actor.guild,
            title=args.title or f"Round on {candidates[0].collection}",
            minutes=args.minutes,
            quorum=args.quorum,
            hidden=hidden_here(call, session, args.hidden),
            policy=policy_here(call, session).model_dump(mode="json"),
        )
        shown = describe(session, opened, call.actor)
        facts: dict[str, Any] = {"eligibility": opened.eligibility}
    candidate_ids = [entry.candidate_id for entry in shown.entries]
    call.note(round=shown.round_id, candidates=candidate_ids, **facts)
    call.studio.dispatch("round", shown.round_id)
    return shown


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def extend_round(call: OpenCall, args: ExtendRoundIn) -> RoundOut:
    """Give an open round more minutes."""
    with call.studio.db.write() as session:
        extended = lock_round(session, call.actor, args.round_id)
        still_open(extended)
        if extended.closes_at <= now():
            raise Conflict("The time of round {round} is over: open another.", round=extended.id)
        extended.closes_at = later(extended, args.minutes)
        session.flush()
        shown = describe(session, extended, call.actor)
    call.studio.dispatch("round", shown.round_id)
    return shown


def _candidates(session: Session, call: OpenCall, args: OpenRoundIn) -> list[Candidate]:
    if args.candidate_ids:
        return take_named(session, args.candidate_ids, args.collection)
    collection = args.collection or call.studio.settings.collection
    return take_shortlist(session, collection, call.actor.guild, args.places)
