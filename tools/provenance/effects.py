"""The open record: what every effect demands before it does anything.

`OpenCall` is one tool call between its intent and its outcome. The door puts it into a context
variable, which follows the call into threads and tasks; functions that generate, publish, sign or
send are marked `@effect` and refuse to run where there is none, or where it is closed already.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from tools.errors import OutsideRecord
from tools.people import Actor, Role

if TYPE_CHECKING:
    from tools.studio import Studio

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class OpenCall:
    """A tool call whose intent is committed and whose outcome is not known yet."""

    id: str
    studio: "Studio"
    actor: Actor
    role: Role
    intent_digest: str
    facts: dict[str, Any] = field(default_factory=dict)
    is_open: bool = True

    def note(self, **facts: Any) -> None:
        """Add facts to the outcome's record: seeds, models, hashes, whatever happened inside."""
        self.facts.update(facts)


_current: ContextVar[OpenCall | None] = ContextVar("open_call", default=None)


def current_call() -> OpenCall | None:
    """The tool call that is open here, if there is one."""
    call = _current.get()
    return call if call is not None and call.is_open else None


def open_call() -> OpenCall:
    """The tool call that is open here.

    Raises:
        OutsideRecord: if there is none.
    """
    call = current_call()
    if call is None:
        raise OutsideRecord("There is no open record here: call this through a tool.")
    return call


@contextmanager
def inside(call: OpenCall) -> Iterator[OpenCall]:
    """Run a block inside an open call; afterwards the call is closed, wherever it leaked to."""
    token = _current.set(call)
    try:
        yield call
    finally:
        call.is_open = False
        _current.reset(token)


def effect(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function that acts on the world: it refuses to run outside an open record.

    An `async def` is checked when it is called, and again when it begins to run: it may have been
    called inside a record and be awaited after its end.
    """

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        _demand_open_call(function)
        result = function(*args, **kwargs)
        if inspect.iscoroutine(result):
            return cast("R", _checked_again(function, result))
        return result

    return guarded


async def _checked_again(function: Callable[..., Any], work: Coroutine[Any, Any, Any]) -> Any:
    try:
        _demand_open_call(function)
    except OutsideRecord:
        work.close()
        raise
    return await work


def _demand_open_call(function: Callable[..., Any]) -> None:
    if current_call() is None:
        raise OutsideRecord(
            "{function} acts on the world and was called outside an open record; call it "
            "through a tool.",
            function=function.__qualname__,
        )
