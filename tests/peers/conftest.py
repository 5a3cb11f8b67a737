"""What tests of the peers share."""

from tests.peers.discord.fixtures import ada, bot, hall, peer, raw, studio

__all__ = ["ada", "bot", "hall", "peer", "raw", "studio"]
