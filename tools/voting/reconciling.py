"""Reconciling: a front end tells how votes changed while it was not looking.

People vote by reactions, and a reaction comes and goes also while no process is there. A front end
that counts a round compares what it sees now with what it saw last, and reports the differences
only: a vote that came by a button or a command and never was a reaction is not touched. Each
difference is judged and kept like a live vote. All of one report is one transaction and one record.

A comparison that began after the round's time was over, and was reported to its end, lets the
round close (`closing.py`).
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from tools.definition import BY_WORKFLOW, PRIVATE, Input, Output, tool
from tools.errors import Conflict, MintmarkError, NotFound
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import now
from tools.voting.ballots import paused
from tools.voting.board import voters_in
from tools.voting.casting import Booth, Cast
from tools.voting.finding import lock_round, still_open

MOST_SEEN = 20_000  # differences in one report; more are told in several

FrontEnd = Annotated[str, Field(min_length=1, max_length=32)]


class SeenVote(Input):
    """A person whose reaction is another than the front end knew."""

    person_id: str
    number: Annotated[int, Field(ge=0, lt=10**9)] | None  # what they have now; None: nothing
    was: int | None = None
    """Only with `number` None: what they had. A vote that has moved elsewhere since is left."""


class ReconcileRoundIn(Input):
    """What a front end saw in a round."""

    round_id: str
    front_end: FrontEnd
    seen: Annotated[list[SeenVote], Field(max_length=MOST_SEEN), PRIVATE]
    """The differences, in the order in which they happened as far as that is known. Who took one
    reaction away and set another that may be refused is named twice: first with None."""
    begun_at: AwareDatetime
    """When the front end began to look: every change before this moment is reported."""
    final: bool = True
    """Whether this report ends the comparison; False while more of the same one follows."""


class RefusedVote(Output):
    """A reaction that does not count, to be taken away and explained."""

    person_id: str
    number: int
    reason: str


class ReconciledOut(Output):
    """What came of a report."""

    round_id: str
    added: int
    changed: int
    withdrawn: int
    unchanged: int
    refused: Annotated[list[RefusedVote], PRIVATE]
    voters: int  # in the round, now


class CountRoundByIn(Input):
    """Which front end counts a round."""

    round_id: str
    front_end: FrontEnd


class CountedByOut(Output):
    """Which front end counts a round."""

    round_id: str
    front_end: str


@tool(least_role=Role.STUDIO, ways=BY_WORKFLOW)
def count_round_by(call: OpenCall, args: CountRoundByIn) -> CountedByOut:
    """Let a round close only once this front end has said what it last saw."""
    with call.studio.db.write() as session:
        round_ = lock_round(session, call.actor, args.round_id)
        still_open(round_)
        if round_.counted_by not in (None, args.front_end):
            raise Conflict(
                "Round {round} is counted by {front_end} already.",
                round=round_.id,
                front_end=round_.counted_by,
            )
        round_.counted_by = args.front_end
    return CountedByOut(round_id=args.round_id, front_end=args.front_end)


@tool(least_role=Role.STUDIO, ways=BY_WORKFLOW)
def reconcile_round(call: OpenCall, args: ReconcileRoundIn) -> ReconciledOut:
    """Take in how votes changed while a front end was not looking."""
    with call.studio.db.write() as session:
        round_ = lock_round(session, call.actor, args.round_id)
        still_open(round_)
        booth = Booth(session, round_, call.id, (seen.person_id for seen in args.seen))
        _all_known(booth, args)
        bar = paused(call, session, round_)
        steps = [(seen, _step(booth, seen, bar)) for seen in args.seen]
        booth.keep()
        if args.final:
            round_.reconciled_at = min(args.begun_at, now())
        shown = _out(session, round_.id, steps)
    call.note(ballots=list(_lines(booth, (step for _, step in steps))))
    if args.final:
        call.studio.dispatch("round", args.round_id)
    return shown


def _all_known(booth: Booth, args: ReconcileRoundIn) -> None:
    for seen in args.seen:
        voter = booth.voters.get(seen.person_id)
        if voter is None or voter.front_end != args.front_end:
            raise NotFound(
                "{front_end} has signed in nobody who is {person!r}.",
                front_end=args.front_end,
                person=seen.person_id,
            )


def _step(booth: Booth, seen: SeenVote, bar: MintmarkError | None) -> Cast | None:
    """What becomes of one difference; None if there was nothing to take back."""
    if seen.number is not None:
        return booth.cast(seen.person_id, str(seen.number), bar)
    stands = booth.stands_on(seen.person_id)
    if seen.was is not None and stands is not None and stands.number != seen.was:
        return None
    return booth.take_back(seen.person_id)


def _lines(booth: Booth, steps: Iterable[Cast | None]) -> Iterator[dict[str, Any]]:
    """Every ballot that was kept, in its order."""
    for step in steps:
        if step is not None and step.kind != "unchanged":
            yield _line(booth, step)


def _line(booth: Booth, step: Cast) -> dict[str, Any]:
    """A ballot as the record tells it: the person by commitment, as everywhere in the log."""
    line = {
        "person": booth.voters[step.person_id].commitment,
        "kind": step.kind,
        "candidate": step.choice.candidate_id if step.choice else None,
    }
    return line | ({"judged": dict(step.judged)} if step.judged else {})


def _out(
    session: Session, round_id: str, steps: Iterable[tuple[SeenVote, Cast | None]]
) -> ReconciledOut:
    taken = [(seen, step) for seen, step in steps if step is not None]
    kinds = [step.kind for _, step in taken]
    return ReconciledOut(
        round_id=round_id,
        added=kinds.count("added"),
        changed=kinds.count("changed"),
        withdrawn=kinds.count("withdrawn"),
        unchanged=kinds.count("unchanged"),
        refused=[
            RefusedVote(person_id=seen.person_id, number=seen.number, reason=str(step.error))
            for seen, step in taken
            if step.error is not None and seen.number is not None
        ],
        voters=voters_in(session, round_id),
    )
