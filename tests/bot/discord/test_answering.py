"""Whatever somebody does is acknowledged first, done once, and answered."""

from typing import Any

import discord
import pytest

from bot.discord import parts
from bot.discord.client import MintmarkClient
from tests.bot.discord.conftest import People


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands that stand for all: one answers in public, one in private."""
    plain = parts.tree_of

    def tree_of(client: MintmarkClient) -> Any:
        tree = plain(client)

        @tree.command(description="The collection")
        async def collection(interaction: discord.Interaction[MintmarkClient]) -> None:
            async with client.answering(interaction) as (desk, actor):
                await desk.command(actor, "collections", {})

        return tree

    monkeypatch.setattr(parts, "tree_of", tree_of)


async def test_a_command_is_answered(bot: MintmarkClient, people: People) -> None:
    answer = await (await people.moss.command(people.studio, "collection")).done()
    assert "mintlings" in answer.text.lower()
    assert answer.deferred
    assert answer.acked_after < 1
