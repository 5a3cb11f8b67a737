"""A small craft behind the real door: tools of the names that workflows call.

What a tool does with an id is scripted; every call is noted in a file beside the database, so that
calls of several processes, also of killed ones, can be told.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tools.definition import BY_WORKFLOW, AnyTool, Input, Output, PrivateText, tool
from tools.errors import NotFound
from tools.generation.tables import Job
from tools.minting.tables import MintRequest
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.ballots import vote
from tools.voting.brackets import advance_bracket, open_bracket
from tools.voting.closing import close_due_round, close_round
from tools.voting.reconciling import count_round_by, reconcile_round
from tools.voting.rounds import extend_round, open_round

Deed = Callable[[OpenCall], None]
script: dict[tuple[str, str], Deed] = {}
"""(tool, id) → what the tool does; without an entry it just succeeds."""


class BriefIn(Input):
    """Which brief."""

    brief_id: str


class RequestIn(Input):
    """Which mint request."""

    mint_request_id: str


class StopIn(RequestIn):
    """Which mint request stops, and why."""

    reason: PrivateText


class Nothing(Output):
    """Nothing to tell."""


@tool(least_role=Role.CREATOR, ways=BY_WORKFLOW)
def render(call: OpenCall, which: BriefIn) -> Nothing:
    """Make the pictures of a brief."""
    return _do(call, "render", which.brief_id)


@tool(least_role=Role.CREATOR, ways=BY_WORKFLOW)
def score(call: OpenCall, which: BriefIn) -> Nothing:
    """Score the pictures of a brief."""
    return _do(call, "score", which.brief_id)


@tool(least_role=Role.OPERATOR, ways=BY_WORKFLOW)
def mint(call: OpenCall, which: RequestIn) -> Nothing:
    """Mint a request."""
    _do(call, "mint", which.mint_request_id)
    with call.studio.db.write() as session:
        session.get_one(MintRequest, which.mint_request_id).state = "minted"
    return Nothing()


@tool(least_role=Role.STUDIO, ways=BY_WORKFLOW)
def stop_mint(call: OpenCall, which: StopIn) -> Nothing:
    """Note that a mint could not go on."""
    with call.studio.db.write() as session:
        request = session.get(MintRequest, which.mint_request_id)
        if request is None:
            raise NotFound(f"There is no mint request {which.mint_request_id}.")
        request.state, request.error = "failed", which.reason
    return Nothing()


TOOLS: tuple[AnyTool, ...] = (
    render,
    score,
    mint,
    stop_mint,
    vote,
    open_round,
    extend_round,
    close_round,
    close_due_round,
    count_round_by,
    reconcile_round,
    open_bracket,
    advance_bracket,
)


def _do(call: OpenCall, name: str, subject: str) -> Nothing:
    trace(call.studio.settings, f"{name} {subject} {os.getpid()}")
    while hold(call.studio.settings, name).exists():
        time.sleep(0.05)
    if deed := script.get((name, subject)):
        deed(call)
    return Nothing()


def hold(settings: Settings, tool_name: str) -> Path:
    """While this file is there, the tool does not get on, in whatever process it runs."""
    return settings.data_dir / f"hold-{tool_name}"


def trace(settings: Settings, line: str) -> None:
    """Note something that happened, also for other processes to read."""
    with _trace_file(settings).open("a") as file:
        file.write(line + "\n")


def traced(settings: Settings) -> list[str]:
    """What was noted so far."""
    path = _trace_file(settings)
    return path.read_text().splitlines() if path.exists() else []


def calls(settings: Settings, subject: str) -> Counter[str]:
    """How often each tool was called for an id."""
    lines = (line.split() for line in traced(settings))
    return Counter(words[0] for words in lines if subject in words)


def _trace_file(settings: Settings) -> Path:
    return settings.data_dir / "trace.txt"


def fail_with(error: Exception) -> Deed:
    """A deed that fails."""

    def deed(_: OpenCall) -> None:
        raise error

    return deed


def job_of(studio: Studio, job_id: str) -> Job:
    """The job as it stands now."""
    with studio.db.read() as session:
        return session.get_one(Job, job_id)


def request_of(studio: Studio, request_id: str) -> MintRequest:
    """The mint request as it stands now."""
    with studio.db.read() as session:
        return session.get_one(MintRequest, request_id)
