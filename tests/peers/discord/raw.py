"""A client that sends any request at all, as no library would, to see what the peer refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from tests.peers.discord.server import Peer

Json = dict[str, Any]


@dataclass
class Reply:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> int:
        """Discord's error code."""
        return int(self.body["code"])

    def faults(self) -> dict[str, list[str]]:
        """The codes of an invalid form, by the place in the body they are about."""
        found: dict[str, list[str]] = {}
        _collect(self.body.get("errors", {}), "", found)
        return found


def _collect(errors: Json, path: str, found: dict[str, list[str]]) -> None:
    for key, inner in errors.items():
        if key == "_errors":
            found[path] = [one["code"] for one in inner]
        else:
            _collect(inner, f"{path}.{key}".lstrip("."), found)


class Raw:
    """Sends requests with the bot's token, or another."""

    def __init__(self, peer: Peer, http: aiohttp.ClientSession) -> None:
        self.peer = peer
        self._http = http

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: dict[str, bytes] | None = None,
        token: str | None = None,
    ) -> Reply:
        """Send a request; with files it is multipart, as discord.py sends it."""
        headers = {"Authorization": f"Bot {token or self.peer.token}"}
        data: Any = None
        if files is not None:
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("payload_json", orjson.dumps(body).decode())
            for place, (name, content) in enumerate(files.items()):
                data.add_field(f"files[{place}]", content, filename=name)
        elif body is not None:
            headers["Content-Type"] = "application/json"
            data = orjson.dumps(body)
        url = f"{self.peer.api}{path}"
        async with self._http.request(method, url, data=data, headers=headers) as response:
            content = await response.read()
            parsed = orjson.loads(content) if content else None
            return Reply(response.status, parsed, dict(response.headers))
