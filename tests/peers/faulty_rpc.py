"""An RPC endpoint that answers what a test tells it to: errors, lies, or what is not even JSON.

Alone it knows nothing else. In front of a real node it passes on what it has no answer of its own
for, so that a test lies about one thing and leaves the rest true.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

Answer = Callable[[list[Any]], Any]


@dataclass(frozen=True)
class RpcError(Exception):
    """Answer with a JSON-RPC error."""

    message: str
    code: int = -32000
    data: str | None = None


@dataclass(frozen=True)
class HttpAnswer(Exception):
    """Answer with these bytes instead of JSON-RPC."""

    status: int
    body: bytes = b""
    location: str = ""


class HungUp(Exception):
    """Close the connection without an answer."""


@dataclass
class FaultyRpc:
    """What it answers, by method, and what it was asked."""

    url: str
    answers: dict[str, Answer]
    node: str | None = None  # the URL of the real one, if it stands in front of one
    asked: list[str] = field(default_factory=list)
    dies_after: int | None = None  # answers left, after which it hangs up on everybody

    def say(self, method: str, params: list[Any]) -> Any:
        """Its own answer, else the node's."""
        self.asked.append(method)
        answer = self.answers.get(method)
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                raise HungUp
        return self.truth(method, params) if answer is None else answer(params)

    def truth(self, method: str, params: list[Any]) -> Any:
        """What the real node says, errors included."""
        assert self.node is not None, f"nobody told this peer what to say to {method}"
        return ask(self.node, method, *params)

    def honest(self) -> None:
        """From now on tell the truth."""
        self.answers.clear()
        self.dies_after = None

    def answer(self, method: str, value: Any) -> None:
        """From now on answer a method with a value, or, for an exception, with that fault."""
        self.answers[method] = _raising(value) if isinstance(value, Exception) else lambda _: value

    def delay(self, method: str, seconds: float) -> None:
        """From now on keep a method waiting."""
        before = self.answers[method]
        self.answers[method] = lambda params: (time.sleep(seconds), before(params))[1]


def ask(url: str, method: str, *params: Any) -> Any:
    """Ask a node; raises `RpcError` with what it says is wrong."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    with urlopen(Request(url, body, {"Content-Type": "application/json"}), timeout=30) as response:
        answer = json.load(response)
    if "error" in answer:
        error = answer["error"]
        raise RpcError(error["message"], error["code"], error.get("data"))
    return answer["result"]


def _raising(error: Exception) -> Answer:
    def answer(_: list[Any]) -> Any:
        raise error

    return answer


@contextmanager
def faulty_rpc(chain_id: int, node: str | None = None) -> Iterator[FaultyRpc]:
    """Serves on loopback for as long as this lasts; without a node it knows only its chain id."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                self._reply(200, json.dumps({"jsonrpc": "2.0", "id": body["id"], **_say(body)}))
            except HttpAnswer as answer:
                self._reply(answer.status, answer.body, answer.location)
            except HungUp:
                self.close_connection = True

        def do_GET(self) -> None:  # only a redirect that was followed comes here
            peer.asked.append("GET")
            self._reply(200, b"{}")

        def _reply(self, status: int, body: str | bytes, location: str = "") -> None:
            content = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    def _say(body: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"result": peer.say(body["method"], body["params"])}
        except RpcError as error:
            data = {} if error.data is None else {"data": error.data}
            return {"error": {"code": error.code, "message": error.message, **data}}

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = {} if node else {"eth_chainId": lambda _: hex(chain_id)}
    peer = FaultyRpc(f"http://127.0.0.1:{server.server_port}", known, node)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
