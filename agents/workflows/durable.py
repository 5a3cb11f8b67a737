"""What workflows are made of: steps that are not repeated, and orders for what is to run when.

DBOS is one per process, so the studio that its workflows work in is too: `employ` names it, and
`dismiss` lets go of it once nothing is in hand any more.

A workflow that waits does not sleep in a thread: it ends, and leaves an order that is due later.
So a closing process has only steps to wait for, and a waiting order belongs to no process.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any, Concatenate, Literal, NamedTuple, ParamSpec, TypeVar

from tools.errors import Conflict, MintmarkError, ServiceUnavailable
from tools.people import Actor
from tools.phrases import phrase
from tools.studio import Studio

P = ParamSpec("P")
R = TypeVar("R")

VERSION = "mintmark-1"
"""Changed only when the steps of a workflow change: DBOS finishes only what has this version."""

QUEUE_OF = {"generate": "generation", "round": "studio", "bracket": "studio", "mint": "studio"}
_LONGEST_WAIT_S = 300.0


@dataclass(frozen=True)
class Order:
    """A workflow that is to run once under its id."""

    workflow: str  # generate, round, bracket or mint
    id: str  # whoever orders the same id again orders nothing new
    arguments: tuple[str | int, ...]
    delay_s: float = 0.0


def enqueue(order: Order) -> None:
    """Write an order down for any process to take up; inside a workflow, as one of its steps."""
    from dbos import DBOS, EnqueueOptions

    options: EnqueueOptions = {
        "workflow_name": order.workflow,
        "queue_name": QUEUE_OF[order.workflow],
        "workflow_id": order.id,
        "app_version": VERSION,
    }
    if order.delay_s > 0:
        options["delay_seconds"] = order.delay_s
    DBOS.enqueue_workflow_with_options(options, *order.arguments)


def again(before: Order, attempt: int, delay_s: float = 0.0) -> Order:
    """The next attempt at an order that came to nothing."""
    arguments = (before.arguments[0], attempt)
    return replace(before, id=f"{before.id}#{attempt}", arguments=arguments, delay_s=delay_s)


def backoff_s(attempt: int) -> float:
    """How long to wait after the given attempt, from 1: 2, 4, 8 … 300 seconds."""
    return float(min(2.0 ** min(attempt, 16), _LONGEST_WAIT_S))


class Outcome(NamedTuple):
    """What came of a tool call, as a step keeps it."""

    kind: Literal["done", "overtaken", "unavailable", "paused", "failed"]
    sentence: str = ""  # why, for the person

    @property
    def is_done(self) -> bool:
        """Whether the tool did what it should."""
        return self.kind == "done"


class Stopping(BaseException):
    """The process closes: the workflow stays where it is, for another to take up.

    Not an `Exception`, because DBOS takes those for the workflow's result.
    """


class _Hands:
    """What the workflows of this process have in hand, and for which studio."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.stopping = False
        self._in_hand = 0
        self._changed = threading.Condition()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        with self._changed:
            if self.stopping:
                raise Stopping
            self._in_hand += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_hand -= 1
                self._changed.notify_all()

    def put_down(self) -> None:
        with self._changed:
            self.stopping = True
            self._changed.wait_for(lambda: self._in_hand == 0)


_hands: _Hands | None = None


def employ(studio: Studio) -> None:
    """From now on the workflows of this process work in this studio.

    Raises:
        Conflict: if they work in another already.
    """
    global _hands
    if _hands is not None:
        raise Conflict(
            "The workflows of this process work in {data_dir} already: close that "
            "workshop first, or start another process.",
            data_dir=_hands.studio.settings.data_dir,
        )
    _hands = _Hands(studio)


def dismiss() -> None:
    """Wait for the steps in hand to end, and let none begin after them."""
    global _hands
    if _hands is not None:
        _hands.put_down()
    _hands = None


def workflow(function: Callable[P, None]) -> Callable[P, None]:
    """Mark the body of a workflow: the closing process waits for it to reach its next step."""

    @wraps(function)
    def in_hand(*args: P.args, **kwargs: P.kwargs) -> None:
        with _at_work().one_more():
            function(*args, **kwargs)

    return in_hand


def step(
    name: str, work: Callable[Concatenate[Studio, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Do one piece of work whose result is kept: taken up again, a workflow does not repeat it.

    A process that dies between the work and the keeping does repeat it, so the work must bear that.
    """
    from dbos import DBOS

    hands = _at_work()
    if hands.stopping:
        raise Stopping
    done: R = DBOS.run_step({"name": name}, partial(work, hands.studio, *args, **kwargs))
    return done


def call_tool(studio: Studio, name: str, arguments: dict[str, Any], actor: Actor) -> Outcome:
    """Call a tool through the door; an error becomes an outcome with its sentence."""
    try:
        studio.door.call(name, arguments, actor)
    except Exception as error:
        if _at_work().stopping:  # what broke may be the closing itself
            raise Stopping from error
        return _outcome(name, error)
    return Outcome("done")


def _outcome(name: str, error: Exception) -> Outcome:
    match error:
        case ServiceUnavailable():
            return Outcome("unavailable", str(error))
        case Conflict():
            return Outcome("overtaken", str(error))
        case MintmarkError():
            return Outcome("failed", str(error))
    told = phrase("{name} failed unexpectedly; the studio's log has the details.", name=name)
    return Outcome("failed", str(told))


def _at_work() -> _Hands:
    if _hands is None:
        raise Stopping
    return _hands
