"""What a turn remembers of those before it: mended, short, and without pictures."""

from collections.abc import Iterable, Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import ToolCall

from agents.untrusted import plain_text

MOST_TURNS = 12
"""How many of a person's messages are kept, with everything that followed each."""

LONGEST_MESSAGE = 4_000
"""Characters of one message that are kept."""

_INTERRUPTED = (
    "This call was interrupted, and its result is not known here. "
    "Look up how things stand before you call it again."
)


def last_reply(messages: Sequence[AnyMessage]) -> AIMessage:
    """The model's latest reply."""
    return next(message for message in reversed(messages) if isinstance(message, AIMessage))


def calls_without_answer(messages: Sequence[AnyMessage]) -> list[ToolCall]:
    """The calls of the latest reply that no tool message answers."""
    answered = {m.tool_call_id for m in messages if isinstance(m, ToolMessage)}
    return [call for call in last_reply(messages).tool_calls if call["id"] not in answered]


def mended(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The history with an answer to every call, none to calls that are not there, and only text.

    A turn that broke off leaves calls without answers, and endpoints refuse such a history.
    """
    answers = {m.tool_call_id: m for m in messages if isinstance(m, ToolMessage)}
    history: list[AnyMessage] = []
    for message in messages:
        match message:
            case HumanMessage():
                history.append(_only_text(message))
            case AIMessage():
                history.append(message)
                history += [_answer_to(call, answers) for call in message.tool_calls]
    return history


def brief(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The last `MOST_TURNS` turns, whole."""
    starts = [at for at, message in enumerate(messages) if isinstance(message, HumanMessage)]
    return list(messages[starts[-MOST_TURNS] :] if len(starts) > MOST_TURNS else messages)


def since_last_wish(messages: Sequence[AnyMessage]) -> tuple[str, list[AnyMessage]]:
    """The person's latest message, and what followed it."""
    for at in range(len(messages) - 1, -1, -1):
        if isinstance(messages[at], HumanMessage):
            return text_of(messages[at]), list(messages[at + 1 :])
    return "", list(messages)


def text_of(message: AnyMessage) -> str:
    """The words of a message, without any other content it may have."""
    return str(message.text)


def _only_text(message: HumanMessage) -> HumanMessage:
    return HumanMessage(plain_text(text_of(message))[:LONGEST_MESSAGE], id=message.id)


def _answer_to(call: ToolCall, answers: dict[str, ToolMessage]) -> ToolMessage:
    known = answers.get(str(call["id"]))
    if known is not None:
        return known
    return ToolMessage(_INTERRUPTED, tool_call_id=call["id"], name=call["name"], status="error")


def replies_of(messages: Iterable[AnyMessage]) -> list[ToolMessage]:
    """The tool results among these messages."""
    return [message for message in messages if isinstance(message, ToolMessage)]
