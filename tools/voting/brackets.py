"""Brackets: a vote too large for one round, held in stages.

The first stage has heats of a few candidates each; the winners of a stage meet in the next, until
one round is left, and its winner is the bracket's. A heat without a quorum sends nobody on. All
rounds of a bracket have the same rules of eligibility, those of the day it opened.

Each stage is opened by durable work once all rounds before it are closed (`advance_bracket`), in
one transaction with the bracket locked: so it is opened once, whoever tries.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tools.definition import BY_HAND, BY_WORKFLOW, Input, Output, PrivateText, tool
from tools.errors import Conflict, InvalidInput, NotFound
from tools.generation.tables import Candidate
from tools.people import STUDIO_ID, Actor, Role
from tools.phrases import phrase
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.tables import Person, now
from tools.voting.board import RoundLine, State, lines_of
from tools.voting.finding import lock_opening
from tools.voting.opening import (
    Minutes,
    Quorum,
    Title,
    hidden_here,
    policy_here,
    put_up,
    without_repeats,
)
from tools.voting.seeding import heats, qualified, seeded
from tools.voting.shortlist import still_there, take_named, take_shortlist
from tools.voting.tables import Bracket, Round, RoundEntry

MOST_CANDIDATES = 1_000

Many = Annotated[list[str], Field(max_length=MOST_CANDIDATES), AfterValidator(without_repeats)]


class OpenBracketIn(Input):
    """A bracket to be opened; without candidates it takes the shortlist."""

    title: Annotated[Title, Field(max_length=180)] = ""
    collection: str | None = None
    candidate_ids: Many = []
    heat_size: Annotated[int, Field(ge=2, le=25)] = 10  # candidates in one round at most
    minutes: Minutes = 60  # that each stage lasts
    quorum: Quorum = 1  # people who must vote in each round
    hidden: bool | None = None


class BracketIn(Input):
    """Which bracket; without an id the newest one."""

    bracket_id: str | None = None


class AdvanceBracketIn(Input):
    """Which bracket goes on."""

    bracket_id: str


class StageOut(Output):
    """The rounds that are held at the same time."""

    stage: int  # from 1
    rounds: list[RoundLine]


class WinnerOut(Output):
    """The picture that won."""

    candidate_id: str
    creator: PrivateText
    image_cid: str


class BracketOut(Output):
    """A bracket as it stands."""

    bracket_id: str
    title: str
    collection: str
    state: State
    candidates: int  # that began
    heat_size: int
    quorum: int
    hidden: bool
    closes_at: datetime  # the last round of the stage
    stages: list[StageOut]
    winner: WinnerOut | None
    outcome: str | None  # in words, once it is closed


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def open_bracket(call: OpenCall, args: OpenBracketIn) -> BracketOut:
    """Open a vote in stages on many candidates: heats, then rounds between their winners."""
    with call.studio.db.write() as session:
        lock_opening(session)
        candidates = _candidates(session, call, args)
        bracket = _begun(session, call, args, candidates[0].collection)
        opened = _open_stage(session, call, bracket, 1, seeded(session, bracket.id, candidates))
        shown = describe(session, bracket)
    _tell(call, bracket, opened)
    return shown


@tool(least_role=Role.MEMBER)
def show_bracket(call: OpenCall, args: BracketIn) -> BracketOut:
    """Show a vote in stages: its rounds so far, and who won."""
    with call.studio.db.read() as session:
        return describe(session, _find(session, call.actor, args.bracket_id))


@tool(least_role=Role.STUDIO, ways=BY_WORKFLOW)
def advance_bracket(call: OpenCall, args: AdvanceBracketIn) -> BracketOut:
    """Open the next stage of a bracket, or end it, once all rounds of a stage are closed."""
    with call.studio.db.write() as session:
        bracket = _find(session, call.actor, args.bracket_id)
        if session.get_bind().dialect.name == "postgresql":
            session.refresh(bracket, with_for_update=True)
        last = _last_stage(session, bracket)
        going_on = _winners(session, bracket, last)
        opened: list[Round] = []
        if len(last) > 1 and len(going_on) > 1:
            stage = (last[0].stage or 0) + 1
            opened = _open_stage(session, call, bracket, stage, going_on)
        else:
            _end(bracket, going_on)
        session.flush()
        shown = describe(session, bracket)
    _tell(call, bracket, opened)
    return shown


def due_stage(session: Session, bracket_id: str) -> int | None:
    """The stage of an open bracket whose rounds are all closed; None if one still runs."""
    bracket = session.get(Bracket, bracket_id)
    if bracket is None or bracket.state != "open":
        return None
    rounds = _rounds(session, bracket.id)
    if any(round_.state == "open" for round_ in rounds):
        return None
    return max(round_.stage or 0 for round_ in rounds)


def due_brackets(session: Session) -> list[str]:
    """The open brackets in which no round is open."""
    running = exists().where(Round.bracket_id == Bracket.id, Round.state == "open")
    return list(session.scalars(select(Bracket.id).where(Bracket.state == "open", ~running)))


def describe(session: Session, bracket: Bracket) -> BracketOut:
    """A bracket as everybody may see it."""
    rounds = _rounds(session, bracket.id)
    last = max(round_.stage or 0 for round_ in rounds)
    return BracketOut(
        bracket_id=bracket.id,
        title=bracket.title,
        collection=bracket.collection,
        state="closed" if bracket.state == "closed" else "open",
        candidates=_began(session, rounds),
        heat_size=bracket.heat_size,
        quorum=bracket.quorum,
        hidden=bracket.hidden,
        closes_at=max(round_.closes_at for round_ in rounds if round_.stage == last),
        stages=_stages(session, rounds),
        winner=_winner(session, bracket.winner_id),
        outcome=bracket.outcome,
    )


def _candidates(session: Session, call: OpenCall, args: OpenBracketIn) -> list[Candidate]:
    if args.candidate_ids:
        found = take_named(session, args.candidate_ids, args.collection)
    else:
        collection = args.collection or call.studio.settings.collection
        found = take_shortlist(session, collection, call.actor.guild, MOST_CANDIDATES)
    if len(found) < 2:
        raise InvalidInput("A bracket needs at least two candidates; for one open a round.")
    return found


def _begun(session: Session, call: OpenCall, args: OpenBracketIn, collection: str) -> Bracket:
    bracket = Bracket(
        id=short_id("bkt"),
        tool_call_id=call.id,
        collection=collection,
        guild=call.actor.guild,
        title=args.title or f"Bracket on {collection}",
        heat_size=args.heat_size,
        minutes=args.minutes,
        quorum=args.quorum,
        hidden=hidden_here(call, session, args.hidden),
        eligibility=policy_here(call, session).model_dump(mode="json"),
        state="open",
    )
    session.add(bracket)
    session.flush()
    return bracket


def _open_stage(
    session: Session, call: OpenCall, bracket: Bracket, stage: int, best_first: Sequence[Candidate]
) -> list[Round]:
    return [
        put_up(
            session,
            call,
            sorted(heat, key=lambda candidate: (candidate.created_at, candidate.id)),
            guild=bracket.guild,
            title=f"{bracket.title} · {stage}.{number}",
            minutes=bracket.minutes,
            quorum=bracket.quorum,
            hidden=bracket.hidden,
            policy=dict(bracket.eligibility or {}),
            bracket_id=bracket.id,
            stage=stage,
        )
        for number, heat in enumerate(heats(best_first, bracket.heat_size), start=1)
    ]


def _last_stage(session: Session, bracket: Bracket) -> list[Round]:
    """The rounds of the last stage, all of them closed.

    Raises:
        Conflict: if the bracket is closed, or one of them is still open.
    """
    if bracket.state != "open":
        raise Conflict("Bracket {bracket} is closed already.", bracket=bracket.id)
    rounds = _rounds(session, bracket.id)
    last = max(round_.stage or 0 for round_ in rounds)
    if any(round_.state == "open" for round_ in rounds):
        raise Conflict(
            "Stage {stage} of bracket {bracket} is not over yet.", stage=last, bracket=bracket.id
        )
    return [round_ for round_ in rounds if round_.stage == last]


def _winners(session: Session, bracket: Bracket, last: Sequence[Round]) -> list[Candidate]:
    """The winners of the last rounds that have not gone meanwhile, the strongest first."""
    return still_there(session, qualified(session, bracket.id, last))


def _end(bracket: Bracket, left: Sequence[Candidate]) -> None:
    bracket.state, bracket.closed_at = "closed", now()
    if left:
        bracket.winner_id = left[0].id
        bracket.outcome = str(phrase("{winner} wins the bracket.", winner=left[0].id))
    else:
        bracket.outcome = str(phrase("No winner: no round of the last stage reached its quorum."))


def _tell(call: OpenCall, bracket: Bracket, opened: Sequence[Round]) -> None:
    """Note what was opened, and see to it that it closes in time."""
    lines = [{"round": r.id, "stage": r.stage, "eligibility": r.eligibility} for r in opened]
    call.note(bracket=bracket.id, opened=lines, winner=bracket.winner_id)
    for round_ in opened:
        call.studio.dispatch("round", round_.id)


def _find(session: Session, actor: Actor, bracket_id: str | None) -> Bracket:
    if bracket_id is None:
        newest = select(Bracket).filter_by(guild=actor.guild).order_by(Bracket.created_at.desc())
        found = session.scalars(newest).first()
        if found is None:
            raise NotFound("There has been no bracket here: an operator opens one, /open_bracket.")
        return found
    named = session.get(Bracket, bracket_id)
    if named is None or (actor.person_id != STUDIO_ID and named.guild != actor.guild):
        raise NotFound("There is no bracket {bracket!r} here.", bracket=bracket_id[:64])
    return named


def _rounds(session: Session, bracket_id: str) -> list[Round]:
    query = select(Round).filter_by(bracket_id=bracket_id).order_by(Round.stage, Round.opens_at)
    return list(session.scalars(query))


def _stages(session: Session, rounds: Sequence[Round]) -> list[StageOut]:
    lines = {line.round_id: line for line in lines_of(session, rounds)}
    by_stage: dict[int, list[RoundLine]] = {}
    for round_ in rounds:
        by_stage.setdefault(round_.stage or 0, []).append(lines[round_.id])
    return [StageOut(stage=stage, rounds=found) for stage, found in by_stage.items()]


def _began(session: Session, rounds: Sequence[Round]) -> int:
    first = [round_.id for round_ in rounds if round_.stage == 1]
    entries: Any = select(RoundEntry.candidate_id).where(RoundEntry.round_id.in_(first))
    return len(session.scalars(entries).all())


def _winner(session: Session, candidate_id: str | None) -> WinnerOut | None:
    if candidate_id is None:
        return None
    candidate = session.get_one(Candidate, candidate_id)
    creator = session.get_one(Person, candidate.person_id).name or "someone"
    return WinnerOut(candidate_id=candidate.id, creator=creator, image_cid=candidate.image_cid)
