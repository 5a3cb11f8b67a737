"""/setup, in a server that has nothing yet and in one that has some of it."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.discord import leases
from bot.discord.client import MintmarkClient
from bot.discord.setup import lease_of
from tests.bot.discord.conftest import People, Running
from tests.bot.discord.test_commands import ask
from tests.peers.discord import Hall, Message, Peer, Permission, Person
from tools.catalogue import open_studio
from tools.community.rules import rules_of
from tools.people import Role
from tools.studio import Studio

BUTTON = "Create what is missing"


@pytest.fixture
def empty(peer: Peer, people: People) -> Hall:
    """A server in which nothing is set up."""
    return peer.add_guild("empty")


async def press(person: Person, message: Message, button: str) -> str:
    """Press a button and wait for what is said."""
    answer = await (await person.press(message, button)).done()
    await answer.peer.until(lambda: bool(answer.text))
    return answer.text


def names(things: Sequence[object]) -> list[str]:
    return sorted(getattr(thing, "name") for thing in things)  # noqa: B009  # any named thing


async def test_nothing_is_created_before_the_button_is_pressed(
    empty: Hall, bot: MintmarkClient
) -> None:
    general = empty.text_channel("general")
    answer = await ask(empty.owner, general, "setup")
    assert answer.ephemeral
    assert "missing" in answer.text
    assert names(empty.channels) == ["general"]


async def test_the_button_creates_roles_and_channels_and_sets_the_rules(
    empty: Hall, bot: MintmarkClient, studio: Studio
) -> None:
    general = empty.text_channel("general")
    answer = await ask(empty.owner, general, "setup")
    told = await press(empty.owner, answer.messages[0], BUTTON)
    assert names(empty.channels) == ["gallery", "general", "results", "review", "studio"]
    rules = rules_of(studio, str(empty.id))
    assert rules.review_channel == str(empty.channel_named("review").id)
    assert rules.gallery_channel == str(empty.channel_named("gallery").id)
    assert rules.results_channel == str(empty.channel_named("results").id)
    assert rules.roles[Role.CREATOR] == (str(empty.role_named("Creator").id),)
    assert rules.roles[Role.OPERATOR] == (str(empty.role_named("Operator").id),)
    assert "Everything is set up" in told


async def test_whoever_sets_up_keeps_the_role_operator(
    empty: Hall, bot: MintmarkClient, studio: Studio
) -> None:
    general = empty.text_channel("general")
    answer = await ask(empty.owner, general, "setup")
    await press(empty.owner, answer.messages[0], BUTTON)
    assert empty.role_named("Operator").id in empty.owner.member_of(empty.guild).roles
    again = await ask(empty.owner, general, "settings set", name="approvals_needed", value="2")
    assert "needs the role" not in again.text
    assert rules_of(studio, str(empty.id)).approvals_needed == 2


async def test_the_review_channel_is_seen_by_operators_only(
    empty: Hall, bot: MintmarkClient
) -> None:
    ada, general = empty.join("ada"), empty.text_channel("general")
    answer = await ask(empty.owner, general, "setup")
    await press(empty.owner, answer.messages[0], BUTTON)
    review = empty.channel_named("review")
    assert not ada.may(review, Permission.VIEW_CHANNEL)
    bob = empty.join("bob", roles=[empty.role_named("Operator")])
    assert bob.may(review, Permission.VIEW_CHANNEL)


async def test_pressing_twice_creates_nothing_twice(empty: Hall, bot: MintmarkClient) -> None:
    general = empty.text_channel("general")
    answer = await ask(empty.owner, general, "setup")
    await press(empty.owner, answer.messages[0], BUTTON)
    await press(empty.owner, answer.messages[0], BUTTON)
    assert names(empty.channels) == ["gallery", "general", "results", "review", "studio"]
    assert names(list(empty.guild.roles.values())).count("Creator") == 1
    later = await ask(empty.owner, general, "setup")
    assert "Everything is set up" in later.text


async def test_while_another_process_sets_up_it_is_said_and_if_that_dies_one_can_go_on(
    empty: Hall, bot: MintmarkClient, studio: Studio
) -> None:
    general = empty.text_channel("general")
    answer = await ask(empty.owner, general, "setup")
    with open_studio(studio.settings) as another:
        assert leases.take(another, lease_of(str(empty.id)))
        told = await press(empty.owner, answer.messages[0], BUTTON)
        assert "being set up already" in told
        assert names(empty.channels) == ["general"]
    told = await press(empty.owner, answer.messages[0], BUTTON)  # the other has not let it go
    assert "Everything is set up" in told
    assert names(list(empty.guild.roles.values())).count("Creator") == 1


async def test_of_two_who_set_up_at_once_one_does(
    peer: Peer, empty: Hall, bot: MintmarkClient, running: Running, studio: Studio
) -> None:
    general, ada = empty.text_channel("general"), empty.join("ada")
    empty.give(ada, empty.role("boss", int(Permission.MANAGE_GUILD)))
    peer.faults.slow("POST /guilds/*/roles", 0.2, times=4)
    with open_studio(studio.settings) as another:
        async with running(another):
            answer = await ask(empty.owner, general, "setup")
            again = await ask(ada, general, "setup")
            told = await asyncio.gather(
                press(empty.owner, answer.messages[0], BUTTON),
                press(ada, again.messages[0], BUTTON),
            )
    assert any("Everything is set up" in one for one in told)
    assert names(list(empty.guild.roles.values())).count("Creator") == 1
    assert names(empty.channels) == ["gallery", "general", "results", "review", "studio"]


async def test_what_is_there_is_kept_and_what_is_chosen_is_taken(
    empty: Hall, bot: MintmarkClient, studio: Studio
) -> None:
    makers = empty.role("makers")
    general, art = empty.text_channel("general"), empty.text_channel("art")
    empty.text_channel("review")
    answer = await ask(empty.owner, general, "setup", creator_role=makers, gallery=art)
    await press(empty.owner, answer.messages[0], BUTTON)
    rules = rules_of(studio, str(empty.id))
    assert rules.roles[Role.CREATOR] == (str(makers.id),)
    assert rules.gallery_channel == str(art.id)
    assert names(empty.channels) == ["art", "general", "results", "review", "studio"]


async def test_what_somebody_deleted_is_created_again(
    peer: Peer, empty: Hall, bot: MintmarkClient, studio: Studio
) -> None:
    general = empty.text_channel("general")
    answer = await ask(empty.owner, general, "setup")
    await press(empty.owner, answer.messages[0], BUTTON)
    before = empty.channel_named("review").id
    peer.world.delete_channel(empty.channel_named("review"))
    again = await ask(empty.owner, general, "setup")
    assert "missing" in again.text
    await press(empty.owner, again.messages[0], BUTTON)
    review = rules_of(studio, str(empty.id)).review_channel
    assert review == str(empty.channel_named("review").id)
    assert review != str(before)


async def test_a_review_channel_that_everybody_sees_is_pointed_out(
    empty: Hall, bot: MintmarkClient
) -> None:
    general, review = empty.text_channel("general"), empty.text_channel("approvals")
    answer = await ask(empty.owner, general, "setup", review=review)
    assert "everybody sees it" in answer.text


async def test_what_the_bot_may_not_do_is_said_and_the_rest_is_done(
    peer: Peer, people: People, bot: MintmarkClient, studio: Studio
) -> None:
    may = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.MANAGE_CHANNELS
    poor = peer.add_guild("poor", permissions=int(may | Permission.ATTACH_FILES))
    general = poor.text_channel("general")
    answer = await ask(poor.owner, general, "setup")
    assert "Manage Roles" in answer.text
    told = await press(poor.owner, answer.messages[0], BUTTON)
    assert "I could not create @Creator" in told
    assert "Manage Messages" in told
    rules = rules_of(studio, str(poor.id))
    assert rules.review_channel == str(poor.channel_named("review").id)
    assert rules.roles[Role.CREATOR] == ()


async def test_members_set_nothing_up(people: People, bot: MintmarkClient) -> None:
    answer = await ask(people.moss, people.studio, "setup", unchecked=True)
    assert "needs the role operator" in answer.text
    assert "Create what is missing" not in str(answer.messages[0].components)


async def test_everyone_cannot_be_the_operators(
    empty: Hall, bot: MintmarkClient, studio: Studio
) -> None:
    general = empty.text_channel("general")
    answer = await ask(empty.owner, general, "setup", operator_role=empty.everyone)
    assert "everybody" in answer.text
    assert rules_of(studio, str(empty.id)).roles[Role.OPERATOR] == ()
