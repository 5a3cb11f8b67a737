"""What the interpreter can make of a clause: a wish for a tool, or something to say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AnyMessage, ToolMessage

from agents.untrusted import read_back
from tools.phrases import Phrase


@dataclass(frozen=True)
class Remark:
    """Something to say; nothing is called."""

    words: Phrase
    invites: bool = False  # to say something, which those who speak another language must know how


@dataclass(frozen=True)
class Wish:
    """A call of a tool."""

    tool: str
    args: dict[str, Any] = field(default_factory=dict)
    then: "Callable[[Any], Wish | Remark] | None" = None
    """What follows from its result, where one call is not enough."""


Reading = Wish | Remark


@dataclass(frozen=True)
class Memory:
    """What earlier results of the conversation named, for "my job" and "the second one"."""

    job: str | None = None
    candidates: tuple[str, ...] = ()
    mint_request: str | None = None


def remember(messages: Sequence[AnyMessage]) -> Memory:
    """The latest job, list of candidates and mint request that tool results named."""
    job = request = None
    candidates: tuple[str, ...] = ()
    for message in messages:
        if isinstance(message, ToolMessage) and message.status != "error":
            found = read_back(str(message.text))
            if isinstance(found, dict):
                job = found.get("job_id") or job
                candidates = _candidates(found) or candidates
                request = found.get("mint_request_id") or request
    return Memory(job, candidates, request)


def _candidates(found: dict[str, Any]) -> tuple[str, ...]:
    listed = found.get("candidates") or found.get("entries") or ()
    named = (item.get("candidate_id") for item in listed if isinstance(item, dict))
    return tuple(str(name) for name in named if name)
