"""The batcher: one thread of a process feeds the model, with whatever waits and fits together.

Orders wait in the sequence in which they came. The thread takes the oldest, and with it others
that have the same batch key, up to the batch size; pictures of several people are so made at once.
Cancelled orders are left out; a batch that nobody waits for any more stops at its next step.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from tools.errors import MintmarkError, ServiceUnavailable
from tools.generation.pipeline import (
    BatchKey,
    Checkpoint,
    LoadedPipeline,
    Look,
    Order,
    Scheduler,
    checked_device,
)
from tools.provenance.effects import effect

if TYPE_CHECKING:
    from PIL import Image

    from tools.studio import Studio

_KEPT_PIPELINES = 2  # in memory, the last used ones
_GLANCE_EVERY_S = 0.7
_GLANCE_SHARE = 20  # a glance may cost at most one of so many parts of the time
_log = structlog.get_logger("mintmark.batcher")


@dataclass(frozen=True)
class Made:
    """A picture as the model gave it, and how it was made."""

    image: "Image.Image"
    order: Order
    scheduler: Scheduler
    batch_size: int
    batch_position: int  # from 0
    tokens_cut: int  # of the prompt, beyond what the text encoder reads


@dataclass
class Ticket:
    """An order that was taken, and what became of it."""

    order: Order
    result: "Future[Made]" = field(default_factory=Future)
    steps_done: int = 0
    is_watched: bool = False  # whether somebody wants to see the picture while it forms
    forming: "Image.Image | None" = None  # what could be seen of it last
    glances: int = 0  # how often that changed

    def show(self, image: "Image.Image") -> None:
        """This is what the picture looks like now."""
        self.forming = image
        self.glances += 1

    def cancel(self) -> None:
        """Nobody waits for this picture any more; a result that comes all the same is dropped."""
        self._cancelled = True
        self.result.cancel()

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._cancelled

    _cancelled: bool = False


class _NobodyWaits(Exception):
    """Every order of the batch was cancelled."""


class Batcher:
    """Makes pictures, one batch at a time, in a thread of its own."""

    def __init__(self, batch_size: int) -> None:
        self._batch_size = batch_size
        self._waiting: deque[Ticket] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._pipelines: OrderedDict[Checkpoint, LoadedPipeline] = OrderedDict()
        self._next_glance = 0.0  # on the monotonic clock
        self._thread: threading.Thread | None = None

    @effect
    def submit(self, orders: Sequence[Order], *, watched: bool = False) -> list[Ticket]:
        """Queue orders; those that come together are batched together.

        Args:
            orders: the pictures to make.
            watched: whether their tickets show the pictures while they form.

        Raises:
            ServiceUnavailable: if the studio is closing.
        """
        tickets = [Ticket(order, is_watched=watched) for order in orders]
        with self._changed:
            if self._closing:
                raise ServiceUnavailable("The studio is closing: no picture is begun any more.")
            self._waiting.extend(tickets)
            self._start()
            self._changed.notify()
        return tickets

    def close(self) -> None:
        """Stop after the step that is running; what waits is cancelled."""
        with self._changed:
            self._closing = True
            for ticket in self._waiting:
                ticket.cancel()
            self._waiting.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
        self._pipelines.clear()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="batcher", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while batch := self._next_batch():
            try:
                self._make(batch)
            except _NobodyWaits:
                for ticket in batch:
                    ticket.cancel()
            except MintmarkError as error:
                _fail(batch, error)
            except Exception as error:  # whatever the model's code raises ends its batch only
                _fail(batch, _in_words(error))

    def _next_batch(self) -> list[Ticket]:
        """The oldest order and those that fit to it; empty when the batcher closes."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._drop_cancelled())
            if self._closing:
                return []
            key = self._waiting[0].order.key
            most = 1 if key.place else self._batch_size
            batch = [t for t in self._waiting if t.order.key == key][:most]
            for ticket in batch:
                self._waiting.remove(ticket)
            return batch

    def _drop_cancelled(self) -> bool:
        """Whether anything that somebody waits for is left."""
        self._waiting = deque(t for t in self._waiting if not t.is_cancelled)
        return bool(self._waiting)

    def _make(self, batch: list[Ticket]) -> None:
        pipeline = self._pipeline(batch[0].order.key)

        def on_step(done: int, look: Look) -> None:
            for ticket in batch:
                ticket.steps_done = done
            if self._closing or all(ticket.is_cancelled for ticket in batch):
                raise _NobodyWaits
            self._glance(batch, look)

        orders, first = _in_place([ticket.order for ticket in batch])
        images = pipeline.make(orders, on_step)[first : first + len(batch)]
        for position, (ticket, image) in enumerate(zip(batch, images, strict=True), first):
            cut = pipeline.tokens_cut(ticket.order.prompt)
            made = Made(image, ticket.order, pipeline.scheduler, len(orders), position, cut)
            ticket.show(image)
            if ticket.result.set_running_or_notify_cancel():
                ticket.result.set_result(made)

    def _glance(self, batch: list[Ticket], look: Look) -> None:
        """Show watched tickets how their pictures look, when that is due; never fails the batch."""
        began = time.monotonic()
        if began < self._next_glance or not any(ticket.is_watched for ticket in batch):
            return
        try:
            _, first = _in_place([ticket.order for ticket in batch])
            for ticket, image in zip(batch, look()[first:], strict=False):
                ticket.show(image)
        except Exception as error:  # whatever a model's code raises; the picture comes all the same
            _log.debug("no preview", exc_info=error)
        cost = time.monotonic() - began
        self._next_glance = began + max(_GLANCE_EVERY_S, _GLANCE_SHARE * cost)

    def _pipeline(self, key: BatchKey) -> LoadedPipeline:
        checkpoint = key.checkpoint
        if checkpoint not in self._pipelines:
            checked_device(checkpoint.device)
            while len(self._pipelines) >= _KEPT_PIPELINES:
                self._pipelines.popitem(last=False)
            self._pipelines[checkpoint] = LoadedPipeline(checkpoint)
        self._pipelines.move_to_end(checkpoint)
        return self._pipelines[checkpoint]


def batcher_of(studio: "Studio") -> Batcher:
    """The one batcher of this process."""
    return studio.part(Batcher, lambda studio: Batcher(studio.settings.generation.batch_size))


def _in_place(orders: list[Order]) -> tuple[list[Order], int]:
    """The orders to make, and where among them the given ones begin.

    A picture that must stand in its old place is surrounded by copies of itself: what its
    neighbours show has no influence on it, only how many there are.
    """
    place = orders[0].key.place
    if place is None:
        return orders, 0
    return [orders[0]] * place.size, place.position


def _fail(batch: list[Ticket], error: MintmarkError) -> None:
    for ticket in batch:
        if not ticket.result.done() and ticket.result.set_running_or_notify_cancel():
            ticket.result.set_exception(error)


def _in_words(error: Exception) -> ServiceUnavailable:
    line = next(iter(str(error).splitlines()), "")[:300]
    what = f"{type(error).__name__} {line}".rstrip()
    sentence = ServiceUnavailable("The model failed: {what}.", what=what)
    sentence.__cause__ = error
    return sentence
