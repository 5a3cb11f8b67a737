"""What people typed is shown in Discord as they typed it, and does nothing there."""

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.safe_text import (
    clean,
    cut,
    graphemes,
    length,
    moment,
    one_line,
    pieces,
    safe,
    with_moments,
    with_names,
)

ANYTHING = st.text(max_size=400) | st.text(
    alphabet="ab \n\\*_~`|[]()<>#-+@:/.1\u200d\u202e\u0301e", max_size=400
)
ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])", re.DOTALL)
LIVE_MARKDOWN = re.compile(r"(?<!\\)(?:\\\\)*[*_~`|\[\]()<>]")
LIVE_LINE_START = re.compile(r"^ *(?:[#+-]|\d+\.)", re.MULTILINE)


def as_discord_reads(text: str) -> str:
    """What is left when Discord has taken the backslashes off."""
    return ESCAPED.sub(r"\1", text).replace("@\u200b", "@")


@given(ANYTHING)
def test_discord_shows_exactly_the_cleaned_words(text: str) -> None:
    assert as_discord_reads(safe(text)) == clean(text)


@given(ANYTHING)
def test_no_character_that_begins_markdown_is_left_alive(text: str) -> None:
    shown = ESCAPED.sub("", safe(text))
    assert not LIVE_MARKDOWN.search(shown)
    assert not LIVE_LINE_START.search(ESCAPED.sub("x", safe(text)))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**bold** _and_ ~~gone~~", r"\*\*bold\*\* \_and\_ \~\~gone\~\~"),
        ("||spoiler||", r"\|\|spoiler\|\|"),
        ("```py\nx```", "\\`\\`\\`py\nx\\`\\`\\`"),
        ("[free mint](https://evil.example)", r"\[free mint\]\(https\://evil.example\)"),
        ("# loud", r"\# loud"),
        ("-# small", r"\-# small"),
        ("> quoted", r"\> quoted"),
        ("- a list", r"\- a list"),
        ("1. a list", r"1\. a list"),
        ("1.5 is no list, but escaped is the same", r"1\.5 is no list, but escaped is the same"),
        ("@everyone @Here", "@\u200beveryone @\u200bHere"),
        ("<@1> <@&2> <#3>", r"\<@1\> \<@&2\> \<#3\>"),
        ("</approve:4>", r"\</approve:4\>"),
        ("<t:0:R>", r"\<t:0:R\>"),
        ("<a:party:5>", r"\<a:party:5\>"),
        ("https://example.com", r"https\://example.com"),
        ("back\\slash", r"back\\slash"),
        ("a fox, with a crown!", "a fox, with a crown!"),
    ],
)
def test_what_discord_would_take_for_more_than_text_is_escaped(typed: str, shown: str) -> None:
    assert safe(typed) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("gnp.\u202eexe", "gnp.exe"),
        ("\u2066ada\u2069", "ada"),
        ("ad\u200ba", "ada"),
        ("a\u200dd\u200ca", "ada"),
        ("ada\ufeff\u2060\u00ad", "ada"),
        ("\u3164\u2800x", "x"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("\U000e0041\U000e0042tags", "tags"),
    ],
)
def test_what_cannot_be_seen_or_turns_the_writing_is_taken_out(typed: str, shown: str) -> None:
    assert clean(typed) == shown


def test_marks_piled_up_on_a_letter_are_taken_down() -> None:
    tower = "f" + "\u0301\u0302\u0303\u0304\u0305\u0306" * 20
    marks = [c for c in unicodedata.normalize("NFD", clean(tower)) if c != "f"]
    assert 0 < len(marks) <= 3


@pytest.mark.parametrize(
    "word",
    [
        "می\u200cخواهم",  # Persian with its joiner
        "क्\u200dष",  # Devanagari with its joiner
        "ที่นี่",  # Thai, two marks on a letter
        "שָׁלוֹם",  # pointed Hebrew
        "👩\u200d💻👍🏽🇩🇪❤️",
        "naïve Straße 日本語 한국어",
    ],
)
def test_what_a_language_or_an_emoji_needs_stays(word: str) -> None:
    assert clean(word) == unicodedata.normalize("NFC", word)


@given(ANYTHING, st.integers(0, 80))
def test_a_cut_keeps_to_its_length_and_begins_as_the_text_does(text: str, most: int) -> None:
    short = cut(text, most)
    assert length(short) <= most
    if short != text:
        assert text.startswith(short.removesuffix("…"))


@given(ANYTHING, st.integers(0, 80))
def test_safe_text_keeps_to_its_length_and_never_ends_on_half_an_escape(
    text: str, most: int
) -> None:
    shown = safe(text, most)
    assert length(shown) <= most
    assert not re.search(r"(?<!\\)(?:\\\\)*\\$", shown)


@pytest.mark.parametrize("whole", ["👩\u200d💻", "🇩🇪", "👍🏽", "e\u0301", "❤\ufe0f"])
def test_a_cut_tears_nothing_that_reads_as_one_character(whole: str) -> None:
    for most in range(1, 12):
        kept = cut(whole * 6, most).removesuffix("…")
        assert kept == whole * (len(kept) // len(whole))
    assert list(graphemes(whole * 3)) == [whole] * 3


def test_a_cut_falls_between_words_where_it_can() -> None:
    assert cut("a fox with a golden crown", 20) == "a fox with a golden…"
    assert cut("a fox with a golden crown", 22) == "a fox with a golden…"
    assert cut("x" * 30, 10) == "x" * 9 + "…"


@given(ANYTHING, st.integers(20, 200))
def test_the_pieces_of_a_text_say_all_of_it(text: str, most: int) -> None:
    found = list(pieces(text, most))
    assert all(0 < length(piece) <= most for piece in found)
    told = "".join("".join(map(as_discord_reads, found)).split())
    assert told == "".join(clean(text).split())


def test_a_label_is_one_line_without_escapes() -> None:
    assert one_line(" Approve\n  exactly_this ", 80) == "Approve exactly_this"


def test_times_are_told_in_discords_own_way() -> None:
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert moment(noon, "R") == "<t:1795348800:R>"
    assert with_moments("closes 2026-11-22 12:00 UTC.") == "closes <t:1795348800:f>."
    assert with_moments("at 2026-11-22 12:00:01 UTC") == "at <t:1795348801:f>"
    assert with_moments("on 2026-13-41 12:00 UTC") == "on 2026-13-41 12:00 UTC"


def test_lines_that_begin_with_their_time_have_it_in_digits() -> None:
    log = "2026-11-22 20:17:00 UTC  at 2026-11-22 20:17:00 UTC\n2026-11-22 20:17:00 UTC"
    told = with_moments(safe(log), most_dated=1)
    seconds = 1795378620
    assert told == f"<t:{seconds}:d> <t:{seconds}:t>  at <t:{seconds}:f>\n<t:{seconds}:f>"


def test_ids_become_mentions_where_they_stand_alone() -> None:
    mentions = {"12": "<#12>", "34": "<@&34>"}
    assert with_names("12, 34 and 123", mentions, 9) == "<#12>, <@&34> and 123"
    assert with_names("12 12 12", mentions, 2) == "<#12> <#12> 12"
