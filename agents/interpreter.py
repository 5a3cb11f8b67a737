"""The interpreter: a chat model without a language model, for plain sentences about the studio.

It stands wherever a LangChain chat model can, so the same graph runs with it: where no endpoint is
configured, and in an endpoint's place when that does not answer. The same words always give the
same calls. It reads the person's last message, asks for the tools, and when their results are
there, says in plain words what came of them and what it did not understand. It reads English, and
answers in the voice it was given.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.messages.tool import tool_call
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import Field, SkipValidation

from agents.answers import answer
from agents.history import replies_of, since_last_wish
from agents.readings import Remark, Wish, remember
from agents.sentences import read
from agents.untrusted import read_back
from agents.voice import ENGLISH, Voice
from tools.phrases import phrase
from tools.provenance.identifiers import sortable_id

IN_THEIR_WORDS = "told"
"""Where a tool's failure keeps its sentence as the person is to read it; a model reads English."""

_PIECES = re.compile(r"\S+\s*|\s+")


class Interpreter(BaseChatModel):
    """A deterministic chat model that understands the studio's own sentences."""

    voice: SkipValidation[Voice] = Field(default=ENGLISH, exclude=True)
    """In which it speaks; no message can change it."""

    @property
    def _llm_type(self) -> str:
        return "mintmark-interpreter"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Offer tools; a wish for any other is answered with a sentence."""
        names = [tool.name for tool in tools if isinstance(tool, BaseTool)]
        return self.bind(offered=names, **kwargs)

    def _reply(self, messages: Sequence[Any], bound: dict[str, Any]) -> AIMessage:
        """Calls for what is still to be asked; else the answer."""
        text, since = since_last_wish(messages)
        readings = read(text, remember(messages[: len(messages) - len(since) - 1]))
        results = replies_of(since)
        offered = frozenset(bound.get("offered", ()))
        wishes, remarks = _sorted(readings, offered)
        follow_ups = [step for wish in wishes if (step := _follow_up(wish, results)) is not None]
        more_wishes, more_remarks = _sorted(follow_ups, offered)
        wishes, remarks = wishes + more_wishes, remarks + more_remarks
        asked = {result.name for result in results}
        if waiting := [wish for wish in wishes if wish.tool not in asked]:
            return AIMessage("", tool_calls=[_call(wish) for wish in waiting])
        return AIMessage(_words(wishes, results, remarks, self.voice))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages, kwargs))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _pieces(self._reply(messages, kwargs)):
            if run_manager:
                run_manager.on_llm_new_token(str(chunk.text), chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _pieces(self._reply(messages, kwargs)):
            if run_manager:
                await run_manager.on_llm_new_token(str(chunk.text), chunk=chunk)
            yield chunk


def _pieces(reply: AIMessage) -> Iterator[ChatGenerationChunk]:
    for word in _PIECES.findall(str(reply.text)):
        yield ChatGenerationChunk(message=AIMessageChunk(content=word))
    yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_calls=reply.tool_calls))


def _sorted(
    readings: Sequence[Wish | Remark], offered: frozenset[str]
) -> tuple[list[Wish], list[Remark]]:
    """Wishes that may be asked, and remarks for all the rest."""
    wishes: list[Wish] = []
    remarks: list[Remark] = []
    for reading in readings:
        if isinstance(reading, Wish) and reading.tool in offered:
            wishes.append(reading)
        elif isinstance(reading, Wish):
            remarks.append(_beyond_role(reading.tool))
        else:
            remarks.append(reading)
    return wishes, remarks


def _beyond_role(tool: str) -> Remark:
    name = tool.replace("_", " ")
    return Remark(phrase("Your role here does not include “{tool}”.", tool=name))


def _follow_up(wish: Wish, results: Sequence[ToolMessage]) -> Wish | Remark | None:
    """What the result of a wish leads to, once it is there."""
    for result in results:
        if result.name == wish.tool and result.status != "error" and wish.then is not None:
            return wish.then(read_back(str(result.text)))
    return None


def _call(wish: Wish) -> Any:
    return tool_call(name=wish.tool, args=wish.args, id=sortable_id("tool"))


def _words(
    wishes: Sequence[Wish],
    results: Sequence[ToolMessage],
    remarks: Sequence[Remark],
    voice: Voice,
) -> str:
    """The answer: what came of every call that was not just a step to another, and the remarks."""
    steps = {wish.tool for wish in wishes if wish.then is not None}
    said = [_outcome(r, voice) for r in results if r.name not in steps or r.status == "error"]
    said += [voice.of_phrase(remark.words) for remark in remarks]
    if any(remark.invites for remark in remarks):
        said.append(_what_is_read(voice))
    lines = dict.fromkeys(line for line in said if line)
    return "\n\n".join(lines) or voice.say("There is nothing to say.")


def _what_is_read(voice: Voice) -> str:
    """For those who are spoken to in another language: which one is understood."""
    if voice.locale.split("-")[0] == "en":
        return ""
    return voice.say(
        "I understand English sentences only, such as “make 4 foxes”. "
        "Commands such as /create work in every language."
    )


def _outcome(result: ToolMessage, voice: Voice) -> str:
    if result.status == "error":
        return str(result.additional_kwargs.get(IN_THEIR_WORDS) or result.text)
    return answer(str(result.name), read_back(str(result.text)), voice)
