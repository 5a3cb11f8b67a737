"""A button does what it said when it was sent, whichever process hears the press, however late."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.discord import controls, modals
from bot.discord.controls import custom_id, find, keep_all, read
from bot.frontend import Button
from tools.catalogue import TOOLS
from tools.community.tables import Control
from tools.errors import NotFound
from tools.settings import Settings
from tools.studio import Studio

VOTE = Button("Vote for 2", "vote", {"round_id": "rnd_1", "choice": "2"})
REJECT = Button("Reject", "reject", {"mint_request_id": "mrq_1"}, asks="reason", prefill="Sorry: ")


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    with Studio(settings, TOOLS) as opened:
        yield opened


def test_any_process_finds_what_another_has_sent(studio: Studio) -> None:
    asyncio.run(keep_all(studio, [VOTE, REJECT]))
    with Studio(studio.settings, TOOLS) as another:
        for button in (VOTE, REJECT):
            pressed = read(custom_id(button))
            assert pressed is not None
            found = find(another, pressed.id)
            assert (found.action, found.arguments) == (button.action, button.arguments)
            assert (found.asks, found.prefill) == (button.asks, button.prefill)


def test_a_button_sent_again_is_the_same_row(studio: Studio) -> None:
    with Studio(studio.settings, TOOLS) as another:
        asyncio.run(keep_all(studio, [VOTE, VOTE]))
        asyncio.run(keep_all(another, [VOTE, REJECT]))
    with studio.db.write() as session:
        controls.keep(session, VOTE)
    with studio.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Control)) == 2


def test_a_button_that_nobody_sent_is_told_of_in_words(studio: Studio) -> None:
    with pytest.raises(NotFound, match="no longer known here"):
        find(studio, "a" * 32)


def test_buttons_that_do_different_things_have_different_ids() -> None:
    buttons = [
        VOTE,
        Button("Vote for 2", "vote", {"round_id": "rnd_1", "choice": "3"}),
        Button("Vote for 2", "withdraw_vote", {"round_id": "rnd_1", "choice": "2"}),
        Button("Vote for 2", "vote", {"round_id": "rnd_1", "choice": "2"}, asks="reason"),
        Button("Vote for 2", "vote", {"round_id": "rnd_1", "choice": "2"}, prefill="x"),
    ]
    assert len({custom_id(button) for button in buttons}) == len(buttons)
    assert custom_id(VOTE) == custom_id(Button("Stimme für 2", "vote", dict(VOTE.arguments)))


def test_whether_to_ask_for_words_stands_in_the_custom_id() -> None:
    assert (pressed := read(custom_id(REJECT))) is not None
    assert (pressed.action, pressed.asks) == ("reject", "reason")
    assert (pressed := read(custom_id(VOTE))) is not None
    assert (pressed.action, pressed.asks) == ("vote", "")


@given(
    st.builds(
        Button,
        label=st.text(max_size=20),
        action=st.text(max_size=80),
        arguments=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=2),
        asks=st.none() | st.text(min_size=1, max_size=60),
    )
)
def test_every_button_has_a_custom_id_that_discord_takes_and_that_is_read_back(
    button: Button,
) -> None:
    written = custom_id(button)
    assert len(written) <= 100
    assert (pressed := read(written)) is not None
    assert pressed.custom_id == written
    assert bool(pressed.asks) == (button.asks is not None)


@pytest.mark.parametrize("strange", ["", "mm:", "mm:vote::short", "other:vote::" + "a" * 32])
def test_a_custom_id_that_is_none_of_ours_is_left_alone(strange: str) -> None:
    assert read(strange) is None


def test_the_words_of_a_window_are_found_however_discord_nests_them() -> None:
    field = {"type": 4, "custom_id": "words", "value": "too blue"}
    assert list(modals.written({"components": [{"type": 18, "component": field}]})) == ["too blue"]
    assert list(modals.written({"components": [{"type": 1, "components": [field]}]})) == [
        "too blue"
    ]
    assert list(modals.written({})) == []
