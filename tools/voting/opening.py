"""Opening rounds: what every round begins with, whether a person or a bracket opens it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from tools.community.rules import rules_of
from tools.definition import PRIVATE
from tools.errors import InvalidInput
from tools.generation.candidates import hold
from tools.generation.tables import Candidate
from tools.phrases import phrase
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.tables import now
from tools.voting.eligibility import Policy
from tools.voting.tables import Round, RoundEntry

LONGEST = timedelta(days=30)  # from opening to closing, extensions included
_ZERO_WIDTH_JOINER = "\u200d"  # holds emoji together; every other invisible character is refused


def _visible(title: str) -> str:
    if not title.replace(_ZERO_WIDTH_JOINER, "").isprintable():
        raise ValueError(phrase("write it on one line, with visible characters only"))
    return title


def without_repeats(candidate_ids: list[str]) -> list[str]:
    """A list that names each candidate once."""
    if len(set(candidate_ids)) < len(candidate_ids):
        raise ValueError(phrase("name each candidate once"))
    return candidate_ids


Minutes = Annotated[float, Field(ge=0.02, le=LONGEST.total_seconds() / 60, allow_inf_nan=False)]
Quorum = Annotated[int, Field(ge=1, le=100_000)]
Title = Annotated[str, Field(max_length=200), AfterValidator(_visible), PRIVATE]


def policy_here(call: OpenCall, session: Session) -> Policy:
    """The rules of eligibility that the guild has now, for a round that opens."""
    asked = rules_of(call.studio, call.actor.guild, call.actor.channel, session).eligibility
    return Policy(
        min_account_days=asked.min_account_days,
        min_member_days=asked.min_member_days,
        groups=asked.groups,
    )


def hidden_here(call: OpenCall, session: Session, wish: bool | None) -> bool:
    """Whether the counts of a new round are kept secret: as wished, else as the rules say."""
    if wish is not None:
        return wish
    return rules_of(call.studio, call.actor.guild, call.actor.channel, session).hidden_counts


def put_up(
    session: Session,
    call: OpenCall,
    candidates: Sequence[Candidate],
    *,
    guild: str,
    title: str,
    minutes: float,
    quorum: int,
    hidden: bool,
    policy: dict[str, Any],
    bracket_id: str | None = None,
    stage: int | None = None,
) -> Round:
    """Open a round from now on, with the candidates under numbers from 1 in their order.

    Raises:
        NotFound: if one of them has been removed at this moment.
    """
    hold(session, [candidate.id for candidate in candidates])
    moment = now()
    opened = Round(
        id=short_id("rnd"),
        tool_call_id=call.id,
        collection=candidates[0].collection,
        guild=guild,
        title=title,
        quorum=quorum,
        opens_at=moment,
        closes_at=moment + timedelta(minutes=minutes),
        state="open",
        hidden=hidden,
        eligibility=policy,
        bracket_id=bracket_id,
        stage=stage,
    )
    session.add(opened)
    session.flush()
    session.add_all(_entries(opened, candidates))
    session.flush()
    return opened


def _entries(opened: Round, candidates: Sequence[Candidate]) -> list[RoundEntry]:
    return [
        RoundEntry(
            round_id=opened.id,
            number=number,
            candidate_id=candidate.id,
            tool_call_id=opened.tool_call_id,
        )
        for number, candidate in enumerate(candidates, start=1)
    ]


def later(round_: Round, minutes: float) -> datetime:
    """When a round closes that gets so many minutes more.

    Raises:
        InvalidInput: if it would last too long.
    """
    moment = round_.closes_at + timedelta(minutes=minutes)
    if moment - round_.opens_at > LONGEST:
        raise InvalidInput(
            "A round lasts {days} days at most, extensions included.", days=LONGEST.days
        )
    return moment
