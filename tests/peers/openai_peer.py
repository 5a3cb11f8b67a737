"""A local server that speaks the OpenAI chat completions protocol and says what a test scripts.

Written from the protocol's own description: POST /v1/chat/completions answers with one JSON object,
or, with `"stream": true`, with server-sent events that end in `data: [DONE]`.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Call:
    """A tool call as the endpoint sends it: the arguments are text, which may be no JSON."""

    name: str
    arguments: str = "{}"
    id: str | None = None


@dataclass(frozen=True)
class Answer:
    """One scripted answer."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    finish_reason: str | None = None  # None: the one that fits
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drops: bool = False  # hang up in the middle
    raw: str | None = None  # send this body instead


Script = Callable[[dict[str, Any]], Answer]


@dataclass
class Peer:
    """The running server: where it is, what it was asked, and what it says next."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    always: Script | None = None

    def next_answer(self, request: dict[str, Any]) -> Answer:
        """What to say to this request; without a script, a plain sentence."""
        if self.always is not None:
            return self.always(request)
        return self.answers.pop(0) if self.answers else Answer("That is all.")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        answer = self.next_answer(body)
        await asyncio.sleep(answer.delay_s)
        if answer.status != 200 or answer.raw is not None:
            text = answer.raw or json.dumps({"error": {"message": "scripted", "type": "error"}})
            return web.Response(
                text=text,
                status=answer.status,
                headers=answer.headers,
                content_type="application/json",
            )
        if body.get("stream"):
            return await _stream(request, answer)
        if answer.drops:
            assert request.transport is not None
            request.transport.close()
        return web.json_response(_whole(answer))


def _calls(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "id": call.id or f"call_{place}",
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for place, call in enumerate(answer.calls)
    ]


def _reason(answer: Answer) -> str:
    return answer.finish_reason or ("tool_calls" if answer.calls else "stop")


def _whole(answer: Answer) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
    if answer.calls:
        message["tool_calls"] = _calls(answer)
    choice = {"index": 0, "message": message, "finish_reason": _reason(answer)}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


def _deltas(answer: Answer) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    for word in answer.text.split(" ") if answer.text else ():
        yield {"content": word + " "}
    for place, call in enumerate(_calls(answer)):
        arguments = call["function"].pop("arguments")
        call["function"]["arguments"] = ""
        yield {"tool_calls": [{"index": place, **call}]}
        for start in range(0, len(arguments), 5):
            piece = {"arguments": arguments[start : start + 5]}
            yield {"tool_calls": [{"index": place, "function": piece}]}


async def _stream(request: web.Request, answer: Answer) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for number, delta in enumerate(_deltas(answer)):
        if answer.drops and number == 2:
            assert request.transport is not None
            request.transport.close()
            return response
        await _event(response, {"index": 0, "delta": delta, "finish_reason": None})
    await _event(response, {"index": 0, "delta": {}, "finish_reason": _reason(answer)})
    await response.write(b"data: [DONE]\n\n")
    return response


async def _event(response: web.StreamResponse, choice: dict[str, Any]) -> None:
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    data = json.dumps({**chunk, "choices": [choice]})
    await response.write(f"data: {data}\n\n".encode())


@asynccontextmanager
async def running_peer(*answers: Answer) -> AsyncIterator[Peer]:
    """A peer on a free port of the loopback interface."""
    peer = Peer(answers=list(answers))
    app = web.Application()
    app.router.add_post("/v1/chat/completions", peer.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    peer.url = f"http://{host}:{port}/v1"
    try:
        yield peer
    finally:
        await runner.cleanup()


@contextmanager
def peer_in_a_thread(*answers: Answer) -> Iterator[Peer]:
    """A peer that outlives the event loops of those who talk to it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="openai peer")
    thread.start()
    running = running_peer(*answers)
    try:
        yield asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(running.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
