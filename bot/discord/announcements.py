"""What everybody should know, or somebody must: told once, also after the bot was away.

    a round is closed          in the results channel, with the winner
    a mint request waits       in the review channel, for operators to decide; kept up to date
    a token is minted          in the results channel, with its certificate
    a request came to nothing  to who asked for it and to who made the picture, in private

What is to be told is read from the database; what was told is a post. So it does not matter who
did it, or where, or whether a process was there: each thing is told once.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.discord import people
from bot.discord.looking import Looking
from bot.discord.place import drawn
from bot.discord.places import Place, asked_in, is_private, open_places
from bot.discord.posts import FRONT_END
from bot.discord.safe_send import Gone, Sent, edit
from bot.discord.votes.galleries import opened_in
from bot.frontend import Button, Message
from bot.presenters import present
from bot.presenters.history import file_of, how_to_check
from bot.scene import Scene
from bot.texts import Words
from tools.community.rules import Rules, rules_of
from tools.community.tables import Post
from tools.errors import MintmarkError, NotFound, Refused
from tools.generation.tables import Candidate
from tools.minting.showing import MintRequestOut
from tools.minting.tables import Endorsement, MintRequest
from tools.people import STUDIO, Actor, Role
from tools.provenance.tables import now
from tools.verification.certify import CertificateOut
from tools.voting.board import RoundOut, describe
from tools.voting.tables import Round

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

LOOKS_EVERY_S = 2.0
TRIES_EVERY_S = 30.0  # to tell what could not be told
_NEWS = timedelta(days=14)  # what is older is no news, also to a bot that was away
_log = structlog.get_logger("mintmark.discord.announcements")


@dataclass(frozen=True)
class Deed:
    """Something that is to be told."""

    kind: str  # result, review, minted, rejected, failed
    subject_id: str
    guild: str
    asked_in: str = ""  # the channel where it began, if that was in Discord
    state: str = ""  # what a review card shows; it is brought up to date when this changes
    person_id: str | None = None  # to whom alone

    @property
    def purpose(self) -> str:
        """The purpose of its post."""
        whom = f":{self.person_id}" if self.person_id else ""
        return f"{self.kind}:{self.subject_id}{whom}"


class Announcements:
    """What one process tells the guilds that it handles."""

    def __init__(self, client: "MintmarkClient") -> None:
        self._client = client
        self._shown: dict[str, str] = {}  # review posts → the state they show
        self._not_before: dict[str, float] = {}
        self._looking = Looking(self.look, lambda: LOOKS_EVERY_S, name="announcements")

    async def begin(self, _: int = 0) -> None:
        """A shard is held: tell what there is to tell from now on."""
        self._looking.begin()

    async def stop(self) -> None:
        """Tell no more."""
        await self._looking.stop()

    async def look(self) -> None:
        """Tell everything that is not told yet."""
        for deed in await asyncio.to_thread(self._untold):
            loop = asyncio.get_running_loop()
            if self._not_before.get(deed.purpose, 0.0) > loop.time():
                continue
            try:
                await self._tell(deed)
            except NotFound as error:
                _log.info("not told", purpose=deed.purpose, reason=str(error))
            except MintmarkError as error:  # also a right that an operator may give back
                self._not_before[deed.purpose] = loop.time() + TRIES_EVERY_S
                _log.warning("put off", purpose=deed.purpose, reason=str(error))
            except Exception:  # the others are told all the same
                self._not_before[deed.purpose] = loop.time() + TRIES_EVERY_S
                _log.exception("unforeseen", purpose=deed.purpose)

    async def _tell(self, deed: Deed) -> None:
        match deed.kind:
            case "result":
                await self._tell_result(deed)
            case "review":
                await self._tell_review(deed)
            case "minted":
                await self._tell_minted(deed)
            case _:
                await self._tell_in_private(deed)

    # --- what is told ---

    async def _tell_result(self, deed: Deed) -> None:
        out = await asyncio.to_thread(self._round, deed.subject_id)
        rules = await self._rules(deed)
        place = self._place(deed, rules)
        scene = self._scene(deed, rules, Role.MEMBER)
        message = replace(present(out, scene), buttons=())
        if out.winner_id is not None:
            propose = {"round_id": out.round_id}
            label = scene.say("Propose the winner for minting")
            message = replace(message, buttons=(Button(label, "propose_mint", propose),))
        await self._say(deed, place, message)

    async def _tell_review(self, deed: Deed) -> None:
        """Show a request to those who decide, and what became of it."""
        post = await asyncio.to_thread(self._client.posts.of_purpose, deed.purpose)
        rules = await self._rules(deed)
        if post is None or post.state == "wanted":
            place = self._review_place(deed, rules)
            if place is not None and deed.state.startswith("pending"):
                await self._say(deed, place, await self._request(deed, rules, place))
                self._shown[deed.purpose] = deed.state
        elif post.state == "sent" and self._shown.get(deed.purpose) != deed.state:
            await self._update_review(deed, rules, post)

    async def _update_review(self, deed: Deed, rules: Rules, post: Post) -> None:
        place = self._review_place(deed, rules)
        message = await self._request(deed, rules, place)
        (card, *_) = await drawn(self._client, message, self._words(deed, rules))
        try:
            await edit(self._client, Sent(int(post.channel), int(post.message or 0)), card)
        except Gone:
            await asyncio.to_thread(self._client.posts.gone, post.id)
            return
        self._shown[deed.purpose] = deed.state
        if deed.state in ("minted", "rejected"):
            await asyncio.to_thread(self._client.posts.done, post.id)

    async def _request(self, deed: Deed, rules: Rules, place: Place | None) -> Message:
        """A mint request as operators see it; only that it waits, where everybody would see it."""
        scene = self._scene(deed, rules, Role.OPERATOR)
        if place is not None and not is_private(place):
            show = Button(scene.say("Show it"), "mint_status", {"mint_request_id": deed.subject_id})
            told = scene.say(
                "The mint request {request} waits for operators.", request=deed.subject_id
            )
            return Message(told, buttons=(show,), tone="notice")
        return present(await self._status(deed), scene)

    async def _tell_minted(self, deed: Deed) -> None:
        rules = await self._rules(deed)
        place = self._place(deed, rules)
        scene = self._scene(deed, rules, Role.MEMBER)
        status = await self._status(deed)
        made = [await self._certificate(token.token_id) for token in status.tokens]
        shown = present(status, scene)
        message = replace(
            shown,
            title=scene.say("{candidate} is minted", candidate=status.candidate_id),
            facts=(*shown.facts, *(how_to_check(one, scene) for one in made[:1])),
            files=tuple(file_of(one) for one in made),
            tone="good",
        )
        await self._say(deed, place, message)

    async def _certificate(self, token_id: str) -> CertificateOut:
        """Something with which anyone can check the token, offline and for ever."""
        made = await self._client.studio.door.acall("certificate", {"token_id": token_id}, STUDIO)
        assert isinstance(made, CertificateOut)
        return made

    async def _tell_in_private(self, deed: Deed) -> None:
        rules = await self._rules(deed)
        actor = await asyncio.to_thread(self._person, deed)
        if actor is None:
            return
        words = Words(actor.locale)
        scene = Scene(self._client.studio, actor, Role.MEMBER, words)
        message = present(await self._status(deed), scene)
        await self._client.say_in(
            None,
            message,
            purpose=deed.purpose,
            subject_id=deed.subject_id,
            guild=deed.guild,
            person=actor,
            words=words if rules.locale is None else Words(rules.locale),
        )

    # --- how it is told ---

    async def _say(self, deed: Deed, place: Place, message: Message) -> None:
        rules = await self._rules(deed)
        await self._client.say_in(
            place.id,
            message,
            purpose=deed.purpose,
            subject_id=deed.subject_id,
            guild=deed.guild,
            words=self._words(deed, rules),
        )

    async def _status(self, deed: Deed) -> MintRequestOut:
        arguments = {"mint_request_id": deed.subject_id}
        status = await self._client.studio.door.acall("mint_status", arguments, STUDIO)
        assert isinstance(status, MintRequestOut)
        return status

    async def _rules(self, deed: Deed) -> Rules:
        return await asyncio.to_thread(rules_of, self._client.studio, deed.guild)

    def _words(self, deed: Deed, rules: Rules) -> Words:
        return Words(rules.locale or people.locale_of(self._client, deed.guild))

    def _scene(self, deed: Deed, rules: Rules, role: Role) -> Scene:
        return Scene(self._client.studio, STUDIO, role, self._words(deed, rules))

    def _place(self, deed: Deed, rules: Rules) -> Place:
        wished = (rules.results_channel, rules.gallery_channel, deed.asked_in)
        for place in open_places(self._client, deed.guild, wished):
            return place
        raise Refused("There is no channel in this server in which I may show something.")

    def _review_place(self, deed: Deed, rules: Rules) -> Place | None:
        """The channel where operators review; without one nobody is told, /review shows them."""
        for place in open_places(self._client, deed.guild, (rules.review_channel,)):
            return place if str(place.id) == rules.review_channel else None
        return None

    # --- the books; all of these block ---

    def _untold(self) -> list[Deed]:
        """What happened lately in the guilds we handle and is not told, or not as it is now."""
        with self._client.studio.db.read() as session:
            posts = select(Post.purpose, Post.state).where(
                Post.front_end == FRONT_END, Post.updated_at > now() - 2 * _NEWS
            )
            told = {row[0]: row[1] for row in session.execute(posts)}
            deeds = [*_results(session), *_requests(session)]
        return [
            deed
            for deed in deeds
            if deed.guild.isdecimal()
            and self._client.handles(deed.guild)
            and self._is_untold(deed, told.get(deed.purpose, "wanted"))
        ]

    def _is_untold(self, deed: Deed, post: str) -> bool:
        if deed.kind == "review" and post == "sent":
            return self._shown.get(deed.purpose) != deed.state
        return post == "wanted"

    def _round(self, round_id: str) -> RoundOut:
        with self._client.studio.db.read() as session:
            return describe(session, session.get_one(Round, round_id), STUDIO)

    def _person(self, deed: Deed) -> Actor | None:
        studio, person_id = self._client.studio, deed.person_id or ""
        user = people.external_id(studio, person_id)
        if user is None:
            return None
        return people.known(
            studio, user, deed.guild, "", people.locale_of(self._client, deed.guild)
        )


def _results(session: Session) -> Iterator[Deed]:
    lately = select(Round).where(Round.state == "closed", Round.closed_at > now() - _NEWS)
    for round_ in session.scalars(lately.order_by(Round.closed_at)):
        yield Deed("result", round_.id, round_.guild, opened_in(session, round_))


def _requests(session: Session) -> Iterator[Deed]:
    lately = select(MintRequest).where(MintRequest.created_at > now() - _NEWS)
    for request in session.scalars(lately.order_by(MintRequest.created_at)):
        begun = asked_in(session, request.tool_call_id)
        endorsed = select(func.count()).select_from(Endorsement)
        given = session.scalar(endorsed.filter_by(mint_request_id=request.id))
        state = request.state if request.state != "pending" else f"pending, {given} approved"
        yield Deed("review", request.id, request.guild, begun, state)
        if request.state == "minted":
            yield Deed("minted", request.id, request.guild, begun)
        if request.state in ("rejected", "failed"):
            creator = session.get_one(Candidate, request.candidate_id).person_id
            for person in sorted({creator, request.requester_id}):
                yield Deed(request.state, request.id, request.guild, begun, person_id=person)


async def setup(client: "MintmarkClient") -> None:
    """Tell from the moment on at which this process handles a shard."""
    announcements = Announcements(client)
    client.hear("held", announcements.begin)
    client.on_close(announcements.stop)
