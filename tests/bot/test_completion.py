"""What Tab offers."""

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot.scene import scene_of
from bot.terminal.completion import StudioCompleter
from tests.conftest import sign_in_to
from tests.rows import add_candidate, add_mint_request
from tools.people import Actor, Role
from tools.studio import Studio


def offered(studio: Studio, actor: Actor, text: str) -> list[str]:
    completer = StudioCompleter(lambda: scene_of(studio, actor))
    return [c.text for c in completer.get_completions(Document(text), CompleteEvent())]


def test_commands_are_those_of_the_persons_role(studio: Studio) -> None:
    moss, reed = sign_in_to(studio, "moss"), sign_in_to(studio, "reed", Role.OPERATOR)
    assert offered(studio, moss, "/vo") == ["vote"]
    assert "open_round" not in offered(studio, moss, "/")
    assert "open_round" in offered(studio, reed, "/")
    assert "help" in offered(studio, moss, "/")


def test_free_text_is_left_alone(studio: Studio) -> None:
    assert offered(studio, sign_in_to(studio, "moss"), "a fox") == []


def test_options_are_offered_once(studio: Studio) -> None:
    wren = sign_in_to(studio, "wren", Role.CREATOR)
    assert offered(studio, wren, "/create a fox --c") == ["--count", "--collection"]
    assert offered(studio, wren, "/create a fox --count 3 --c") == ["--collection"]


def test_ids_come_from_the_database_the_newest_first(studio: Studio) -> None:
    wren = sign_in_to(studio, "wren", Role.CREATOR)
    older, newer = add_candidate(studio, wren), add_candidate(studio, wren)
    assert offered(studio, wren, "/show_candidate ") == [newer, older]
    assert offered(studio, wren, f"/show_candidate {older}") == [older]
    assert offered(studio, wren, "/show_candidate x") == []


def test_a_list_is_completed_value_by_value(studio: Studio) -> None:
    reed = sign_in_to(studio, "reed", Role.OPERATOR)
    older, newer = add_candidate(studio, reed), add_candidate(studio, reed)
    begun = f"/open_round --candidate_ids {older},{newer[:6]}"
    assert offered(studio, reed, begun) == [newer]


def test_choices_are_those_the_tool_knows(studio: Studio) -> None:
    moss = sign_in_to(studio, "moss")
    assert offered(studio, moss, "/rounds --state ") == ["open", "closed"]


def test_mint_requests_of_other_guilds_are_not_offered(studio: Studio) -> None:
    wren, reed = sign_in_to(studio, "wren", Role.CREATOR), sign_in_to(studio, "reed", Role.OPERATOR)
    away = sign_in_to(studio, "reed", Role.OPERATOR, guild="elsewhere")
    request = add_mint_request(studio, wren, reed, state="pending")
    assert offered(studio, reed, "/approve ") == [request]
    assert offered(studio, away, "/approve ") == []
