"""What a typed line means."""

from collections.abc import Sequence
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from bot.options import Option, options_of
from bot.terminal.lines import Command, Press, Talk, arguments, read
from tools.definition import Input, Output, tool
from tools.errors import InvalidInput
from tools.people import Role
from tools.provenance.effects import OpenCall


class PaintIn(Input):
    prompt: Annotated[str, Field(description="What to paint.")]
    traits: dict[str, str] = {}
    count: int = 4
    seed: int | None = None
    tags: list[str] = []
    style: Literal["flat", "shaded"] | None = None
    mine: bool = False


class MoveIn(Input):
    picture_id: str
    reason: str


class Done(Output):
    pass


@tool(least_role=Role.MEMBER)
def paint(call: OpenCall, args: PaintIn) -> Done:
    """Paint."""
    return Done()


@tool(least_role=Role.MEMBER)
def move_it(call: OpenCall, args: MoveIn) -> Done:
    """Move."""
    return Done()


TOOLS = {"paint": paint, "move_it": move_it}
PAINT, MOVE = options_of(paint), options_of(move_it)


def test_options_are_read_from_the_input_model() -> None:
    assert PAINT[0] == Option("prompt", "text", required=True, help="What to paint.")
    assert [option.kind for option in PAINT] == [
        "text", "pairs", "integer", "integer", "list", "text", "flag",
    ]  # fmt: skip
    assert PAINT[2].default == "4"
    assert PAINT[5].choices == ("flat", "shaded")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a fox wizard", {"prompt": "a fox wizard"}),
        ("a fox --count 2 with a hat", {"prompt": "a fox with a hat", "count": "2"}),
        ("--seed=7 a fox", {"prompt": "a fox", "seed": "7"}),
        ('"a fox"', {"prompt": "a fox"}),
        ('the "old" fox', {"prompt": 'the "old" fox'}),
        ("it's a fox's hat", {"prompt": "it's a fox's hat"}),
        ("x --traits species=fox,hat=crown", {
            "prompt": "x", "traits": {"species": "fox", "hat": "crown"}}),
        ('x --traits "hat=wizard hat" --traits species=fox', {
            "prompt": "x", "traits": {"hat": "wizard hat", "species": "fox"}}),
        ("x --tags a,b --tags c", {"prompt": "x", "tags": ["a", "b", "c"]}),
        ("x --mine", {"prompt": "x", "mine": True}),
        ("x --mine=no", {"prompt": "x", "mine": False}),
        ("x --co 3", {"prompt": "x", "count": "3"}),
        ("--prompt x", {"prompt": "x"}),
        ("", {}),
    ],
)  # fmt: skip
def test_words_and_options(text: str, expected: dict[str, object]) -> None:
    assert arguments(text, PAINT) == expected


def test_the_last_required_option_takes_all_words_that_are_left() -> None:
    assert arguments("cnd_1 the hands look wrong", MOVE) == {
        "picture_id": "cnd_1",
        "reason": "the hands look wrong",
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x --colour red", "There is no option --colour here"),
        ("x --count", "--count needs a value behind it."),
        ("x --traits fox", "--traits is written name=value,name=value; 'fox' is not."),
        ("x --mine=perhaps", "--mine is yes or no, not 'perhaps'."),
        ("x --s 1", "There is no option --s here"),  # --seed or --style?
    ],
)
def test_what_is_wrong_is_said_in_words(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        arguments(text, PAINT)
    assert str(caught.value).startswith(sentence)


def test_a_slash_begins_a_command_with_either_hyphen_or_underscore() -> None:
    expected = Command("move_it", {"picture_id": "a", "reason": "b"})
    assert read("/move_it a b", TOOLS) == read(" /Move-It a b ", TOOLS) == expected


def test_a_command_that_does_not_exist_suggests_the_nearest() -> None:
    with pytest.raises(InvalidInput, match=r"There is no command /pant. Did you mean /paint\?"):
        read("/pant a fox", TOOLS)


def test_a_number_presses_a_button_and_may_bring_words() -> None:
    assert read("3", TOOLS) == read("#3", TOOLS) == Press(3)
    assert read("3 the hands  look wrong", TOOLS) == Press(3, "the hands  look wrong")


@pytest.mark.parametrize("line", ["a fox", "3rd fox please", "#foxes", "3.5 foxes", "- 3"])
def test_anything_else_is_said_to_the_agent(line: str) -> None:
    assert read(line, TOOLS) == Talk(line)


@given(st.text())
def test_any_line_has_a_meaning_or_a_sentence(line: str) -> None:
    meaning: object
    try:
        meaning = read(line, TOOLS, ("help",))
    except InvalidInput as error:
        meaning = str(error)
    assert isinstance(meaning, Command | Press | Talk) or str(meaning).endswith((".", "?"))


words = st.lists(
    st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters='"'), min_size=1),
    min_size=1,
).filter(lambda said: not any(word.startswith("--") for word in said))


@given(words)
def test_a_prompt_arrives_word_for_word(said: Sequence[str]) -> None:
    assert arguments(" ".join(said), PAINT) == {"prompt": " ".join(said)}
