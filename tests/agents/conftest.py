"""A studio with stand-in tools, and chats over it with and without an endpoint."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.chat import Chat, open_chat
from tests.agents.stand_ins import STAND_INS
from tests.folders import new_data_folder
from tests.peers.openai_peer import Peer
from tools.settings import LanguageModel, Settings
from tools.studio import Studio


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    """A studio whose tools are stand-ins."""
    with Studio(sqlite_settings, STAND_INS) as opened:
        yield opened


@pytest.fixture(params=[True, False], ids=["streaming", "whole"])
def streams(request: pytest.FixtureRequest) -> bool:
    """Whether the endpoint streams."""
    return bool(request.param)


@asynccontextmanager
async def chat_with(
    peer: Peer, folder: Path, streams: bool = True, **llm: Any
) -> AsyncIterator[tuple[Chat, Studio]]:
    """A chat whose language model is the peer."""
    model = LanguageModel.model_validate(
        {"model": "m", "base_url": peer.url, "timeout_s": 5, "stream": streams} | llm
    )
    settings = Settings(data_dir=new_data_folder(folder / "data"), llm=model)
    with Studio(settings, STAND_INS) as studio:
        async with open_chat(studio) as chat:
            yield chat, studio
