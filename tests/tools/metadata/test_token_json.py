"""The token document says the same thing in the same bytes, and nothing wrong gets through."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import InvalidInput
from tools.metadata.facts import (
    FineTune,
    ImageDigests,
    LogPosition,
    ModelPin,
    Origin,
    Recipe,
)
from tools.metadata.rarity import rarity
from tools.metadata.token_json import TokenFacts, parse_token_json, token_json
from tools.metadata.unixfs import cid_of


def digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


TRAITS = {"species": "fox", "headgear": "crown"}

FACTS = TokenFacts(
    name="Mintlings #1",
    description="A fox with a crown.",
    image=cid_of(b"the picture"),
    external_url="https://example.org/tokens/1",
    traits=TRAITS,
    rarity=rarity([{"species": "owl", "headgear": "none"}], TRAITS),
    origin=Origin(
        candidate="cand-1",
        tool_call="call-1",
        collection="mintlings",
        collection_digest=digest("collection"),
        creator_commitment=digest("creator"),
        tally_hash=digest("tally"),
    ),
    recipe=Recipe(
        prompt_commitment=digest("prompt"),
        seed="18446744073709551615",
        model=ModelPin(id="house", revision="1", digest=digest("weights")),
        fine_tunes=(FineTune("gold", "2", digest("lora"), "0.8"),),
        scheduler="DPMSolverMultistepScheduler",
        steps=12,
        guidance="3.5",
        width=32,
        height=32,
    ),
    digests=ImageDigests(digest("file"), digest("pixels"), "0123456789abcdef" * 4),
    log=LogPosition(40, digest("record"), 41, digest("head")),
)

Change = Callable[[dict[str, Any]], None]


def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(token_json(FACTS).to_bytes())
    return loaded


def canonical(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def test_the_document_reads_as_marketplaces_expect_it() -> None:
    found = document()
    assert found["name"] == "Mintlings #1"
    assert found["image"] == f"ipfs://{FACTS.image}"
    assert found["external_url"] == "https://example.org/tokens/1"
    assert found["attributes"] == [
        {"trait_type": "species", "value": "fox"},
        {"trait_type": "headgear", "value": "crown"},
        {"display_type": "number", "max_value": 2, "trait_type": "Rarity rank", "value": 1},
        {"display_type": "number", "trait_type": "Rarity score (1000 is average)", "value": 1000},
    ]


def test_the_provenance_block_carries_every_fact() -> None:
    found = document()["provenance"]
    assert found["schema_version"] == "mintmark/token/1"
    assert found["recipe"]["seed"] == "18446744073709551615"
    assert found["recipe"]["fine_tunes"][0]["digest"] == digest("lora")
    assert found["log"]["head_size"] == 41
    assert found["rarity"]["supply"] == 2
    assert found["origin"]["tally_hash"] == digest("tally")


def test_the_bytes_are_canonical_and_fit_one_block() -> None:
    data = token_json(FACTS).to_bytes()
    assert data == canonical(json.loads(data))
    assert cid_of(data).is_single_block


def test_reading_the_bytes_gives_the_document_back() -> None:
    made = token_json(FACTS)
    read = parse_token_json(made.to_bytes())
    assert read == made
    assert read.traits == TRAITS
    assert read.image_cid == FACTS.image


def test_a_token_nobody_voted_on_and_without_a_page_leaves_those_fields_out() -> None:
    facts = replace(FACTS, external_url=None, origin=replace(FACTS.origin, tally_hash=None))
    data = token_json(facts).to_bytes()
    assert b"tally_hash" not in data
    assert b"external_url" not in data
    assert b"null" not in data
    assert parse_token_json(data).external_url is None


@given(
    name=st.text(min_size=1, max_size=30),
    seed=st.integers(0, 2**64 - 1),
    traits=st.dictionaries(
        st.text("abcdefg", min_size=1, max_size=8), st.text(min_size=1, max_size=8), max_size=6
    ),
)
def test_the_same_facts_always_give_the_same_bytes_and_read_back(
    name: str, seed: int, traits: dict[str, str]
) -> None:
    recipe = replace(FACTS.recipe, seed=str(seed))
    facts = replace(FACTS, name=name, recipe=recipe, traits=traits, rarity=rarity([], traits))
    data = token_json(facts).to_bytes()
    assert token_json(facts).to_bytes() == data
    read = parse_token_json(data)
    assert (read.name, read.provenance.recipe.seed, read.traits) == (name, str(seed), traits)


def put(*path: str | int, value: object) -> Change:
    def change(found: dict[str, Any]) -> None:
        inner: Any = found
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return change


def drop(*path: str) -> Change:
    def change(found: dict[str, Any]) -> None:
        inner = found
        for part in path[:-1]:
            inner = inner[part]
        del inner[path[-1]]

    return change


WRONG: list[tuple[Change, str]] = [
    (drop("name"), "name"),
    (put("name", value=""), "name"),
    (put("image", value="https://example.org/a.png"), "image"),
    (put("image", value=str(FACTS.image)), "image"),
    (put("external_url", value="javascript:alert(1)"), "external_url"),
    (put("surprise", value=1), "surprise"),
    (put("attributes", 0, "value", value=7), "attributes.0.value"),
    (put("attributes", 2, "value", value=1.5), "attributes.2.value"),
    (put("attributes", 2, "value", value=2), "attributes"),
    (put("attributes", 1, "trait_type", value="species"), "attributes"),
    (drop("provenance", "recipe", "model", "digest"), "provenance.recipe.model.digest"),
    (put("provenance", "recipe", "seed", value=7), "provenance.recipe.seed"),
    (put("provenance", "recipe", "seed", value="007"), "provenance.recipe.seed"),
    (put("provenance", "recipe", "seed", value=str(2**64)), "provenance.recipe.seed"),
    (put("provenance", "recipe", "steps", value="12"), "provenance.recipe.steps"),
    (put("provenance", "recipe", "guidance", value=3.5), "provenance.recipe.guidance"),
    (
        put("provenance", "recipe", "fine_tunes", 0, "weight", value="much"),
        "provenance.recipe.fine_tunes.0.weight",
    ),
    (put("provenance", "image", "sha256", value="sha256:" + "AB" * 32), "provenance.image.sha256"),
    (put("provenance", "image", "sha256", value=digest("x") + "\n"), "provenance.image.sha256"),
    (put("provenance", "image", "perceptual_hash", value="12"), "provenance.image.perceptual_hash"),
    (put("provenance", "origin", "extra", value="x"), "provenance.origin.extra"),
    (put("provenance", "schema_version", value="2"), "provenance.schema_version"),
    (put("provenance", "log", "head_size", value=0), "provenance.log.head_size"),
    (put("provenance", "rarity", "rank", value=0), "provenance.rarity.rank"),
]


@pytest.mark.parametrize(
    ("change", "path"), WRONG, ids=[f"{n}-{w[1]}" for n, w in enumerate(WRONG)]
)
def test_the_first_wrong_field_is_named(change: Change, path: str) -> None:
    found = document()
    change(found)
    with pytest.raises(InvalidInput) as refusal:
        parse_token_json(canonical(found))
    assert f"wrong at {path}:" in str(refusal.value)


@pytest.mark.parametrize(
    "respell",
    [
        lambda data: json.dumps(json.loads(data), indent=1).encode(),
        lambda data: data + b"\n",
        lambda data: data.replace(b'"name":', b'"name":"first","name":'),
        lambda data: data.replace(b'{"attributes"', b'{ "attributes"'),
        lambda data: data.replace(b'"provenance":{', b'"external_url":null,"provenance":{').replace(
            b'"external_url":"https://example.org/tokens/1",', b""
        ),
        lambda data: data.replace(b"Mintlings", b"\\u004dintlings"),
    ],
    ids=["indented", "newline at the end", "key twice", "blank", "explicit null", "escaped letter"],
)
def test_any_other_spelling_of_the_same_facts_is_refused(
    respell: Callable[[bytes], bytes],
) -> None:
    respelled = respell(token_json(FACTS).to_bytes())
    assert respelled != token_json(FACTS).to_bytes()
    with pytest.raises(InvalidInput, match="canonical form"):
        parse_token_json(respelled)


@given(st.binary(max_size=60))
def test_any_bytes_that_are_no_document_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="token document is wrong at its beginning"):
        parse_token_json(data)


@given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_changed_byte_reads_as_the_same_document(position: int, flip: int) -> None:
    made = token_json(FACTS)
    data = bytearray(made.to_bytes())
    data[position % len(data)] ^= flip
    with suppress(InvalidInput):
        assert parse_token_json(bytes(data)) != made


def test_a_document_larger_than_one_block_is_refused_before_it_is_read() -> None:
    traits = {f"trait {n}": "x" * 190 for n in range(5000)}
    facts = replace(FACTS, traits=traits, rarity=rarity([], traits))
    with pytest.raises(InvalidInput, match="at most 1048576 fit"):
        token_json(facts)


def test_facts_that_the_document_cannot_carry_are_refused_when_it_is_made() -> None:
    with pytest.raises(InvalidInput, match=r"wrong at provenance\.recipe\.steps"):
        token_json(replace(FACTS, recipe=replace(FACTS.recipe, steps=0)))
    with pytest.raises(InvalidInput, match="wrong at external_url"):
        token_json(replace(FACTS, external_url="example.org"))
    with pytest.raises(InvalidInput, match="cannot be written as JSON"):
        token_json(replace(FACTS, name="\ud800"))


def test_a_trait_may_not_pose_as_the_rarity() -> None:
    with pytest.raises(InvalidInput, match="stands twice"):
        token_json(replace(FACTS, traits={"Rarity rank": "1"}))
