"""Steps about the vote that chose the picture: the count made again, and the ballots behind it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tools.metadata.token_json import TokenJson
from tools.provenance.canonical import digest
from tools.verification.evidence import Evidence
from tools.verification.records import Body, RecordedCall, Story, differences, mapping
from tools.verification.report import Step, failed, judged, not_checked, quoted
from tools.voting.eligibility import policy_named
from tools.voting.tables import Round
from tools.voting.tally import SCHEMA_1, Entrant, Tally, Vote, count

_TALLY = "The tally, counted again from its ballots, has the hash in the JSON and this winner"
_BALLOTS = "Every ballot in the tally has its own record by that person, and none is left out"
_VOTE, _WITHDRAW, _RECONCILE = "vote", "withdraw_vote", "reconcile_round"
_CAST = ("added", "changed", "unchanged")
_OPENING = ("open_round", "open_bracket", "advance_bracket")


class Told(NamedTuple):
    """One ballot as a record tells of it."""

    kind: object
    candidate: object
    place: str  # in the log


def choosing_steps(evidence: Evidence, document: TokenJson) -> Iterator[Step]:
    """The tally, then its ballots."""
    origin = document.provenance.origin
    if origin.tally_hash is None:
        why = "no vote chose this picture: an operator proposed it."
        yield not_checked("tally", _TALLY, why)
        return
    if evidence.tally is None:
        yield failed("tally", _TALLY, f"the tally {origin.tally_hash} is not there.")
        return
    wrong = list(tally_faults(evidence.tally, origin.tally_hash, origin.candidate))
    closing = closing_of(evidence.story, evidence.tally.get("round"))
    wrong += _closing_faults(closing, origin.tally_hash, origin.candidate)
    wrong += opening_faults(evidence.story, evidence.tally)
    detail = f"{evidence.tally.get('voters')} ballots in round {evidence.tally.get('round')}"
    yield judged("tally", _TALLY, wrong, detail)
    yield ballots_step(evidence.story, evidence.tally)


def tally_faults(tally: Mapping[str, Any], tally_hash: str, winner: str) -> Iterator[str]:
    """What does not hold in a tally: its hash, its count, its winner."""
    if digest(tally) != tally_hash:
        yield f"the tally has the hash {digest(tally)}, the JSON says {tally_hash}"
    again = count_again(tally)
    if again is None:
        yield "the tally cannot be counted again: its form is wrong"
    else:
        yield from differences(tally, again.body, "counting again")
    yield from differences(tally, {"winner": winner}, "the JSON")


def count_again(tally: Mapping[str, Any]) -> Tally | None:
    """Count the ballots of a tally by the rule of the round; None if it is no tally."""
    try:
        entrants = [Entrant(c["candidate"], c["number"], c["score"]) for c in tally["candidates"]]
        return count(_round_of(tally), entrants, [Vote(*ballot) for ballot in tally["ballots"]])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _round_of(tally: Mapping[str, Any]) -> Round:
    """The round as its tally tells of it."""
    round_ = Round(
        id=tally["round"],
        collection=tally["collection"],
        opens_at=datetime.fromisoformat(tally["opened"]),
        closed_at=datetime.fromisoformat(tally["closed"]),
        quorum=tally["quorum"],
    )
    if tally["schema"] != SCHEMA_1:
        began = tally["reconciled"]
        round_.eligibility = policy_named(tally["eligibility"]).model_dump(mode="json")
        round_.closes_at = datetime.fromisoformat(tally["ended"])
        round_.counted_by = tally["counted_by"]
        round_.reconciled_at = None if began is None else datetime.fromisoformat(began)
    return round_


def closing_of(story: Story, round_id: object) -> RecordedCall | None:
    """The call that closed the round."""
    found = story.of_tool("close_round", "close_due_round", round_id=round_id)
    return next((call for call in found if call.is_settled or call.was_cut_off), None)


def _closing_faults(call: RecordedCall | None, tally_hash: str, winner: str) -> Iterator[str]:
    if call is None:
        yield "no record closed the round"
    elif call.is_settled:
        meant = {"tally_hash": tally_hash, "winner": winner}
        yield from (f"{call.place}: {d}" for d in differences(call.facts, meant, "the JSON"))


def opening_faults(story: Story, tally: Mapping[str, Any]) -> Iterator[str]:
    """Whether the tally was counted by the rules that the round was opened with."""
    for call in story.of_tool(*_OPENING):
        opened = call.facts.get("opened")
        for said in opened if isinstance(opened, list) else [call.facts]:
            facts = mapping(said)
            if facts.get("round") == tally.get("round") and "eligibility" in facts:
                meant = {"eligibility": facts["eligibility"]}
                yield from (f"{call.place}: {d}" for d in differences(tally, meant, "the record"))


def ballots_step(story: Story, tally: Mapping[str, Any]) -> Step:
    """The ballots of a tally against the records of those who cast them."""
    wrong = [*_unrecorded(story, tally), *_left_out(story, tally)]
    return judged("ballots", _BALLOTS, wrong, f"{len(_pairs(tally))} of {len(_pairs(tally))}")


def _pairs(tally: Mapping[str, Any]) -> list[tuple[str, str]]:
    ballots = tally.get("ballots")
    pairs = ballots if isinstance(ballots, list) else []
    return [(str(p[0]), str(p[1])) for p in pairs if isinstance(p, list) and len(p) == 2]


def _unrecorded(story: Story, tally: Mapping[str, Any]) -> Iterator[str]:
    """Ballots of the tally for which the log has no vote."""
    told = _told(story, tally)
    cut_off = any(call.was_cut_off for call in _reconciled(story, tally))
    by_hand = {call.actor for call in story.of_tool(_VOTE) if call.was_cut_off}
    for person, candidate in _pairs(tally):
        known = any(chosen == candidate for kind, chosen, _ in told[person] if kind in _CAST)
        if not (known or cut_off or person in by_hand):  # those are known from the tally only
            yield f"no record says that {quoted(person)} voted for {candidate}"


def _left_out(story: Story, tally: Mapping[str, Any]) -> Iterator[str]:
    """People who voted and never withdrew, but whom the tally does not count."""
    counted = {person for person, _ in _pairs(tally)}
    if any(call.was_cut_off for call in _reconciled(story, tally)):
        return  # it may have taken any vote back
    cut_off = {call.actor for call in story.of_tool(_WITHDRAW) if call.was_cut_off}
    for person, told in _told(story, tally).items():
        if person in counted | cut_off or any(kind == "withdrawn" for kind, *_ in told):
            continue
        for kind, chosen, place in told:
            if kind in _CAST:
                yield f"{place}: {quoted(person)} voted for {chosen} and is not in the tally"


def _told(story: Story, tally: Mapping[str, Any]) -> dict[str, list[Told]]:
    """For each person what the records tell of their ballots in the round of a tally."""
    told: dict[str, list[Told]] = defaultdict(list)
    for call in story.of_tool(_VOTE, _WITHDRAW):
        if call.is_settled and call.result.get("round_id") == tally.get("round"):
            told[str(call.actor)].append(
                Told(call.result.get("kind"), call.result.get("candidate_id"), call.place)
            )
    for call in _reconciled(story, tally):
        for line in ballots_told(call):
            ballot = Told(line.get("kind"), line.get("candidate"), call.place)
            told[str(line.get("person"))].append(ballot)
    return told


def ballots_told(call: RecordedCall) -> list[Body]:
    """The ballots that the record of a reconciliation tells of."""
    lines = call.facts.get("ballots")
    return [mapping(line) for line in lines] if isinstance(lines, list) else []


def _reconciled(story: Story, tally: Mapping[str, Any]) -> list[RecordedCall]:
    return story.of_tool(_RECONCILE, round_id=tally.get("round"))
