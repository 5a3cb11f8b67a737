"""What a turn is given from outside and no message can change: studio, actor, model and voice."""

from dataclasses import dataclass, replace

from langchain_core.language_models import BaseChatModel

from agents.voice import ENGLISH, Voice
from tools.people import Actor
from tools.studio import Studio


@dataclass(frozen=True)
class ChatContext:
    """The runtime context of one turn."""

    studio: Studio
    actor: Actor  # vouched for by the front end; always by way of text
    model: BaseChatModel | None  # None: the interpreter answers
    voice: Voice = ENGLISH  # in which the actor is spoken to, where no language model speaks


def chat_context(
    studio: Studio,
    actor: Actor,
    model: BaseChatModel | None,
    thread: str,
    voice: Voice = ENGLISH,
) -> ChatContext:
    """The context for an actor's words: whatever they ask for, they ask for it by text."""
    return ChatContext(studio, replace(actor, via="text", thread=thread), model, voice)
