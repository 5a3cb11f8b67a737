"""What a person types becomes a clean prompt or a clear sentence, and never anything else."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.errors import InvalidInput
from tools.generation.sanitiser import Rules, sanitised

RULES = Rules(longest=200, denied=("nude", "gore", "white power"))


def clean(text: str) -> str:
    return sanitised(text, RULES)


def refusal(text: str, rules: Rules = RULES) -> str:
    with pytest.raises(InvalidInput) as caught:
        sanitised(text, rules)
    return str(caught.value)


def test_plain_words_pass_as_they_are() -> None:
    assert clean("a violet fox, golden crown") == "a violet fox, golden crown"


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u2060", "\x00\x07"])
def test_an_empty_prompt_is_told_what_to_say(text: str) -> None:
    assert "is empty" in refusal(text)
    assert "for example" in refusal(text)


def test_an_empty_negative_prompt_is_fine() -> None:
    assert sanitised(" ", Rules(10, what="negative prompt", may_be_empty=True)) == ""


def test_five_thousand_characters_are_refused_with_both_numbers() -> None:
    message = refusal("x" * 5000, Rules(longest=1000))
    assert "5000 characters" in message
    assert "1000" in message


def test_text_that_grows_by_normalisation_is_measured_afterwards() -> None:
    assert "at most 10" in refusal("\u0958" * 10, Rules(longest=10))


@pytest.mark.parametrize(
    "text",
    [
        "a fox\x00",
        "a\u200b fox",
        "\u202ea fox\u202c",
        "a f\u00adox",
        "a \u2066fox\u2069",
        "a fo\u2060x",
        "a\r\n\tfox",
        "a\u2028fox",
        "a \U000e0041fox",
        "a \u3164fox",
    ],
)
def test_what_cannot_be_seen_is_gone(text: str) -> None:
    assert clean(text) == "a fox"


def test_words_are_composed_but_not_rewritten() -> None:
    assert clean("cafe\u0301") == "café"
    assert clean("x² \ufb01sh") == "x² \ufb01sh"


def test_stacked_marks_are_cut_short() -> None:
    assert len(clean("a" + "\u0316\u0317\u0318\u0319\u031c\u031d" * 10)) <= 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(fox:1.3) in (snow:.5)", "fox in snow"),
        ("((golden crown:1.2):1.4)", "golden crown"),
        ("a fox (the red one)", "a fox (the red one)"),
        ("at 10:30 (evening)", "at 10:30 (evening)"),
    ],
)
def test_weights_of_other_tools_lose_their_marks(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{{ config.items() }}",
        "${jndi:ldap://x}",
        "a {red|blue} fox",
        "a __colour__ fox",
        "a __mood/dark__ fox",
        "fox <lora:evil:1>",
        "fox < hypernet : x >",
        "fox \uff5b\uff5bx\uff5d\uff5d",
        "_(_:1)colour__ fox",
        "{% include x %}",
    ],
)
def test_templates_and_references_are_refused(text: str) -> None:
    assert "not filled in here" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "a nude fox",
        "a NUDE fox",
        "a n\u200bude fox",
        "a n.u.d.e fox",
        "a n u d e fox",
        "a \uff4e\uff55\uff44\uff45 fox",
        "a nud\u0435 fox",
        "a nüde fox",
        "a nud3 fox",
        "a g0re fox",
        "a white   power fox",
    ],
)
def test_denied_words_are_found_in_every_disguise(text: str) -> None:
    assert "not allowed here" in refusal(text)


@pytest.mark.parametrize("text", ["a nudel soup", "a gorey story", "power white", "igor eats"])
def test_words_that_only_contain_a_denied_one_pass(text: str) -> None:
    assert clean(text) == text


_ODD = st.text(
    alphabet=st.one_of(
        st.sampled_from("()[]{}<>$_:|%1.3 \n\tnude\u0301\u0316\u200b\u202e\u1100\u1161\u0958"),
        st.characters(codec=None),
    ),
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(_ODD)
def test_whatever_comes_in_only_clean_text_or_invalid_input_comes_out(text: str) -> None:
    try:
        result = clean(text)
    except InvalidInput:
        return
    assert result == result.strip() != ""
    assert "  " not in result
    assert unicodedata.is_normalized("NFC", result)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") for c in result)
    assert clean(result) == result
