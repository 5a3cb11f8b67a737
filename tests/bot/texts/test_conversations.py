"""What the studio says in a conversation without a language model, in people's languages."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agents.chat import Chat, open_chat, thread_of
from bot.texts import words_for
from tests.agents.stand_ins import STAND_INS, stage
from tests.conftest import sign_in_to
from tests.peers.openai_peer import Answer, running_peer
from tools.people import Actor, Role
from tools.settings import LanguageModel, Settings
from tools.studio import Studio

GERMAN = "de"
ONLY_ENGLISH = "Ich verstehe nur englische Sätze"


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    """A studio whose tools are stand-ins."""
    with Studio(sqlite_settings, STAND_INS) as opened:
        yield opened


@pytest.fixture
async def chat(studio: Studio) -> AsyncIterator[Chat]:
    """The agent without a language model."""
    async with open_chat(studio, words_for) as opened:
        yield opened


def ada(studio: Studio, locale: str = GERMAN, role: Role = Role.CREATOR) -> Actor:
    signed_in = sign_in_to(studio, "ada", role)
    return replace(signed_in, locale=locale, front_end="discord")


async def said(chat: Chat, actor: Actor, text: str) -> str:
    return (await chat.reply(actor, text)).text


async def test_pictures_are_made_and_told_of_in_german(studio: Studio, chat: Chat) -> None:
    told = await said(chat, ada(studio), "make 2 foxes with a crown, seed 7")
    assert told == "Ich lasse 2 Bilder für mintlings machen: Auftrag j_0000000001, Seeds 7, 8."
    assert stage(studio).prompts == ["foxes with a crown"]


async def test_a_job_and_a_gallery_are_told_of_in_german(studio: Studio, chat: Chat) -> None:
    await said(chat, ada(studio), "make a fox")
    told = await said(chat, ada(studio), "how is my job? what won? show me my pictures")
    job, won, pictures = told.split("\n\n")
    assert job == "Auftrag j_0000000001 läuft: wird gezeichnet, 50 %."
    assert won.startswith("Hier") or "rnd_000000000r" in won
    first, *lines = pictures.splitlines()
    assert first == "2 Bilder:"
    assert lines[0] == "· c_000000000a von ada · fox · in engerer Auswahl (80 von 100)"


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("de-AT", "„kaninchen bitte“ habe ich nicht verstanden. Sag „Hilfe“"),
        ("es-419", "No he entendido «kaninchen bitte». Di «ayuda»"),
        ("fr", "Je n’ai pas compris « kaninchen bitte ». Dites « aide »"),
        ("ja", "「kaninchen bitte」が理解できませんでした。「ヘルプ」"),
    ],
)
async def test_what_is_not_understood_is_answered_in_the_language(
    studio: Studio, chat: Chat, locale: str, told: str
) -> None:
    assert (await said(chat, ada(studio, locale), "kaninchen bitte")).startswith(told)


async def test_who_reads_another_language_is_told_once_that_english_is_understood(
    studio: Studio, chat: Chat
) -> None:
    told = await said(chat, ada(studio), "kaninchen bitte. zwei eulen")
    assert told.count(ONLY_ENGLISH) == 1
    assert "Befehle wie /bilder" in told or "Befehle wie /" in told
    korean = await said(chat, ada(studio, "ko"), "토끼")
    assert "I understand English sentences only" in korean


async def test_who_reads_english_is_answered_as_ever(studio: Studio, chat: Chat) -> None:
    told = await said(chat, ada(studio, "en-GB"), "gibber")
    assert told == "I did not understand “gibber”. Say “help” to see what I can do."


@pytest.mark.parametrize(
    ("locale", "asks", "told"),
    [
        ("de", "Hilfe!", "Abstimmen, Genehmigen"),
        ("es-ES", "¡Ayuda!", "Votar, aprobar"),
        ("fr", "aide-moi", "Voter, approuver"),
        ("ja", "ヘルプ！", "投票、承認"),
        ("de", "help", "Abstimmen, Genehmigen"),
    ],
)
async def test_help_is_asked_for_and_given_in_the_language(
    studio: Studio, chat: Chat, locale: str, asks: str, told: str
) -> None:
    answer = await said(chat, ada(studio, locale), asks)
    assert told in answer
    assert "· make 4 foxes with a crown, seed 7 — " in answer


async def test_commands_are_called_as_they_are_typed_in_discord(studio: Studio, chat: Chat) -> None:
    assert "/runde eröffnen" in await said(chat, ada(studio), "open a round")
    assert "/round open" in await said(chat, ada(studio, "en-US"), "open a round")


@pytest.mark.parametrize("locale", [GERMAN, "en-US"])
@pytest.mark.parametrize("words", ["{clause.__class__}", "{words}", "%s {0} }{", "/vote /help {n}"])
async def test_what_somebody_wrote_is_quoted_untouched(
    studio: Studio, chat: Chat, locale: str, words: str
) -> None:
    assert words in await said(chat, ada(studio, locale), f"frobnicate {words} gibber")


async def test_what_a_tool_refuses_is_told_in_german_and_kept_in_english(
    studio: Studio, chat: Chat
) -> None:
    from langchain_core.messages import ToolMessage

    actor = ada(studio)
    told = await said(chat, actor, "make a picture of fault")
    assert told.startswith("Das ist an einem Fehler im Studio selbst gescheitert")
    config = {"configurable": {"thread_id": thread_of(actor)}}
    state = await chat._graph.aget_state(config)
    kept = [one for one in state.values["messages"] if isinstance(one, ToolMessage)]
    assert str(kept[-1].text).startswith("This failed through a fault")


async def test_a_role_that_does_not_reach_is_told_so_in_german(studio: Studio, chat: Chat) -> None:
    told = await said(chat, ada(studio, role=Role.MEMBER), "make 2 foxes")
    assert told == "Deine Rolle hier umfasst „create“ nicht."
    assert stage(studio).done == []


async def test_that_the_interpreter_stands_in_for_a_model_is_said_in_german_and_the_model_hears_it(
    tmp_path: Path,
) -> None:
    async with running_peer(Answer(status=400), Answer("Guten Tag.")) as peer:
        model = LanguageModel.model_validate({"model": "m", "base_url": peer.url, "timeout_s": 5})
        settings = Settings(data_dir=tmp_path / "data", llm=model)
        with Studio(settings, STAND_INS) as studio:
            async with open_chat(studio, words_for) as chat:
                first = await said(chat, ada(studio), "make a fox, seed banana")
                second = await said(chat, ada(studio), "hallo?")
    line, _, answer = first.partition("\n\n")
    assert line == (
        "(Das Sprachmodell antwortet nicht: Status 400. Der Interpreter ist eingesprungen.)"
    )
    assert answer == "Ein Seed ist eine ganze Zahl wie 7; „banana“ ist keine."
    assert second.strip() == "Guten Tag."
    heard = [m["content"] for m in peer.requests[-1]["messages"] if m["role"] == "assistant"]
    assert heard == [first]
