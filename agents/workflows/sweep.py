"""The sweep: every few seconds, what fell between two processes is picked up.

- Workflows of a process that died go back to their queue. DBOS itself does this only for the
  process of the same name, or with its hosted service. Who is dead, the liveness locks tell.
- Jobs, rounds, brackets and mint requests that were written down but never handed out are handed
  out; so is what came due by what another process wrote, such as a last comparison of votes.
- Those whose workflow ended without an outcome (its process died too often) get one.
- Tool calls that a dead process left open are closed as abandoned.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from agents.workflows import bracket, mint, round
from agents.workflows.durable import VERSION, Order, again, enqueue
from tools.generation import jobs
from tools.generation.tables import Job
from tools.generation.waiting import UNFINISHED
from tools.minting.tables import MintRequest
from tools.phrases import phrase
from tools.provenance.tables import now
from tools.studio import Studio
from tools.voting.brackets import due_brackets
from tools.voting.tables import Round

_LIVE = ("ENQUEUED", "DELAYED", "PENDING")
_CREATE_ANEW = phrase("The work on it stopped again and again without an outcome: create it anew.")
_RETRY = phrase(
    "The work on it stopped again and again without an outcome: an operator may retry it."
)
_log = structlog.get_logger("mintmark.sweep")


@dataclass(frozen=True)
class _Row:
    """A row that waits for a workflow to bring it to its end."""

    workflow: str
    key: str
    is_due: bool = False  # handed out again at every sweep, which orders nothing twice

    @property
    def prefix(self) -> str:
        """What the ids of all its workflows begin with."""
        return f"{self.workflow}:{self.key}"


class Sweep:
    """One process's sweep; `start` hands out a workflow, as the `Dispatcher` does."""

    def __init__(self, studio: Studio, start: Callable[[str, str], None]) -> None:
        self._studio = studio
        self._start = start
        self._without: frozenset[_Row] = frozenset()  # rows whose workflows had ended last time

    def once(self) -> None:
        """Pick up whatever there is."""
        recover_dead(self._studio)
        self._hand_out()
        self._studio.close_abandoned()

    def _hand_out(self) -> None:
        rows = list(_unfinished(self._studio))
        states = _workflow_states(rows)
        ended = set()
        for row in rows:
            if not states[row] or row.is_due:
                self._start(row.workflow, row.key)
            elif not any(state in _LIVE for state in states[row]):
                ended.add(row)
        overdue = ended & self._without  # a row may lag a little behind the end of its workflow
        self._without = frozenset(ended)
        for row in overdue:
            self._end(row, len(states[row]))

    def _end(self, row: _Row, attempts: int) -> None:
        """Give a row an outcome whose workflow ended without one."""
        _log.warning("workflow ended without an outcome", workflow=row.workflow, key=row.key)
        if row.workflow == "generate":
            jobs.fail(self._studio, row.key, str(_CREATE_ANEW))
        elif row.workflow == "mint":
            mint.stop(self._studio, row.key, str(_RETRY))
        elif (due := _ordered(self._studio, row)) is not None:
            enqueue(again(due, attempts + 1))


def _ordered(studio: Studio, row: _Row) -> Order | None:
    look = bracket.order if row.workflow == "bracket" else round.order
    return look(studio, row.key)


def recover_dead(studio: Studio) -> list[str]:
    """Put the workflows of dead processes back into their queues; returns those processes.

    DBOS moves a workflow only while it still belongs to the dead process, in one statement, so
    however many processes recover it at once, one takes it up.
    """
    from dbos import DBOS

    pending = DBOS.list_workflows(
        status="PENDING", app_version=VERSION, load_input=False, load_output=False
    )
    others = {status.executor_id for status in pending} - {None, studio.process}
    dead = [name for name in sorted(filter(None, others)) if studio.liveness.is_dead(name)]
    if dead:
        DBOS._recover_pending_workflows(dead)
        _log.info("took over from dead processes", processes=dead)
    return dead


def _unfinished(studio: Studio) -> Iterator[_Row]:
    with studio.db.read() as session:
        for job_id in session.scalars(select(Job.id).where(Job.state.in_(UNFINISHED))):
            yield _Row("generate", job_id)
        rounds = select(Round.id, Round.closes_at).where(Round.state == "open")
        for round_id, closes_at in session.execute(rounds):
            yield _Row("round", round_id, is_due=closes_at <= now())
        for bracket_id in due_brackets(session):
            yield _Row("bracket", bracket_id, is_due=True)
        under_way = MintRequest.state.in_(("approved", "minting"))
        for request_id in session.scalars(select(MintRequest.id).where(under_way)):
            yield _Row("mint", request_id)


def _workflow_states(rows: list[_Row]) -> dict[_Row, list[str]]:
    """The states of every row's workflows; none if it was never handed out."""
    from dbos import DBOS

    states: dict[_Row, list[str]] = defaultdict(list)
    if not rows:
        return states
    found = DBOS.list_workflows(
        workflow_id_prefix=[row.prefix for row in rows], load_input=False, load_output=False
    )
    for row in rows:
        states[row] = [s.status for s in found if s.workflow_id.startswith(row.prefix)]
    return states
