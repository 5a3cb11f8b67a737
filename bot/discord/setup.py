"""/setup: the roles and channels of a server, and the rules that name them.

It shows what is there, what is missing and what the bot may not do, and creates nothing before
somebody who may presses the button. What exists is kept: a role or a channel that the rules name,
that was chosen as an option, or that bears the name already. It can be run again at any time.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakValueDictionary

import discord
from discord import app_commands

from bot.discord import leases, people, safe_send
from bot.discord.invite import named
from bot.discord.standing import (
    CHANNELS,
    CREATOR,
    GALLERY,
    OPERATOR,
    RESULTS,
    REVIEW,
    ROLES,
    Thing,
    Wanted,
    channel_in,
    channel_set,
    in_words,
    name_of,
    remarks,
    right_to_create,
    role_in,
    role_set,
    standings,
)
from bot.frontend import Button, Message
from bot.scene import Scene, scene_of
from tools.community.rules import Rules, rules_of
from tools.errors import Conflict, MintmarkError, NotFound, Refused
from tools.people import Actor, Role

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.discord.client import MintmarkClient

ACTION = "set_up"
SAYS = "Set up roles, channels and rules for this server."
_REASON = "/setup"  # what Discord's audit log says
_FAILURES = (discord.HTTPException, *safe_send.TRANSIENT)
_ONLY_OPERATORS = (
    "Setting up needs the role operator here: Manage Server in Discord gives it until a role for "
    "operators is set."
)
_EVERYBODY = "@everyone cannot be the role of operators: that would be everybody."
_NOT_CREATED = "I could not create {what}: {reason}"
_NOT_GIVEN = (
    "I could not give you the role {role}, and without it you would no longer be an operator, so I "
    "did not set it: give it to yourself, then run /setup again. I can give roles that stand below "
    "my own, with the permission Manage Roles."
)
_ALREADY = "This server is being set up already. Wait a moment, then run /setup again."


async def setup(client: "MintmarkClient") -> None:
    """Offer the command and its button."""
    at_work: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create(desk: "Desk", actor: Actor, _: Mapping[str, object]) -> None:
        async with (
            at_work.setdefault(actor.guild, asyncio.Lock()),
            leases.held(client.studio, lease_of(actor.guild)) as is_ours,
        ):
            site = await Site.of(client, actor)
            if not is_ours:
                raise Conflict(_ALREADY)
            await site.create_missing()
            await desk.tell(actor, await site.report())

    client.desk.learn(ACTION, create)
    client.tree.add_command(setup_command)


def lease_of(guild: str) -> str:
    """The name of the lease that a process has on a server while it sets it up."""
    return f"discord:setup:{guild}"


@app_commands.command(name="setup", description=SAYS)
@app_commands.describe(
    creator_role="The role of those who may make pictures.",
    operator_role="The role of those who run the studio.",
    gallery="The channel for pictures and rounds.",
    review="The channel for mint requests; operators only should see it.",
    results="The channel for results and new tokens.",
)
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def setup_command(
    interaction: "discord.Interaction[MintmarkClient]",
    creator_role: discord.Role | None = None,
    operator_role: discord.Role | None = None,
    gallery: app_commands.AppCommandChannel | None = None,
    review: app_commands.AppCommandChannel | None = None,
    results: app_commands.AppCommandChannel | None = None,
) -> None:
    """Show how the server stands; take the roles and channels that were chosen."""
    chosen = {
        GALLERY: gallery,
        REVIEW: review,
        RESULTS: results,
        CREATOR: creator_role,
        OPERATOR: operator_role,  # last: whoever lacks it may set nothing more
    }
    async with interaction.client.answering(interaction, private=True) as (desk, actor):
        site = await Site.of(interaction.client, actor)
        for wanted, thing in chosen.items():
            if thing is not None:
                await site.take(wanted, site.here(wanted, thing.id))
        await desk.tell(actor, await site.report())


@dataclass
class Site:
    """A server that is being set up by somebody who may, and what is to be said of it."""

    client: "MintmarkClient"
    actor: Actor
    guild: discord.Guild
    me: discord.Member
    scene: Scene
    rules: Rules  # as they were when this began
    notes: list[str] = field(default_factory=list)

    @classmethod
    async def of(cls, client: "MintmarkClient", actor: Actor) -> Self:
        """The server in which somebody acts.

        Raises:
            Refused: if they are no operator.
            NotFound: if the bot is not in the server any more.
        """
        scene = await asyncio.to_thread(scene_of, client.studio, actor)
        if scene.role is None or not scene.role.reaches(Role.OPERATOR):
            raise Refused(_ONLY_OPERATORS)
        guild = client.get_guild(int(actor.guild))
        if guild is None:
            raise NotFound("I am not in that server (any more).")
        rules = await asyncio.to_thread(rules_of, client.studio, actor.guild)
        me = guild.me or await people.member_of(client, guild.id, client.application_id or 0)
        return cls(client, actor, guild, me, scene, rules)

    def here(self, wanted: Wanted, number: int) -> Thing:
        """The role of that id, or the channel, as is wanted.

        Raises:
            NotFound: if the server has none, whatever the command said.
        """
        is_role = wanted in ROLES
        found = self.guild.get_role(number) if is_role else self.guild.get_channel(number)
        if found is None:
            raise NotFound("There is no such role or channel in this server (any more).")
        return found

    async def report(self) -> Message:
        """What is there, what is missing, and the button that creates it."""
        rules = await asyncio.to_thread(rules_of, self.client.studio, self.actor.guild)
        every = list(standings(self.guild, self.me, rules))
        missing = [one for one in every if not one.is_set]
        hears_all = self.client.intents.message_content
        button = Button(self.scene.say("Create what is missing"), ACTION, kind="good")
        return Message(
            "\n".join([*self.notes, *remarks(self.scene, self.me, missing, hears_all=hears_all)]),
            title=self.scene.say("The studio in {server}", server=self.guild.name),
            facts=tuple((one.wanted.name, in_words(self.scene, one)) for one in every),
            buttons=(button,) if missing else (),
            tone="notice" if missing or self.notes else "good",
        )

    async def create_missing(self) -> None:
        """Create and set what is missing; what could not be done is noted."""
        roles = {wanted: await self._role(wanted) for wanted in ROLES}
        for wanted in CHANNELS:
            place = await self._channel(wanted, roles[OPERATOR])
            if place and wanted.rule and not channel_set(self.guild, self.rules, wanted):
                await self.take(wanted, place)
        for wanted, role in roles.items():
            if role and not role_set(self.guild, self.rules, wanted):
                await self.take(wanted, role)

    async def take(self, wanted: Wanted, thing: Thing) -> None:
        """Write a role or a channel into the rules, through the door."""
        if wanted is OPERATOR and not await self._may_be_operators(thing):
            return
        arguments = {"name": wanted.rule, "value": str(thing.id)}
        try:
            await self.client.studio.door.acall("set_rule", arguments, self.actor)
        except MintmarkError as error:
            self.notes.append(self.scene.words.of_error(error))
            return
        rule = wanted.rule.replace("_", " ")
        told = self.scene.say("{rule} is now {name}.", rule=rule, name=name_of(thing))
        self.notes.append(told)

    async def _role(self, wanted: Wanted) -> discord.Role | None:
        """The role: the one that is there, or a new one."""
        if found := role_in(self.guild, self.rules, wanted):
            return found
        wished = discord.Permissions(**dict.fromkeys(wanted.rights, True))
        given = wished & self.me.guild_permissions  # a bot gives no more than it has
        try:
            return await self.guild.create_role(name=wanted.name, permissions=given, reason=_REASON)
        except _FAILURES as error:
            self._not_created(f"@{wanted.name}", wanted, error)
            return None

    async def _channel(
        self, wanted: Wanted, operators: discord.Role | None
    ) -> discord.abc.GuildChannel | None:
        """The channel: the one that is there, or a new one."""
        if found := channel_in(self.guild, self.rules, wanted):
            return found
        try:
            return await self.guild.create_text_channel(
                wanted.name,
                topic=self.scene.say(wanted.says),
                overwrites=self._private_to(operators) if wanted is REVIEW else {},
                reason=_REASON,
            )
        except _FAILURES as error:
            self._not_created(f"#{wanted.name}", wanted, error)
            return None

    def _private_to(self, operators: discord.Role | None) -> dict[Any, discord.PermissionOverwrite]:
        """Overwrites by which nobody sees a channel but operators and the bot."""
        ours = discord.PermissionOverwrite(
            view_channel=True, send_messages=True, attach_files=True, read_message_history=True
        )
        hidden = {
            self.guild.default_role: discord.PermissionOverwrite(view_channel=False),
            self.me: ours,
        }
        if operators is None:
            return hidden
        return {**hidden, operators: discord.PermissionOverwrite(view_channel=True)}

    async def _may_be_operators(self, role: Thing) -> bool:
        """Whether a role can be the operators': not everybody's, and theirs who sets it."""
        if role.id == self.guild.id:
            self.notes.append(self.scene.say(_EVERYBODY))
            return False
        user = await asyncio.to_thread(people.external_id, self.client.studio, self.actor.person_id)
        try:
            member = await people.member_of(self.client, self.guild.id, user or 0)
            if not any(had.id == role.id for had in member.roles):
                await member.add_roles(discord.Object(role.id), reason=_REASON)
        except (*_FAILURES, MintmarkError):
            self.notes.append(self.scene.say(_NOT_GIVEN, role=name_of(role)))
            return False
        return True

    def _not_created(self, what: str, wanted: Wanted, error: Exception) -> None:
        if isinstance(error, discord.HTTPException) and error.status == 403:
            reason = self.scene.say("I need {right}.", right=named(right_to_create(wanted)))
        else:
            told = safe_send.in_words(error)
            assert isinstance(told, MintmarkError)  # whatever went wrong with Discord
            reason = self.scene.words.of_error(told)
        self.notes.append(self.scene.say(_NOT_CREATED, what=what, reason=reason))
