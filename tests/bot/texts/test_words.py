"""Saying things in someone's language."""

import time
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator

from bot.texts import Words
from bot.texts.catalogue import FILES, catalogue_of
from tools.errors import InvalidInput, Refused, in_words
from tools.people import Role
from tools.phrases import phrase, word

GERMAN = Words("de")


def test_a_sentence_is_said_in_the_language() -> None:
    assert Words().say("There is no job {job_id}.", job_id="j_1") == "There is no job j_1."
    assert GERMAN.say("There is no job {job_id}.", job_id="j_1") == "Es gibt keinen Auftrag j_1."


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("en-GB", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("es-ES", "es"),
        ("es-419", "es"),
        ("fr", "fr"),
        ("fr_CA", "fr"),
        ("ja", "ja"),
        ("ko", "en"),
        ("", "en"),
        ("../de", "en"),
    ],
)
def test_a_locale_has_its_catalogue_and_an_unknown_one_is_english(
    locale: str, language: str
) -> None:
    assert catalogue_of(locale).language == language


@pytest.mark.parametrize("locale", ["en-US", *FILES])
def test_what_is_not_translated_is_said_in_english(locale: str) -> None:
    assert Words(locale).say("Never written {x}.", x=1) == "Never written 1."


@pytest.mark.parametrize("locale", ["en-US", *FILES])
@pytest.mark.parametrize("fact", ["{x}", "%s", "{0}", "{job_id.__class__}", "}{", "{{}}", "\\N{A}"])
def test_a_fact_never_acts_as_a_template(locale: str, fact: str) -> None:
    assert fact in Words(locale).say("There is no job {job_id}.", job_id=fact)
    assert Words(locale).say(fact) == fact


def test_a_number_of_things_takes_the_plural_of_the_language() -> None:
    told = [Words().count("{n} picture", "{n} pictures", n) for n in (0, 1, 2, 1500)]
    assert told == ["0 pictures", "1 picture", "2 pictures", "1,500 pictures"]
    told = [GERMAN.count("{n} picture", "{n} pictures", n) for n in (0, 1, 2, 1500)]
    assert told == ["0 Bilder", "1 Bild", "2 Bilder", "1.500 Bilder"]
    assert Words("fr").count("{n} picture", "{n} pictures", 0) == "0 image"
    assert Words("ja").count("{n} picture", "{n} pictures", 2) == "2枚"


def test_phrases_words_and_errors_within_a_sentence_are_said_in_the_language_too() -> None:
    error = Refused("There is no job {job_id}.", job_id="j_1")
    assert GERMAN.say("{what}", what=error) == "Es gibt keinen Auftrag j_1."
    assert GERMAN.say("{what}", what=phrase("none")) == "keine"
    assert GERMAN.say("{what}", what=word("operator")) == "Operator"
    assert GERMAN.say("{what}", what=Role.CREATOR) == "Creator"
    assert GERMAN.say("{what}", what=["a", phrase("none")]) == "a, keine"


def test_numbers_moments_and_lists_are_written_for_the_language() -> None:
    assert GERMAN.number(1234.5) == "1.234,5"
    assert Words("ja").listed(["a", "b"]) == "a、b"
    assert [Words(x).joined("ab") for x in ("en-US", "de", "es-419", "fr")] == [
        "a and b",
        "a und b",
        "a y b",
        "a et b",
    ]
    moment = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert GERMAN.say("{at}", at=moment) == "2030-01-02 03:04:05 UTC"


def test_an_error_is_a_sentence_in_english_and_in_the_language() -> None:
    error = Refused(
        "{name} needs the role {least_role}; you are {role}.",
        name="create",
        least_role=Role.CREATOR,
        role=Role.MEMBER,
    )
    assert str(error) == "create needs the role creator; you are member."
    assert GERMAN.of_error(error) == "create braucht die Rolle Creator; du bist Mitglied."


def test_an_error_without_facts_may_hold_braces() -> None:
    assert str(InvalidInput("{x} is no field")) == "{x} is no field"
    assert GERMAN.of_error(InvalidInput("{x} is no field")) == "{x} is no field"


def test_wrong_input_is_told_in_the_language() -> None:
    class Form(BaseModel):
        name: str = Field(max_length=3)
        side: int = 0

        @field_validator("side")
        @classmethod
        def _none(cls, side: int) -> int:
            raise ValueError(phrase("none"))

    with pytest.raises(ValidationError) as raised:
        Form.model_validate({"name": "abcd", "side": 1})
    error = InvalidInput(in_words(raised.value))
    assert str(error) == "name: String should have at most 3 characters; side: none."
    assert GERMAN.of_error(error) == "name: höchstens 3 Zeichen; side: keine."


def test_what_is_kept_in_english_is_said_again() -> None:
    kept = "near duplicate of c_1 (3 of 256 bits differ)"
    assert GERMAN.again(kept) == "fast dasselbe wie c_1 (3 von 256 Bits sind anders)"
    assert Words().again(kept) == kept
    assert GERMAN.again("The picture is blank: nearly all of it is one colour.").startswith("Das")
    assert GERMAN.again(None) == ""
    told = GERMAN.again("m_1 is failed; nothing is minted.")
    assert told == "m_1 ist fehlgeschlagen; nichts wird gemintet."
    told = GERMAN.again("Round rnd_1 has no winner: Number 2 wins with 3 of 4 votes.")
    assert told.endswith("hat keinen Gewinner: Nummer 2 gewinnt mit 3 von 4 Stimmen.")
    told = GERMAN.again("score failed unexpectedly; the studio's log has the details.")
    assert told == "score ist unerwartet fehlgeschlagen; Näheres steht im Log des Studios."
    told = GERMAN.again("Number 2 wins with 3 of 4 votes. There is no job j_1.")
    assert told == "Nummer 2 gewinnt mit 3 von 4 Stimmen. Es gibt keinen Auftrag j_1."


@pytest.mark.parametrize("own", ["Too dark for me.", "{x}", "none of it", "c_1"])
def test_a_persons_own_words_stay_as_they_are(own: str) -> None:
    assert GERMAN.again(own) == own


def test_what_was_quoted_stays_quoted_once() -> None:
    kept = str(InvalidInput("There is no brief {brief_id!r}.", brief_id="b_1"))
    assert GERMAN.again(kept) == "Es gibt kein Briefing 'b_1'."


def test_saying_takes_microseconds() -> None:
    GERMAN.say("There is no job {job_id}.", job_id="j_1")
    start = time.perf_counter()
    for _ in range(2000):
        GERMAN.say("There is no job {job_id}.", job_id="j_1")
    assert (time.perf_counter() - start) / 2000 < 50e-6


@pytest.mark.parametrize(
    ("locale", "front_end", "told"),
    [
        ("en-US", "studio", "an operator opens one with /open_round."),
        ("en-US", "discord", "an operator opens one with /round open."),
        ("de", "studio", "Ein Operator eröffnet eine mit /open_round."),
        ("de", "discord", "Ein Operator eröffnet eine mit /runde eröffnen."),
        ("ja", "studio", "オペレーターが/open_roundで開きます。"),
        ("ja", "discord", "オペレーターが「/ラウンド 開く」で開きます。"),
    ],
)
def test_commands_are_named_as_they_are_typed_where_the_sentence_is_read(
    locale: str, front_end: str, told: str
) -> None:
    template = "No round is open here: an operator opens one with /open_round."
    assert Words(locale, front_end).say(template).endswith(told)


def test_a_command_that_somebody_wrote_stays_as_it_was_written() -> None:
    told = Words("de", "discord").say(
        "Discord does not show this as it is: {reason}", reason="/vote"
    )
    assert told == "Discord zeigt das so nicht an: /vote"
