"""One turn of a conversation, as a LangGraph graph, assembled at the bottom of this file.

    ingest → model → repair → one step per tool call → model → … → the end

- `ingest` mends what an interrupted turn left behind and keeps the history short;
- `model` asks the language model, or the interpreter where it does not answer;
- `repair` makes every wish of the model a well-formed call; what is no call is refused, on record;
- `tools` carries out one call, through the door, as the actor of the runtime context.

The graph authorises nothing. A tool that is not offered, or does not exist, is still asked of the
door, so that its refusal is recorded.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from langchain_core.messages import AIMessage, AnyMessage, RemoveMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import ToolCall
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send, StreamWriter

from agents.context import ChatContext
from agents.events import ToolFinished, ToolStarted
from agents.history import brief, calls_without_answer, last_reply, mended, replies_of
from agents.interpreter import IN_THEIR_WORDS, Interpreter
from agents.prompt import system_prompt
from agents.replies import Reply, ask, in_short, well_formed
from agents.state import ChatInput, ChatState, OneCall
from agents.untrusted import for_model
from agents.voice import Voice
from tools.definition import AnyTool
from tools.door import Door
from tools.errors import InvalidInput, MintmarkError, Refused
from tools.langchain_tool import StudioTool, as_langchain
from tools.people import Role

MOST_ROUNDS = 6
"""How often the model is asked in one turn."""

RECURSION_LIMIT = 4 * MOST_ROUNDS + 4
"""Steps of the graph that a turn can take: three for each round, and some before and after."""

_FAULT = "This failed through a fault in the studio itself; the record of the call says more."
_log = structlog.get_logger("mintmark.chat")

Update = dict[str, Any]
Graph = CompiledStateGraph[ChatState, ChatContext, ChatInput, ChatState]


async def ingest(state: ChatState, context: ChatContext, _: StreamWriter) -> Update:
    """Begin a turn: a mended and short history, ending with the person's new message."""
    if await _role(context) is None:
        raise Refused("You have no role here, so there is nothing I could do for you.")
    history = brief(mended(state["messages"]))
    forget = RemoveMessage(id=REMOVE_ALL_MESSAGES)
    return {"messages": [forget, *history], "rounds": 0, "fallen_back": ""}


async def model(state: ChatState, context: ChatContext, _: StreamWriter) -> Update:
    """Ask the model what to say or do; where it does not answer, the interpreter does."""
    role = await _role(context)
    door = context.studio.door
    in_chat = [_as_tool(definition, context) for definition in door.offered_to(role, "text")]
    by_hand = door.offered_to(role, "command")
    messages = [_instructions(role, by_hand, context.actor.locale), *state["messages"]]
    reply = await _reply(state, context, messages, in_chat)
    return {
        "messages": [reply.announced(context.voice)],
        "rounds": state["rounds"] + 1,
        "fallen_back": reply.fallen_back,
    }


async def _reply(
    state: ChatState, context: ChatContext, messages: list[AnyMessage], tools: list[StudioTool]
) -> Reply:
    """The model's reply, or the interpreter's, which then keeps the word until the turn ends."""
    reason = state["fallen_back"]
    if context.model is not None and not reason:
        try:
            return Reply(await ask(context.model, tools, messages))
        except Exception as error:
            _log.warning("the language model did not answer", error=repr(error)[:500])
            reason = in_short(error, context.voice)
    interpreter = Interpreter(voice=context.voice)
    return Reply(await ask(interpreter, tools, messages), fallen_back=reason)


async def repair(state: ChatState, context: ChatContext, _: StreamWriter) -> Update:
    """Turn the reply into well-formed calls; answer those that cannot be made so."""
    earlier = {answer.tool_call_id for answer in replies_of(state["messages"])}
    sound, broken = well_formed(last_reply(state["messages"]), earlier)
    refusals = [await _refuse(context, call, raw) for call, raw in broken]
    return {"messages": [sound, *refusals]}


async def _refuse(context: ChatContext, call: ToolCall, raw: str) -> ToolMessage:
    """Have a malformed call refused by the door, as text that is no arguments, and say so."""
    try:
        await context.studio.door.acall(call["name"], raw, context.actor)
    except Refused as error:
        return _failed(call, error, context.voice)
    except MintmarkError:
        pass
    wrong = InvalidInput(
        "The arguments of {tool} were no JSON object. Nothing was done; "
        "call it again with complete arguments.",
        tool=call["name"],
    )
    return _failed(call, wrong, context.voice)


async def tools(one: OneCall, context: ChatContext, write: StreamWriter) -> Update:
    """Carry out one call; whatever happens, the model gets an answer to it."""
    call = one["call"]
    write(ToolStarted(call["name"], str(call["id"])))
    try:
        output = await _carry_out(call, context)
    except Exception as error:
        known = error if isinstance(error, MintmarkError) else MintmarkError(_FAULT)
        write(ToolFinished(call["name"], str(call["id"]), error=context.voice.of_error(known)))
        return {"messages": [_failed(call, known, context.voice)]}
    write(ToolFinished(call["name"], str(call["id"]), output=output))
    answer = ToolMessage(for_model(output), tool_call_id=call["id"], name=call["name"])
    return {"messages": [answer]}


async def _carry_out(call: ToolCall, context: ChatContext) -> Any:
    door: Door = context.studio.door
    definition = door.tools.get(call["name"])
    if definition is None:
        return await door.acall(call["name"], call["args"], context.actor)  # refused, on record
    message = await _as_tool(definition, context).ainvoke({**call, "type": "tool_call"})
    return message.artifact


async def stop(state: ChatState, context: ChatContext, _: StreamWriter) -> Update:
    """End a turn in which the model went on asking for tools."""
    words = context.voice.say(
        "I stopped after {steps} steps. What was done so far is done; tell me how to go on.",
        steps=MOST_ROUNDS,
    )
    return {"messages": [AIMessage(words)]}


def after_repair(state: ChatState) -> list[Send] | str:
    """One step for each call that has no answer yet; where all are refused, the model again."""
    waiting = calls_without_answer(state["messages"])
    if waiting:
        return [Send("tools", OneCall(call=call)) for call in waiting]
    return after_tools(state) if last_reply(state["messages"]).tool_calls else END


def after_tools(state: ChatState) -> str:
    """Back to the model, unless it was asked often enough."""
    return "model" if state["rounds"] < MOST_ROUNDS else "stop"


def _failed(call: ToolCall, error: MintmarkError, voice: Voice) -> ToolMessage:
    """A call's failure: in English for a model, and as the interpreter passes it on."""
    return ToolMessage(
        str(error),
        tool_call_id=call["id"],
        name=call["name"],
        status="error",
        additional_kwargs={IN_THEIR_WORDS: voice.of_error(error)},
    )


def _as_tool(definition: AnyTool, context: ChatContext) -> StudioTool:
    return as_langchain(definition, context.studio.door, context.actor)


def _instructions(role: Role | None, by_hand: list[AnyTool], locale: str) -> SystemMessage:
    return SystemMessage(system_prompt(role or Role.MEMBER, by_hand, locale))


async def _role(context: ChatContext) -> Role | None:
    return await asyncio.to_thread(context.studio.door.ledger.role_of, context.actor)


Step = Callable[[Any, ChatContext, StreamWriter], Awaitable[Update]]


def build_graph(
    checkpointer: BaseCheckpointSaver[Any] | None = None, home: ChatContext | None = None
) -> Graph:
    """The chat graph.

    Args:
        checkpointer: keeps conversations between turns.
        home: the context of every turn, whoever runs the graph; without it each run brings its own.
    """

    def step(body: Step) -> Any:  # LangGraph's own type of a node is private
        async def run(state: Any, runtime: Runtime[ChatContext]) -> Update:
            return await body(state, home or runtime.context, runtime.stream_writer)

        return run

    graph = StateGraph(
        ChatState, context_schema=None if home else ChatContext, input_schema=ChatInput
    )
    graph.add_node("ingest", step(ingest))
    graph.add_node("model", step(model))
    graph.add_node("repair", step(repair))
    graph.add_node("tools", step(tools), input_schema=OneCall)
    graph.add_node("stop", step(stop))
    graph.add_edge(START, "ingest")
    graph.add_edge("ingest", "model")
    graph.add_edge("model", "repair")
    graph.add_conditional_edges("repair", after_repair, ["tools", "model", "stop", END])
    graph.add_conditional_edges("tools", after_tools, ["model", "stop"])
    graph.add_edge("stop", END)
    return graph.compile(checkpointer=checkpointer, name="chat")
