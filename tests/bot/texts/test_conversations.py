"""What the studio says in a conversation without a language model, in people's languages."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from agents.answers import answer
from agents.chat import Chat, open_chat, thread_of
from agents.voice import ENGLISH
from bot.discord.commands.names import tool_names
from bot.texts import Words, words_for
from tests.agents.stand_ins import STAND_INS, stage
from tests.conftest import sign_in_to
from tests.peers.openai_peer import Answer, running_peer
from tools.people import Actor, Role
from tools.settings import LanguageModel, Settings
from tools.studio import Studio

GERMAN = "de"
ONLY_ENGLISH = "Ich verstehe nur englische Sätze"
_NUMBERS = count()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio whose tools are stand-ins; every test brings somebody of its own."""
    folder = tmp_path_factory.mktemp("conversations")
    with Studio(Settings(data_dir=folder / "data"), STAND_INS) as opened:
        yield opened


@pytest.fixture
async def chat(studio: Studio) -> AsyncIterator[Chat]:
    """The agent without a language model."""
    async with open_chat(studio, words_for) as opened:
        yield opened


def someone(studio: Studio, locale: str = GERMAN, role: Role = Role.CREATOR) -> Actor:
    """Somebody in Discord who has said nothing yet."""
    signed_in = sign_in_to(studio, f"ada-{next(_NUMBERS)}", role)
    return replace(signed_in, locale=locale, front_end="discord")


async def said(chat: Chat, actor: Actor, text: str) -> str:
    """What somebody is answered."""
    return (await chat.reply(actor, text)).text


async def test_pictures_and_what_came_of_them_are_told_of_in_german(
    studio: Studio, chat: Chat
) -> None:
    ada = someone(studio)
    told = await said(chat, ada, "make 2 foxes with a crown, seed 7")
    assert told == "Ich lasse 2 Bilder für mintlings machen: Auftrag j_0000000001, Seeds 7, 8."
    assert stage(studio).prompts[-1] == "foxes with a crown"
    job, pictures = (await said(chat, ada, "how is my job? show me my pictures")).split("\n\n")
    assert job == "Auftrag j_0000000001 läuft: wird gezeichnet, 50 %."
    title, first, _ = pictures.splitlines()
    assert title == "2 Bilder:"
    assert first == "· c_000000000a von ada · fox · in engerer Auswahl (80 von 100)"


_ROUND = {
    "round_id": "rnd_1",
    "title": "{words} is open",
    "state": "open",
    "closes_at": "2026-01-01T12:00:00Z",
    "voters": 2,
    "quorum": 3,
    "entries": [{"number": 1, "candidate_id": "c_1", "creator": "bob", "votes": 1}],
}
_REQUEST = {
    "mint_request_id": "m_1",
    "candidate_id": "c_1",
    "state": "failed",
    "chains": ["copper", "silver"],
    "error": "m_1 is failed; nothing is minted.",
}
_TOLD = [
    (
        "show_round",
        _ROUND,
        "rnd_1 “{words} is open” is open, until 2026-01-01 12:00 UTC; 2 voters, quorum 3."
        "\n· 1: c_1 by bob, 1 vote",
        "rnd_1 „{words} is open“ ist offen, bis 2026-01-01 12:00 UTC; 2 Stimmen, Quorum 3."
        "\n· 1: c_1 von bob, 1 Stimme",
    ),
    (
        "mint_status",
        _REQUEST,
        "Request m_1 for c_1 on copper, silver is failed. m_1 is failed; nothing is minted.",
        "Antrag m_1 für c_1 auf copper, silver: fehlgeschlagen. "
        "m_1 ist fehlgeschlagen; nichts wird gemintet.",
    ),
    ("tokens", {"tokens": []}, "Nothing has been minted yet.", "Noch wurde nichts gemintet."),
    (
        "show_candidate",
        {"candidate": {"candidate_id": "c_1", "verdict": "passed", "score": 805}, "seed": "7"},
        "c_1 by somebody · passed (80.5 of 100). Seed 7.",
        "c_1 von jemandem · bestanden (80,5 von 100). Seed 7.",
    ),
]


@pytest.mark.parametrize(("tool", "result", "english", "german"), _TOLD)
def test_results_are_told_in_the_language_with_names_and_ids_as_they_are(
    tool: str, result: dict[str, object], english: str, german: str
) -> None:
    assert answer(tool, result, ENGLISH) == english
    assert answer(tool, result, Words("en-US", "discord")) == english
    assert answer(tool, result, Words(GERMAN, "discord")) == german


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
    assert (await said(chat, someone(studio, locale), "kaninchen bitte")).startswith(told)


async def test_who_reads_another_language_is_told_once_that_english_is_understood(
    studio: Studio, chat: Chat
) -> None:
    told = await said(chat, someone(studio), "kaninchen bitte. zwei eulen")
    assert told.count(ONLY_ENGLISH) == 1
    assert f"Befehle wie /{tool_names(GERMAN)['create']} gehen in jeder Sprache." in told
    korean = await said(chat, someone(studio, "ko"), "토끼")
    assert "I understand English sentences only" in korean


async def test_who_reads_english_is_answered_as_ever(studio: Studio, chat: Chat) -> None:
    told = await said(chat, someone(studio, "en-GB"), "gibber")
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
    answer = await said(chat, someone(studio, locale), asks)
    assert told in answer
    assert "· make 4 foxes with a crown, seed 7 — " in answer


async def test_commands_are_called_as_they_are_typed_in_discord(studio: Studio, chat: Chat) -> None:
    assert "/runde eröffnen" in await said(chat, someone(studio), "open a round")
    assert "/round open" in await said(chat, someone(studio, "en-US"), "open a round")


@pytest.mark.parametrize("locale", [GERMAN, "en-US"])
async def test_what_somebody_wrote_is_quoted_untouched(
    studio: Studio, chat: Chat, locale: str
) -> None:
    actor = someone(studio, locale)
    for words in ("{clause.__class__}", "{words}", "%s {0} }{", "/vote /help {n}"):
        assert f"frobnicate {words} it" in await said(chat, actor, f"frobnicate {words} it")


async def test_what_a_tool_refuses_is_told_in_german_and_kept_in_english(
    studio: Studio, chat: Chat
) -> None:
    from langchain_core.messages import ToolMessage

    actor = someone(studio)
    told = await said(chat, actor, "make a picture of fault")
    assert told.startswith("Das ist an einem Fehler im Studio selbst gescheitert")
    state = await chat._graph.aget_state({"configurable": {"thread_id": thread_of(actor)}})
    kept = [one for one in state.values["messages"] if isinstance(one, ToolMessage)]
    assert str(kept[-1].text).startswith("This failed through a fault")


async def test_a_role_that_does_not_reach_is_told_so_in_german(studio: Studio, chat: Chat) -> None:
    before = list(stage(studio).done)
    told = await said(chat, someone(studio, role=Role.MEMBER), "make 2 foxes")
    assert told == "Deine Rolle hier umfasst „create“ nicht."
    assert stage(studio).done == before


async def test_that_the_interpreter_stands_in_for_a_model_is_said_in_german_and_the_model_hears_it(
    tmp_path: Path,
) -> None:
    async with running_peer(Answer(status=400), Answer("Guten Tag.")) as peer:
        model = LanguageModel.model_validate({"model": "m", "base_url": peer.url, "timeout_s": 5})
        settings = Settings(data_dir=tmp_path / "data", llm=model)
        with Studio(settings, STAND_INS) as studio:
            async with open_chat(studio, words_for) as chat:
                ada = someone(studio)
                first = await said(chat, ada, "make a fox, seed banana")
                second = await said(chat, ada, "hallo?")
    line, _, answer = first.partition("\n\n")
    assert line == (
        "(Das Sprachmodell antwortet nicht: Status 400. Der Interpreter ist eingesprungen.)"
    )
    assert answer == "Ein Seed ist eine ganze Zahl wie 7; „banana“ ist keine."
    assert second.strip() == "Guten Tag."
    heard = [m["content"] for m in peer.requests[-1]["messages"] if m["role"] == "assistant"]
    assert heard == [first]


def test_the_history_of_a_picture_is_told_step_by_step() -> None:
    step = {"tool": "create", "at": "2026-11-22T21:10:03.123456+00:00", "name": "ada"}
    steps = [step | {"outcome": "settled"}, step | {"tool": "render", "outcome": "failed"}]
    told = answer("provenance", {"subject_id": "c_1", "kind": "candidate", "steps": steps}, ENGLISH)
    assert told.splitlines() == [
        "2 steps behind c_1:",
        "· 2026-11-22 21:10:03 UTC · create · ada",
        "· 2026-11-22 21:10:03 UTC · render · ada · failed",
    ]
