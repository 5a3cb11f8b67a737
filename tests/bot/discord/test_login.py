"""Logging in: one token is all; whatever is wrong with it is one sentence."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord import invite, login
from bot.discord.disclosure import IN_PROFILE
from bot.discord.workers import Workers
from tests.bot.discord.conftest import Echo, People, Running
from tests.peers.discord import Peer, Permission
from tests.peers.discord.state import AppFlag
from tools.errors import ConfigurationError, ServiceUnavailable
from tools.settings import Settings, load_settings
from tools.studio import Studio


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """discord.py speaks with whom it did before."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE = before


def settings_for(peer: Peer, folder: Path, **discord: object) -> Settings:
    """Settings that point at the peer."""
    return load_settings(data_dir=folder, discord={"token": peer.token, "api": peer.api, **discord})


async def introduced(settings: Settings) -> str:
    """What the person at the terminal reads first."""
    login.point_at(settings)
    return "\n".join(login.introduction(await login.ask(settings)))


async def test_the_invite_asks_for_exactly_what_is_explained(
    peer: Peer, people: People, tmp_path: Path
) -> None:
    text = await introduced(settings_for(peer, tmp_path))
    address = next(word for word in text.split() if word.startswith("https://discord.com/oauth2"))
    query = parse_qs(urlsplit(address).query)
    asked = int(query["permissions"][0])
    assert {right.name.lower() for right in Permission if right & asked} == set(invite.WHY)
    assert query["scope"] == ["bot applications.commands"]
    assert all(invite.named(name) in text for name in invite.WHY)


async def test_intents_that_are_switched_off_are_not_asked_for_but_told(
    peer: Peer, people: People, tmp_path: Path
) -> None:
    peer.application.flags = AppFlag.GATEWAY_GUILD_MEMBERS_LIMITED
    settings = settings_for(peer, tmp_path)
    text = await introduced(settings)
    assert "“Message Content Intent” is switched off" in text
    assert "Server Members" not in text
    wanted = invite.intents(*(await login.ask(settings)).granted)
    assert wanted.members
    assert not wanted.message_content
    assert not wanted.presences


async def test_permissions_that_a_server_does_not_give_are_named(
    peer: Peer, people: People, tmp_path: Path
) -> None:
    people.hall.revoke(int(Permission.MANAGE_MESSAGES))
    assert "In hall the bot lacks: Manage Messages" in await introduced(
        settings_for(peer, tmp_path)
    )


async def test_the_doctor_looks_at_the_token_the_intents_and_the_permissions(
    peer: Peer, people: People, tmp_path: Path
) -> None:
    settings = settings_for(peer, tmp_path)
    assert await login.examined(settings) == "Mintmark, in 1 servers"
    peer.application.flags = 0
    assert "without the Message Content Intent" in await login.examined(settings)
    people.hall.revoke(int(Permission.MANAGE_MESSAGES))
    with pytest.raises(ConfigurationError, match="in hall: Manage Messages"):
        await login.examined(settings)


async def test_no_token_a_wrong_token_and_no_network_are_a_sentence_each(
    peer: Peer, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="MINTMARK_DISCORD__TOKEN in the environment"):
        login.token_of(load_settings(data_dir=tmp_path))
    with pytest.raises(ConfigurationError, match="does not accept the token"):
        await introduced(settings_for(peer, tmp_path, token="x.y.z"))
    with pytest.raises(ServiceUnavailable, match="cannot be reached"):
        await introduced(settings_for(peer, tmp_path, api="http://127.0.0.1:9/api/v10"))
    with pytest.raises(ServiceUnavailable, match="so it is no Discord"):
        await introduced(settings_for(peer, tmp_path, api=f"{peer.url}/elsewhere"))


def test_a_token_in_the_shared_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mintmark.toml").write_text('[discord]\ntoken = "secret"\n')
    monkeypatch.setenv("MINTMARK_CONFIG", str(tmp_path / "mintmark.toml"))
    with pytest.raises(ConfigurationError, match=r"holds the secret discord\.token"):
        load_settings()


def test_the_server_can_be_named_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINTMARK_DISCORD_API", "https://chat.example.org/api/v10")
    login.point_at(load_settings(data_dir=tmp_path))
    assert Route.BASE == "https://chat.example.org/api/v10"
    assert Asset.BASE == "https://chat.example.org"


async def test_commands_are_registered_once_and_the_profile_says_that_this_is_a_bot(
    running: Running, peer: Peer, studio: Studio
) -> None:
    async with running(studio):
        registered = dict(peer.application.commands)
        assert registered
        assert peer.application.description == IN_PROFILE
    fault = peer.faults.status("PUT /applications/*/commands", 400, times=9)
    async with running(studio):
        assert fault.hits == 0
    assert peer.application.commands == registered


async def test_a_profile_that_people_wrote_is_left_alone(
    running: Running, peer: Peer, studio: Studio
) -> None:
    peer.application.description = "Our own bot."
    async with running(studio):
        pass
    assert peer.application.description == "Our own bot."


async def test_it_serves_until_sigterm(
    peer: Peer, people: People, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(peer, studio.settings.data_dir, workers=0)
    monkeypatch.setattr(studio, "settings", settings)
    lines: list[str] = []
    serving = asyncio.create_task(login.serve(studio, Echo(), say=lines.append))
    await peer.until(lambda: peer.gateway.connected)
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == peer.gateway_url
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 10)
    assert lines[-1] == "Stopped; nothing is lost."


async def test_a_worker_that_ends_is_started_again_and_stops_with_the_bot(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib; p = pathlib.Path(sys.argv[1]); n = len(list(p.iterdir()));"
        "(p / str(n)).write_text(os.environ.get('MINTMARK_DISCORD__TOKEN', 'no token'));"
        "sys.stdin.read() if n else None"
    )
    async with Workers(1, (sys.executable, "-c", program, str(tmp_path))):
        async with asyncio.timeout(15):
            while len(list(tmp_path.iterdir())) < 2:
                await asyncio.sleep(0.05)
    assert {file.read_text() for file in tmp_path.iterdir()} == {"no token"}
