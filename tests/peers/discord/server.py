"""The peer: one small Discord of one application, on a free port of the loopback interface."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from tests.peers.discord import (
    rest_channels,
    rest_commands,
    rest_guilds,
    rest_interactions,
    rest_messages,
    rest_reactions,
)
from tests.peers.discord.cdn import Cdn
from tests.peers.discord.clock import Clock, Snowflakes
from tests.peers.discord.errors import DiscordError, unauthorized
from tests.peers.discord.faults import Faults
from tests.peers.discord.gateway import Gateway
from tests.peers.discord.hall import Hall
from tests.peers.discord.limits import Limits
from tests.peers.discord.people import Person
from tests.peers.discord.permissions import BOT
from tests.peers.discord.rest import LARGEST_REQUEST, Handler, answer, json_response, read, refusal
from tests.peers.discord.state import (
    AppFlag,
    Application,
    Channel,
    ChannelType,
    Guild,
    Interaction,
    InteractionType,
    Message,
    User,
)
from tests.peers.discord.world import World

API = "/api/v10"
WebHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]
WITHOUT_BOT_TOKEN = ("/interactions/", "/webhooks/")
ALL_INTENTS = (
    AppFlag.GATEWAY_PRESENCE_LIMITED
    | AppFlag.GATEWAY_GUILD_MEMBERS_LIMITED
    | AppFlag.GATEWAY_MESSAGE_CONTENT_LIMITED
)


class Peer:
    """A running server. Make one with `running_peer()`."""

    ack_within = 3.0  # seconds a person waits for an application to acknowledge
    attachment_size_limit = 10 * 1024 * 1024
    shards = 1  # that GET /gateway/bot recommends

    def __init__(self) -> None:
        self.clock = Clock()
        self.ids = Snowflakes(self.clock)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, Interaction] = {}  # by token
        self.acknowledged: list[float] = []  # seconds that each acknowledgement took
        self.broken: list[Exception] = []  # what the peer itself stumbled over; raised at its end
        self.developer = self.add_user("developer")
        bot = self.add_user("mintmark", bot=True)
        token = f"{bot.id}.{secrets.token_hex(8)}"
        self.application = Application(self.ids.next(), token, bot, ALL_INTENTS, "Mintmark")
        self.url = ""
        self.faults = Faults()
        self.limits = Limits()
        self.gateway = Gateway(self)
        self.world = World(self)
        self.cdn = Cdn(self)
        self._waiting: list[asyncio.Future[None]] = []
        self._direct: dict[int, Channel] = {}

    @property
    def token(self) -> str:
        """The bot token."""
        return self.application.token

    @property
    def api(self) -> str:
        """The base address of the API, for the bot's settings."""
        return f"{self.url}{API}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return f"ws{self.url.removeprefix('http')}/gateway"

    # --- what stands on the server ---

    def add_user(self, name: str, *, bot: bool = False, age_days: float = 400) -> User:
        """An account of that age."""
        number = self.ids.next(self.clock.now() - age_days * 86_400)
        self.users[number] = User(number, name, bot)
        return self.users[number]

    def add_guild(self, name: str, *, permissions: int = BOT, number: int | None = None) -> Hall:
        """A guild that the bot has joined with these permissions."""
        return Hall.found(self, name, int(permissions), number)

    def person(self, name: str, *, account_age_days: float = 400, locale: str = "en-US") -> Person:
        """Somebody who is in no guild."""
        user = self.add_user(name, age_days=account_age_days)
        user.locale = locale
        return Person(self, user)

    def direct(self, user: User) -> Channel:
        """The direct conversation between the bot and somebody."""
        if user.id not in self._direct:
            channel = Channel(self.ids.next(), ChannelType.DM, recipient=user)
            self._direct[user.id] = self.channels[channel.id] = channel
        return self._direct[user.id]

    def sent_to(self, user: User) -> list[Message]:
        """What the bot wrote to somebody in direct messages."""
        messages = self.direct(user).messages.values()
        return [one for one in messages if one.author is self.application.user]

    # --- waiting ---

    def notify(self) -> None:
        """Something changed: let those who wait look again."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def until(self, holds: Callable[[], object], timeout: float = 10.0) -> None:
        """Wait until something holds on the server."""
        async with asyncio.timeout(timeout):
            while not holds():
                changed = asyncio.get_running_loop().create_future()
                self._waiting.append(changed)
                await asyncio.wait([changed], timeout=0.02)

    # --- interactions ---

    def interact(self, interaction: Interaction) -> None:
        """Send an interaction to the application, and give it three seconds."""
        self.interactions[interaction.token] = interaction
        self.gateway.interaction(interaction)
        loop = asyncio.get_running_loop()
        loop.call_later(self.ack_within, self._give_up, interaction)

    def acknowledge(self, interaction: Interaction) -> None:
        """The application answered in time."""
        interaction.acked_at = asyncio.get_running_loop().time()
        self.acknowledged.append(interaction.acked_at - interaction.sent_at)
        interaction.acked.set()
        self.notify()

    def _give_up(self, interaction: Interaction) -> None:
        if interaction.acked_at is None:
            pressed = interaction.type in (InteractionType.COMPONENT, InteractionType.MODAL)
            said = "This interaction failed" if pressed else "The application did not respond"
            interaction.failed = said
            interaction.acked.set()
            self.notify()

    # --- HTTP ---

    def web_application(self) -> web.Application:
        """All routes: REST, gateway, CDN."""
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_get("/attachments/{channel}/{number}/{name}", self.cdn.handle)
        for module in (
            rest_messages,
            rest_reactions,
            rest_commands,
            rest_interactions,
            rest_guilds,
            rest_channels,
        ):
            for (method, path), handler in module.ROUTES.items():
                app.router.add_route(method, f"{API}{path}", self._served(method, path, handler))
        app.router.add_route("*", "/{rest:.*}", self._unknown)
        return app

    def _served(self, method: str, route: str, handler: Handler) -> WebHandler:
        async def serve(request: web.Request) -> web.StreamResponse:
            response = (
                self._unauthorized(route, request)
                or self.limits.admit(method, route, request)
                or await self._handled(request, handler)
            )
            self.limits.mark(request, response)
            return response

        async def troubled(request: web.Request) -> web.StreamResponse:
            name = f"{method} {request.path.removeprefix(API)}"
            return await self.faults.answer(name, request, lambda: serve(request))

        return troubled

    def _unauthorized(self, route: str, request: web.Request) -> web.Response | None:
        if route.startswith(WITHOUT_BOT_TOKEN):
            return None
        given = request.headers.get("Authorization", "")
        return None if given == f"Bot {self.token}" else refusal(unauthorized())

    async def _handled(self, request: web.Request, handler: Handler) -> web.Response:
        try:
            return answer(await handler(await read(self, request)))
        except DiscordError as error:
            return refusal(error)
        except Exception as error:
            if request.transport is None and isinstance(error, OSError | RuntimeError):
                raise  # the client hung up in the middle, as one that stops may
            self.broken.append(error)
            return json_response(500, {"message": "500: Internal Server Error", "code": 0})

    async def _unknown(self, request: web.Request) -> web.Response:
        return json_response(404, {"message": "404: Not Found", "code": 0})


@asynccontextmanager
async def running_peer(port: int = 0) -> AsyncIterator[Peer]:
    """A peer on a port of the loopback interface, a free one by default."""
    peer = Peer()
    runner = web.AppRunner(peer.web_application(), shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    host, bound = runner.addresses[0][:2]
    peer.url = f"http://{host}:{bound}"
    try:
        yield peer
    finally:
        await peer.gateway.drop(1001)
        await runner.cleanup()
    if peer.broken:
        raise peer.broken[0]
