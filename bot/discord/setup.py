"""/setup: the roles and channels of a server, and the rules that name them.

It shows what is there, what is missing and what the bot may not do, and creates nothing before
somebody who may presses the button. What exists is kept: a role or a channel that the rules name,
that was chosen as an option, or that bears the name already. It can be run again at any time.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import discord
from discord import app_commands

from bot.discord import people
from bot.discord.invite import named
from bot.frontend import Button, Message
from bot.scene import Scene, scene_of
from tools.community.rules import Rules, rules_of
from tools.errors import MintmarkError, NotFound, Refused
from tools.people import Actor, Role

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.discord.client import MintmarkClient

ACTION = "set_up"
SAYS = "Set up roles, channels and rules for this server."
_MANAGERS = discord.Permissions(manage_guild=True)
_REASON = "/setup"  # what Discord's audit log says


@dataclass(frozen=True)
class Wanted:
    """A role or a channel that the studio needs, and the rule that names it."""

    rule: str  # "" for the studio's channel, which no rule needs
    name: str
    says: str
    rights: tuple[str, ...] = ()  # what the bot needs in the channel, or the role gets


_SHOWING = ("view_channel", "send_messages", "attach_files", "read_message_history")
CREATOR = Wanted("creator_roles", "Creator", "may make pictures")
OPERATOR = Wanted(
    "operator_roles", "Operator", "approves, opens rounds, sets rules", ("manage_messages",)
)
ROLES = (CREATOR, OPERATOR)
STUDIO = Wanted("", "studio", "Ask for pictures here, with /create or in words.", _SHOWING)
GALLERY = Wanted(
    "gallery_channel",
    "gallery",
    "Pictures and rounds of voting.",
    (*_SHOWING, "add_reactions", "manage_messages"),
)
REVIEW = Wanted("review_channel", "review", "Mint requests, for operators only.", _SHOWING)
RESULTS = Wanted("results_channel", "results", "Who won, and what was minted.", _SHOWING)
CHANNELS = (STUDIO, GALLERY, REVIEW, RESULTS)

_ONLY_OPERATORS = (
    "Setting up needs the role operator here: Manage Server in Discord gives it until a role for "
    "operators is set."
)
_EVERYBODY = "@everyone cannot be the role of operators: that would be everybody."
_NOT_CREATED = "I could not create {what}: {reason}"
_LOCKS = "From then on only those with the role {role} are {what} here."


@dataclass(frozen=True)
class Standing:
    """How one wanted thing stands."""

    wanted: Wanted
    found: "discord.Role | discord.abc.GuildChannel | None"
    is_set: bool  # whether the rule names it
    lacks: tuple[str, ...] = ()  # what the bot may not do there


async def setup(client: "MintmarkClient") -> None:
    """Offer the command and its button."""

    async def create(desk: "Desk", actor: Actor, _: Mapping[str, object]) -> None:
        await create_missing(client, desk, actor)

    client.desk.learn(ACTION, create)
    client.tree.add_command(setup_command)


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
        GALLERY.rule: gallery,
        REVIEW.rule: review,
        RESULTS.rule: results,
        CREATOR.rule: creator_role,
        OPERATOR.rule: operator_role,  # last: whoever lacks it may set nothing more
    }
    client = interaction.client
    async with client.answering(interaction, private=True) as (desk, actor):
        _check_operator(client, actor)
        guild, notes = _guild(client, actor), list[str]()
        for rule, thing in chosen.items():
            if thing is not None:
                notes += await _take(client, actor, rule, _in_guild(guild, rule, thing.id))
        await desk.tell(actor, await report(client, actor, notes))


async def report(client: "MintmarkClient", actor: Actor, notes: list[str]) -> Message:
    """What is there, what is missing, and the button that creates it.

    Raises:
        NotFound: if the bot is not in the server any more.
    """
    scene, guild = scene_of(client.studio, actor), _guild(client, actor)
    rules = await asyncio.to_thread(rules_of, client.studio, actor.guild)
    me = guild.me or await guild.fetch_member(client.application_id or 0)
    standing = list(_standings(guild, me, rules))
    missing = [one for one in standing if not one.is_set]
    text = [*notes, *_told_to_do(scene, client, me, missing)]
    return Message(
        "\n".join(text),
        title=scene.say("The studio in {server}", server=guild.name),
        facts=tuple((one.wanted.name, _in_words(scene, one)) for one in standing),
        buttons=(Button(scene.say("Create what is missing"), ACTION, kind="good"),)
        if missing
        else (),
        tone="notice" if missing or notes else "good",
    )


_AT_WORK: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


async def create_missing(client: "MintmarkClient", desk: "Desk", actor: Actor) -> None:
    """Create and set what is missing, as the person who pressed; say what could not be done.

    Raises:
        Refused: if they are no operator.
    """
    _check_operator(client, actor)
    async with _AT_WORK.setdefault(actor.guild, asyncio.Lock()):
        guild, notes = _guild(client, actor), list[str]()
        rules = await asyncio.to_thread(rules_of, client.studio, actor.guild)
        roles = [await _role(client, actor, guild, rules, wanted, notes) for wanted in ROLES]
        operators = roles[ROLES.index(OPERATOR)]
        for wanted in CHANNELS:
            await _channel(client, actor, guild, rules, wanted, operators, notes)
        for wanted, role in zip(ROLES, roles, strict=True):
            if role is not None and not _named(rules, wanted):
                notes += await _take(client, actor, wanted.rule, role)
        await desk.tell(actor, await report(client, actor, notes))


async def _role(
    client: "MintmarkClient",
    actor: Actor,
    guild: discord.Guild,
    rules: Rules,
    wanted: Wanted,
    notes: list[str],
) -> discord.Role | None:
    """The role: the one that the rules name, else one of that name, else a new one."""
    found = _role_in(guild, rules, wanted)
    if found is not None:
        return found
    scene = scene_of(client.studio, actor)
    wished = discord.Permissions(**dict.fromkeys(wanted.rights, True))
    mine = guild.me.guild_permissions if guild.me else discord.Permissions.none()
    try:
        return await guild.create_role(name=wanted.name, permissions=wished & mine, reason=_REASON)
    except discord.HTTPException as error:
        notes.append(_why_not(scene, f"@{wanted.name}", "manage_roles", error))
        return None


async def _channel(
    client: "MintmarkClient",
    actor: Actor,
    guild: discord.Guild,
    rules: Rules,
    wanted: Wanted,
    operators: discord.Role | None,
    notes: list[str],
) -> None:
    """The channel, set as a rule: the one that is there, or a new one."""
    if _named(rules, wanted) and _channel_in(guild, rules, wanted):
        return
    scene = scene_of(client.studio, actor)
    found = _channel_in(guild, rules, wanted)
    try:
        found = found or await guild.create_text_channel(
            wanted.name,
            topic=scene.say(wanted.says),
            overwrites=_private_to(guild, operators) if wanted is REVIEW else {},
            reason=_REASON,
        )
    except discord.HTTPException as error:
        notes.append(_why_not(scene, f"#{wanted.name}", "manage_channels", error))
        return
    if wanted.rule:
        notes += await _take(client, actor, wanted.rule, found)


def _private_to(
    guild: discord.Guild, operators: discord.Role | None
) -> "dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]":
    """Overwrites by which nobody sees a channel but operators and the bot."""
    seen = discord.PermissionOverwrite(view_channel=True, send_messages=True, attach_files=True)
    overwrites: dict[Any, discord.PermissionOverwrite] = {
        guild.default_role: discord.PermissionOverwrite(view_channel=False)
    }
    if guild.me is not None:
        overwrites[guild.me] = seen
    if operators is not None:
        overwrites[operators] = discord.PermissionOverwrite(view_channel=True)
    return overwrites


async def _take(client: "MintmarkClient", actor: Actor, rule: str, thing: Any) -> list[str]:
    """Write a role or a channel into the rules, through the door; returns what is to be said."""
    scene = scene_of(client.studio, actor)
    if rule == OPERATOR.rule:
        if thing.id == int(actor.guild):
            return [scene.say(_EVERYBODY)]
        if (problem := await _give(client, actor, thing)) is not None:
            return [problem]
    arguments = {"name": rule, "value": str(thing.id)}
    try:
        await client.studio.door.acall("set_rule", arguments, actor)
    except MintmarkError as error:
        return [scene.words.of_error(error)]
    return [scene.say("{rule} is now {name}.", rule=rule.replace("_", " "), name=_name(thing))]


async def _give(client: "MintmarkClient", actor: Actor, role: Any) -> str | None:
    """Give the operators' role to whoever sets it, who would be none otherwise.

    Returns:
        Why that could not be done; None if they have it.
    """
    guild, scene = _guild(client, actor), scene_of(client.studio, actor)
    user = await asyncio.to_thread(people.external_id, client.studio, actor.person_id)
    try:
        member = await people.member_of(client, actor.guild, user or 0)
        if not any(had.id == role.id for had in member.roles):
            await member.add_roles(guild.get_role(role.id) or role, reason=_REASON)
    except (discord.HTTPException, MintmarkError):
        return scene.say(
            "I could not give you the role {role}, and without it you would no longer be an "
            "operator, so I did not set it: give it to yourself, then run /setup again. I can give "
            "roles that stand below my own, with the permission Manage Roles.",
            role=f"@{role.name}",
        )
    return None


def _check_operator(client: "MintmarkClient", actor: Actor) -> None:
    role = client.studio.door.ledger.role_of(actor)
    if role is None or not role.reaches(Role.OPERATOR):
        raise Refused(_ONLY_OPERATORS)


def _guild(client: "MintmarkClient", actor: Actor) -> discord.Guild:
    found = client.get_guild(int(actor.guild))
    if found is None:
        raise NotFound("I am not in that server (any more).")
    return found


def _in_guild(
    guild: discord.Guild, rule: str, number: int
) -> "discord.Role | discord.abc.GuildChannel":
    """The role of that id, or the channel, as the rule needs.

    Raises:
        NotFound: if the server has none, whatever the command said.
    """
    is_role = rule in (CREATOR.rule, OPERATOR.rule)
    found = guild.get_role(number) if is_role else guild.get_channel(number)
    if found is None:
        raise NotFound("There is no such role or channel in this server (any more).")
    return found


def _standings(guild: discord.Guild, me: discord.Member, rules: Rules) -> Iterator[Standing]:
    for wanted in ROLES:
        found = _role_in(guild, rules, wanted)
        yield Standing(wanted, found, found is not None and _named(rules, wanted))
    for wanted in CHANNELS:
        place = _channel_in(guild, rules, wanted)
        lacks = _lacks(place, me, wanted) if place is not None else ()
        is_set = place is not None and (_named(rules, wanted) or not wanted.rule)
        yield Standing(wanted, place, is_set, lacks)


def _lacks(place: discord.abc.GuildChannel, me: discord.Member, wanted: Wanted) -> tuple[str, ...]:
    mine = place.permissions_for(me)
    return tuple(right for right in wanted.rights if not getattr(mine, right))


def _named(rules: Rules, wanted: Wanted) -> bool:
    """Whether the rules name such a thing, be it there or not."""
    if wanted is CREATOR or wanted is OPERATOR:
        return bool(rules.roles[Role.CREATOR if wanted is CREATOR else Role.OPERATOR])
    return bool(wanted.rule and getattr(rules, wanted.rule))


def _role_in(guild: discord.Guild, rules: Rules, wanted: Wanted) -> discord.Role | None:
    ids = rules.roles[Role.CREATOR if wanted is CREATOR else Role.OPERATOR]
    named = (guild.get_role(int(id_)) for id_ in ids if id_.isdecimal())
    if (known := next(filter(None, named), None)) is not None:
        return known
    same = (role for role in guild.roles if role.name.casefold() == wanted.name.casefold())
    return next((role for role in same if role.is_assignable()), None)


def _channel_in(
    guild: discord.Guild, rules: Rules, wanted: Wanted
) -> discord.abc.GuildChannel | None:
    id_ = getattr(rules, wanted.rule) if wanted.rule else None
    if id_ and id_.isdecimal() and (known := guild.get_channel(int(id_))) is not None:
        return known
    return discord.utils.get(guild.text_channels, name=wanted.name)


def _in_words(scene: Scene, one: Standing) -> str:
    if one.found is None:
        return scene.say("missing")
    told = [_name(one.found)]
    if not one.is_set:
        told.append(scene.say("is there, but no rule names it"))
    if one.lacks:
        rights = ", ".join(named(right) for right in one.lacks)
        told.append(scene.say("there I still need: {rights}", rights=rights))
    return ", ".join(told)


def _name(thing: Any) -> str:
    is_role = isinstance(thing, discord.Role)
    return f"{'@' if is_role else '#'}{getattr(thing, 'name', thing)}"


def _told_to_do(
    scene: Scene, client: "MintmarkClient", me: discord.Member, missing: list[Standing]
) -> Iterator[str]:
    """What the person should know before they press, and what only they can mend."""
    wanted = {one.wanted for one in missing}
    if CREATOR in wanted:
        yield scene.say(_LOCKS, role="@Creator", what=scene.say("creators"))
    if OPERATOR in wanted:
        yield scene.say(_LOCKS, role="@Operator", what=scene.say("operators"))
    needed = {"manage_roles" if one.wanted in ROLES else "manage_channels" for one in missing}
    for right in sorted(needed):
        if not getattr(me.guild_permissions, right):
            yield scene.say("To create what is missing I need {right}.", right=named(right))
    if not client.intents.message_content:
        yield scene.say(
            "I hear only what mentions me, answers me or is written to me in private: the message "
            "content intent is off for me."
        )
    if not missing:
        yield scene.say("Everything is set up.")


def _why_not(scene: Scene, what: str, right: str, error: discord.HTTPException) -> str:
    if error.status == 403:
        reason = scene.say("I need {right}.", right=named(right))
        return scene.say(_NOT_CREATED, what=what, reason=reason)
    reason = error.text or str(error.status)
    return scene.say(_NOT_CREATED, what=what, reason=reason)
