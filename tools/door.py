"""The one door: every wish of every front end, model and workflow goes through here.

    actor + tool name + arguments
      → the role, read afresh from the database
      → the arguments, checked against the tool's input model
      → the intent, committed to the provenance log
      → the body, inside the open record
      → the outcome, committed

A call that is refused, fails, or is cancelled is a record too. If the log cannot be written,
nothing runs. A process that dies leaves an intent without an outcome; another closes it later as
abandoned.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError

from tools.definition import AnyTool, Input, Output
from tools.errors import InvalidInput, MintmarkError, Refused, ServiceUnavailable, in_words
from tools.ledger import Ledger
from tools.people import Actor, Role, Via
from tools.phrases import Phrase, phrase
from tools.provenance.canonical import canonical, recordable
from tools.provenance.effects import OpenCall, inside

T = TypeVar("T")
_log = structlog.get_logger("mintmark.door")


class Door:
    """Calls tools by name for an actor, and sees that each call is recorded."""

    def __init__(self, tools: Iterable[AnyTool], ledger: Ledger) -> None:
        self.tools: Mapping[str, AnyTool] = {tool.name: tool for tool in tools}
        self.ledger = ledger

    def offered_to(self, role: Role | None, via: Via) -> list[AnyTool]:
        """The tools that someone with this role may call this way, for menus and the chat agent."""
        if role is None:
            return []
        tools = self.tools.values()
        return [tool for tool in tools if role.reaches(tool.least_role) and via in tool.ways]

    def call(self, name: str, arguments: object, actor: Actor | None) -> Output:
        """Call a tool.

        Args:
            name: of the tool.
            arguments: as they came; checked here.
            actor: vouched for by the front end; without one the call is refused.

        Returns:
            The tool's output model.

        Raises:
            MintmarkError: whatever was wrong, in a sentence for the person.
        """
        call, tool, checked = self._enter(name, arguments, actor)
        return self._run(call, lambda: _sync_result(tool, call, checked))

    async def acall(self, name: str, arguments: object, actor: Actor | None) -> Output:
        """As `call`, without blocking the event loop; bodies that are not async run in a thread.

        A thread cannot be stopped: when the caller is cancelled, an async body is cancelled and
        recorded so, a body in a thread is waited for and recorded as it ended.
        """
        call, tool, checked = await self._enter_async(name, arguments, actor)
        if not tool.is_async:
            run = asyncio.to_thread(self._run, call, lambda: tool.body(call, checked))
            return await _unstoppable(run)
        return await self._run_async(call, tool, checked)

    async def _enter_async(
        self, name: str, arguments: object, actor: Actor | None
    ) -> tuple[OpenCall, AnyTool, Any]:
        """`_enter` in a thread; who is cancelled meanwhile leaves no intent open."""
        entering = asyncio.ensure_future(asyncio.to_thread(self._enter, name, arguments, actor))
        try:
            return await asyncio.shield(entering)
        except asyncio.CancelledError:
            await asyncio.wait([entering])
            if not entering.cancelled() and entering.exception() is None:
                call = entering.result()[0]
                await asyncio.to_thread(self.ledger.close, call.id, "cancelled", None, call.actor)
            raise

    def _enter(
        self, name: str, arguments: object, actor: Actor | None
    ) -> tuple[OpenCall, AnyTool, Any]:
        """Everything before the body; a wish that gets no further leaves a record behind."""
        tool = self.tools.get(name)
        role = self.ledger.role_of(actor)
        try:
            tool, actor, role = self._admit(name, tool, actor, role)
            checked = _check(tool, arguments)
            call = self.ledger.prepare(actor, role)
            if tool.gate is not None:
                tool.gate(call, checked)
        except Exception as error:  # also a fault in a gate lets nothing through unrecorded
            self.ledger.refuse(name, tool, arguments, actor, role, error)
            raise
        self.ledger.write_intent(call, tool, checked)
        return call, tool, checked

    def _admit(
        self, name: str, tool: AnyTool | None, actor: Actor | None, role: Role | None
    ) -> tuple[AnyTool, Actor, Role]:
        """The tool, the actor and the role, if there is such a tool and they may call it."""
        if tool is None:
            offered = self.offered_to(role, actor.via) if actor else []
            known = ", ".join(tool.name for tool in offered) or phrase("none")
            raise Refused(
                "There is no tool named {name!r}. You may use: {known}.",
                name=name[:64],
                known=known,
            )
        if actor is None:
            raise Refused(
                "{name} was called by nobody: a front end must say who is asking.", name=name
            )
        if role is None:
            raise Refused(
                "You have no role here, and {name} needs at least {least_role}.",
                name=name,
                least_role=tool.least_role,
            )
        if not role.reaches(tool.least_role):
            raise Refused(
                "{name} needs the role {least_role}; you are {role}.",
                name=name,
                least_role=tool.least_role,
                role=role,
            )
        if actor.via not in tool.ways:
            raise Refused(_other_way(tool))
        return tool, actor, role

    def _run(self, call: OpenCall, body: Callable[[], Any]) -> Output:
        try:
            with inside(call):
                output: Output = body()
        except BaseException as error:
            self._record_failure(call, error)
            raise
        self._settle(call, output)
        return output

    async def _run_async(self, call: OpenCall, tool: AnyTool, checked: Any) -> Output:
        try:
            with inside(call):
                output: Output = await tool.body(call, checked)
        except BaseException as error:
            await _unstoppable(asyncio.to_thread(self._record_failure, call, error))
            raise
        await _unstoppable(asyncio.to_thread(self._settle, call, output))
        return output

    def _settle(self, call: OpenCall, output: Output) -> None:
        """Record the result; one that no record can hold is a fault of the tool."""
        try:
            self.ledger.settle(call, output)
        except (TypeError, ValueError, AttributeError) as error:
            self._record_failure(call, error)
            raise

    def _record_failure(self, call: OpenCall, error: BaseException) -> None:
        """Record how the call ended; if even that fails, it is closed as abandoned later."""
        cancelled = isinstance(error, asyncio.CancelledError | KeyboardInterrupt | GeneratorExit)
        if not isinstance(error, MintmarkError) and not cancelled:
            _log.error("tool failed", call=call.id, exc_info=error)
        try:
            self.ledger.close(call.id, "cancelled" if cancelled else "failed", error, call.actor)
        except ServiceUnavailable:
            _log.error("outcome not written", call=call.id)


def _sync_result(tool: AnyTool, call: OpenCall, checked: Any) -> Any:
    result: Any = tool.body(call, checked)
    return asyncio.run(_finish(result)) if tool.is_async else result


async def _finish(work: Awaitable[Any]) -> Any:
    return await work


async def _unstoppable(work: Awaitable[T]) -> T:
    """Await work to its end even if the awaiting task is cancelled meanwhile; then give way."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await asyncio.wait([task])
        raise


def _check(tool: AnyTool, arguments: object) -> Any:
    try:
        checked = tool.input.model_validate(arguments)
    except ValidationError as error:
        raise InvalidInput(in_words(error)) from None
    _check_recordable(checked)
    return checked


def _check_recordable(checked: Input) -> None:
    """Refuse what no record can hold before anything is done.

    Raises:
        InvalidInput: for a NUL character, or a name that is not ASCII.
    """
    try:
        written = canonical(recordable(checked.model_dump(mode="json")))
    except (TypeError, ValueError) as error:
        raise InvalidInput("This cannot be put on record: {error}.", error=str(error)) from None
    if b"\\u0000" in written.replace(b"\\\\", b""):  # not where a backslash was typed
        raise InvalidInput("Text must not contain the character NUL.")


def _other_way(tool: AnyTool) -> Phrase:
    if "command" in tool.ways:
        by_hand = "{tool} is done by hand: use the command /{tool} or its button."
        return phrase(by_hand, tool=tool.name)
    its_own = "{tool} is a step of the studio's own work; nobody calls it directly."
    return phrase(its_own, tool=tool.name)
