"""Steps about the vote that chose the picture: the count made again, and the ballots behind it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tools.metadata.token_json import TokenJson
from tools.provenance.canonical import digest
from tools.verification.evidence import Evidence
from tools.verification.records import Body, RecordedCall, Story, differences, mapping
from tools.verification.report import Step, failed, judged, not_checked, quoted
from tools.voting.tables import Round
from tools.voting.tally import Entrant, Tally, Vote, count

_TALLY = "The tally, counted again from its ballots, has the hash in the JSON and this winner"
_BALLOTS = "Every ballot in the tally has its own record by that person, and none is left out"
_VOTE, _WITHDRAW = "vote", "withdraw_vote"


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
    detail = f"{evidence.tally.get('voters')} ballots in round {evidence.tally.get('round')}"
    yield judged("tally", _TALLY, wrong, detail)
    yield _ballots_step(evidence.story, evidence.tally)


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
        round_ = Round(
            id=tally["round"],
            collection=tally["collection"],
            opens_at=datetime.fromisoformat(tally["opened"]),
            closed_at=datetime.fromisoformat(tally["closed"]),
            quorum=tally["quorum"],
        )
        entrants = [Entrant(c["candidate"], c["number"], c["score"]) for c in tally["candidates"]]
        return count(round_, entrants, [Vote(*ballot) for ballot in tally["ballots"]])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


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


def _ballots_step(story: Story, tally: Mapping[str, Any]) -> Step:
    wrong = [*_unrecorded(story, tally), *_left_out(story, tally)]
    return judged("ballots", _BALLOTS, wrong, f"{len(_pairs(tally))} of {len(_pairs(tally))}")


def _pairs(tally: Mapping[str, Any]) -> list[tuple[str, str]]:
    ballots = tally.get("ballots")
    pairs = ballots if isinstance(ballots, list) else []
    return [(str(p[0]), str(p[1])) for p in pairs if isinstance(p, list) and len(p) == 2]


def _unrecorded(story: Story, tally: Mapping[str, Any]) -> Iterator[str]:
    """Ballots of the tally for which the log has no vote."""
    votes = defaultdict(list)
    for call in story.of_tool(_VOTE):
        votes[call.actor].append(call)
    for person, candidate in _pairs(tally):
        if not any(_is_vote_for(call, tally, candidate) for call in votes[person]):
            yield f"no record says that {quoted(person)} voted for {candidate}"


def _is_vote_for(call: RecordedCall, tally: Mapping[str, Any], candidate: str) -> bool:
    if call.was_cut_off:  # what it did is known from the tally only
        return True
    return call.is_settled and _is_in(call.result, tally, candidate)


def _is_in(result: Body, tally: Mapping[str, Any], candidate: str) -> bool:
    return result.get("round_id") == tally.get("round") and result.get("candidate_id") == candidate


def _left_out(story: Story, tally: Mapping[str, Any]) -> Iterator[str]:
    """People who voted and never withdrew, but whom the tally does not count."""
    counted = {person for person, _ in _pairs(tally)}
    withdrew = {call.actor for call in story.of_tool(_WITHDRAW)}
    for call in story.of_tool(_VOTE):
        in_round = call.is_settled and call.result.get("round_id") == tally.get("round")
        if in_round and call.actor not in counted | withdrew:
            voted = mapping(call.result).get("candidate_id")
            yield f"{call.place}: {quoted(call.actor)} voted for {voted} and is not in the tally"
