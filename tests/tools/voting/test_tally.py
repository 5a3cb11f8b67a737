"""The count is deterministic, open to a recount, and blind to when votes were cast."""

import json
from random import Random

from tests.tools.voting.conftest import Hall
from tools.provenance.canonical import digest
from tools.provenance.tables import Person, now
from tools.voting.tables import Round
from tools.voting.tally import Entrant, Vote, count, recount


def _round(quorum: int = 1) -> Round:
    return Round(
        id="rnd_test",
        collection="mintlings",
        quorum=quorum,
        opens_at=now(),
        closes_at=now(),
        closed_at=now(),
    )


ENTRANTS = [Entrant("cnd_a", 1, 500), Entrant("cnd_b", 2, 700), Entrant("cnd_c", 3, 700)]


def _votes(*candidates: str) -> list[Vote]:
    return [Vote(f"sha256:{number}", candidate) for number, candidate in enumerate(candidates)]


def test_more_votes_win_over_a_higher_score() -> None:
    tally = count(_round(), ENTRANTS, _votes("cnd_a", "cnd_a", "cnd_b"))
    assert tally.winner_id == "cnd_a"
    assert tally.outcome == "Number 1 wins with 2 of 3 votes."


def test_level_votes_are_decided_by_score() -> None:
    tally = count(_round(), ENTRANTS, _votes("cnd_a", "cnd_b"))
    assert tally.winner_id == "cnd_b"
    assert (
        tally.outcome == "Number 2 wins with 1 of 2 votes, level with 1 and decided by its score."
    )


def test_level_votes_and_scores_are_decided_by_a_lot_that_order_cannot_move() -> None:
    round_ = _round()
    votes = _votes("cnd_b", "cnd_c", "cnd_b", "cnd_c")
    hashes = set()
    for seed in range(20):
        Random(seed).shuffle(votes)
        tally = count(round_, ENTRANTS[:: 1 if seed % 2 else -1], votes)
        hashes.add(tally.hash)
        lots = {line["candidate"]: line["lot"] for line in tally.body["candidates"]}
        assert tally.winner_id == min(("cnd_b", "cnd_c"), key=lots.__getitem__)
        assert "decided by lot" in tally.outcome
    assert len(hashes) == 1


def test_below_the_quorum_nobody_wins() -> None:
    tally = count(_round(quorum=3), ENTRANTS, _votes("cnd_a", "cnd_a"))
    assert tally.winner_id is None
    assert not tally.body["quorum_met"]
    assert tally.outcome == "No winner: 2 people voted, and the quorum is 3."


def test_the_hash_covers_every_ballot() -> None:
    one = count(_round(), ENTRANTS, _votes("cnd_a", "cnd_a", "cnd_b"))
    other = count(_round(), ENTRANTS, _votes("cnd_a", "cnd_b", "cnd_a"))
    assert one.winner_id == other.winner_id
    assert one.hash != other.hash
    assert digest(json.loads(json.dumps(one.body))) == one.hash


def test_the_tally_kept_when_a_round_closes_is_what_a_recount_gives(either_hall: Hall) -> None:
    first, second = either_hall.picture(), either_hall.picture()
    round_id = either_hall.open(candidate_ids=[first, second])
    carol, dave = either_hall.person("carol"), either_hall.person("dave")
    either_hall.vote(carol, "1")
    either_hall.vote(dave, "1")
    either_hall.vote(carol, "2")
    either_hall.withdraw(dave)

    closed = either_hall.close(round_id)

    with either_hall.studio.db.read() as session:
        kept = session.get_one(Round, round_id)
        commitment = session.get_one(Person, carol.person_id).commitment
        again = recount(session, kept)
    assert closed.winner_id == second
    assert kept.tally is not None
    assert kept.tally["ballots"] == [[commitment, second]]
    assert again.body == kept.tally
    assert again.hash == kept.tally_hash == digest(kept.tally) == closed.tally_hash
