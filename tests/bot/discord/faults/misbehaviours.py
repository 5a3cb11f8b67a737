"""What goes wrong: one class for each misbehaviour, named as the table names it.

early     before there is a bot
before    when everything stands ready, right before people do what they do
amid      after they were answered for the time being, before the end comes
ended     when the end has come
after     when it has been seen
"""

import asyncio
from typing import ClassVar

from bot.discord import acknowledging
from tests.bot.discord.faults.flows import Flow
from tests.bot.discord.faults.stage import FIFTEEN_MINUTES_S, Stage
from tests.peers.discord import Permission
from tests.peers.discord.faults import Fault

CALLBACK = "POST /interactions/*/*/callback"


class Misbehaviour:
    """Nothing goes wrong."""

    says: ClassVar[str] = "nothing"
    at_once: ClassVar[tuple[str, ...]] = ()  # flows that it troubles before they are answered

    def __init__(self, stage: Stage, flow: Flow) -> None:
        self.stage = stage
        self.flow = flow
        self.peer = stage.peer
        self.people = stage.people

    async def early(self) -> None:
        """Before there is a bot."""

    async def before(self) -> None:
        """Right before people do what they do."""

    async def amid(self) -> None:
        """After they were answered for the time being."""
        await self.flow.meanwhile()

    async def ended(self) -> None:
        """When the end has come."""

    async def after(self) -> None:
        """When all is asserted."""


class _OnEveryRoute(Misbehaviour):
    """Every route answers so, the first times it is asked."""

    def fault(self) -> Fault:
        """What every route does."""
        raise NotImplementedError

    async def before(self) -> None:
        self.peer.faults.each(self.fault())


class Limited(_OnEveryRoute):
    says = "429 with `Via`, twice on every route"

    def fault(self) -> Fault:
        return self.peer.faults.rate_limit("*", 2, retry_after=0.1)


class LimitedInFront(_OnEveryRoute):
    says = "429 without `Via`, twice on every route"

    def fault(self) -> Fault:
        return self.peer.faults.rate_limit("*", 2, via=False)


class Ill500(_OnEveryRoute):
    says = "500 once on every route"

    def fault(self) -> Fault:
        return self.peer.faults.status("*", 500)


class VeryIll500(_OnEveryRoute):
    says = "500 five times on every route"

    async def before(self) -> None:
        """In proportion: discord.py's pauses are cut short, so are Discord's three seconds."""
        self.peer.ack_within = 0.2
        self.stage.patch.setattr(acknowledging, "ACKNOWLEDGED_WITHIN_S", 0.12)
        await super().before()

    def fault(self) -> Fault:
        return self.peer.faults.status("*", 500, 5)


class Ill503(_OnEveryRoute):
    says = "503 once on every route"

    def fault(self) -> Fault:
        return self.peer.faults.status("*", 503)


class VeryIll503(_OnEveryRoute):
    says = "503 five times on every route"

    def fault(self) -> Fault:
        return self.peer.faults.status("*", 503, 5)


class Slow(Misbehaviour):
    says = "every answer takes two seconds"
    share = 0.1  # of the three seconds and of the two

    async def before(self) -> None:
        self.peer.ack_within = 3.0 * self.share
        ours = acknowledging.ACKNOWLEDGED_WITHIN_S * self.share
        self.stage.patch.setattr(acknowledging, "ACKNOWLEDGED_WITHIN_S", ours)
        self.peer.faults.slow("*", 2.0 * self.share, 1000)


class LostAnswers(_OnEveryRoute):
    says = "done, but the connection is cut before the answer, once on every route"

    def fault(self) -> Fault:
        return self.peer.faults.lose_answer("* /channels/*")


class LostAcknowledgement(Misbehaviour):
    says = "the acknowledgement arrives, its answer is lost"

    async def before(self) -> None:
        self.peer.faults.lose_answer(CALLBACK)


class LateAcknowledgement(Misbehaviour):
    says = "the acknowledgement arrives after three seconds (10062)"

    async def before(self) -> None:
        self.peer.ack_within = 0.1
        self.peer.faults.slow(CALLBACK, 0.2)


class ExpiredToken(Misbehaviour):
    says = "the interaction's fifteen minutes are over before the result"
    at_once = ("approve",)

    async def before(self) -> None:
        if self.flow.name in self.at_once:
            self.peer.faults.slow("PATCH /webhooks/*", 0.2)

    async def amid(self) -> None:
        await self.flow.written()
        self.peer.clock.advance(FIFTEEN_MINUTES_S + 1)
        await self.flow.meanwhile()


class Dropped(Misbehaviour):
    says = "the gateway drops the connection; RESUME"

    async def before(self) -> None:
        await self.peer.gateway.drop()

    async def amid(self) -> None:
        await self.peer.gateway.drop()
        await self.flow.meanwhile()


class ResumeRefused(Misbehaviour):
    says = "RESUME is refused: Invalid Session, `on_ready` twice"

    async def before(self) -> None:
        self.peer.gateway.refuse_resume()
        await self.peer.gateway.drop()
        await self._back(1)

    async def amid(self) -> None:
        self.peer.gateway.refuse_resume()
        await self.peer.gateway.drop()
        await self.flow.meanwhile()
        await self._back(2)

    async def _back(self, times: int) -> None:
        again = len(self.stage.bots) + times
        await self.stage.until(lambda: len(self.peer.gateway.identifies) >= again, "a new session")
        await self.stage.until(lambda: self.peer.gateway.connected, "a connection")


class NoHeartbeatAck(Misbehaviour):
    says = "heartbeats are not acknowledged"

    async def early(self) -> None:
        self.peer.gateway.heartbeat_interval_ms = 400

    async def before(self) -> None:
        gateway = self.peer.gateway
        gateway.keep_silent()
        (shard,) = self.stage.bots[0].shards.values()
        shard._parent.ws._keep_alive.heartbeat_timeout = 0.3  # type: ignore[union-attr]  # discord.py waits a minute
        await self.stage.until(lambda: gateway.resumed, "a RESUME")
        gateway.keep_silent(False)


class Duplicated(Misbehaviour):
    says = "every event is sent twice"

    async def before(self) -> None:
        for event in (
            "INTERACTION_CREATE",
            "MESSAGE_REACTION_ADD",
            "MESSAGE_REACTION_REMOVE",
            "MESSAGE_CREATE",
            "MESSAGE_DELETE",
        ):
            self.peer.gateway.duplicate(event, 50)


class Outage(Misbehaviour):
    says = "the connection is away for a while, and its events are lost"

    async def amid(self) -> None:
        async with self.peer.gateway.outage():
            await self.flow.meanwhile()
        await self.stage.until(lambda: self.peer.gateway.connected, "a connection")


class MessageDeleted(Misbehaviour):
    says = "the message is deleted meanwhile"

    async def amid(self) -> None:
        self.people.hall.delete(self.flow.card)
        await self.flow.meanwhile()


class ChannelDeleted(Misbehaviour):
    says = "the channel is deleted meanwhile"
    at_once = ("approve",)

    async def before(self) -> None:
        if self.flow.name in self.at_once:
            self.peer.faults.slow("PATCH /webhooks/*", 0.2)

    async def amid(self) -> None:
        if self.flow.name in self.at_once:
            await self.flow.written()
        self.people.hall.delete(self.flow.channel)
        await self.flow.meanwhile()


class _Revoked(Misbehaviour):
    right: ClassVar[Permission]

    async def before(self) -> None:
        self.people.hall.revoke(self.right)

    async def ended(self) -> None:
        """What nobody could be told is told when the right is given back."""
        if self.flow.name == "vote":
            self.people.hall.allow(self.right)


class NoSending(_Revoked):
    says = "Send Messages is revoked"
    right = Permission.SEND_MESSAGES


class NoManaging(_Revoked):
    says = "Manage Messages is revoked, and the bot is killed meanwhile"
    right = Permission.MANAGE_MESSAGES

    async def amid(self) -> None:
        """What stands there and cannot be taken off is no vote, for the next process either."""
        await self.flow.followed()
        await self.stage.restart()
        await self.flow.meanwhile()


class NoFiles(_Revoked):
    says = "Attach Files is revoked"
    right = Permission.ATTACH_FILES


class NoSight(_Revoked):
    says = "View Channel is revoked"
    right = Permission.VIEW_CHANNEL
    at_once = ("vote",)

    async def amid(self) -> None:
        """What is missed by then is found when the votes are compared."""
        await self.flow.meanwhile()
        self.people.hall.allow(self.right)


class ClosedMessages(Misbehaviour):
    says = "direct messages are closed, and the answer's message is deleted"

    async def before(self) -> None:
        self.flow.person.close_dms()

    async def amid(self) -> None:
        self.people.hall.delete(self.flow.card)
        await self.flow.meanwhile()


class TwoProcesses(Misbehaviour):
    says = "two bot processes at once"

    async def before(self) -> None:
        await self.stage.start()


class Killed(Misbehaviour):
    says = "the bot is killed (SIGKILL) after it has answered, and started again"

    async def amid(self) -> None:
        await self.flow.followed()
        await self.stage.kill()
        await self.flow.meanwhile()
        await self.stage.start()


class KilledAtWork(Misbehaviour):
    says = "the bot is killed after it has done what was asked, before it has said so"
    at_once = ("create", "approve")

    async def before(self) -> None:
        self.peer.faults.slow("* /webhooks/*", 60, 1000)
        self.peer.faults.slow("POST /channels/*", 60, 1000)
        self.killing = asyncio.create_task(self._kill())

    async def _kill(self) -> None:
        await self.flow.written()
        await self.stage.kill()
        self.peer.faults.clear()
        await self.stage.start()

    async def amid(self) -> None:
        await self.killing
        await self.flow.meanwhile()


class KilledBetween(Misbehaviour):
    says = "the bot is killed right after the acknowledgement, before it has done anything"
    at_once = ("create", "approve")

    async def before(self) -> None:
        bot, dying = self.stage.bots[0], asyncio.Event()

        async def die(*_: object) -> None:
            dying.set()
            await asyncio.sleep(60)

        self.stage.patch.setattr(bot.studio.door, "acall", die)
        self.killing = asyncio.create_task(self._kill(dying))

    async def _kill(self, dying: asyncio.Event) -> None:
        await dying.wait()
        await self.stage.restart()

    async def amid(self) -> None:
        await self.killing
        await self.flow.told_to_ask_again()
        await self.flow.act()
        await self.flow.answered()
        await self.flow.meanwhile()


class StrippedTexts(Misbehaviour):
    says = "the CDN strips the texts from PNG files"

    async def early(self) -> None:
        self.peer.cdn.strip_text_chunks()

    async def after(self) -> None:
        await self.flow.proved()
