"""No call escapes the log: every way to call a tool, to fail, and to act around the door."""

import asyncio
import contextvars
import json
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from tests.conftest import sign_in_to
from tools.definition import Input, Output, PrivateText, tool
from tools.errors import (
    Conflict,
    InvalidInput,
    OutsideRecord,
    Refused,
    ServiceUnavailable,
)
from tools.langchain_tool import StudioTool, as_langchain
from tools.people import Actor, Role
from tools.provenance import log
from tools.provenance.effects import OpenCall, current_call, effect
from tools.provenance.tables import Record, ToolCall
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.tables import Ballot, Round


@dataclass
class Acts:
    """What effects did in one studio."""

    done: list[str] = field(default_factory=list)
    leaked: list[contextvars.Context] = field(default_factory=list)


def acts(studio: Studio) -> Acts:
    """The acts of this studio."""
    return studio.part(Acts, lambda _: Acts())


@effect
def act(studio: Studio, what: str) -> None:
    """Something that would be seen outside."""
    acts(studio).done.append(what)


@effect
async def act_later(studio: Studio, what: str) -> None:
    """The same, awaited."""
    acts(studio).done.append(what)


class Deed(Input):
    what: PrivateText
    times: int = 1


class Done(Output):
    what: str


@tool(least_role=Role.MEMBER)
def do(call: OpenCall, args: Deed) -> Done:
    """Do something."""
    act(call.studio, args.what)
    acts(call.studio).leaked.append(contextvars.copy_context())
    if args.what == "conflict":
        raise Conflict("It is done already.")
    if args.what == "fault":
        raise KeyError("inside")
    return Done(what=args.what)


@tool(least_role=Role.MEMBER)
async def do_slowly(call: OpenCall, args: Deed) -> Done:
    """Do something, and take long over it."""
    act(call.studio, args.what)
    await asyncio.sleep(30)
    return Done(what=args.what)


@tool(least_role=Role.MEMBER)
def do_in_thread(call: OpenCall, args: Deed) -> Done:
    """Do something that cannot be interrupted."""
    time.sleep(0.3)
    act(call.studio, args.what)
    return Done(what=args.what)


@tool(least_role=Role.MEMBER)
def do_inside(call: OpenCall, args: Deed) -> Done:
    """Do something by another tool."""
    call.studio.door.call("do", {"what": args.what}, call.actor)
    return Done(what=args.what)


class Nothing(Input):
    pass


@tool(least_role=Role.MEMBER)
def look(call: OpenCall, args: Nothing) -> Done:
    """Look around; takes no arguments."""
    return Done(what="nothing")


def _broken_gate(call: OpenCall, args: Deed) -> None:
    raise KeyError("a mistake in the gate")


@tool(least_role=Role.MEMBER, gate=_broken_gate)
def do_gated(call: OpenCall, args: Deed) -> Done:
    """Do something behind a gate that has a fault."""
    act(call.studio, args.what)
    return Done(what=args.what)


class Odd(Output):
    traits: dict[str, str]


@tool(least_role=Role.MEMBER)
def do_oddly(call: OpenCall, args: Deed) -> Odd:
    """Do something and say it in a way that the log cannot hold."""
    act(call.studio, args.what)
    return Odd(traits={"größe": "klein"})


class Pairs(Input):
    traits: dict[str, str] = {}


@tool(least_role=Role.MEMBER)
def wish(call: OpenCall, args: Pairs) -> Done:
    """Wish for traits."""
    return Done(what="wished")


TOOLS = (do, do_slowly, do_in_thread, do_inside, look, do_gated, do_oddly, wish)


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    """A studio with these tools, once on each database."""
    with Studio(settings, TOOLS) as opened:
        yield opened


@pytest.fixture
def bo(studio: Studio) -> Actor:
    """A member."""
    return sign_in_to(studio, "bo")


def phases(studio: Studio) -> list[tuple[str, str]]:
    """Tool and phase of every record, in order."""
    with studio.db.read() as session:
        assert log.find_fault(session) is None
        rows = session.execute(
            select(ToolCall.tool, Record.phase)
            .join(Record, Record.tool_call_id == ToolCall.id)
            .order_by(Record.seq)
        )
        return [(row.tool, row.phase) for row in rows]


def langchain(studio: Studio, name: str, actor: Actor) -> StudioTool:
    """A tool as LangChain sees it."""
    return as_langchain(studio.door.tools[name], studio.door, actor)


Call = Callable[[Studio, str, Any, Actor], Any]


async def _awaited(value: Any) -> Any:
    return await value if asyncio.iscoroutine(value) else value


WAYS: dict[str, Call] = {
    "door.call": lambda s, name, args, who: s.door.call(name, args, who),
    "door.acall": lambda s, name, args, who: s.door.acall(name, args, who),
    "tool.invoke": lambda s, name, args, who: langchain(s, name, who).invoke(args),
    "tool.ainvoke": lambda s, name, args, who: langchain(s, name, who).ainvoke(args),
    "tool.run": lambda s, name, args, who: langchain(s, name, who).run(args),
    "tool.arun": lambda s, name, args, who: langchain(s, name, who).arun(args),
    "tool._run": lambda s, name, args, who: langchain(s, name, who)._run(**args),
    "tool._arun": lambda s, name, args, who: langchain(s, name, who)._arun(**args),
}


async def test_a_call_by_any_way_leaves_an_intent_and_an_outcome(studio: Studio, bo: Actor) -> None:
    for way, call in WAYS.items():
        await _awaited(call(studio, "do", {"what": way}, bo))
    assert acts(studio).done == list(WAYS)
    assert phases(studio) == [("do", "intent"), ("do", "settled")] * len(WAYS)


async def test_bad_arguments_are_on_record_and_do_nothing(studio: Studio, bo: Actor) -> None:
    wrong: list[dict[str, Any]] = [{}, {"what": "x", "role": "operator"}, {"what": ["x"]}]
    for call, arguments in product(WAYS.values(), wrong):
        with pytest.raises(InvalidInput):
            await _awaited(call(studio, "do", arguments, bo))
    assert acts(studio).done == []
    assert phases(studio) == [("do", "refused")] * len(WAYS) * len(wrong)


async def test_arguments_that_are_no_object_are_on_record_too(studio: Studio, bo: Actor) -> None:
    ways = ("door.call", "door.acall", "tool.run", "tool.arun")
    wrong: list[Any] = ["text", [1], 7, None]
    for way, arguments in product(ways, wrong):
        with pytest.raises(InvalidInput):
            await _awaited(WAYS[way](studio, "do", arguments, bo))
    assert phases(studio) == [("do", "refused")] * len(ways) * len(wrong)


async def test_a_tool_without_arguments_takes_none(studio: Studio, bo: Actor) -> None:
    for call in WAYS.values():
        with pytest.raises(InvalidInput):
            await _awaited(call(studio, "look", {"role": "operator"}, bo))
    assert phases(studio) == [("look", "refused")] * len(WAYS)


async def test_an_unknown_tool_is_on_record(studio: Studio, bo: Actor) -> None:
    names = ["nothing_such", "", "x" * 500, "a\x00b", "a\ud800b", "DO"]
    for name, call in product(names, (studio.door.call, studio.door.acall)):
        with pytest.raises(Refused, match="no tool named"):
            await _awaited(call(name, {}, bo))
    assert [phase for _, phase in phases(studio)] == ["refused"] * len(names) * 2


def test_what_the_log_could_not_hold_is_refused_with_a_sentence(studio: Studio, bo: Actor) -> None:
    wrong: list[dict[str, Any]] = [{"what": "a\x00b"}, {"what": "a\ud800b"}]
    for arguments in wrong:
        with pytest.raises(InvalidInput):
            studio.door.call("do", arguments, bo)
    with pytest.raises(InvalidInput, match="ASCII"):
        studio.door.call("wish", {"traits": {"größe": "x"}}, bo)
    studio.door.call("wish", {"traits": {"hat": "\\u0000"}}, bo)
    assert phases(studio) == [
        ("do", "refused"),
        ("do", "refused"),
        ("wish", "refused"),
        ("wish", "intent"),
        ("wish", "settled"),
    ]


def test_each_retry_is_a_record_of_its_own(studio: Studio, bo: Actor) -> None:
    failing = langchain(studio, "do", bo).with_retry(
        stop_after_attempt=3, wait_exponential_jitter=False
    )
    with pytest.raises(Conflict):
        failing.invoke({"what": "conflict"})
    assert phases(studio) == [("do", "intent"), ("do", "failed")] * 3


async def test_a_body_that_raises_is_recorded_as_failed(studio: Studio, bo: Actor) -> None:
    errors = {"conflict": Conflict, "fault": KeyError}
    for call, (what, error) in product(WAYS.values(), errors.items()):
        with pytest.raises(error):
            await _awaited(call(studio, "do", {"what": what}, bo))
    assert phases(studio) == [("do", "intent"), ("do", "failed")] * len(WAYS) * len(errors)


async def _cancelled(work: Awaitable[Any], after_s: float) -> None:
    task = asyncio.ensure_future(work)
    await asyncio.sleep(after_s)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancelled_async_body_is_recorded_as_cancelled(studio: Studio, bo: Actor) -> None:
    ways = ("door.acall", "tool.ainvoke", "tool.arun")
    for way in ways:
        await _cancelled(WAYS[way](studio, "do_slowly", {"what": "x"}, bo), after_s=1.0)
    expected = [("do_slowly", "intent"), ("do_slowly", "cancelled")]
    assert phases(studio) == expected * len(ways)


async def test_a_cancelled_caller_waits_for_a_body_in_a_thread(studio: Studio, bo: Actor) -> None:
    await _cancelled(studio.door.acall("do_in_thread", {"what": "x"}, bo), after_s=0.2)
    assert acts(studio).done == ["x"]
    assert phases(studio) == [("do_in_thread", "intent"), ("do_in_thread", "settled")]


async def test_a_call_cancelled_at_any_moment_leaves_nothing_open(
    studio: Studio, bo: Actor
) -> None:
    for after_s in (0.0, 0.001, 0.005, 0.02, 0.05):
        await _cancelled(studio.door.acall("do_slowly", {"what": "x"}, bo), after_s)
    with studio.db.read() as session:
        assert list(log.open_calls(session)) == []


async def test_a_tool_inside_a_tool_names_the_call_around_it(studio: Studio, bo: Actor) -> None:
    for call in WAYS.values():
        await _awaited(call(studio, "do_inside", {"what": "x"}, bo))
    with studio.db.read() as session:
        inner = session.scalars(select(ToolCall).filter_by(tool="do").order_by(ToolCall.id))
        outer = session.scalars(select(ToolCall).filter_by(tool="do_inside").order_by(ToolCall.id))
        parents, around = [call.parent_id for call in inner], list(outer)
    assert sorted(map(str, parents)) == sorted(call.id for call in around)
    assert {call.parent_id for call in around} == {None}


async def test_nothing_runs_while_the_log_cannot_be_written(
    studio: Studio, bo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise SQLAlchemyError("the disk is full")

    monkeypatch.setattr(log, "append", full)
    for call in WAYS.values():
        with pytest.raises(ServiceUnavailable, match="nothing was done"):
            await _awaited(call(studio, "do", {"what": "x"}, bo))
    assert acts(studio).done == []


def test_an_effect_refuses_outside_a_record(studio: Studio) -> None:
    with pytest.raises(OutsideRecord):
        act(studio, "x")
    assert acts(studio).done == []


async def test_an_async_effect_refuses_outside_a_record(studio: Studio) -> None:
    with pytest.raises(OutsideRecord):
        await act_later(studio, "x")
    assert acts(studio).done == []


def test_a_body_called_around_the_door_does_nothing(studio: Studio, bo: Actor) -> None:
    pretended = OpenCall("call_x", studio, bo, Role.MEMBER, "")
    with pytest.raises(OutsideRecord):
        do.body(pretended, Deed(what="x"))
    assert acts(studio).done == []


def test_a_context_that_leaked_out_of_a_call_is_closed(studio: Studio, bo: Actor) -> None:
    studio.door.call("do", {"what": "x"}, bo)
    leaked = acts(studio).leaked[0]
    assert leaked.run(current_call) is None
    with pytest.raises(OutsideRecord):
        leaked.run(act, studio, "later")
    assert acts(studio).done == ["x"]


def test_a_thread_that_outlives_its_call_can_do_nothing(studio: Studio, bo: Actor) -> None:
    studio.door.call("do", {"what": "x"}, bo)
    errors: list[BaseException] = []

    def late() -> None:
        try:
            acts(studio).leaked[0].run(act, studio, "later")
        except OutsideRecord as error:
            errors.append(error)

    thread = threading.Thread(target=late)
    thread.start()
    thread.join()
    assert len(errors) == 1
    assert acts(studio).done == ["x"]


async def test_an_async_effect_begun_in_a_call_refuses_when_awaited_after_it(
    settings: Settings,
) -> None:
    begun = []

    @tool(least_role=Role.MEMBER)
    def begin(call: OpenCall, args: Nothing) -> Done:
        """Begin, and leave the rest for later."""
        begun.append(act_later(call.studio, "late"))
        return Done(what="begun")

    with Studio(settings, [begin]) as studio:
        studio.door.call("begin", {}, sign_in_to(studio, "bo"))
        with pytest.raises(OutsideRecord):
            await begun[0]
        assert acts(studio).done == []


def test_a_gate_with_a_fault_lets_nothing_through_and_is_on_record(
    studio: Studio, bo: Actor
) -> None:
    with pytest.raises(KeyError):
        studio.door.call("do_gated", {"what": "x"}, bo)
    assert acts(studio).done == []
    assert phases(studio) == [("do_gated", "refused")]


async def test_a_result_that_the_log_cannot_hold_closes_the_call_as_failed(
    studio: Studio, bo: Actor
) -> None:
    for call in (studio.door.call, studio.door.acall):
        with pytest.raises(TypeError):
            await _awaited(call("do_oddly", {"what": "x"}, bo))
    assert phases(studio) == [("do_oddly", "intent"), ("do_oddly", "failed")] * 2


def test_who_has_no_role_or_is_nobody_is_refused_on_record(studio: Studio) -> None:
    for actor in (None, Actor("p_nobody", "x", "hall", "floor", "studio")):
        with pytest.raises(Refused):
            studio.door.call("do", {"what": "x"}, actor)
    assert phases(studio) == [("do", "refused")] * 2


_KILLED = """
import os, signal, sys
from tests.conftest import sign_in_to
from tools.definition import Input, Output, tool
from tools.people import Role
from tools.settings import load_settings
from tools.studio import Studio

class Nothing(Input): pass
class Done(Output): pass

@tool(least_role=Role.MEMBER)
def die(call, args: Nothing) -> Done:
    '''Be killed in the middle.'''
    os.kill(os.getpid(), signal.SIGKILL)

settings = load_settings(data_dir=sys.argv[1], database_url=sys.argv[2] or None)
studio = Studio(settings, [die])
studio.door.call("die", {}, sign_in_to(studio, "bo"))
"""


def test_a_call_whose_process_was_killed_is_closed_as_abandoned(settings: Settings) -> None:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    arguments = [sys.executable, "-c", _KILLED, str(settings.data_dir), url]
    assert subprocess.run(arguments, check=False).returncode == -9
    with Studio(settings, TOOLS) as studio:
        assert phases(studio) == [("die", "intent")]
        assert _within(5, studio.close_abandoned) == 1
        assert studio.close_abandoned() == 0
        assert phases(studio) == [("die", "intent"), ("die", "abandoned")]


def _within(seconds: float, closing: Callable[[], int]) -> int:
    """PostgreSQL takes a moment to see that a client is gone."""
    end = time.monotonic() + seconds
    while not (closed := closing()) and time.monotonic() < end:
        time.sleep(0.1)
    return closed


def test_calls_of_living_processes_are_left_alone(settings: Settings) -> None:
    with Studio(settings, TOOLS) as one, Studio(settings, TOOLS) as other:
        call = one.door.ledger.prepare(sign_in_to(one, "bo"), Role.MEMBER)
        one.door.ledger.write_intent(call, do, Deed(what="x"))
        assert other.close_abandoned() == 0


def test_an_artefact_without_its_call_is_refused_by_the_database(studio: Studio, bo: Actor) -> None:
    def ballot(call_id: str | None) -> Ballot:
        return Ballot(tool_call_id=call_id, round_id="r", person_id=bo.person_id, kind="added")

    for call_id in (None, "call_that_is_not"):
        with pytest.raises(IntegrityError), studio.db.write() as session:
            session.add(ballot(call_id))
    moment = datetime.now(UTC)
    with pytest.raises(IntegrityError), studio.db.write() as session:
        session.add(
            Round(id="r", collection="c", guild="g", title="", quorum=1, state="open",
                  opens_at=moment, closes_at=moment)
        )  # fmt: skip


def test_what_is_logged_is_neither_changed_nor_deleted(studio: Studio, bo: Actor) -> None:
    studio.door.call("do", {"what": "x"}, bo)
    for statement in (
        "UPDATE tool_call SET tool = 'x'",
        "UPDATE record SET body = 'x'",
        "DELETE FROM tool_call",
        "DELETE FROM record",
    ):
        with pytest.raises(DBAPIError, match="append-only"), studio.db.write() as session:
            session.execute(text(statement))
    assert phases(studio) == [("do", "intent"), ("do", "settled")]


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize(("table", "key"), [("tool_call", "id"), ("record", "seq")])
@pytest.mark.parametrize("by", ["key", "rowid"])
def test_a_row_is_not_replaced_on_sqlite(
    sqlite_settings: Settings, recursive: str, table: str, key: str, by: str
) -> None:
    with Studio(sqlite_settings, TOOLS) as studio:
        studio.door.call("do", {"what": "x"}, sign_in_to(studio, "bo"))
        with studio.db.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.rollback()
            raw.execute(f"PRAGMA recursive_triggers={recursive}")
            raw.execute("PRAGMA foreign_keys=OFF")
            with pytest.raises(Exception, match="append-only"):
                raw.execute(_replacement(raw, table, key, by))
            raw.rollback()
        assert phases(studio) == [("do", "intent"), ("do", "settled")]


def _replacement(raw: Any, table: str, key: str, by: str) -> str:
    """A statement that replaces the first row, found by its key or by its hidden row number."""
    names = [row[1] for row in raw.execute(f'PRAGMA table_info("{table}")')]
    values = [
        f"'forged-{name}'" if by == "rowid" and name == key else f'"{name}"' for name in names
    ]
    if by == "rowid" and key == "seq":  # the key is the row number: there is nothing hidden
        values = [f'"{name}"' for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    return (
        f'INSERT OR REPLACE INTO "{table}" (rowid, {columns}) '
        f'SELECT rowid, {", ".join(values)} FROM "{table}" ORDER BY rowid LIMIT 1'
    )


@pytest.mark.parametrize("table", ["tool_call", "record"])
def test_a_table_is_not_truncated_on_postgresql(
    postgres_url: str, tmp_path: Any, table: str
) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url=postgres_url)  # type: ignore[arg-type]  # pydantic makes it a secret
    with Studio(settings, TOOLS) as studio:
        studio.door.call("do", {"what": "x"}, sign_in_to(studio, "bo"))
        with pytest.raises(DBAPIError, match="append-only"), studio.db.write() as session:
            session.execute(text(f"TRUNCATE {table} CASCADE"))
        assert phases(studio) == [("do", "intent"), ("do", "settled")]


def test_a_call_gets_one_outcome_and_never_two(studio: Studio, bo: Actor) -> None:
    studio.door.call("do", {"what": "x"}, bo)
    with studio.db.read() as session:
        call_id = session.scalars(select(ToolCall.id)).one()
    with pytest.raises((IntegrityError, DBAPIError)):
        studio.door.ledger.close(call_id, "failed")
    assert phases(studio) == [("do", "intent"), ("do", "settled")]


def test_words_of_people_are_in_no_record(studio: Studio, bo: Actor) -> None:
    studio.door.call("do", {"what": "a very private wish"}, bo)
    with pytest.raises(InvalidInput):
        studio.door.call("do", {"what": ["a very private wish"]}, bo)
    with studio.db.read() as session:
        bodies = [record.body for record in session.scalars(select(Record))]
        rows = [json.dumps(call.arguments) for call in session.scalars(select(ToolCall))]
    assert "private" in bodies[1]  # the result is the tool's own to say
    assert not any("private" in words for words in (bodies[0], bodies[2], *rows))
