"""A local Discord: gateway, REST and CDN in one small server, and people who use it.

`server` assembles it; `people` acts; `state` is what there is and `world` what can happen;
`gateway`, `rest*` and `cdn` speak to the bot, `check_*` are strict with it; `faults` and `limits`
trouble it.

A test reads like this:

    async with running_peer() as peer:
        hall = peer.add_guild("hall")
        studio, ada = hall.text_channel("studio"), hall.join("ada", account_age_days=3)
        ...  # start a bot with peer.token, pointed at peer.api
        answer = await (await ada.command(studio, "create", prompt="a fox")).done()
        await ada.press(answer.message, "Vary")
        await ada.react(answer.message, "1️⃣")
        peer.faults.status("POST /channels/*/messages", 503, times=2)
        await peer.gateway.drop()
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
