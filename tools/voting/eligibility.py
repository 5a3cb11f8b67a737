"""Who may vote for what: a policy with a version, frozen into a round when it opens.

The policy stands in every tally with its parameters: a ballot is judged by the policy of its day.
Whoever changes a rule adds a version; rounds that opened by an earlier one keep it.

    v1  nobody for their own picture, and not the studio itself
    v2  as v1, and no bots; an account of some age; some time in the guild; one of certain roles

A rule that is set and a fact that nobody told do not go together: who may be too young is refused.
The exception is the terminal studio. It knows no accounts and no guild that somebody could join:
its people are vouched for by whoever holds the data folder, who could write any age into it. There
a rule about a fact that is not known does not object, and the ballot says who vouched.

That a voter has a role in the guild at all is checked by the door, and by whoever casts a ballot
for them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tools.errors import Refused
from tools.people import STUDIO_ID
from tools.phrases import template
from tools.provenance.tables import Membership, Person

FIRST: Final = "mintmark/eligibility/v1"
SECOND: Final = "mintmark/eligibility/v2"

_BY_HAND = frozenset({"studio"})  # front ends whose people the keeper of the data vouches for
_AT_ONCE = 500  # people asked for in one query


class Policy(BaseModel):
    """The rules of one round."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: Literal["mintmark/eligibility/v1", "mintmark/eligibility/v2"] = SECOND
    min_account_days: int = 0  # how old an account must be
    min_member_days: int = 0  # how long somebody must have been in the guild
    groups: tuple[str, ...] = ()  # ids of the guild's own roles, one of which it takes

    def named(self) -> str | dict[str, Any]:
        """The policy as a tally names it: the first by its name, later ones with parameters."""
        return FIRST if self.policy == FIRST else self.model_dump(mode="json")


def policy_of(frozen: Mapping[str, Any] | None) -> Policy:
    """The policy that a round was opened with."""
    return Policy(policy=FIRST) if frozen is None else Policy.model_validate(frozen)


def policy_named(name: object) -> Policy:
    """The policy that a tally names.

    Raises:
        ValueError: if there is no such policy.
    """
    try:
        return Policy(policy=FIRST) if name == FIRST else Policy.model_validate(name)
    except ValidationError as error:
        raise ValueError(f"{name!r} is no policy of eligibility") from error


@dataclass(frozen=True)
class Voter:
    """What is known of someone who votes."""

    person_id: str
    commitment: str
    front_end: str
    is_bot: bool
    account_since: datetime | None
    role: str | None  # in the guild of the round; None if they have none there
    joined_at: datetime | None
    groups: tuple[str, ...] | None


def voters_of(session: Session, guild: str, person_ids: Iterable[str]) -> dict[str, Voter]:
    """What is known of these people in a guild, by person; who is not known at all is left out."""
    wanted = list(dict.fromkeys(person_ids))
    found = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = {"guild": guild, "people": wanted[start : start + _AT_ONCE]}
        for row in session.execute(_KNOWN, some):
            facts: dict[str, Any] = dict(row._mapping)
            found[row.person_id] = Voter(**facts | {"groups": _told(row.groups)})
    return found


_KNOWN = (
    select(
        Person.id.label("person_id"),
        Person.commitment,
        Person.front_end,
        Person.is_bot,
        Person.account_since,
        Membership.role,
        Membership.joined_at,
        Membership.groups,
    )
    .outerjoin(
        Membership,
        (Membership.person_id == Person.id) & (Membership.guild == bindparam("guild")),
    )
    .where(Person.id.in_(bindparam("people", expanding=True)))
)


def _told(groups: Iterable[object] | None) -> tuple[str, ...] | None:
    return None if groups is None else tuple(map(str, groups))


@dataclass(frozen=True)
class Judgement:
    """Whether someone may vote, and what was looked at to say so."""

    objection: Refused | None
    judged: dict[str, Any] | None  # None where no fact was looked at


def judge(policy: Policy, voter: Voter, creator_id: str, moment: datetime) -> Judgement:
    """Judge a vote of this person for a picture of that creator, at a moment."""
    if voter.person_id == STUDIO_ID:
        return Judgement(Refused("The studio itself has no vote."), None)
    if creator_id == voter.person_id:
        return Judgement(Refused("You made this picture: vote for somebody else's."), None)
    if policy.policy == FIRST:
        return Judgement(None, None)
    if voter.is_bot:
        return Judgement(Refused("Bots have no vote."), {"bot": True})
    return _by_facts(policy, voter, moment)


@dataclass(frozen=True)
class _Age:
    """A rule about how long something has been so, and how its objection is said."""

    unknown: str
    one: str
    many: str

    def objection(self, least: int, since: datetime | None, moment: datetime) -> Refused | None:
        """Why it is not long enough; None if it is."""
        if since is None:
            return Refused(self.unknown, least=least)
        start = since + timedelta(days=least)
        if moment >= start:
            return None
        days = _days(since, moment)
        return Refused(self.one if days == 1 else self.many, days=days, least=least, start=start)


_ACCOUNT = _Age(
    template(
        "This round asks for accounts that are at least {least} days old, and how old yours is "
        "nobody told the studio."
    ),
    template(
        "Your account is one day old; this round asks for {least}. You may vote from {start} on."
    ),
    template(
        "Your account is {days} days old; this round asks for {least}. "
        "You may vote from {start} on."
    ),
)
_MEMBER = _Age(
    template(
        "This round asks for people who have been here for at least {least} days, and for how "
        "long you have nobody told the studio."
    ),
    template(
        "You have been here for one day; this round asks for {least}. You may vote from {start} on."
    ),
    template(
        "You have been here for {days} days; this round asks for {least}. "
        "You may vote from {start} on."
    ),
)


def _by_facts(policy: Policy, voter: Voter, moment: datetime) -> Judgement:
    """Hold what is known of a person against every rule that is set; the first objection counts."""
    judged: dict[str, Any] = {}
    objections = []
    for name, least, since, age in (
        ("account_days", policy.min_account_days, voter.account_since, _ACCOUNT),
        ("member_days", policy.min_member_days, voter.joined_at, _MEMBER),
    ):
        if least:
            judged[name] = _days(since, moment)
            objections.append(_unless_vouched(voter, since, age.objection(least, since, moment)))
    if policy.groups:
        judged["groups"] = has = _both(policy.groups, voter.groups)
        objections.append(_unless_vouched(voter, has, _outside(policy.groups, has)))
    if voter.front_end in _BY_HAND and None in judged.values():
        judged["vouched_by"] = voter.front_end
    return Judgement(next(filter(None, objections), None), judged or None)


def _unless_vouched(voter: Voter, fact: object, objection: Refused | None) -> Refused | None:
    return None if fact is None and voter.front_end in _BY_HAND else objection


def _days(since: datetime | None, moment: datetime) -> int | None:
    return None if since is None else max(0, (moment - since) // timedelta(days=1))


def _both(asked: Collection[str], has: Collection[str] | None) -> list[str] | None:
    return None if has is None else sorted(set(asked) & set(has))


def _outside(asked: Collection[str], has: list[str] | None) -> Refused | None:
    if has:
        return None
    return Refused(
        "This round is for people who have one of these roles here: {groups}. You have none.",
        groups=", ".join(asked),
    )
