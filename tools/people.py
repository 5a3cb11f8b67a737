"""Who may do what: people, their roles, and the actor that a front end vouches for.

The actor never comes from text or from a model's arguments. A front end signs a person in with the
role it knows them to have; from then on every call reads the role afresh from the database, so a
role taken away is gone at once, also for work that was started before.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.errors import InvalidInput
from tools.provenance.commitments import commit
from tools.provenance.identifiers import short_id
from tools.provenance.tables import Membership, Person

STUDIO_ID = "studio"


class Role(StrEnum):
    """From the least to the most: each may do what those before it may."""

    MEMBER = "member"
    CREATOR = "creator"
    OPERATOR = "operator"
    STUDIO = "studio"
    """The program itself, for work that no person started, such as a round that ends on time."""

    def reaches(self, least: "Role") -> bool:
        """Whether this role may do what needs `least`."""
        order = list(Role)
        return order.index(self) >= order.index(least)


Via = Literal["command", "button", "reaction", "text", "workflow"]
"""How a wish arrived. Only a command or a button of a person can approve; text never can."""


@dataclass(frozen=True)
class Actor:
    """A person at a front end, as that front end vouches for them."""

    person_id: str
    name: str  # what others see; never used to decide anything
    guild: str  # the community in which the role holds
    channel: str  # where the wish was made
    front_end: str  # "studio", "discord", …
    via: Via = "command"
    thread: str | None = None  # the conversation, where there is one
    locale: str = "en-US"  # the language they are answered in

    def by(self, via: Via) -> "Actor":
        """The same person, by another way."""
        return replace(self, via=via)


STUDIO = Actor(STUDIO_ID, "the studio", "*", "*", "studio", via="workflow")


@dataclass(frozen=True)
class Vouched:
    """What a front end knows about someone, beyond their name."""

    is_bot: bool = False
    account_since: datetime | None = None  # when their account was made
    joined_at: datetime | None = None  # the guild
    groups: tuple[str, ...] = ()  # the ids of the guild's own roles that they have


def sign_in(
    session: Session,
    *,
    front_end: str,
    external_id: str,
    name: str,
    guild: str,
    channel: str,
    role: Role,
    vouched: Vouched | None = None,
) -> Actor:
    """Note a person and the role their front end vouches for; returns the actor to call tools as.

    Raises:
        InvalidInput: for an empty name, or for a role that no person may have.
    """
    if not external_id.strip():
        raise InvalidInput("A person needs a name.")
    if role is Role.STUDIO:
        raise InvalidInput("Nobody signs in as the studio: use member, creator or operator.")
    person = _person(session, front_end, external_id, name)
    set_role(session, person.id, guild, role)
    if vouched is not None:
        _keep(session, person, guild, vouched)
    return Actor(person.id, name, guild, channel, front_end)


def _person(session: Session, front_end: str, external_id: str, name: str) -> Person:
    known = session.scalar(select(Person).filter_by(front_end=front_end, external_id=external_id))
    if known is not None:
        known.name = name
        return known
    commitment = commit(f"{front_end}:{external_id}")
    person = Person(
        id=short_id("p"),
        commitment=commitment.digest,
        salt=commitment.salt,
        front_end=front_end,
        external_id=external_id,
        name=name,
    )
    session.add(person)
    session.flush()
    return person


def _keep(session: Session, person: Person, guild: str, vouched: Vouched) -> None:
    person.is_bot, person.account_since = vouched.is_bot, vouched.account_since
    membership = session.get_one(Membership, (person.id, guild))
    membership.joined_at = vouched.joined_at
    if membership.groups != list(vouched.groups):
        membership.groups = list(vouched.groups)
    session.flush()


def set_role(session: Session, person_id: str, guild: str, role: Role | None) -> None:
    """Give a person a role in a guild; `None` takes it away."""
    known = session.get(Membership, (person_id, guild))
    if role is None:
        if known is not None:
            session.delete(known)
    elif known is None:
        session.add(Membership(person_id=person_id, guild=guild, role=role.value))
    elif known.role != role.value:
        known.role, known.updated_at = role.value, datetime.now(UTC)
    session.flush()


def role_of(session: Session, actor: Actor) -> Role | None:
    """The role this person has in this guild at this moment; None if they have none."""
    if actor.person_id == STUDIO_ID:
        return Role.STUDIO if actor == STUDIO else None
    known = session.get(Membership, (actor.person_id, actor.guild))
    return Role(known.role) if known is not None else None
