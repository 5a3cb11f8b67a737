"""Which model answers: an OpenAI-compatible endpoint where one is set, else the interpreter."""

from typing import TYPE_CHECKING

from pydantic import SecretStr

from tools.errors import ConfigurationError
from tools.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

RETRIES = 1
"""How often a failed request is sent again; behind it stands the interpreter."""

_NO_KEY = SecretStr("not-needed")  # the client wants a key also where the server wants none


def chat_model(settings: Settings) -> "BaseChatModel":
    """The chat model that the settings name.

    Raises:
        ConfigurationError: for an endpoint without a model, or a key that would go to nowhere.
    """
    llm = settings.llm
    if llm.model is None:
        if llm.base_url is not None:
            raise ConfigurationError(
                "llm.base_url is set, but no llm.model: name the model that the endpoint serves."
            )
        from agents.interpreter import Interpreter

        return Interpreter()
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
    )
