"""A collection file is read whole or refused with its name, its key and what would be right."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tools.errors import ConfigurationError, InvalidInput, NotFound
from tools.metadata.collection import (
    SHIPPED,
    Collection,
    collection_files,
    collection_of,
    parse_collection,
)
from tools.settings import Settings, load_settings
from tools.studio import Studio
from tools.training.traits import prompt_for
from tools.training.vocabulary import VOCABULARY

GOOD = """
slug = "birds"
name = "Birds"
description = "Birds of the hall."
licence = "CC0"
external_url = "https://birds.example/{candidate}"

[prompt]
template = "{prompt}, a {bird}"

[traits.bird]
heron = 9
wren = { weight = 1, phrase = "tiny wren", synonyms = ["jenny"] }
"""

STYLE = """[styles.odd]
description = "Odd."
traits = {{ {} }}

[prompt]"""


@pytest.fixture
def shipped() -> Collection:
    return parse_collection((SHIPPED / "mintlings.toml").read_bytes(), "mintlings.toml")


def parse(text: str) -> Collection:
    return parse_collection(text.encode(), "birds.toml")


def fault(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    return str(caught.value)


def test_the_shipped_collection_has_the_vocabulary_and_its_weights(shipped: Collection) -> None:
    assert shipped.vocabulary == VOCABULARY


def test_the_shipped_template_gives_the_prompt_the_house_model_knows(shipped: Collection) -> None:
    traits = shipped.complete({}, random.Random(5))
    assert shipped.prompt_for(traits, "") == prompt_for(traits)


def test_the_digest_is_that_of_the_file_to_the_last_byte() -> None:
    assert parse(GOOD).digest != parse(GOOD + "\n").digest


def test_given_traits_are_kept_and_open_ones_drawn_by_weight() -> None:
    birds = parse(GOOD)
    assert birds.complete({"bird": "wren"}, random.Random(1)) == {"bird": "wren"}
    drawn = Counter(birds.complete({}, random.Random(seed))["bird"] for seed in range(2000))
    assert 0.85 < drawn["heron"] / 2000 < 0.95


def test_a_prompt_is_the_template_with_phrases_and_words() -> None:
    assert parse(GOOD).prompt_for({"bird": "wren"}, "by a lake") == "by a lake, a tiny wren"


def test_what_a_picture_shows_is_said_also_when_the_file_has_changed() -> None:
    birds = parse(GOOD)
    assert birds.described({"bird": "wren"}) == "a tiny wren"
    assert birds.described({"bird": "emu"}) == ""
    assert birds.described({}) == ""


def test_words_with_braces_are_words_and_nothing_else() -> None:
    assert parse(GOOD).prompt_for({"bird": "wren"}, "{bird}") == "{bird}, a tiny wren"


def test_words_stand_first_where_the_template_has_no_place_for_them(shipped: Collection) -> None:
    traits = shipped.complete({}, random.Random(1))
    assert shipped.prompt_for(traits, "at dawn").startswith("at dawn, ")


def test_an_unknown_value_is_answered_with_the_legal_ones() -> None:
    with pytest.raises(InvalidInput, match="its values are heron, wren"):
        parse(GOOD).validated({"bird": "emu"})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("heron = 9", "heron = 0"), "traits.bird.heron.weight"),
        (("heron = 9", 'heron = "often"'), "traits.bird.heron.weight"),
        (('slug = "birds"', 'slug = "../birds"'), "slug"),
        (('name = "Birds"', ""), "name"),
        (('name = "Birds"', 'name = "Birds"\ncolour = 1'), "colour"),
        (("a {bird}", "a {fish}"), "{fish} is no field; the fields are {bird}, {prompt}"),
        (("a {bird}", "a {bird.__class__}"), "is no field"),
        (("a {bird}", "a {bird!r}"), "is no field"),
        (("a {bird}", "a {bird"), "braces do not match"),
        (("{candidate}", "{person}"), "external_url: {person} is no field"),
        (("[prompt]", "[prompt"), "not valid TOML"),
        (("[traits.bird]", "[traits.prompt]"), "prompt"),
        (("[prompt]", STYLE.format('bird = "emu"')), "styles.odd.traits.bird: its values are"),
        (("[prompt]", STYLE.format('hat = "red"')), "styles.odd.traits.hat: the categories are"),
        (("[prompt]", STYLE.format("")), "styles.odd: give it words"),
    ],
)
def test_a_fault_is_named_by_file_and_key(change: tuple[str, str], expected: str) -> None:
    message = fault(GOOD.replace(*change))
    assert message.startswith("birds.toml is")
    assert expected in message


@pytest.fixture
def studio(sqlite_settings: Settings, tmp_path: Path) -> Studio:
    folder = tmp_path / "collections"
    folder.mkdir()
    (folder / "birds.toml").write_text(GOOD)
    (tmp_path / "secret.toml").write_text(GOOD.replace('"birds"', '"secret"'))
    return Studio(sqlite_settings.model_copy(update={"collections_dir": folder}), ())


def test_collections_are_found_by_slug_and_without_one_by_the_settings(studio: Studio) -> None:
    with studio:
        assert collection_of(studio, "birds").name == "Birds"
        assert collection_of(studio).slug == "mintlings"


@pytest.mark.parametrize("slug", ["../secret", "/etc/passwd", "birds.toml", "x" * 5000])
def test_a_slug_is_never_a_path(studio: Studio, slug: str) -> None:
    with studio, pytest.raises(NotFound, match="There are: birds, mintlings"):
        collection_of(studio, slug)


def test_a_file_must_carry_the_slug_of_its_name(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "collections" / "fish.toml").write_text(GOOD)
    with studio, pytest.raises(ConfigurationError, match="they must be the same"):
        collection_of(studio, "fish")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = load_settings(data_dir=tmp_path, collections_dir=tmp_path / "gone").collections_dir
    with pytest.raises(ConfigurationError, match="there is no such folder"):
        collection_files(missing)
