"""What a turn is given from outside and no message can change: the studio, the actor, the model."""

from dataclasses import dataclass, replace

from langchain_core.language_models import BaseChatModel

from tools.people import Actor
from tools.studio import Studio


@dataclass(frozen=True)
class ChatContext:
    """The runtime context of one turn."""

    studio: Studio
    actor: Actor  # vouched for by the front end; always by way of text
    model: BaseChatModel


def chat_context(studio: Studio, actor: Actor, model: BaseChatModel, thread: str) -> ChatContext:
    """The context for an actor's words: whatever they ask for, they ask for it by text."""
    return ChatContext(studio, replace(actor, via="text", thread=thread), model)
