"""The same answers in different languages: nothing of the English is left in them."""

from dataclasses import replace

import pytest

from bot.desk import UNFORESEEN
from bot.presenters import present
from bot.scene import Scene, scene_of
from bot.texts import Words
from tests.conftest import sign_in_to
from tests.rows import add_candidate
from tools.people import Role
from tools.studio import Studio


def scene_in(studio: Studio, locale: str) -> Scene:
    creator = sign_in_to(studio, "wren", Role.CREATOR)
    add_candidate(studio, creator, value=900)
    studio.door.call("open_round", {"title": "A"}, sign_in_to(studio, "reed", Role.OPERATOR))
    moss = sign_in_to(studio, "moss")
    return scene_of(studio, replace(moss, locale=locale, front_end="discord"))


@pytest.mark.parametrize(
    ("locale", "says", "button"),
    [
        ("de", "Offen; schließt: ", "Für 1 stimmen"),
        ("es-419", "Abierta; cierra: ", "Votar por 1"),
        ("fr", "Ouvert ; clôture : ", "Voter pour 1"),
        ("ja", "受付中。終了：", "1に投票"),
    ],
)
def test_an_open_round_is_told_in_the_language(
    studio: Studio, locale: str, says: str, button: str
) -> None:
    scene = scene_in(studio, locale)
    message = present(studio.door.call("show_round", {}, scene.actor), scene)
    assert message.text.startswith(says)
    assert message.buttons[0].label == button


def test_a_command_is_named_as_it_is_in_the_language(studio: Studio) -> None:
    scene = scene_in(studio, "de")
    message = present(studio.door.call("show_round", {}, scene.actor), scene)
    assert "Stimm ab mit /abstimmen <Nummer>." in message.text


@pytest.mark.parametrize("locale", ["de", "es-ES", "fr", "ja"])
def test_what_nobody_foresaw_is_told_in_the_language(locale: str) -> None:
    assert Words(locale).say(UNFORESEEN) != UNFORESEEN
