"""Prompts and traits: one canonical wording each way, synonyms, conflicts, rarity."""

import random
from collections import Counter

import pytest

from tools.errors import InvalidInput
from tools.training.dataset import example_traits
from tools.training.traits import CATEGORIES, complete, prompt_for, read_traits
from tools.training.vocabulary import VOCABULARY


def test_every_canonical_prompt_is_read_back_as_the_same_traits() -> None:
    for index in range(300):
        traits = example_traits("test", index)
        reading = read_traits(prompt_for(traits))
        assert reading.traits == traits
        assert not reading.unknown
        assert not reading.conflicts


def test_a_partial_set_of_traits_is_read_back_too() -> None:
    traits = {"palette": "violet", "headgear": "none"}
    assert prompt_for(traits) == "violet, bare head"
    assert read_traits(prompt_for(traits)).traits == traits


def test_no_two_values_share_a_phrase_or_synonym() -> None:
    phrases = Counter(
        phrase for values in VOCABULARY.values() for v in values for phrase in v.said_as()
    )
    assert [phrase for phrase, times in phrases.items() if times > 1] == []


def test_every_synonym_on_its_own_is_read_as_its_value() -> None:
    for category, values in VOCABULARY.items():
        for value in values:
            for phrase in value.said_as():
                assert read_traits(phrase).traits == {category: value.name}, phrase


def test_free_text_with_synonyms_and_capitals_is_understood() -> None:
    reading = read_traits("Please draw a PURPLE Bunny with sunglasses, holding a blade at the sea!")
    assert reading.traits == {
        "species": "rabbit",
        "palette": "violet",
        "background": "ocean",
        "eyes": "shades",
        "accessory": "sword",
    }
    assert reading.unknown == ()


def test_the_longest_phrase_wins_over_its_parts() -> None:
    assert read_traits("a red balloon").traits == {"accessory": "balloon"}
    assert read_traits("golden coin").traits == {"accessory": "coin"}


def test_plurals_are_read_as_their_words() -> None:
    reading = read_traits("three foxes with crowns and wizard hats")
    assert reading.traits["species"] == "fox"
    assert reading.conflicts["headgear"] == ("crown", "wizard hat")


def test_words_match_whole_words_only() -> None:
    assert read_traits("a catalogue of foxgloves").traits == {}


def test_words_that_mean_nothing_here_are_named_in_order() -> None:
    reading = read_traits("a cyberpunk fox riding a bicycle, cyberpunk")
    assert reading.unknown == ("cyberpunk", "riding", "bicycle")


def test_two_values_of_one_category_are_a_conflict_and_the_first_counts() -> None:
    reading = read_traits("a fox or a cat, or rather a fox")
    assert reading.traits == {"species": "fox"}
    assert reading.conflicts == {"species": ("fox", "cat")}


def test_completing_keeps_what_was_asked_and_fills_the_rest() -> None:
    traits = complete({"species": "owl"}, random.Random(4))
    assert traits["species"] == "owl"
    assert list(traits) == list(CATEGORIES)
    assert complete({"species": "owl"}, random.Random(4)) == traits


def test_open_traits_follow_their_rarity_weights() -> None:
    rng = random.Random(1)
    drawn = Counter(complete({}, rng)["accessory"] for _ in range(4000))
    weights = {value.name: value.weight for value in VOCABULARY["accessory"]}
    for name, weight in weights.items():
        assert drawn[name] / 4000 == pytest.approx(weight / sum(weights.values()), abs=0.03)


@pytest.mark.parametrize("wrong", [{"species": "unicorn"}, {"shoes": "boots"}])
def test_unknown_traits_are_refused_with_what_would_be_right(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=r"fox|species"):
        prompt_for(wrong)
