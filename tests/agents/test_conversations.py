"""Conversations are kept apart, short, and read without executing anything."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import ormsgpack
import pytest

from agents.chat import open_chat, thread_of
from agents.conversations import FILE_NAME, assert_strict
from agents.history import MOST_TURNS
from tests.agents.conftest import chat_with
from tests.agents.records import records_of
from tests.agents.stand_ins import STAND_INS, stage
from tests.conftest import sign_in_to
from tests.peers.openai_peer import Answer, Call, running_peer
from tools.errors import InvalidInput, Refused
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio


async def test_a_conversation_goes_on_where_it_was_after_a_restart(settings: Settings) -> None:
    with Studio(settings, STAND_INS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        async with open_chat(studio) as chat:
            await chat.reply(ada, "make 2 foxes")
    with Studio(settings, STAND_INS) as studio:
        async with open_chat(studio) as chat:
            reply = await chat.reply(ada, "how is my job?")
    assert reply.text == "Job j_0000000001 is running: drawing, 50 %."


async def test_what_one_person_said_is_in_nobody_elses_conversation(tmp_path: Path) -> None:
    async with (
        running_peer() as peer,
        chat_with(peer, tmp_path) as (chat, studio),
    ):
        ada, bo = sign_in_to(studio, "ada"), sign_in_to(studio, "bo")
        elsewhere = Actor(ada.person_id, ada.name, ada.guild, "attic", ada.front_end)
        for number in range(3):
            await asyncio.gather(
                chat.reply(ada, f"ada's secret {number}"),
                chat.reply(bo, f"bo's secret {number}"),
                chat.reply(elsewhere, f"attic's secret {number}"),
            )
    for request in peer.requests:
        said = [m["content"] for m in request["messages"] if m["role"] == "user"]
        assert len({words.split("'")[0] for words in said}) == 1


def test_a_thread_is_one_front_end_guild_channel_and_person() -> None:
    actors = [
        Actor("p_1", "ada", "hall", "floor", "studio"),
        Actor("p_2", "ada", "hall", "floor", "studio"),
        Actor("p_1", "ada", "barn", "floor", "studio"),
        Actor("p_1", "ada", "hall", "attic", "studio"),
        Actor("p_1", "ada", "hall", "floor", "discord"),
    ]
    assert len({thread_of(actor) for actor in actors}) == len(actors)
    assert thread_of(actors[0]) == thread_of(Actor("p_1", "eve", "hall", "floor", "studio"))


async def test_only_the_latest_checkpoint_and_turns_are_kept(settings: Settings) -> None:
    with Studio(settings, STAND_INS) as studio:
        bo = sign_in_to(studio, "bo")
        async with open_chat(studio) as chat:
            for _ in range(MOST_TURNS + 3):
                await chat.reply(bo, "what models are there?")
            config = {"configurable": {"thread_id": thread_of(bo)}}
            kept = [found async for found in chat._saver.alist(config)]
    assert len(kept) == 1
    said = [m for m in kept[0].checkpoint["channel_values"]["messages"] if m.type == "human"]
    assert len(said) == MOST_TURNS


async def test_turns_of_one_conversation_wait_for_each_other(tmp_path: Path) -> None:
    async with (
        running_peer(Answer("one", delay_s=0.2), Answer("two")) as peer,
        chat_with(peer, tmp_path) as (chat, studio),
    ):
        bo = sign_in_to(studio, "bo")
        await asyncio.gather(chat.reply(bo, "first"), chat.reply(bo, "second"))
    assert [m["role"] for m in peer.requests[1]["messages"]] == [
        "system",
        "user",
        "assistant",
        "user",
    ]


async def test_a_turn_that_broke_off_leaves_a_history_that_endpoints_accept(
    tmp_path: Path,
) -> None:
    calls = Answer(calls=(Call("models", "{}", "a"), Call("gallery", "{}", "b")))
    async with (
        running_peer(calls, Answer("late", delay_s=30), Answer("Here again.")) as peer,
        chat_with(peer, tmp_path, timeout_s=60) as (chat, studio),
    ):
        bo = sign_in_to(studio, "bo")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(chat.reply(bo, "look"), 1.5)
        reply = await chat.reply(bo, "and now?")
    assert reply.text.strip() == "Here again."
    _assert_every_call_is_answered(peer.requests[-1]["messages"])


async def test_calls_that_a_crash_left_without_an_answer_are_not_called_again(
    tmp_path: Path,
) -> None:
    from langchain_core.messages import AIMessage, HumanMessage

    async with (
        running_peer(Answer("Let me look.")) as peer,
        chat_with(peer, tmp_path) as (chat, studio),
    ):
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        call = {"name": "create", "args": {"prompt": "fox"}, "id": "x", "type": "tool_call"}
        left = [HumanMessage("a fox"), AIMessage("", tool_calls=[call])]
        config = {"configurable": {"thread_id": thread_of(ada)}}
        await chat._graph.aupdate_state(config, {"messages": left}, as_node="model")
        await chat.reply(ada, "is it there?")
        assert stage(studio).done == []
        assert records_of(studio) == []
    _assert_every_call_is_answered(peer.requests[-1]["messages"])
    assert "interrupted" in peer.requests[-1]["messages"][-2]["content"]


def _assert_every_call_is_answered(messages: list[dict[str, object]]) -> None:
    for place, message in enumerate(messages):
        for offset, call in enumerate(message.get("tool_calls") or (), start=1):  # type: ignore[arg-type,var-annotated]  # JSON
            assert messages[place + offset]["tool_call_id"] == call["id"]


async def test_a_planted_checkpoint_is_read_without_executing_it(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    proof = tmp_path / "executed"
    with Studio(sqlite_settings, STAND_INS) as studio:
        bo = sign_in_to(studio, "bo")
        async with open_chat(studio) as chat:
            await chat.reply(bo, "help")
        call = ormsgpack.packb(("os", "system", (f"touch {proof}",)))
        planted = ormsgpack.packb({"messages": ormsgpack.Ext(1, call)})
        with sqlite3.connect(sqlite_settings.data_dir / FILE_NAME) as database:
            database.execute("UPDATE checkpoints SET checkpoint = ?", (planted,))
        async with open_chat(studio) as chat:
            with pytest.raises(Exception):  # noqa: B017, PT011  # LangGraph's own, about the shape
                await chat.reply(bo, "help")
    assert not proof.exists()


def test_the_planted_checkpoint_would_be_executed_without_strictness(tmp_path: Path) -> None:
    """So the test above can fail."""
    proof = tmp_path / "executed"
    code = (
        "import ormsgpack; from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer;"
        f"call = ormsgpack.packb(('os', 'system', ('touch {proof}',)));"
        "JsonPlusSerializer().loads_typed(('msgpack', ormsgpack.packb(ormsgpack.Ext(1, call))))"
    )
    environment = {**os.environ, "LANGGRAPH_STRICT_MSGPACK": "false"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert proof.exists()


def test_a_process_that_reads_checkpoints_loosely_does_not_start() -> None:
    code = (
        "import langgraph.graph\nfrom agents.conversations import assert_strict\n"
        "from tools.errors import ConfigurationError\n"
        "try:\n    assert_strict()\nexcept ConfigurationError as error:\n    print(error)"
    )
    environment = {**os.environ, "LANGGRAPH_STRICT_MSGPACK": "false"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert "LANGGRAPH_STRICT_MSGPACK=true" in done.stdout
    assert_strict()


async def test_empty_overlong_and_roleless_messages_get_a_sentence(studio: Studio) -> None:
    bo = sign_in_to(studio, "bo")
    stranger = Actor("p_nobody", "x", "hall", "floor", "studio")
    async with open_chat(studio) as chat:
        with pytest.raises(InvalidInput, match="Say something"):
            await chat.reply(bo, " \u200b ")
        with pytest.raises(InvalidInput, match="at most 4000 characters"):
            await chat.reply(bo, "x" * 4001)
        with pytest.raises(Refused, match="no role"):
            await chat.reply(stranger, "hello")


async def test_no_picture_and_no_tool_output_lies_in_a_checkpoint(
    sqlite_settings: Settings,
) -> None:
    with Studio(sqlite_settings, STAND_INS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        async with open_chat(studio) as chat:
            await chat.reply(ada, "make 2 foxes and show me my pictures")
            config = {"configurable": {"thread_id": thread_of(ada)}}
            state = await chat._graph.aget_state(config)
    messages = state.values["messages"]
    assert any(message.type == "tool" for message in messages)
    assert all(isinstance(message.content, str) for message in messages)
    assert all(getattr(message, "artifact", None) is None for message in messages)
