"""The rules of a guild: what it set for itself, over what the settings say.

Each thing that was set is a row; the newest row of a name counts. What is set for a channel counts
before what is set for the whole guild, and that before the settings. Two things add up instead:
denied words, and the entries of a map by role.

    rules_of(studio, guild)           the rules of the guild
    rules_of(studio, guild, channel)  as they are in one of its channels

They are read afresh each time, by one query over the few rows of one guild: so every process knows
at once what an operator has set.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tools.community.tables import Rule
from tools.errors import Refused
from tools.people import Role
from tools.settings import Settings

if TYPE_CHECKING:
    from tools.studio import Studio

Pausable = Literal["create", "vote", "mint"]
PAUSABLE: tuple[Pausable, ...] = ("create", "vote", "mint")
PEOPLE = (Role.MEMBER, Role.CREATOR, Role.OPERATOR)  # the roles that rules speak of

_MAY_BE_NONE = ("locale", "review_channel", "gallery_channel", "results_channel")  # "" is none
_PAUSED = {
    "create": "Making pictures is paused here: {reason}",
    "vote": "Voting is paused here: {reason}",
    "mint": "Minting is paused here: {reason}",
}


class Eligibility(BaseModel):
    """Who may vote, beyond what holds everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_account_days: int  # how old a voter's account must be
    min_member_days: int  # how long a voter must have been in the guild
    groups: tuple[str, ...]  # ids of the guild's own roles, one of which is needed; none: anybody


class Rules(BaseModel):
    """Everything that a guild can set, as it holds now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_day: Mapping[Role, int]  # pictures that one person may ask for in a day
    parallel: Mapping[Role, int]  # briefs of one person that may be in the making at once
    pictures_per_brief: int
    denied_words: tuple[str, ...]  # the settings', the guild's and the channel's
    eligibility: Eligibility
    hidden_counts: bool  # whether rounds keep their counts secret until they close
    approvals_needed: int  # operators who must approve a mint request: 1 or 2
    locale: str | None  # the language of answers; None: each person's own
    review_channel: str | None  # where mint requests are shown to operators
    gallery_channel: str | None  # where pictures are shown to everybody
    results_channel: str | None  # where results and new tokens are announced
    roles: Mapping[Role, tuple[str, ...]]  # the front end's own roles that stand for each of ours
    paused: Mapping[Pausable, str]  # what is paused, and why

    def role_among(self, external_roles: Iterable[str]) -> Role:
        """The role that someone with these roles of the front end has here.

        Where no roles were set for creators, everybody creates.
        """
        theirs = set(external_roles)
        if theirs & set(self.roles[Role.OPERATOR]):
            return Role.OPERATOR
        if not self.roles[Role.CREATOR] or theirs & set(self.roles[Role.CREATOR]):
            return Role.CREATOR
        return Role.MEMBER

    def refuse_if_paused(self, what: Pausable) -> None:
        """Let nobody through to what is paused.

        Raises:
            Refused: with the reason that was given.
        """
        if what in self.paused:
            raise Refused(_PAUSED[what], reason=self.paused[what])


def rules_of(
    studio: "Studio", guild: str, channel: str = "", session: Session | None = None
) -> Rules:
    """The rules of a guild, in one of its channels if it is named.

    Args:
        studio: whose settings hold where nothing was set.
        guild: an unknown one has the rules of the settings.
        channel: "" for what holds in the whole guild.
        session: to look with; a fresh one if left out.
    """
    if session is not None:
        return _assembled(studio.settings, newest(session, guild, channel))
    with studio.db.read() as fresh:
        return _assembled(studio.settings, newest(fresh, guild, channel))


def newest(session: Session, guild: str, channel: str = "") -> list[Rule]:
    """The rows that count: the guild's first, then the channel's."""
    found = session.scalars(_NEWEST, {"guild": guild, "channel": channel}).all()
    return sorted(found, key=lambda row: (row.channel != "", row.name))


_NEWEST = select(Rule).where(  # built once: it is asked at every vote
    Rule.id.in_(
        select(func.max(Rule.id))
        .where(
            Rule.guild == bindparam("guild"),
            Rule.channel.in_(("", bindparam("channel"))),
        )
        .group_by(Rule.channel, Rule.name)
    )
)


def _assembled(settings: Settings, rows: Iterable[Rule]) -> Rules:
    values = _defaults(settings)
    for row in rows:
        if row.value is not None:
            values[row.name] = _joined(values.get(row.name), row.name, row.value)
    values |= {name: values[name] or None for name in _MAY_BE_NONE}
    voters = Eligibility(
        min_account_days=values.pop("min_account_days"),
        min_member_days=values.pop("min_member_days"),
        groups=tuple(values.pop("voter_roles")),
    )
    roles = {role: tuple(values.pop(f"{role}_roles")) for role in PEOPLE}
    paused = {
        what: reason
        for what in PAUSABLE
        if (reason := values.pop(f"pause.{what}", None)) is not None
    }
    return Rules(eligibility=voters, roles=roles, paused=paused, **values)


def _defaults(settings: Settings) -> dict[str, Any]:
    """What holds where nothing was set, by the names of rules."""
    limits, community = settings.limits, settings.community
    by_role = limits.per_day.model_dump()
    everybody = limits.pictures_per_person_per_day
    return {
        "per_day": {k: everybody if v is None else v for k, v in by_role.items()},
        "parallel": limits.parallel.model_dump(),
        "pictures_per_brief": limits.pictures_per_brief,
        "denied_words": list(limits.denied_words),
        "voter_roles": [],
        "review_channel": None,
        "gallery_channel": None,
        "results_channel": None,
        **{f"{role}_roles": [] for role in PEOPLE},
        **community.model_dump(),
    }


def _joined(before: Any, name: str, value: Any) -> Any:
    """A rule's value over the one that held before it."""
    if isinstance(value, dict):
        return {**before, **value}
    if name == "denied_words":
        return list(dict.fromkeys([*before, *value]))
    return value
