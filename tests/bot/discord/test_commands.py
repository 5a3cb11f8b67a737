"""Commands, as people in a server use them."""

import asyncio
import re
from typing import Any

from sqlalchemy import select

from bot.discord.client import MintmarkClient
from bot.discord.commands.tree import SLASHES
from bot.options import options_of
from tests.bot.discord.conftest import People
from tests.peers.discord import Channel, Peer, Person
from tests.peers.discord.answers import Answer
from tests.rows import add_candidate, add_mint_request
from tools.community.rules import rules_of
from tools.generation.tables import Brief, Job
from tools.people import Actor, Role, sign_in
from tools.provenance.tables import ToolCall
from tools.studio import Studio

OF_THEMSELVES = (
    *("queue", "quota", "mine", "models", "collection", "gallery", "leaderboard", "rounds"),
    *("tokens", "rules", "review", "mint-requests", "limits", "audit", "round show"),
    "settings show",
)
"""Commands that need nothing to be said with them."""


async def ask(person: Person, where: Channel, command: str, /, **options: Any) -> Answer:
    """Send a command and wait until something can be read."""
    answer = await (await person.command(where, command, **options)).done()
    await answer.peer.until(lambda: bool(answer.text))
    return answer


def known(studio: Studio, person: Person, people: People, role: Role) -> Actor:
    """A person of the guild, as the studio knows them."""
    with studio.db.write() as session:
        return sign_in(
            session,
            front_end="discord",
            external_id=str(person.id),
            name=person.user.name,
            guild=str(people.hall.id),
            channel=str(people.studio.id),
            role=role,
        )


def test_every_command_has_its_tool_and_every_option_its_field(studio: Studio) -> None:
    tools = studio.door.tools
    for slash in SLASHES:
        assert slash.tool in tools, slash.path
        fields = {option.name for option in options_of(tools[slash.told or slash.tool])}
        assert {shown.field for shown in slash.shown} <= fields, slash.path


def test_every_tool_that_people_call_has_a_command(studio: Studio) -> None:
    by_hand = {tool.name for tool in studio.door.offered_to(Role.OPERATOR, "command")}
    offered = {name for slash in SLASHES for name in (slash.tool, slash.told)}
    assert by_hand - offered <= {"collections", "identify"}  # behind /collection, behind the menus


def test_what_must_be_given_can_be_given(studio: Studio) -> None:
    for slash in SLASHES:
        shown = {one.field for one in slash.shown} | set(slash.fixed)
        needed = {o.name for o in options_of(studio.door.tools[slash.tool]) if o.required}
        assert needed <= shown, slash.path


async def test_help_shows_each_person_what_they_may_do(bot: MintmarkClient, people: People) -> None:
    moss = await ask(people.moss, people.studio, "help")
    reed = await ask(people.reed, people.studio, "help")
    assert moss.ephemeral
    assert "/vote" in moss.text
    assert "/approve" not in moss.text
    assert "/approve" in reed.text


async def test_help_tells_how_one_command_is_used(bot: MintmarkClient, people: People) -> None:
    answer = await ask(people.wren, people.studio, "help", command="create")
    assert "species=fox" in answer.text
    strange = await ask(people.moss, people.studio, "help", command="approve")
    assert "There is no command" in strange.text


async def test_a_creator_asks_for_pictures_with_traits_in_words(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    answer = await ask(
        people.wren,
        people.studio,
        "create",
        prompt="a fox at night",
        traits="species=fox, headgear=crown",
        count=2,
        seed="9007199254740995",
    )
    assert not answer.ephemeral, answer.text
    with studio.db.read() as session:
        brief = session.scalars(select(Brief)).one()
        job = session.scalars(select(Job)).one()
    assert brief.traits["species"] == "fox"
    assert brief.traits["headgear"] == "crown"
    assert (brief.count, brief.seed) == (2, "9007199254740995")
    assert (job.guild, job.channel) == (str(people.hall.id), str(people.studio.id))


async def test_traits_that_cannot_be_read_are_explained(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    answer = await ask(people.wren, people.studio, "create", prompt="a fox", traits="crown")
    assert "name=value" in answer.text
    assert answer.messages[0].ephemeral
    with studio.db.read() as session:
        assert session.scalars(select(Brief)).all() == []


async def test_every_command_without_what_it_needs_of_others_answers(
    bot: MintmarkClient, people: People
) -> None:
    for path in OF_THEMSELVES:
        answer = await ask(people.reed, people.studio, path)
        assert answer.text, path
        assert "Something went wrong" not in answer.text, path


async def test_ids_that_exist_are_found_by_every_command_that_takes_one(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    wren = known(studio, people.wren, people, Role.CREATOR)
    reed = known(studio, people.reed, people, Role.OPERATOR)
    candidate = await asyncio.to_thread(add_candidate, studio, wren)
    await ask(people.wren, people.studio, "create", prompt="a fox")
    with studio.db.read() as session:
        job = session.scalars(select(Job.id)).one()
    request = await asyncio.to_thread(add_mint_request, studio, wren, reed, state="pending")
    for person, path, options in (
        (people.moss, "provenance", {"of": candidate}),
        (people.wren, "job", {"job": job}),
        (people.wren, "cancel", {"job": job}),
        (people.moss, "mint-status", {"request": request}),
        (people.reed, "reject", {"request": request, "reason": "the hands look wrong"}),
    ):
        answer = await ask(person, people.studio, path, **options)
        assert "Something went wrong" not in answer.text, path
        assert "There is no" not in answer.text, path


async def test_an_operator_sets_rules_and_limits(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    where, guild = people.studio, str(people.hall.id)
    await ask(people.reed, where, "settings set", name="min_account_days", value="30")
    await ask(people.reed, where, "limits", role="creator", per_day=7)
    await ask(people.reed, where, "pause", what="create", reason="the press is cleaned")
    rules = rules_of(studio, guild)
    assert rules.eligibility.min_account_days == 30
    assert rules.per_day[Role.CREATOR] == 7
    held = await ask(people.wren, where, "create", prompt="a fox")
    assert "the press is cleaned" in held.text
    await ask(people.reed, where, "resume", what="create")
    assert rules_of(studio, guild).paused == {}


async def test_limits_without_a_role_are_shown_and_nothing_is_set(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    answer = await ask(people.moss, people.studio, "limits")
    assert answer.ephemeral
    assert "creator" in answer.text
    refused = await ask(people.moss, people.studio, "limits", role="member", per_day=9)
    assert "operator" in refused.text
    assert rules_of(studio, str(people.hall.id)).per_day[Role.MEMBER] != 9


async def test_a_rule_of_one_channel_is_set_by_naming_the_channel(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    values = {"name": "denied_words", "value": "spider", "channel": people.gallery}
    await ask(people.reed, people.studio, "settings set", **values)
    guild = str(people.hall.id)
    assert "spider" in rules_of(studio, guild, str(people.gallery.id)).denied_words
    assert "spider" not in rules_of(studio, guild).denied_words


async def test_rules_name_channels_and_roles_as_discord_shows_them_and_ping_nobody(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    creator, gallery = people.creator, people.gallery
    creator.mentionable = True
    made = {"name": "creator_roles", "value": str(creator.id)}
    told = await ask(people.reed, people.studio, "settings set", **made)
    assert f"<@&{creator.id}>" in told.text
    shown = {"name": "gallery_channel", "value": str(gallery.id), "channel": gallery}
    told = await ask(people.reed, people.studio, "settings set", **shown)
    assert told.text.count(f"<#{gallery.id}>") == 2  # which rules, and what it says
    rules = await ask(people.moss, people.studio, "rules")
    assert f"<@&{creator.id}>" in rules.text
    assert not any(answer.pinged for answer in rules.messages)


async def test_an_id_that_somebody_typed_is_shown_as_it_was_typed(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    words = {"name": "denied_words", "value": f"<@&{people.creator.id}>"}
    told = await ask(people.reed, people.studio, "settings set", **words)
    assert f"\\<@&{people.creator.id}\\>" in told.text


async def test_the_door_refuses_a_member_whatever_discord_shows_them(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    answer = await ask(people.moss, people.studio, "approve", unchecked=True, request="m_1")
    assert answer.ephemeral
    assert "needs the role operator" in answer.text


async def test_audit_of_a_person_names_them_by_their_account(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    await ask(people.moss, people.studio, "rules")
    answer = await ask(people.reed, people.studio, "audit", person=people.moss)
    assert "rules" in answer.text
    stranger = await ask(people.reed, people.studio, "audit", person=people.fern)
    assert "has done nothing here" in stranger.text


async def test_the_audit_is_paged_to_and_fro_by_buttons_and_stays_as_it_was_chosen(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    moss, reed = people.moss, people.reed
    for tool in ("tokens", "rounds", "rules", "models", "gallery"):
        await studio.door.acall(tool, {}, known(studio, moss, people, Role.MEMBER))
    first = await ask(reed, people.studio, "audit", person=moss, limit=2)
    second = await (await reed.press(first.messages[0], "Older")).done()
    third = await (await reed.press(second.messages[0], "Older")).done()
    back = await (await reed.press(third.messages[0], "Newer")).done()
    assert [told_of(answer) for answer in (first, second, third, back)] == [
        ["gallery", "models"],
        ["rules", "rounds"],
        ["tokens"],
        ["rules", "rounds"],
    ]
    assert third.ephemeral


def told_of(answer: Answer) -> list[str]:
    """The tools that an audit tells of, in its order."""
    return re.findall(r"moss: (\w+)", answer.text)


async def test_a_command_in_direct_messages_acts_in_the_guild_that_is_shared(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    answer = await ask(people.wren, people.wren.dm, "quota")
    assert answer.text
    with studio.db.read() as session:
        call = session.scalars(select(ToolCall).filter_by(tool="quota")).one()
    assert call.guild == str(people.hall.id)


async def test_a_command_of_another_version_is_answered_in_words(
    bot: MintmarkClient, people: People, peer: Peer
) -> None:
    commands = peer.application.commands
    shown = next(one for one in commands.values() if one["name"] == "create")
    older = {**shown, "name": "imagine"}
    commands[max(commands) + 1] = older
    gone = await ask(people.wren, people.studio, "imagine", prompt="a fox")
    assert "another version" in gone.text
    assert gone.ephemeral
    renamed = await ask(people.wren, people.studio, "create", unchecked=True, wish="a fox")
    assert "another version" in renamed.text
    added = {"prompt": "a fox", "steps": 3}
    strange = await ask(people.wren, people.studio, "create", unchecked=True, **added)
    assert "has no option steps" in strange.text
