"""Verdicts say why; shortlists are good, diverse and the same for everybody."""

import random
from dataclasses import asdict, replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import InvalidInput
from tools.scoring.checks import Check
from tools.scoring.duplicates import Neighbour, distance
from tools.scoring.scores import Score, ramp
from tools.scoring.verdict import Contender, Outcome, Thresholds, Verdict, judge, shortlist

SOUND = Check(True)
GOOD = Score("quality", "1", 900)
POOR = Score("quality", "1", 500, ("it looks like noise",))
TRUE = Score("fidelity", "1", 950, (), (("species", 950),))
FALSE = Score(
    "fidelity",
    "1",
    400,
    ("asked for headgear crown, reader sees none (0.93)",),
    (("species", 800), ("headgear", 0)),
)
FAR = Neighbour("cand-7", 70)
DEFAULT = Thresholds()

contenders = st.lists(
    st.builds(
        Contender,
        st.uuids().map(str),
        st.integers(0, 1000),
        st.binary(min_size=32, max_size=32).map(bytes.hex),
    ),
    max_size=12,
    unique_by=lambda contender: contender.id,
)


def test_a_good_true_and_new_picture_is_shortlisted_with_its_merits() -> None:
    verdict = judge(SOUND, GOOD, TRUE, FAR, DEFAULT)
    assert verdict.outcome is Outcome.SHORTLISTED
    assert verdict.composite == 930
    assert verdict.reasons == (
        "shows 1 of 1 wished traits (fidelity 950)",
        "picture quality 900",
        "nearest known picture differs in 70 of 256 bits",
    )


def test_a_broken_render_is_broken_whatever_its_scores() -> None:
    verdict = judge(Check(False, ("The picture is blank.",)), GOOD, TRUE, FAR, DEFAULT)
    assert (verdict.outcome, verdict.composite) == (Outcome.BROKEN, 0)
    assert verdict.reasons == ("The picture is blank.",)
    assert judge(Check(False), None, None, None, DEFAULT).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("quality", "fidelity", "nearest", "says"),
    [
        (POOR, TRUE, FAR, ("picture quality 500, at least 650 is asked", "it looks like noise")),
        (GOOD, FALSE, FAR, ("fidelity 400, at least 600 is asked", FALSE.reasons[0])),
        (GOOD, TRUE, Neighbour("cand-3", 4), ("near duplicate of cand-3 (4 of 256 bits differ)",)),
    ],
)
def test_each_missed_threshold_rejects_and_is_explained(
    quality: Score, fidelity: Score, nearest: Neighbour, says: tuple[str, ...]
) -> None:
    verdict = judge(SOUND, quality, fidelity, nearest, DEFAULT)
    assert verdict.outcome is Outcome.REJECTED
    assert verdict.reasons == says


def test_all_misses_are_listed_together() -> None:
    verdict = judge(SOUND, POOR, FALSE, Neighbour("x", 0), DEFAULT)
    assert len(verdict.reasons) == 5


def test_without_a_wish_the_quality_alone_counts() -> None:
    verdict = judge(SOUND, GOOD, None, None, DEFAULT)
    assert (verdict.outcome, verdict.composite) == (Outcome.SHORTLISTED, 900)
    assert verdict.reasons == ("picture quality 900",)


def test_a_threshold_is_met_by_equality_and_a_duplicate_too() -> None:
    exact = replace(GOOD, value=DEFAULT.quality_at_least)
    assert judge(SOUND, exact, None, None, DEFAULT).outcome is Outcome.SHORTLISTED
    at = Neighbour("x", DEFAULT.duplicate_within)
    assert judge(SOUND, GOOD, None, at, DEFAULT).outcome is Outcome.REJECTED
    beyond = Neighbour("x", DEFAULT.duplicate_within + 1)
    assert judge(SOUND, GOOD, None, beyond, DEFAULT).outcome is Outcome.SHORTLISTED


def test_a_sound_picture_needs_its_quality() -> None:
    with pytest.raises(InvalidInput, match="measure it first"):
        judge(SOUND, None, None, None, DEFAULT)


def test_a_verdict_is_exact_when_written_down() -> None:
    verdict = judge(SOUND, GOOD, FALSE, FAR, DEFAULT)
    written = orjson.loads(orjson.dumps(asdict(verdict)))
    assert written["outcome"] == "rejected"
    assert not any(isinstance(value, float) for value in written["thresholds"].values())
    assert (
        Verdict(
            Outcome(written["outcome"]),
            written["composite"],
            tuple(written["reasons"]),
            Thresholds(**written["thresholds"]),
            written["scorer"],
            written["version"],
        )
        == verdict
    )


@pytest.mark.parametrize(
    "wrong", [{"quality_at_least": 1001}, {"fidelity_weight": -1}, {"duplicate_within": 257}]
)
def test_thresholds_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        Thresholds(**wrong)


def test_the_shortlist_prefers_a_good_stranger_to_a_slightly_better_twin() -> None:
    best = Contender("best", 950, "0" * 64)
    twin = Contender("twin", 940, "0" * 60 + "00ff")
    stranger = Contender("stranger", 900, "f" * 32 + "0" * 32)
    picks = shortlist([twin, stranger, best], 2, DEFAULT)
    assert [(pick.id, pick.place, pick.distance) for pick in picks] == [
        ("best", 1, None),
        ("stranger", 2, 128),
    ]
    by_merit = shortlist([twin, stranger, best], 2, Thresholds(diversity_weight=0))
    assert [pick.id for pick in by_merit] == ["best", "twin"]


def test_near_duplicates_do_not_share_a_shortlist() -> None:
    same = [Contender(name, 900, "0" * 64) for name in "cab"]
    assert [pick.id for pick in shortlist(same, 3, DEFAULT)] == ["a"]


@given(contenders, st.integers(1, 12), st.integers(0, 2**32))
def test_a_shortlist_is_the_same_in_any_order_and_has_no_duplicates(
    pool: list[Contender], places: int, seed: int
) -> None:
    picks = shortlist(pool, places, DEFAULT)
    shuffled = random.Random(seed).sample(pool, len(pool))
    assert shortlist(shuffled, places, DEFAULT) == picks
    assert [pick.place for pick in picks] == list(range(1, len(picks) + 1))
    assert len(picks) <= places
    hashes = {c.id: c.perceptual_hash for c in pool}
    chosen = [hashes[pick.id] for pick in picks]
    assert all(
        distance(a, b) > DEFAULT.duplicate_within for n, a in enumerate(chosen) for b in chosen[:n]
    )


@given(contenders.filter(bool))
def test_the_first_place_goes_to_the_best(pool: list[Contender]) -> None:
    assert shortlist(pool, 1, DEFAULT)[0].composite == max(c.composite for c in pool)


def test_a_shortlist_without_places_is_refused_and_one_without_contenders_is_empty() -> None:
    with pytest.raises(InvalidInput, match="at least one place"):
        shortlist([], 0, DEFAULT)
    assert shortlist([], 5, DEFAULT) == []


@given(st.integers(-5000, 5000), st.integers(0, 900), st.integers(1, 900))
def test_a_ramp_rises_from_nothing_to_full_and_falls_the_other_way(
    value: int, low: int, width: int
) -> None:
    rising, falling = ramp(value, low, low + width), ramp(value, low + width, low)
    assert 0 <= rising <= 1000
    assert ramp(low, low, low + width) == 0
    assert ramp(low + width, low, low + width) == 1000
    assert abs(rising + falling - 1000) <= 1
