"""The terminal studio: several people on one data folder, each line answered in words."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bot.conftest import seat
from tests.rows import add_candidate
from tools.catalogue import TOOLS
from tools.people import Role, set_role
from tools.provenance import log
from tools.studio import Studio

SOME_LINES = st.one_of(
    st.text(max_size=60),
    st.builds(
        "/{} {}".format,
        st.sampled_from(["vote", "open_round", "show_round", "rounds", "create", "help", "x", ""]),
        st.text(max_size=40),
    ),
    st.builds("{} {}".format, st.integers(0, 99), st.text(max_size=10)),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(SOME_LINES)
async def test_any_line_gets_an_answer_in_words(studio: Studio, line: str) -> None:
    async with seat(studio, "moss") as moss:
        answer = await moss.types(line)
    assert answer.strip() or not line.strip() or line.strip().startswith("/quit")
    assert "Traceback" not in answer
    assert "Something went wrong inside" not in answer


NAMES = sorted(tool.name for tool in TOOLS)
OPTIONS = sorted({name for tool in TOOLS for name in tool.input.model_fields})
VALUES = st.one_of(st.text(max_size=30), st.integers().map(str), st.sampled_from(["no", "x=y"]))
COMMANDS = st.builds(
    "/{} {} --{} {}".format, st.sampled_from(NAMES), VALUES, st.sampled_from(OPTIONS), VALUES
)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(COMMANDS)
async def test_an_operator_may_get_any_option_of_any_command_wrong(
    studio: Studio, line: str
) -> None:
    async with seat(studio, "reed", Role.OPERATOR) as reed:
        assert await reed.session.hear(line) is True
        await reed.session.desk.leave()  # nobody works here: what was begun stays in the queue
    answer = reed.printed()
    assert answer.strip()
    assert "Traceback" not in answer
    assert "Something went wrong inside" not in answer


async def test_two_people_on_one_folder_see_what_the_other_does(studio: Studio) -> None:
    async with (
        seat(studio, "reed", Role.OPERATOR) as reed,
        seat(studio, "moss") as moss,
        seat(studio, "wren", Role.CREATOR) as wren,
    ):
        add_candidate(studio, wren.actor)
        opened = await reed.types("/open_round First of autumn --minutes 5")
        assert "First of autumn" in opened
        assert "A round is open: First of autumn" in await moss.types("")
        assert "Your vote for number 1 counts; 1 person voted so far." in await moss.types(
            "/vote 1"
        )
        assert "1: 1 vote" in await wren.types("/show_round")
        await reed.types("/close_round " + _only_round(opened))
        news = await moss.types("")
    assert "is closed. Number 1 wins with 1 of 1 votes." in news


def _only_round(text: str) -> str:
    return next(word for word in text.split() if word.startswith("rnd_"))


async def test_nobody_is_told_what_they_did_themselves(studio: Studio) -> None:
    async with seat(studio, "reed", Role.OPERATOR) as reed:
        add_candidate(studio, reed.actor)
        opened = await reed.types("/open_round Mine --minutes 5")
        assert "A round is open" not in opened
        assert "• " not in await reed.types(f"/close_round {_only_round(opened)}")


async def test_a_button_is_pressed_by_its_number(studio: Studio) -> None:
    async with seat(studio, "reed", Role.OPERATOR) as reed, seat(studio, "moss") as moss:
        add_candidate(studio, reed.actor)
        await reed.types("/open_round A --minutes 5")
        shown = await moss.types("/show_round")
        assert "[1] Vote for 1" in shown
        assert "Your vote for number 1 counts" in await moss.types("1")
        with studio.db.read() as session:
            assert log.find_fault(session) is None


async def test_a_member_sees_no_buttons_of_operators(studio: Studio) -> None:
    async with seat(studio, "reed", Role.OPERATOR) as reed, seat(studio, "moss") as moss:
        add_candidate(studio, reed.actor)
        assert "Close it now" in await reed.types("/open_round A --minutes 5")
        assert "Close it now" not in await moss.types("/show_round")


async def test_a_command_beyond_ones_role_is_refused_and_recorded(studio: Studio) -> None:
    async with seat(studio, "moss") as moss:
        answer = await moss.types("/open_round Mine")
    assert answer.strip() == "✗ open_round needs the role operator; you are member."
    with studio.db.read() as session:
        assert [call.tool for call in log.open_calls(session)] == []
        assert log.count(session) == 1


async def test_a_role_taken_away_is_gone_at_the_next_line(studio: Studio) -> None:
    async with seat(studio, "reed", Role.OPERATOR) as reed:
        add_candidate(studio, reed.actor)
        with studio.db.write() as session:
            set_role(session, reed.actor.person_id, "hall", Role.MEMBER)
        assert "needs the role operator" in await reed.types("/open_round A")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/votes 1", "There is no command /votes. Did you mean /vote?"),
        ("/vote", "choice: Field required"),
        ("/vote 1 --colour red", "There is no option --colour here"),
        ("/vote 1", "No round is open here"),
        ("99", "There is no button 99 on this screen."),
        ("/help nonsense", "There is no command /nonsense."),
    ],
)
async def test_what_is_wrong_is_said(studio: Studio, line: str, said: str) -> None:
    async with seat(studio, "moss") as moss:
        assert said in await moss.types(line)


async def test_help_says_what_can_be_done_now(studio: Studio) -> None:
    async with seat(studio, "reed", Role.OPERATOR) as reed, seat(studio, "moss") as moss:
        assert "/vote 1" not in await moss.types("/help")
        add_candidate(studio, reed.actor)
        await reed.types("/open_round A --minutes 5")
        helped = await moss.types("/help")
        assert "A round is open (A): look with /show_round, vote with /vote 1." in helped
        assert "/open_round" not in helped
        assert "/open_round" in await reed.types("/help")


async def test_help_tells_the_options_of_a_command(studio: Studio) -> None:
    async with seat(studio, "wren", Role.CREATOR) as wren:
        helped = await wren.types("/help create")
    assert "/create <prompt> [--negative_prompt …]" in helped
    assert "For example: /create a fox" in helped
    assert "The first picture's seed" in helped


async def test_quit_is_the_only_line_that_leaves(studio: Studio) -> None:
    async with seat(studio, "moss") as moss:
        assert await moss.session.hear("/help") is True
        assert await moss.session.hear("/quit") is False
