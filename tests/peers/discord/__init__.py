"""A local Discord: gateway, REST and CDN in one small server, and people who use it.

`server` assembles it; `people` acts; `state` is what there is and `world` what can happen;
`gateway`, `rest*` and `cdn` speak to the bot, `check_*` are strict with it; `faults` and `limits`
trouble it.
"""

from tests.peers.discord.answers import Answer
from tests.peers.discord.hall import Hall
from tests.peers.discord.people import Person
from tests.peers.discord.permissions import Permission
from tests.peers.discord.server import Peer, running_peer
from tests.peers.discord.state import Channel, Guild, Message

__all__ = [
    "Answer",
    "Channel",
    "Guild",
    "Hall",
    "Message",
    "Peer",
    "Permission",
    "Person",
    "running_peer",
]
