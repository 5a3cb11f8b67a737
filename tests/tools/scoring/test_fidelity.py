"""Fidelity compares what was asked for with what is seen, and says what is missing."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tools.scoring.fidelity import fidelity


@dataclass(frozen=True)
class Seen:
    value: str
    confidence: float


SEEN = {
    "species": Seen("fox", 0.98),
    "headgear": Seen("none", 0.93),
    "eyes": Seen("round", 0.41),
    "mouth": Seen("smile", 0.99),
}

values = st.sampled_from(["a", "b", "c"])


def test_a_picture_that_shows_everything_scores_the_readers_confidence() -> None:
    score = fidelity({"species": "fox", "mouth": "smile"}, SEEN, "3")
    assert score is not None
    assert (score.value, score.reasons, score.version) == (985, (), "1+reader-3")


def test_what_is_missing_is_named_with_what_is_seen_instead() -> None:
    score = fidelity({"species": "fox", "headgear": "crown"}, SEEN, "3")
    assert score is not None
    assert score.value == 490
    assert score.reasons == ("asked for headgear crown, reader sees none (0.93)",)


def test_a_doubtful_sighting_is_named_and_counts_little() -> None:
    score = fidelity({"eyes": "round"}, SEEN, "3")
    assert score is not None
    assert score.value == 410
    assert score.reasons == ("asked for eyes round, reader is not sure of it (0.41)",)


def test_nothing_is_said_where_nothing_can_be_judged() -> None:
    assert fidelity({}, SEEN, "3") is None
    assert fidelity({"mood": "gloomy"}, SEEN, "3") is None


def test_wishes_the_reader_does_not_know_are_not_held_against_the_picture() -> None:
    with_mood = fidelity({"species": "fox", "mood": "gloomy"}, SEEN, "3")
    assert with_mood == fidelity({"species": "fox"}, SEEN, "3")


@given(
    st.dictionaries(st.sampled_from("uvwxyz"), values, min_size=1),
    st.dictionaries(st.sampled_from("uvwxyz"), st.builds(Seen, values, st.floats(0, 1))),
)
def test_showing_one_more_wish_never_lowers_the_score(
    wished: dict[str, str], seen: dict[str, Seen]
) -> None:
    before = fidelity(wished, seen, "1")
    if before is None:
        return
    better = seen | {c: Seen(wished[c], 1.0) for c in list(wished)[:1] if c in seen}
    after = fidelity(wished, better, "1")
    assert after is not None
    assert 0 <= before.value <= after.value <= 1000
