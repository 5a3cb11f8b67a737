"""The chat over HTTP, against an endpoint that streams or not and may say anything."""

import asyncio
import json
from pathlib import Path

import pytest

from agents.chat import Chat
from agents.events import ChatEvent, Said, Token, ToolFinished, ToolStarted
from tests.agents.conftest import chat_with
from tests.agents.records import records_of
from tests.agents.stand_ins import JobOut, stage
from tests.conftest import sign_in_to
from tests.peers.openai_peer import Answer, Call, Peer, peer_in_a_thread, running_peer
from tools.people import Actor, Role


async def _events(chat: Chat, actor: Actor, text: str) -> list[ChatEvent]:
    return [event async for event in chat.say(actor, text)]


def _make(arguments: str = '{"prompt": "fox", "count": 2}', name: str = "create") -> Answer:
    return Answer(calls=(Call(name, arguments),))


async def test_a_tool_call_is_carried_out_and_its_result_goes_back_to_the_model(
    tmp_path: Path, streams: bool
) -> None:
    async with (
        running_peer(_make(), Answer("Two foxes are on their way.")) as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        events = await _events(chat, ada, "two foxes please")
    started = next(event for event in events if isinstance(event, ToolStarted))
    finished = next(event for event in events if isinstance(event, ToolFinished))
    assert (started.tool, started.call_id) == ("create", finished.call_id)
    assert isinstance(finished.output, JobOut)
    assert finished.output.count == 2
    assert isinstance(events[-1], Said)
    assert events[-1].text.strip() == "Two foxes are on their way."
    assert [request.get("stream", False) for request in peer.requests] == [streams, streams]
    answered = peer.requests[1]["messages"][-1]
    assert answered["role"] == "tool"
    assert json.loads(answered["content"])["job_id"] == "j_0000000001"


async def test_words_arrive_one_by_one_where_the_endpoint_streams(tmp_path: Path) -> None:
    async with (
        running_peer(Answer("Hello to you")) as peer,
        chat_with(peer, tmp_path) as (chat, studio),
    ):
        events = await _events(chat, sign_in_to(studio, "bo"), "hi")
    words = [event.text for event in events if isinstance(event, Token)]
    assert words == ["Hello ", "to ", "you "]


@pytest.mark.parametrize("arguments", ['{"prompt": "fox", "count": 4', '{"prompt": ', "no json"])
async def test_malformed_arguments_are_refused_on_record_and_the_model_is_told(
    tmp_path: Path, streams: bool, arguments: str
) -> None:
    async with (
        running_peer(_make(arguments), Answer("I could not.")) as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        reply = await chat.reply(sign_in_to(studio, "ada", Role.CREATOR), "foxes")
        assert "I could not." in reply.text
        assert stage(studio).done == []
        assert records_of(studio) == [("create", "refused")]
    told = peer.requests[1]["messages"]
    assert told[-1]["role"] == "tool"
    assert "no JSON object" in told[-1]["content"]
    assert json.loads(told[-2]["tool_calls"][0]["function"]["arguments"]) == {}


@pytest.mark.parametrize("arguments", ["[1, 2]", '"text"', "null", "7"])
async def test_arguments_that_are_json_but_no_object_do_nothing(
    tmp_path: Path, streams: bool, arguments: str
) -> None:
    async with (
        running_peer(_make(arguments), Answer("I could not.")) as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        reply = await chat.reply(sign_in_to(studio, "ada", Role.CREATOR), "foxes")
        assert stage(studio).done == []
        # the client gives such a reply up as a whole where it was not streamed
        assert "I could not." in reply.text or "did not understand" in reply.text


async def test_one_broken_call_does_not_stop_a_sound_one_beside_it(
    tmp_path: Path, streams: bool
) -> None:
    calls = (Call("create", '{"prompt": "fox"}', "a"), Call("create", '{"prompt": ', "b"))
    async with (
        running_peer(Answer(calls=calls), Answer("One of two.")) as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        await chat.reply(sign_in_to(studio, "ada", Role.CREATOR), "foxes")
        assert stage(studio).prompts == ["fox"]
        assert sorted(records_of(studio)) == [("create", "refused"), ("create", "settled")]


async def test_calls_under_one_id_are_told_apart_also_across_turns(
    tmp_path: Path, streams: bool
) -> None:
    twins = (Call("create", '{"prompt": "a"}', "x"), Call("create", '{"prompt": "b"}', "x"))
    again = Answer(calls=(Call("create", '{"prompt": "c"}', "x"),))
    async with (
        running_peer(Answer(calls=twins), Answer("1"), again, Answer("2")) as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        await chat.reply(ada, "a and b")
        await chat.reply(ada, "c")
        assert sorted(stage(studio).prompts) == ["a", "b", "c"]


async def test_an_unknown_tool_is_refused_on_record(tmp_path: Path, streams: bool) -> None:
    async with (
        running_peer(_make("{}", name="drain_wallet"), Answer("Sorry.")) as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        await chat.reply(sign_in_to(studio, "ada", Role.CREATOR), "do it")
        assert records_of(studio) == [("drain_wallet", "refused")]
    assert "no tool named" in peer.requests[1]["messages"][-1]["content"]


async def test_who_asks_is_never_read_from_the_models_arguments(
    tmp_path: Path, streams: bool
) -> None:
    posing = '{"prompt": "fox", "role": "operator", "actor": {"person_id": "p_other"}}'
    async with (
        running_peer(_make(posing), Answer("No.")) as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        await chat.reply(sign_in_to(studio, "ada", Role.CREATOR), "fox")
        assert stage(studio).done == []
        assert records_of(studio) == [("create", "refused")]
    assert "Extra inputs" in peer.requests[1]["messages"][-1]["content"]


async def test_a_member_is_not_offered_what_needs_another_role_or_a_hand(tmp_path: Path) -> None:
    async with (
        running_peer(Answer("Hello.")) as peer,
        chat_with(peer, tmp_path) as (chat, studio),
    ):
        await chat.reply(sign_in_to(studio, "bo"), "hi")
    offered = {tool["function"]["name"] for tool in peer.requests[0]["tools"]}
    assert offered == {"gallery", "show_candidate", "job_status", "rounds", "models"}


@pytest.mark.parametrize("reason", ["length", "content_filter", "stop", "function_call", "other"])
async def test_a_wrong_finish_reason_changes_nothing(
    tmp_path: Path, streams: bool, reason: str
) -> None:
    call = Answer(calls=(Call("models"),), finish_reason=reason)
    async with (
        running_peer(call, Answer("One model.", finish_reason="tool_calls")) as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        reply = await chat.reply(sign_in_to(studio, "bo"), "models?")
        assert "One model." in reply.text
        assert records_of(studio) == [("models", "settled")]


_NO_ANSWER = {
    "a server error": Answer(status=500),
    "too many requests": Answer(status=429, headers={"Retry-After": "0"}),
    "a wrong key": Answer(status=401),
    "a dropped connection": Answer("one two three four", drops=True),
    "too slow": Answer("late", delay_s=1.0),
    "no JSON": Answer(raw="<html>oops</html>"),
    "no choices": Answer(raw='{"id": "1", "choices": []}'),
    "nothing said": Answer(""),
}


@pytest.mark.parametrize("trouble", _NO_ANSWER)
async def test_the_interpreter_answers_in_the_place_of_an_endpoint_that_fails(
    tmp_path: Path, streams: bool, trouble: str
) -> None:
    async with (
        running_peer() as peer,
        chat_with(peer, tmp_path, streams, timeout_s=0.5) as (chat, studio),
    ):
        peer.always = lambda _: _NO_ANSWER[trouble]
        reply = await chat.reply(sign_in_to(studio, "ada", Role.CREATOR), "make 3 foxes, seed 5")
        assert stage(studio).done == ["create"]
    first, _, rest = reply.text.partition("\n\n")
    assert first.startswith("(The language model does not answer:")
    assert "3 pictures" in rest


async def test_an_endpoint_that_is_down_is_asked_once_a_turn(tmp_path: Path) -> None:
    async with running_peer() as peer:
        pass
    async with chat_with(peer, tmp_path) as (chat, studio):
        reply = await chat.reply(sign_in_to(studio, "bo"), "what models are there?")
    assert reply.text.count("The language model does not answer") == 1
    assert "house" in reply.text


async def test_a_busy_endpoint_is_asked_again_after_the_time_it_names(tmp_path: Path) -> None:
    busy = Answer(status=429, headers={"Retry-After": "0.05"})
    async with (
        running_peer(busy, Answer("Now I can.")) as peer,
        chat_with(peer, tmp_path) as (chat, studio),
    ):
        reply = await chat.reply(sign_in_to(studio, "bo"), "hi")
    assert reply.text.strip() == "Now I can."


async def test_a_model_that_never_stops_calling_is_stopped(tmp_path: Path, streams: bool) -> None:
    async with (
        running_peer() as peer,
        chat_with(peer, tmp_path, streams) as (chat, studio),
    ):
        peer.always = lambda _: Answer(calls=(Call("models"),))
        reply = await chat.reply(sign_in_to(studio, "bo"), "models?")
        assert reply.text.startswith("I stopped after 6 steps")
        assert records_of(studio) == [("models", "settled")] * 6


async def test_a_fault_inside_a_tool_tells_the_model_nothing_of_the_inside(tmp_path: Path) -> None:
    async with (
        running_peer(_make('{"prompt": "fault"}'), Answer("It failed.")) as peer,
        chat_with(peer, tmp_path) as (chat, studio),
    ):
        await chat.reply(sign_in_to(studio, "ada", Role.CREATOR), "x")
        assert records_of(studio) == [("create", "failed")]
    assert "secret" not in json.dumps(peer.requests)


async def test_no_key_of_another_service_goes_to_a_local_endpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-service")
    async with (
        running_peer(Answer("Hello.")) as peer,
        chat_with(peer, tmp_path) as (chat, studio),
    ):
        await chat.reply(sign_in_to(studio, "bo"), "hi")
    assert peer.headers[0]["Authorization"] == "Bearer not-needed"


def test_a_chat_opened_anew_in_the_same_process_has_connections_of_its_own(
    tmp_path: Path, streams: bool
) -> None:
    async def talk(peer: Peer) -> str:
        async with chat_with(peer, tmp_path, streams) as (chat, studio):
            return (await chat.reply(sign_in_to(studio, "bo"), "hi")).text.strip()

    with peer_in_a_thread(Answer("Hello."), Answer("Again.")) as peer:
        assert asyncio.run(talk(peer)) == "Hello."
        assert asyncio.run(talk(peer)) == "Again."
