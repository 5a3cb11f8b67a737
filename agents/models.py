"""Which model answers: an OpenAI-compatible endpoint where one is set, else the interpreter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from tools.errors import ConfigurationError
from tools.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from openai import DefaultAsyncHttpxClient

RETRIES = 1
"""How often a failed request is sent again; behind it stands the interpreter."""

_NO_KEY = SecretStr("not-needed")  # the client wants a key also where the server wants none


@asynccontextmanager
async def open_model(settings: Settings) -> "AsyncIterator[BaseChatModel | None]":
    """The chat model that the settings name, if they name one, with connections of its own.

    Without them the client shares one pool of connections with every other in the process, and
    that pool breaks when the event loop ends in which it was used first.

    Raises:
        ConfigurationError: as `chat_model`.
    """
    if settings.llm.model is None:
        yield chat_model(settings)
        return
    from openai import DefaultAsyncHttpxClient

    async with DefaultAsyncHttpxClient() as connections:
        yield chat_model(settings, connections)


def chat_model(
    settings: Settings, connections: "DefaultAsyncHttpxClient | None" = None
) -> "BaseChatModel | None":
    """The chat model that the settings name; None if they name none, and the interpreter answers.

    Args:
        settings: the studio's.
        connections: through which an endpoint is asked; None for the library's own.

    Raises:
        ConfigurationError: for an endpoint without a model, or a key that would go to nowhere.
    """
    llm = settings.llm
    if llm.model is None:
        if llm.base_url is not None:
            raise ConfigurationError(
                "llm.base_url is set, but no llm.model: name the model that the endpoint serves."
            )
        return None
    if llm.base_url is None and llm.api_key is None:
        raise ConfigurationError(
            "llm.model is set, but neither llm.base_url (a local server) nor llm.api_key "
            "(MINTMARK_LLM__API_KEY): set one of them, or leave out llm.model for the interpreter."
        )
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=llm.model,
        base_url=str(llm.base_url) if llm.base_url else None,
        api_key=llm.api_key or _NO_KEY,
        timeout=llm.timeout_s,
        max_retries=RETRIES,
        disable_streaming=not llm.stream,
        use_responses_api=False,
        temperature=0,
        http_async_client=connections,
    )
