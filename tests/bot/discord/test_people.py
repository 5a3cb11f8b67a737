"""Roles are those that Discord tells at that moment; what has not changed is not written anew."""

import asyncio
from typing import Any

import discord
import pytest

from bot.discord import people as signing
from bot.discord.client import MintmarkClient
from bot.discord.invite import intents
from bot.discord.people import Seen, role_by
from tests.bot.discord.conftest import People, Running
from tests.peers.discord import Hall, Peer, Person
from tools.community.rules import rules_of
from tools.people import Actor, Role, Vouched
from tools.provenance.tables import Membership
from tools.provenance.tables import Person as Row
from tools.studio import Studio


def membership(studio: Studio, person: Person, hall: Hall) -> Membership | None:
    """What is written down of someone in the guild."""
    with studio.db.read() as session:
        row = session.query(Row).filter_by(front_end="discord", external_id=str(person.id)).one()
        return session.get(Membership, (row.id, str(hall.id)))


def role(studio: Studio, person: Person, hall: Hall) -> str | None:
    """The role someone has in the guild."""
    found = membership(studio, person, hall)
    return found.role if found else None


async def act(person: Person, people: People) -> None:
    """Do something that leaves no trace but the person's."""
    await (await person.command(people.studio, "rules")).done()


async def set_roles(bot: MintmarkClient, people: People, **roles: str) -> None:
    """The operator says which of the guild's roles stand for ours."""
    await act(people.reed, people)
    actor = await asyncio.to_thread(signing.known, bot.studio, people.reed.id, people.hall.id, 1)
    assert actor is not None
    for name, value in roles.items():
        await bot.studio.door.acall("set_rule", {"name": name, "value": value}, actor)


async def test_where_nothing_is_set_everybody_creates_and_managers_operate(
    bot: MintmarkClient, people: People
) -> None:
    for person in (people.moss, people.wren, people.reed, people.hall.owner):
        await act(person, people)
    roles = [role(bot.studio, p, people.hall) for p in (people.moss, people.wren, people.reed)]
    assert roles == ["creator", "creator", "operator"]
    assert role(bot.studio, people.hall.owner, people.hall) == "operator"


async def test_roles_of_the_guild_stand_for_ours_once_they_are_set(
    bot: MintmarkClient, people: People
) -> None:
    judges = people.hall.role("judges")
    await set_roles(bot, people, creator_roles=str(people.creator.id))
    await set_roles(bot, people, operator_roles=str(judges.id))
    people.hall.give(people.fern, judges)
    for person in (people.moss, people.wren, people.fern, people.reed):
        await act(person, people)
    found = {
        person.user.name: role(bot.studio, person, people.hall)
        for person in (people.moss, people.wren, people.fern, people.reed)
    }
    assert found == {"moss": "member", "wren": "creator", "fern": "operator", "reed": "member"}


async def test_what_discord_knows_of_someone_is_vouched_for(
    bot: MintmarkClient, people: People
) -> None:
    young = people.hall.join("olga", account_age_days=3, days_here=2, roles=[people.creator])
    await act(young, people)
    found = membership(bot.studio, young, people.hall)
    assert found is not None
    assert found.joined_at is not None
    assert found.groups == [str(people.creator.id)]
    with bot.studio.db.read() as session:
        row = session.get_one(Row, found.person_id)
    assert row.account_since is not None
    assert 1.9 < (found.joined_at - row.account_since).total_seconds() / 43_200 < 2.1
    assert not row.is_bot


async def test_nothing_is_written_when_nothing_changed(
    bot: MintmarkClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await act(people.wren, people)

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("signed in anew")

    monkeypatch.setattr(signing, "sign_in", never)
    answer = await (await people.wren.command(people.studio, "rules")).done()
    assert "wrong" not in answer.text


async def test_a_role_lost_in_discord_is_lost_here_at_once(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    await act(people.reed, people)
    operator = people.hall.role_named("operator")
    people.hall.take(people.reed, operator)
    await peer.until(lambda: role(bot.studio, people.reed, people.hall) == "creator")


async def test_without_the_intent_a_lost_role_is_lost_with_the_next_step(
    running: Running, studio: Studio, people: People, peer: Peer
) -> None:
    async with running(studio, wanted=intents()):
        await act(people.reed, people)
        people.hall.take(people.reed, people.hall.role_named("operator"))
        await asyncio.sleep(0.1)
        assert role(studio, people.reed, people.hall) == "operator"
        answer = await people.reed.command(
            people.studio, "pause", what="vote", reason="x", unchecked=True
        )
        await peer.until(lambda: "needs the role operator" in answer.text)
        assert role(studio, people.reed, people.hall) == "creator"


async def test_someone_who_leaves_has_no_role_any_more(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    await act(people.wren, people)
    people.hall.leave(people.wren)
    await peer.until(lambda: membership(bot.studio, people.wren, people.hall) is None)


async def test_changes_of_strangers_are_not_kept(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    people.hall.give(people.fern, people.creator)
    await asyncio.sleep(0.2)
    with bot.studio.db.read() as session:
        assert session.query(Row).filter_by(front_end="discord").all() == []


async def test_who_acts_in_direct_messages_has_the_role_of_this_moment(
    running: Running, studio: Studio, people: People
) -> None:
    async with running(studio, wanted=intents()):
        await act(people.reed, people)
        people.hall.take(people.reed, people.hall.role_named("operator"))
        answer = await people.reed.command(people.reed.dm, "models")
        await answer.done()
        assert role(studio, people.reed, people.hall) == "creator"


async def test_a_member_is_looked_up_for_what_comes_without_one(
    bot: MintmarkClient, people: People
) -> None:
    user = discord.Object(people.fern.id)
    actor = await signing.actor_of(bot, user, people.hall.id, people.studio.id)
    assert isinstance(actor, Actor)
    assert actor.name == "fern"


@pytest.mark.parametrize(
    ("manages", "groups", "expected"),
    [(True, (), Role.OPERATOR), (False, (), Role.CREATOR), (False, ("1",), Role.CREATOR)],
)
def test_roles_where_no_rule_says_otherwise(
    studio: Studio, manages: bool, groups: tuple[str, ...], expected: Role
) -> None:
    who = Seen("1", "ada", Vouched(groups=groups), manages)
    assert role_by(rules_of(studio, "nowhere"), who) is expected
