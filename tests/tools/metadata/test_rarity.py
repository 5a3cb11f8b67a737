"""Rarity follows OpenRarity's order, exactly."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import isclose, log2, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import InvalidInput
from tools.metadata.rarity import Rarity, Traits, ranking, rarity

HATS: list[Traits] = [
    {"hat": "cap", "shirt": "blue"},
    {"hat": "beanie", "shirt": "red"},
    {"hat": "cap", "shirt": "red"},
    {"hat": "top hat", "shirt": "green", "accessory": "monocle"},
    {"hat": "beanie", "shirt": "blue"},
]

traits = st.dictionaries(
    st.sampled_from(["species", "hat", "eyes", "mouth"]), st.sampled_from(["a", "b", "c", "none"])
)


def float_scores(corpus: Sequence[Traits]) -> list[tuple[int, float]]:
    """The naive reading of OpenRarity, in floats: (unique traits, score) of every token."""
    tokens = [
        dict(token) | {"meta": str(sum(v != "none" for v in token.values()))} for token in corpus
    ]
    names = {name for token in tokens for name in token}
    counts = {name: Counter(token.get(name) for token in tokens) for name in names}
    n = len(tokens)
    entropy = sum(c / n * log2(n / c) for values in counts.values() for c in values.values())
    return [
        (
            sum(counts[name][token[name]] == 1 for name in token),
            sum(log2(n / counts[name][token.get(name)]) for name in names) / (entropy or 1),
        )
        for token in tokens
    ]


def test_the_token_that_nobody_resembles_is_the_rarest_and_equals_share_a_rank() -> None:
    """Known example: the fourth has three traits of its own and a trait count of its own."""
    ranked = ranking(HATS)
    assert [r.rank for r in ranked] == [2, 2, 2, 1, 2]
    assert [r.unique_traits for r in ranked] == [0, 0, 0, 4, 0]
    assert ranked[3].likelihood == "1/625"


def test_ranks_skip_after_a_tie() -> None:
    corpus = [{"s": "unique"}, {"s": "pair"}, {"s": "pair"}, *[{"s": "common"}] * 3]
    assert [r.rank for r in ranking(corpus)] == [1, 2, 2, 4, 4, 4]


def test_a_trait_of_ones_own_goes_before_any_score() -> None:
    pairs = [{"a": "p", "b": "p", "c": "p"}] * 2
    commons = [{"a": "x", "b": "x", "c": "x"}] * 5
    ranked = ranking([{"a": "own", "b": "x", "c": "x"}, *pairs, *commons])
    assert ranked[0].rank == 1
    assert ranked[0].score < ranked[1].score


def test_case_and_blanks_make_no_difference() -> None:
    assert ranking([{"Hat ": " CROWN"}, {"hat": "crown"}]) == ranking([{"hat": "crown"}] * 2)


def test_wearing_nothing_does_not_count_as_a_trait() -> None:
    bare, clad = {"hat": "none", "eyes": "x"}, {"hat": "cap", "eyes": "x"}
    assert ranking([clad, bare])[1].unique_traits == 2  # "none" itself and the count of one


def test_a_lone_token_is_of_rank_one_with_no_surprise() -> None:
    assert rarity([], {"hat": "crown"}) == Rarity(1, 1, 2, 0, "1/1")


def test_a_new_token_is_counted_into_the_supply() -> None:
    found = rarity(HATS[:4], HATS[4])
    assert str(found) == "rank 2 as of supply 5"
    assert found == ranking(HATS)[4]


def test_an_empty_collection_has_no_ranks() -> None:
    assert ranking([]) == []


@pytest.mark.parametrize("token", [{"hat": "a", "Hat": "b"}, {"Meta_Trait:Trait_Count": "7"}])
def test_a_trait_given_twice_or_reserved_is_refused(token: Traits) -> None:
    with pytest.raises(InvalidInput, match="only once"):
        rarity([], token)


@given(st.lists(traits, min_size=1, max_size=12))
def test_ranks_are_those_of_the_float_formula_wherever_floats_can_tell(
    corpus: list[Traits],
) -> None:
    ranked, naive = ranking(corpus), float_scores(corpus)
    for mine, its in zip(ranked, naive, strict=True):
        above = [o for o in naive if (o[0], o[1] - 1e-9) > its]
        equal = [o for o in naive if o[0] == its[0] and isclose(o[1], its[1], abs_tol=1e-9)]
        assert len(above) < mine.rank <= len(above) + len(equal)
        assert abs(mine.score - its[1] * 1000) <= 0.5 + 1e-6


@given(st.lists(traits, min_size=1, max_size=12))
def test_equal_ranks_mean_equal_likelihood_and_the_order_is_exact(corpus: list[Traits]) -> None:
    ranked = sorted(ranking(corpus), key=lambda r: r.rank)
    for rarer, commoner in pairwise(ranked):
        key = [(-r.unique_traits, Fraction(r.likelihood)) for r in (rarer, commoner)]
        assert (key[0] == key[1]) == (rarer.rank == commoner.rank)
        assert key[0] <= key[1]


@given(st.lists(traits, min_size=1, max_size=8))
def test_the_order_of_the_corpus_makes_no_difference(corpus: list[Traits]) -> None:
    backwards = ranking(corpus[::-1])[::-1]
    assert backwards == ranking(corpus)


def test_a_thousand_distinct_tokens_are_ranked_without_rounding() -> None:
    corpus = [{f"t{k}": str(i % (k + 2)) for k in range(8)} for i in range(1000)]
    ranked = ranking(corpus)
    assert min(r.rank for r in ranked) == 1
    assert prod(Fraction(r.likelihood) > 0 for r in ranked) == 1
    mean = sum(r.score for r in ranked) / len(ranked)
    assert abs(mean - 1000) < 1
