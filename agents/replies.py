"""A model's reply: asked for piece by piece, checked strictly, and made well-formed.

Putting a streamed reply together, LangChain completes JSON that breaks off, so that a call cut in
the middle of `"count": 40…` looks whole. Here the raw pieces are kept and parsed strictly.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage
from langchain_core.messages.tool import ToolCall, invalid_tool_call
from langchain_core.tools import BaseTool

from agents.voice import Voice
from tools.errors import ServiceUnavailable
from tools.provenance.identifiers import sortable_id

_LONGEST_NAME = 64


@dataclass(frozen=True)
class Reply:
    """A reply, and why the interpreter gave it in the model's place, if it did."""

    message: AIMessage
    fallen_back: str = ""

    def announced(self, voice: Voice) -> AIMessage:
        """The message; an answer that is not the model's begins with a line that says so."""
        if not self.fallen_back or self.message.tool_calls:
            return self.message
        line = voice.say(
            "(The language model does not answer: {reason}. The interpreter took over.)",
            reason=self.fallen_back,
        )
        return self.message.model_copy(update={"content": f"{line}\n\n{self.message.text}"})


def in_short(error: Exception, voice: Voice) -> str:
    """Why a model did not answer, in a few words that quote nothing the endpoint sent."""
    if isinstance(error, ServiceUnavailable):
        return voice.of_error(error).rstrip(".。")
    status = getattr(error, "status_code", None)
    return voice.say("status {status}", status=status) if status else type(error).__name__


async def ask(
    model: BaseChatModel, tools: Sequence[BaseTool], messages: Sequence[AnyMessage]
) -> AIMessage:
    """The model's reply to the conversation so far.

    Raises:
        ServiceUnavailable: if the reply has neither words nor calls.
        Exception: whatever the endpoint's client raises.
    """
    bound = model.bind_tools(tools) if tools else model
    whole: AIMessage | None = None
    async for piece in bound.astream(list(messages)):
        whole = piece if whole is None else cast("AIMessage", whole + piece)
    if whole is None or not (whole.text.strip() or whole.tool_calls or whole.invalid_tool_calls):
        raise ServiceUnavailable("its reply was empty.")
    return _strict(whole) if isinstance(whole, AIMessageChunk) else whole


def _strict(whole: AIMessageChunk) -> AIMessage:
    """The reply with its calls parsed from what was really sent."""
    calls, invalid = [], []
    for piece in whole.tool_call_chunks:
        name, raw = piece["name"] or "", piece["args"] or "{}"
        arguments = _object(raw)
        if arguments is None:
            invalid.append(invalid_tool_call(name=name, args=raw, id=piece["id"]))
        else:
            calls.append(ToolCall(name=name, args=arguments, id=piece["id"]))
    return AIMessage(str(whole.text), id=whole.id, tool_calls=calls, invalid_tool_calls=invalid)


def _object(raw: str) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def well_formed(reply: AIMessage, taken: set[str]) -> tuple[AIMessage, list[tuple[ToolCall, str]]]:
    """The reply with each call under an id of its own, and the malformed ones with their raw text.

    The malformed calls stay in the reply with empty arguments, for endpoints refuse a history in
    which a tool's answer belongs to no call, or arguments are no JSON.

    Args:
        reply: as `ask` gave it.
        taken: ids of earlier calls; some endpoints number the calls of every reply from one.
    """
    taken = set(taken)
    sound = [_call(call["name"], call["args"], call["id"], taken) for call in reply.tool_calls]
    broken = [
        (_call(call["name"], {}, call["id"], taken), str(call["args"] or ""))
        for call in reply.invalid_tool_calls
    ]
    calls = sound + [call for call, _ in broken]
    return AIMessage(str(reply.text), id=reply.id, tool_calls=calls), broken


def _call(name: str | None, args: dict[str, Any], call_id: str | None, taken: set[str]) -> ToolCall:
    if not call_id or call_id in taken:
        call_id = sortable_id("tool")
    taken.add(call_id)
    return ToolCall(name=(name or "unnamed")[:_LONGEST_NAME], args=args, id=call_id)
