"""How a server stands: the roles and channels that the studio needs, and what is missing.

Nothing here changes anything; `setup` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import discord

from bot.discord.invite import named
from bot.scene import Scene
from tools.community.rules import Rules
from tools.people import Role
from tools.phrases import template


@dataclass(frozen=True)
class Wanted:
    """A role or a channel that the studio needs, and the rule that names it."""

    rule: str  # "" for the studio's channel, which no rule needs
    name: str
    rights: tuple[str, ...] = ()  # what the bot needs in the channel, or the role gets
    says: str = ""  # what a new channel says it is for


_SHOWING = ("view_channel", "send_messages", "attach_files", "read_message_history")
CREATOR = Wanted("creator_roles", "Creator")
OPERATOR = Wanted("operator_roles", "Operator", ("manage_messages",))
ROLES = (CREATOR, OPERATOR)
STUDIO = Wanted(
    "", "studio", _SHOWING, template("Ask for pictures here, with a command or in words.")
)
GALLERY = Wanted(
    "gallery_channel",
    "gallery",
    (*_SHOWING, "add_reactions", "manage_messages"),
    template("Pictures and rounds of voting."),
)
REVIEW = Wanted(
    "review_channel", "review", _SHOWING, template("Mint requests, for operators only.")
)
RESULTS = Wanted("results_channel", "results", _SHOWING, template("Who won, and what was minted."))
CHANNELS = (STUDIO, GALLERY, REVIEW, RESULTS)

Thing = discord.Role | discord.abc.GuildChannel


@dataclass(frozen=True)
class Standing:
    """How one wanted thing stands."""

    wanted: Wanted
    found: Thing | None
    is_set: bool  # whether the rule names it
    lacks: tuple[str, ...] = ()  # what the bot may not do there
    is_public: bool = False  # whether everybody sees what only operators should


def standings(guild: discord.Guild, me: discord.Member, rules: Rules) -> Iterator[Standing]:
    """How every role and every channel stands."""
    for wanted in ROLES:
        found = role_in(guild, rules, wanted)
        yield Standing(wanted, found, role_set(guild, rules, wanted) is not None)
    for wanted in CHANNELS:
        yield _channel(guild, me, rules, wanted)


def _channel(guild: discord.Guild, me: discord.Member, rules: Rules, wanted: Wanted) -> Standing:
    place = channel_in(guild, rules, wanted)
    if place is None:
        return Standing(wanted, None, False)
    mine = place.permissions_for(me)
    lacks = tuple(right for right in wanted.rights if not getattr(mine, right))
    is_set = not wanted.rule or channel_set(guild, rules, wanted) is not None
    seen = place.permissions_for(guild.default_role).view_channel
    return Standing(wanted, place, is_set, lacks, wanted is REVIEW and seen)


def role_set(guild: discord.Guild, rules: Rules, wanted: Wanted) -> discord.Role | None:
    """The role that the rules name, if it is still there."""
    ids = rules.roles[Role.CREATOR if wanted is CREATOR else Role.OPERATOR]
    known = (guild.get_role(int(id_)) for id_ in ids if id_.isdecimal())
    return next(filter(None, known), None)


def role_in(guild: discord.Guild, rules: Rules, wanted: Wanted) -> discord.Role | None:
    """The role that the rules name, else one that bears the name and that the bot can give."""
    same = (role for role in guild.roles if role.name.casefold() == wanted.name.casefold())
    by_name = next((role for role in same if role.is_assignable()), None)
    return role_set(guild, rules, wanted) or by_name


def channel_set(
    guild: discord.Guild, rules: Rules, wanted: Wanted
) -> discord.abc.GuildChannel | None:
    """The channel that the rules name, if it is still there."""
    id_ = getattr(rules, wanted.rule) if wanted.rule else None
    return guild.get_channel(int(id_)) if id_ and id_.isdecimal() else None


def channel_in(
    guild: discord.Guild, rules: Rules, wanted: Wanted
) -> discord.abc.GuildChannel | None:
    """The channel that the rules name, else one that bears the name."""
    by_name = discord.utils.get(guild.text_channels, name=wanted.name)
    return channel_set(guild, rules, wanted) or by_name


def in_words(scene: Scene, one: Standing) -> str:
    """How a thing stands, in the person's language."""
    if one.found is None:
        return scene.say("missing")
    told = [name_of(one.found)]
    if not one.is_set:
        told.append(scene.say("is there, but no rule names it"))
    if one.lacks:
        rights = ", ".join(named(right) for right in one.lacks)
        told.append(scene.say("there I still need: {rights}", rights=rights))
    if one.is_public:
        told.append(scene.say("everybody sees it: hide it from those who are no operators"))
    return ", ".join(told)


def name_of(thing: Thing) -> str:
    """A role or a channel as people write it."""
    return f"@{thing.name}" if isinstance(thing, discord.Role) else f"#{thing.name}"


_LOCKS = {
    CREATOR: "From then on only those with the role {role} make pictures here.",
    OPERATOR: "From then on only those with the role {role} are operators here.",
}


def remarks(
    scene: Scene, me: discord.Member, missing: list[Standing], *, hears_all: bool
) -> Iterator[str]:
    """What somebody should know before they have it created, and what only they can mend."""
    for one in missing:
        if one.wanted in _LOCKS:
            yield scene.say(_LOCKS[one.wanted], role=f"@{one.wanted.name}")
    needed = {right_to_create(one.wanted) for one in missing if one.found is None}
    for right in sorted(needed):
        if not getattr(me.guild_permissions, right):
            yield scene.say("To create what is missing I need {right}.", right=named(right))
    if not hears_all:
        yield scene.say(
            "I hear only what mentions me, answers me or is written to me in private: the message "
            "content intent is off for me."
        )
    if not missing:
        yield scene.say("Everything is set up.")


def right_to_create(wanted: Wanted) -> str:
    """The permission that creating it takes."""
    return "manage_roles" if wanted in ROLES else "manage_channels"
