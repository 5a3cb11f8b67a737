"""A message becomes cards that Discord takes, whatever is in it, and that read well on a phone."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.discord import attachments, cards
from bot.discord.cards import Card
from bot.frontend import Button, Document, Mention, Message, Picture, Progress, Section
from bot.texts import Words

ENGLISH = Words()


@pytest.fixture(scope="module")
def png(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "bafkreiexample"  # no suffix, as in the store
    Image.new("RGB", (4, 4), "red").save(path, "PNG")
    return path


def dealt(message: Message) -> list[Card]:
    return cards.deal(message, ENGLISH)


def components(card: Card) -> Iterator[dict[str, Any]]:
    """Every component of the payload, nested ones too."""

    def walk(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for part in parts:
            yield part
            yield from walk(part.get("components", []))
            yield from walk([part["accessory"]] if "accessory" in part else [])

    yield from walk(card.view.to_components())  # type: ignore[no-untyped-call]  # not annotated


def texts(card: Card) -> list[str]:
    return [part["content"] for part in components(card) if part["type"] == 10]


def words_on(message: Message) -> str:
    return "\n".join(text for card in dealt(message) for text in texts(card))


def buttons(card: Card) -> list[dict[str, Any]]:
    return [part for part in components(card) if part["type"] == 2]


def picture(
    path: Path, caption: str = "c_1 by ada\nshortlisted 0.91", alt: str = "a fox"
) -> Picture:
    return Picture("bafkreiexample", path, caption, alt)


WORDS = st.text(max_size=20) | st.sampled_from(
    ["", "# *_<@1>_* ", "🦊" * 90, "\u202e", "a" * 200, "9999-12-31 23:59 UTC "]
)
LONG = WORDS | st.builds(str.__mul__, WORDS, st.integers(100, 900))
BUTTONS = st.builds(
    Button,
    label=WORDS,
    action=st.text(alphabet="abc_", min_size=1, max_size=60),
    arguments=st.dictionaries(WORDS, WORDS, max_size=1),
    asks=st.none() | st.text(alphabet="abc_", max_size=40),
    prefill=WORDS,
    kind=st.sampled_from(["plain", "good", "danger"]),
)
PATHS = st.sampled_from(["picture", "lost", "SPOILER_a b.json", "ünï.png"])


@settings(max_examples=30)
@given(st.data())
def test_discord_takes_every_card_of_every_message(png: Path, data: st.DataObject) -> None:
    def file() -> Path:
        name = data.draw(PATHS)
        path = png if name == "picture" else png.with_name(name)
        if name not in ("picture", "lost"):
            path.write_bytes(b"{}")
        return path

    message = Message(
        text=data.draw(LONG),
        title=data.draw(WORDS),
        mentions=(Mention("9999", "channel"), Mention("1", "role")),
        facts=tuple(data.draw(st.lists(st.tuples(WORDS, LONG), max_size=8))),
        sections=tuple(
            Section(data.draw(LONG), data.draw(LONG), picture(file()) if number % 2 else None)
            for number in range(data.draw(st.sampled_from([0, 1, 2, 14])))
        ),
        details=tuple(data.draw(st.lists(st.tuples(WORDS, LONG), max_size=8))),
        pictures=tuple(
            picture(file(), data.draw(WORDS) + str(number), data.draw(LONG))
            for number in range(data.draw(st.sampled_from([0, 1, 9, 10, 13])))
        ),
        buttons=tuple(
            replace(button, action=f"{button.action}_{number}")
            for button in data.draw(st.lists(BUTTONS, max_size=4))
            for number in range(data.draw(st.sampled_from([1, 5, 7, 40])))
        ),
        progress=data.draw(st.none() | st.just(Progress("x" * 900, 2000, 3, 1e6, b"png"))),
        files=tuple(
            Document(file(), data.draw(WORDS) + f"{number % 3}.json")
            for number in range(data.draw(st.sampled_from([0, 1, 12])))
        ),
    )
    found = dealt(message)
    assert found
    for card in found:
        check_limits(card)
    sent = [button["custom_id"] for card in found for button in buttons(card)]
    assert len(sent) == len(set(sent))


def check_limits(card: Card) -> None:
    """Discord's limits, counted on the payload itself."""
    parts = list(components(card))
    assert 0 < len(parts) <= 40
    assert all(len(text.strip()) > 0 for text in texts(card))
    assert sum(len(text.encode("utf-16-le")) // 2 for text in texts(card)) <= 4000
    names = [file.name for file in card.attachments]
    assert len(names) == len(set(names)) <= 10
    assert all(name.isascii() and not name.startswith("SPOILER") for name in names)
    shown = [
        media["media"]["url"] for part in parts if part["type"] == 12 for media in part["items"]
    ]
    shown += [part["media"]["url"] for part in parts if part["type"] == 11]
    handed = [part["file"]["url"] for part in parts if part["type"] == 13]
    assert sorted(shown + handed) == sorted(f"attachment://{name}" for name in names)
    rows = [part for part in parts if part["type"] == 1]
    assert len(rows) <= 5
    for part in parts:
        check_component(part)


def check_component(part: dict[str, Any]) -> None:
    match part["type"]:
        case 1:
            assert 1 <= len(part["components"]) <= 5
        case 2:
            assert 1 <= len(part["label"]) <= 80
            assert len(part["custom_id"]) <= 100
        case 3:
            assert 1 <= len(part["options"]) <= 25
            values = [option["value"] for option in part["options"]]
            assert len(set(values)) == len(values)
            assert all(1 <= len(option["label"]) <= 100 for option in part["options"])
            assert all(len(value) <= 100 for value in values)
        case 12:
            assert 1 <= len(part["items"]) <= 10
            assert all(1 <= len(item["description"]) <= 1024 for item in part["items"])


def test_pictures_stand_in_a_gallery_with_their_captions_under_it_by_number(png: Path) -> None:
    (card,) = dealt(Message("", pictures=(picture(png), picture(png, "c_2 by bob\nout 0.20"))))
    assert texts(card)[0].splitlines() == [
        r"**1** · c\_1 by ada · shortlisted 0.91",
        r"**2** · c\_2 by bob · out 0.20",
    ]
    gallery = next(part for part in components(card) if part["type"] == 12)
    assert [item["description"] for item in gallery["items"]] == ["a fox", "a fox"]


def test_a_caption_that_has_a_number_keeps_it(png: Path) -> None:
    shown = words_on(
        Message("", pictures=(picture(png, "11: 2 votes\nc_1"), picture(png, "12: 0")))
    )
    assert r"**11** · 2 votes · c\_1" in shown
    assert "**12** · 0" in shown


def test_a_card_with_pictures_says_that_they_are_made_with_ai(png: Path) -> None:
    assert "-# Pictures here are made with AI." in words_on(Message("", pictures=(picture(png),)))
    assert "AI" not in words_on(Message("hello"))


def test_a_picture_goes_out_byte_for_byte(png: Path) -> None:
    (card,) = dealt(Message("", pictures=(picture(png),)))
    for _ in range(2):  # however often it is sent
        (file,) = card.files
        assert file.fp.read() == png.read_bytes()
        assert file.filename.endswith(".png")
        file.close()


def test_a_picture_too_large_for_discord_is_shown_as_a_smaller_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 200_000)
    path = tmp_path / "large.png"
    Image.effect_noise((4096, 20), 90).convert("RGB").save(path, "PNG", compress_level=0)
    assert path.stat().st_size > attachments.LARGEST
    (card,) = dealt(Message("", pictures=(picture(path),)))
    (file,) = card.files
    assert 0 < len(data := file.fp.read()) <= attachments.LARGEST
    assert Image.open(io.BytesIO(data)).size == (2048, 10)


def test_a_picture_that_cannot_be_read_is_told_of_in_its_caption(tmp_path: Path) -> None:
    shown = words_on(Message("", pictures=(picture(tmp_path / "lost"),)))
    assert r"c\_1 by ada · shortlisted 0.91 · \(the picture cannot be read\)" in shown


def test_ten_pictures_stand_on_a_card_and_the_next_ones_on_another(png: Path) -> None:
    found = dealt(Message("", pictures=tuple(picture(png, f"c_{n}") for n in range(23))))
    assert [len(card.attachments) for card in found] == [10, 10, 3]
    assert r"**23** · c\_22" in texts(found[2])[0]


def test_twenty_five_buttons_stand_in_rows_and_more_in_menus() -> None:
    def many(number: int) -> Message:
        return Message(
            "", buttons=tuple(Button(f"b{n}", "vote", {"n": str(n)}) for n in range(number))
        )

    (rows,) = dealt(many(25))
    assert len(buttons(rows)) == 25
    (menus,) = dealt(many(60))
    options = [part["options"] for part in components(menus) if part["type"] == 3]
    assert [len(choices) for choices in options] == [25, 25, 10]
    assert len(menus.buttons) == 60


def test_the_same_button_stands_on_a_card_once() -> None:
    twice = Button("Show it", "show_round", {"round_id": "rnd_1"})
    (card,) = dealt(Message("hello", buttons=(twice, twice)))
    assert [button["label"] for button in buttons(card)] == ["Show it"]


def test_good_and_dangerous_buttons_look_so() -> None:
    (card,) = dealt(
        Message(
            "",
            buttons=(
                Button("a", "x"),
                Button("b", "y", kind="good"),
                Button("c", "z", kind="danger"),
            ),
        )
    )
    assert [button["style"] for button in buttons(card)] == [2, 3, 4]


def test_what_a_person_typed_is_escaped_wherever_it_stands(png: Path) -> None:
    evil = "[x](https://evil) <@1> **b**"
    shown = words_on(
        Message(evil, title=evil, facts=((evil, evil),), pictures=(picture(png, evil),))
    )
    assert shown.count(r"\[x\]\(https\://evil\) \<@1\> \*\*b\*\*") == 5


def test_times_are_told_in_discords_own_way() -> None:
    shown = words_on(
        Message(
            "Closes 2999-11-22 12:00:00 UTC.",
            facts=(("opened", "2026-11-22 11:00:00 UTC"),),
        )
    )
    assert "Closes <t:32500267200:f> (<t:32500267200:R>)." in shown
    assert "**opened** <t:1795345200:f>" in shown


def test_progress_tells_the_place_in_the_queue_the_time_left_and_what_can_be_seen() -> None:
    shown = Message("", title="Making", progress=Progress("denoising", 500, 2, 60.0, b"\x89PNG"))
    (card,) = dealt(shown)
    told = "\n".join(texts(card))
    assert "▰▰▰▰▰▰▱▱▱▱▱▱  50 %" in told
    assert "denoising · number 3 in the queue · ready <t:" in told
    assert [file.name for file in card.attachments] == ["preview.png"]


def test_files_are_handed_over_under_names_discord_keeps(png: Path) -> None:
    names = ("certificate tok_1.json", "certificate tok_1.json", "SPOILER_x", "日本.tar.gz", "")
    (card,) = dealt(Message("", files=tuple(Document(png, name) for name in names)))
    assert [file.name for file in card.attachments] == [
        "certificate-tok_1.json",
        "certificate-tok_1-2.json",
        "x",
        "tar.gz",
        "file",
    ]


def test_a_very_long_text_begins_on_the_card_and_stands_whole_in_a_file() -> None:
    text = "a line of a long story\n" * 2000
    (card,) = dealt(Message(text))
    (file,) = card.files
    assert file.fp.read().decode() == text


def test_a_long_text_goes_on_on_further_cards_and_the_buttons_come_last() -> None:
    first = cards.card(Message("word " * 1300, buttons=(Button("Go", "rounds"),)), ENGLISH)
    assert len(first.more) == 1
    assert not buttons(first)
    assert [button["label"] for button in buttons(first.more[0])] == ["Go"]


def test_a_message_with_nothing_in_it_is_still_an_answer() -> None:
    assert words_on(Message("")) == "Done."


def test_an_error_is_marked_for_those_who_do_not_see_its_colour() -> None:
    assert words_on(Message("It is closed.", tone="error")) == "⚠️ It is closed."


def test_a_section_stands_beside_its_picture_and_details_are_small(png: Path) -> None:
    message = Message(
        "",
        sections=(Section("1. c_1 by ada", "waits", picture(png)),),
        details=(("digest", "sha256:00"),),
        files=(Document(b"all of it", "all.txt"),),
    )
    [card] = dealt(message)
    beside = [part for part in components(card) if part["type"] == 9]
    assert beside[0]["accessory"]["description"] == "a fox"
    assert texts(card)[:2] == ["**1\\. c\\_1 by ada**\nwaits", "-# digest sha256:00"]
    assert [file.filename for file in card.files][1:] == ["all.txt"]


def test_the_numbers_of_a_row_stand_under_what_they_do() -> None:
    row = tuple(
        Button(f"Vary {number}", "vary", {"n": str(number)}, row="Vary: more", mark=str(number))
        for number in (1, 2)
    )
    [card] = dealt(Message("x", buttons=(*row, Button("Cancel", "cancel_job"))))
    assert texts(card)[-1] == "-# Vary: more"
    assert [button["label"] for button in buttons(card)] == ["1", "2", "Cancel"]
