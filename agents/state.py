"""What a conversation's checkpoint holds: messages and counters, never pictures.

Whoever is asking is not in here: a checkpoint may be old, shared or forged. See `context.py`.
"""

from typing import Annotated, TypedDict

from langchain_core.messages import AnyMessage
from langchain_core.messages.tool import ToolCall
from langgraph.graph.message import add_messages


class ChatInput(TypedDict):
    """What a turn begins with: the person's new message."""

    messages: Annotated[list[AnyMessage], add_messages]


class ChatState(ChatInput):
    """A conversation between two steps of the graph."""

    rounds: int  # how often the model was asked in this turn
    fallen_back: str  # why the interpreter took over in this turn; empty where it did not


class OneCall(TypedDict):
    """What one tool step gets: a single call, so that no other is repeated with it."""

    call: ToolCall
