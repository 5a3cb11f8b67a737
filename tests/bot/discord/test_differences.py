"""What a person's reactions say of their vote, compared with those that were seen before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.votes.differences import Difference, Mark, difference, left_over

MARKS = st.builds(Mark, st.integers(1, 2), st.integers(1, 5))


def at(*numbers: int) -> set[Mark]:
    """Reactions for these numbers, all under one message."""
    return {Mark(1, number) for number in numbers}


def found(was: set[Mark], there: set[Mark], cleared: set[Mark] | None = None) -> Difference:
    differs = difference(7, was, there, cleared or set())
    assert differs is not None
    return differs


def told(differs: Difference) -> list[tuple[int | None, int | None]]:
    """What is reported: (number, was) of each step."""
    return [(step["number"], step.get("was")) for step in differs.steps("p_1")]


@pytest.mark.parametrize("numbers", [(), (1,)])
def test_what_is_as_it_was_is_no_difference(numbers: tuple[int, ...]) -> None:
    assert difference(7, at(*numbers), at(*numbers), set()) is None


@pytest.mark.parametrize(
    ("was", "there", "steps", "surplus"),
    [
        ((), (2,), [(2, None)], ()),
        ((1,), (), [(None, 1)], ()),
        ((1,), (2,), [(None, 1), (2, None)], ()),
        ((1,), (1, 3), [(3, None)], ()),
        ((), (5, 2, 4), [(2, None)], (4, 5)),
        ((1,), (1, 4, 3), [(3, None)], (4,)),
    ],
)
def test_what_came_and_went_is_told_in_its_order(
    was: tuple[int, ...],
    there: tuple[int, ...],
    steps: list[tuple[int | None, int | None]],
    surplus: tuple[int, ...],
) -> None:
    differs = found(at(*was), at(*there))
    assert told(differs) == steps
    assert tuple(mark.number for mark in differs.surplus) == surplus


def test_what_a_moderator_cleared_withdraws_nothing() -> None:
    assert difference(7, at(1), set(), at(1, 2)) is None
    assert told(found(at(1), at(2), at(1))) == [(2, None)]


def test_what_stands_beside_a_vote_that_counts_is_left_over() -> None:
    assert left_over(at(1), at(1, 3)) == (Mark(1, 3),)
    assert left_over(set(), at(3)) == ()


@given(st.sets(MARKS, max_size=1), st.sets(MARKS, max_size=4), st.sets(MARKS, max_size=2))
def test_afterwards_at_most_one_reaction_stands_for_the_vote(
    was: set[Mark], there: set[Mark], cleared: set[Mark]
) -> None:
    differs = difference(7, was, there, cleared - there)
    if differs is None:
        assert there <= was
        return
    for is_refused in (False, True):
        gone = {differs.new} if is_refused else {differs.kept}
        left = there - set(differs.surplus) - gone
        assert left == {differs.kept if is_refused else differs.new or differs.kept} - {None}
