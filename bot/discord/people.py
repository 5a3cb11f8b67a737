"""Who is asking: a Discord user or member becomes an actor, with the role they have right now.

Every interaction, message and added reaction brings the member as Discord knows them at that
moment, and the role is made from that: by the guild's rules of roles, and by Discord's own
“Manage Server” as long as the rules name no role for operators. What comes without a member (in
direct messages, a reaction taken back) is looked up. A role lost in Discord is lost here with the
person's next step, whatever else they do; with the members intent, at once.

Nothing is written when nothing changed, so signing in costs one look at the database.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.discord.posts import FRONT_END
from bot.discord.safe_send import Gone, persistently
from tools.community.rules import Rules, rules_of
from tools.people import Actor, Role, Vouched, set_role, sign_in
from tools.provenance.tables import Membership, Person
from tools.studio import Studio

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

_LONGEST_NAME = 200  # of the column; Discord's names have 32


@dataclass(frozen=True)
class Seen:
    """Someone as Discord shows them at this moment."""

    user: str  # Discord's id
    name: str
    vouched: Vouched
    manages: bool = False  # whether Discord lets them manage the guild


def seen(member: discord.Member) -> Seen:
    """A member as an event or the API shows them."""
    rights = member.resolved_permissions or member.guild_permissions
    vouched = Vouched(
        is_bot=member.bot,
        account_since=member.created_at,
        joined_at=member.joined_at,
        groups=tuple(sorted(str(role) for role in member._roles)),
    )
    manages = rights.administrator or rights.manage_guild
    return Seen(str(member.id), member.display_name[:_LONGEST_NAME], vouched, manages)


async def actor_of(
    client: "MintmarkClient",
    user: "discord.Member | discord.User",
    guild: int | str,
    channel: int | str,
    locale: str | None = None,
) -> Actor:
    """The actor for someone who does something now.

    Args:
        client: which knows the studio.
        user: a member, as the event brought them; a user without a membership is looked up.
        guild: where they act.
        channel: and in which channel of it, or in which direct conversation.
        locale: the language of their client, if the event told; the guild's rules come before it.

    Raises:
        Gone: if they are not in the guild.
        ServiceUnavailable: if Discord or the database does not answer.
    """
    member = user if isinstance(user, discord.Member) else await member_of(client, guild, user.id)
    who, spoken = seen(member), locale or locale_of(client, guild)
    return await asyncio.to_thread(_signed_in, client.studio, who, str(guild), str(channel), spoken)


async def member_of(client: "MintmarkClient", guild: int | str, user: int | str) -> discord.Member:
    """Someone's membership as Discord knows it now.

    Raises:
        Gone: if they are not in the guild, or the bot is not.
    """
    place = client.get_guild(int(guild))
    if place is None:
        raise Gone("I am not in that server (any more).")
    try:
        data = await persistently(lambda: client.http.get_member(place.id, int(user)), client)
    except Gone:
        await asyncio.to_thread(forget, client.studio, str(user), str(guild))
        raise Gone("You are not in that server (any more).") from None
    return discord.Member(data=data, guild=place, state=client._connection)


def locale_of(client: "MintmarkClient", guild: int | str) -> str:
    """The language of a guild, for those whose own is not known."""
    place = client.get_guild(int(guild))
    return str(place.preferred_locale) if place else "en-US"


def _signed_in(studio: Studio, who: Seen, guild: str, channel: str, locale: str) -> Actor:
    with studio.db.read() as session:
        rules = rules_of(studio, guild, channel, session)
        role = role_by(rules, who)
        person_id = _unchanged(session, who, guild, role)
    spoken = rules.locale or locale
    if person_id is not None:
        return Actor(person_id, who.name, guild, channel, FRONT_END, locale=spoken)
    with studio.db.write() as session:
        actor = sign_in(
            session,
            front_end=FRONT_END,
            external_id=who.user,
            name=who.name,
            guild=guild,
            channel=channel,
            role=role,
            vouched=who.vouched,
        )
    return Actor(actor.person_id, who.name, guild, channel, FRONT_END, locale=spoken)


def role_by(rules: Rules, who: Seen) -> Role:
    """The role that someone has by the rules of a guild.

    Where no role of the guild was set for operators, those who manage the guild are operators.
    """
    if who.manages and not rules.roles[Role.OPERATOR]:
        return Role.OPERATOR
    return rules.role_among(who.vouched.groups)


def _unchanged(session: Session, who: Seen, guild: str, role: Role) -> str | None:
    """The id of a person about whom all is written down already, and right."""
    row = session.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.front_end == FRONT_END, Person.external_id == who.user)
        .where(Membership.guild == guild)
    ).one_or_none()
    if row is None:
        return None
    person, membership = row
    told = (who.name, who.vouched.is_bot, who.vouched.account_since)
    kept = (person.name, person.is_bot, person.account_since)
    here = (role.value, who.vouched.joined_at, list(who.vouched.groups))
    was = (membership.role, membership.joined_at, membership.groups)
    return person.id if (told, here) == (kept, was) else None


def known(
    studio: Studio, user: int | str, guild: int | str, channel: int | str, locale: str = "en-US"
) -> Actor | None:
    """The actor for someone as they were last seen, without asking Discord; None for a stranger.

    For what does not depend on the moment: a reaction taken back, work to be followed on. Blocks.
    """
    with studio.db.read() as session:
        person = session.scalar(
            select(Person).filter_by(front_end=FRONT_END, external_id=str(user))
        )
        rules = rules_of(studio, str(guild), str(channel), session)
    if person is None:
        return None
    spoken = rules.locale or locale
    name = person.name or ""
    return Actor(person.id, name, str(guild), str(channel), FRONT_END, locale=spoken)


def external_id(studio: Studio, person_id: str) -> int | None:
    """Discord's id of a person; None for those of other front ends and those erased. Blocks."""
    with studio.db.read() as session:
        person = session.get(Person, person_id)
    if person is None or person.front_end != FRONT_END or person.external_id is None:
        return None
    return int(person.external_id)


def forget(studio: Studio, user: str, guild: str) -> None:
    """Someone left a guild: their role there is gone. Blocks."""
    with studio.db.write() as session:
        person = session.scalar(select(Person).filter_by(front_end=FRONT_END, external_id=user))
        if person is not None:
            set_role(session, person.id, guild, None)


def changed(studio: Studio, who: Seen, guild: str) -> None:
    """Someone's roles changed in Discord: theirs here change too, if they are known. Blocks."""
    with studio.db.read() as session:
        is_known = session.scalar(
            select(Membership.person_id)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.front_end == FRONT_END, Person.external_id == who.user)
            .where(Membership.guild == guild)
        )
    if is_known:
        _signed_in(studio, who, guild, "", "en-US")


def guilds_of(studio: Studio, user: int, among: Iterable[int]) -> list[str]:
    """The guilds of the bot in which someone has a role, the last used first. Blocks."""
    places = [str(guild) for guild in among]
    with studio.db.read() as session:
        found = (
            select(Membership.guild)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.front_end == FRONT_END, Person.external_id == str(user))
            .where(Membership.guild.in_(places))
            .order_by(Membership.updated_at.desc())
        )
        return list(session.scalars(found))
