"""Pointing discord.py, in this process, at a peer."""

from collections.abc import Iterator
from contextlib import contextmanager

import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.peers.discord.server import Peer


@contextmanager
def pointed_at(peer: Peer) -> Iterator[None]:
    """discord.py speaks with the peer inside this block, and with whom it did before after it."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE
    Route.BASE = peer.api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(peer.gateway_url)
    Asset.BASE = peer.url
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE = before
