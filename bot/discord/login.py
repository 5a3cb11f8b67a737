"""Logging in: what `mintmark discord` does from a token to a bot that serves.

the token is tried and the application's flags are read → the invite link is told
the intents that are switched on are asked for           → what works less well is told
workers are started                                      → rendering delays no answer
the client serves until SIGTERM, Ctrl-C, or until Discord no longer wants the token
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord
import structlog
import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.desk import Chat
from bot.discord import invite
from bot.discord.client import MintmarkClient
from bot.discord.invite import PRIVILEGED, Privilege
from bot.discord.workers import Workers
from tools.errors import ConfigurationError, ServiceUnavailable
from tools.settings import Settings
from tools.studio import Studio

TOKEN_VARIABLE = "MINTMARK_DISCORD__TOKEN"
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot does not speak
_THREADS = 8  # for what waits on the database; each more may keep the event loop waiting
_SWITCHED_EVERY_S = 0.0005  # Python's own default is ten times as long
_TOKEN_REFUSED = 4004  # a close code of the gateway
_log = structlog.get_logger("mintmark.discord.login")


@dataclass(frozen=True)
class Application:
    """What Discord says of the bot behind the token."""

    id: int
    name: str
    granted: tuple[Privilege, ...]
    guilds: tuple[tuple[str, discord.Permissions], ...]  # name, and what the bot may do there

    @property
    def lacking(self) -> tuple[Privilege, ...]:
        """Privileges that are not switched on in the developer portal."""
        return tuple(one for one in PRIVILEGED if one not in self.granted)


def token_of(settings: Settings) -> str:
    """The bot's token.

    Raises:
        ConfigurationError: if there is none.
    """
    token = settings.discord.token
    if token is None or not token.get_secret_value().strip():
        raise ConfigurationError(
            "The bot needs a token: make an application at "
            "https://discord.com/developers/applications, and give the token of its bot as "
            "{variable} in the environment.",
            variable=TOKEN_VARIABLE,
        )
    return token.get_secret_value().strip()


def point_at(settings: Settings) -> None:
    """Let discord.py speak to the server that the settings name, if they name one."""
    if settings.discord.api is None:
        return
    api = str(settings.discord.api).rstrip("/")
    parts = urlsplit(api)
    Route.BASE = api
    Asset.BASE = f"{parts.scheme}://{parts.netloc}"


async def ask(settings: Settings) -> Application:
    """Try the token, and see what it is good for.

    Raises:
        ConfigurationError: if Discord does not accept it.
        ServiceUnavailable: if Discord does not answer.
    """
    probe = discord.Client(intents=discord.Intents(guilds=True))
    try:
        with in_words():
            await probe.login(token_of(settings))
            await _learn_gateway(settings, probe)
            guilds = await probe.http.get_guilds(200)
    finally:
        await probe.close()
    application = probe.application
    assert application is not None  # known since the login
    return Application(
        application.id,
        application.name,
        tuple(invite.granted(application.flags)),
        tuple((str(guild["name"]), _held(guild)) for guild in guilds),
    )


def _held(guild: Mapping[str, Any]) -> discord.Permissions:
    """What the bot may do in a guild; everything, if the server does not say."""
    told = guild.get("permissions")
    return discord.Permissions.all() if told is None else discord.Permissions(int(told))


async def _learn_gateway(settings: Settings, probe: discord.Client) -> None:
    """Where another server's gateway is: discord.py reconnects to the one it knows."""
    if settings.discord.api is not None:
        _, url, _ = await probe.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


@contextmanager
def in_words() -> Iterator[None]:
    """Discord's refusals as one sentence each.

    Raises:
        ConfigurationError: a token or an intent that it does not accept.
        ServiceUnavailable: it cannot be reached, or is ill.
    """
    try:
        yield
    except discord.LoginFailure:
        raise ConfigurationError(_REFUSED, variable=TOKEN_VARIABLE) from None
    except discord.PrivilegedIntentsRequired:
        raise ConfigurationError(_INTENTS) from None
    except discord.ConnectionClosed as error:
        if error.code == _TOKEN_REFUSED:
            raise ConfigurationError(_REFUSED, variable=TOKEN_VARIABLE) from None
        raise ServiceUnavailable(_CLOSED, code=error.code) from None
    except (discord.GatewayNotFound, discord.DiscordServerError):
        raise ServiceUnavailable(_ILL, address=Route.BASE) from None
    except discord.HTTPException as error:
        raise ServiceUnavailable(_ODD, address=Route.BASE, status=error.status) from None
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise ServiceUnavailable(_AWAY, address=Route.BASE) from None


_REFUSED = (
    "Discord does not accept the token: reset it at https://discord.com/developers/applications, "
    "on the page Bot of the application, and give the new one as {variable}."
)
_INTENTS = (
    "Discord refuses intents that were switched off a moment ago in the developer portal: start "
    "again, and the bot does without them."
)
_CLOSED = "Discord closed the connection for good (code {code}): see the log, and start again."
_ILL = "{address} does not work at the moment: try again in some minutes."
_ODD = (
    "{address} answers with status {status}, so it is no Discord: leave out MINTMARK_DISCORD_API "
    "for Discord itself, or let it name the place where the API begins, as in "
    "https://host/api/v10."
)
_AWAY = "{address} cannot be reached: is there a network, and is the address right?"


async def serve(studio: Studio, chat: Chat, *, say: Callable[[str], None]) -> None:
    """Serve until somebody stops the process.

    Args:
        studio: opened.
        chat: opened.
        say: tells the person at the terminal a line.

    Raises:
        ConfigurationError, ServiceUnavailable: in one sentence.
    """
    settings = studio.settings
    token = token_of(settings)
    point_at(settings)
    _stay_quick()
    application = await ask(settings)
    for line in introduction(application):
        say(line)
    client = MintmarkClient(studio, chat, invite.intents(*application.granted))
    _tell_when_ready(client, say)
    async with Workers(settings.discord.workers):
        with _until_stopped(client), in_words():
            await _run(client, token)
    say("Stopped; nothing is lost.")


def _stay_quick() -> None:
    """Let no thread keep the event loop from acknowledging what people do."""
    sys.setswitchinterval(_SWITCHED_EVERY_S)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))


def _tell_when_ready(client: MintmarkClient, say: Callable[[str], None]) -> None:
    """Tell once that people are answered now; Discord may say so many times."""
    told = False

    async def tell() -> None:
        nonlocal told
        if not told:
            told = True
            say("Serving; Ctrl-C stops.")

    client.hear("ready", tell)


async def _run(client: MintmarkClient, token: str) -> None:
    try:
        await client.start(token)
    finally:
        await client.close()


@contextmanager
def _until_stopped(client: MintmarkClient) -> Iterator[None]:
    """SIGTERM and Ctrl-C let the bot finish what it has in hand."""
    loop, closing = asyncio.get_running_loop(), set[asyncio.Task[None]]()

    def stop() -> None:
        closing.add(loop.create_task(client.close()))

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def introduction(application: Application) -> Iterator[str]:
    """What the person at the terminal is told before the bot serves."""
    yield f"Logged in as {application.name}, in {len(application.guilds)} servers."
    yield f"Invite it to a server: {invite.link(application.id)}"
    for permission, reason in invite.WHY.items():
        yield f"  {invite.named(permission)}: {reason}"
    yield f"If /setup is to make roles and channels: {invite.link(application.id, for_setup=True)}"
    for one in application.lacking:
        yield f"“{one.portal}” is switched off in the developer portal (page Bot): {one.without}."
    for name, held in application.guilds:
        if missing := invite.missing(held):
            yield f"In {name} the bot lacks: {', '.join(missing)}. Invite it again with the link."


async def examined(settings: Settings) -> str:
    """What is in order with the bot's place in Discord; only looks.

    Raises:
        ConfigurationError: for a wrong token, or a server that does not give the bot its rights.
        ServiceUnavailable: if Discord does not answer.
    """
    point_at(settings)
    application = await ask(settings)
    lacking = {
        name: missing for name, held in application.guilds if (missing := invite.missing(held))
    }
    if lacking:
        raise ConfigurationError(
            "The bot lacks permissions: {lacking}. Invite it again, which keeps everything: {link}",
            lacking="; ".join(f"in {name}: {', '.join(names)}" for name, names in lacking.items()),
            link=invite.link(application.id),
        )
    off = "".join(f"; without the {one.portal}, {one.without}" for one in application.lacking)
    return f"{application.name}, in {len(application.guilds)} servers{off}"
