"""The whole story in Discord, and a stranger who checks what it left, offline."""

import asyncio
import sys
from pathlib import Path

from tests.bot.discord.process import START, environment
from tests.bot.discord.story import Story, play
from tests.peers.discord import running_peer

SCENES = [
    "setup",
    "progress",
    "gallery",
    "talk",
    "remix",
    "refused",
    "round",
    "result",
    "request",
    "words",
    "review",
    "minted",
    "certificate",
    "provenance",
]


async def test_a_server_goes_from_the_invite_to_a_token_that_a_stranger_can_check(
    tmp_path: Path,
) -> None:
    async with running_peer() as peer:
        story = await play(peer, tmp_path / "data")
        assert list(story.pages) == SCENES
        certificate = _handed_over(story, tmp_path)
        (elsewhere := tmp_path / "elsewhere").mkdir()
        told = environment(peer, elsewhere / "nothing")
    stranger = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", START, "verify", str(certificate)),
        env=told,
        cwd=elsewhere,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = (await stranger.communicate())[0].decode()
    assert stranger.returncode == 0, printed
    assert "holds" in printed


def _handed_over(story: Story, folder: Path) -> Path:
    """The certificate that the announcement of the token handed over, saved."""
    for message in story.channel("results").messages.values():
        for attachment in message.attachments:
            if attachment.filename.endswith(".mintmark"):
                target = folder / attachment.filename
                target.write_bytes(attachment.data)
                return target
    raise AssertionError("no certificate was handed over")
