"""What Discord offers while somebody types into an option."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from bot.discord.client import MintmarkClient
from bot.discord.commands import completing
from bot.discord.commands.slash import TIDY
from tests.bot.discord.conftest import People
from tests.bot.discord.test_commands import known
from tests.peers.discord import Permission, Person
from tests.rows import add_candidate, add_job, add_mint_request
from tools.errors import ServiceUnavailable
from tools.generation.tables import Removal
from tools.people import Role
from tools.studio import Studio


async def offered(
    person: Person, people: People, path: str, option: str, typed: str = "", **given: str
) -> list[str]:
    """The values that are offered."""
    found = await person.autocomplete(people.studio, path, focused=(option, typed), **given)
    assert all(0 < len(one["name"]) <= TIDY and 0 < len(one["value"]) <= TIDY for one in found)
    assert len(found) <= 25
    return [one["value"] for one in found]


async def test_traits_are_completed_category_by_category(
    bot: MintmarkClient, people: People
) -> None:
    assert "species=" in await offered(people.wren, people, "create", "traits")
    assert await offered(people.wren, people, "create", "traits", "spe") == ["species="]
    assert await offered(people.wren, people, "create", "traits", "species=fo") == ["species=fox"]
    both = "species=fox, headgear=cr"
    assert await offered(people.wren, people, "create", "traits", both) == [
        "species=fox, headgear=crown"
    ]
    again = await offered(people.wren, people, "create", "traits", "species=fox, ")
    assert "species=fox, headgear=" in again
    assert "species=fox, species=" not in again


async def test_names_come_from_the_files_and_settings(bot: MintmarkClient, people: People) -> None:
    assert await offered(people.wren, people, "create", "collection") == ["mintlings"]
    assert await offered(people.wren, people, "create", "model", "h") == ["house"]
    assert "royal" in await offered(people.wren, people, "create", "style")
    assert await offered(people.wren, people, "propose", "chains", "copper, s") == [
        "copper, silver"
    ]


async def test_the_values_of_a_rule_are_those_it_can_have(
    bot: MintmarkClient, people: People
) -> None:
    for name, value in (("hidden_counts", "yes"), ("approvals_needed", "2"), ("locale", "de")):
        assert value in await offered(people.reed, people, "settings set", "value", name=name)
    assert await offered(people.reed, people, "settings set", "value") == []


async def test_pictures_are_offered_the_newest_first_and_removed_ones_not(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    wren = known(studio, people.wren, people, Role.CREATOR)
    older, gone, newer = (add_candidate(studio, wren) for _ in range(3))
    with studio.db.write() as session:
        session.add(_removed(session, gone, wren.person_id))
    assert await offered(people.moss, people, "show", "picture") == [newer, older]
    assert await offered(people.moss, people, "show", "picture", older[:9]) == [older]
    assert await offered(people.moss, people, "show", "picture", "wren") == [newer, older]
    several = f"{older}, "
    assert await offered(people.reed, people, "round open", "pictures", several) == [
        f"{older}, {newer}"
    ]


def _removed(session: Session, candidate: str, person: str) -> Removal:
    from tools.generation.tables import Candidate

    call = session.get_one(Candidate, candidate).tool_call_id
    return Removal(candidate_id=candidate, tool_call_id=call, person_id=person)


async def test_only_what_one_may_do_is_completed(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    wren = known(studio, people.wren, people, Role.CREATOR)
    reed = known(studio, people.reed, people, Role.OPERATOR)
    request = add_mint_request(studio, wren, reed, state="pending")
    assert await offered(people.reed, people, "approve", "request") == [request]
    shown_to = people.hall.role("moderator", int(Permission.MANAGE_MESSAGES))
    moderator = people.hall.join("heath", roles=[shown_to])
    assert await offered(moderator, people, "approve", "request") == []


async def test_jobs_to_cancel_are_ones_own_and_for_operators_all(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    wren = known(studio, people.wren, people, Role.CREATOR)
    sol = known(studio, people.sol, people, Role.CREATOR)
    mine, theirs = add_job(studio, wren), add_job(studio, sol)
    add_job(studio, wren, state="done")
    assert await offered(people.wren, people, "cancel", "job") == [mine]
    assert set(await offered(people.reed, people, "cancel", "job")) == {mine, theirs}


async def test_what_is_typed_may_be_anything(bot: MintmarkClient, people: People) -> None:
    for typed in ("%", "_", "'; drop table person; --", "\u202e\x00", "x" * 6000, "=,=,=", "c_%"):
        for path, option in (
            ("create", "traits"),
            ("show", "picture"),
            ("round open", "pictures"),
            ("help", "command"),
        ):
            assert await offered(people.reed, people, path, option, typed) == [], (path, typed)
    wrong = await offered(people.wren, people, "create", "traits", "s", collection="../etc")
    assert wrong == []


@contextmanager
def broken(studio: Studio, read: Callable[[], None]) -> Iterator[None]:
    """A database in which reading does this."""
    usual = studio.db.read

    @contextmanager
    def reading() -> Iterator[Session]:
        read()
        with usual() as session:
            yield session

    studio.db.read = reading  # type: ignore[method-assign]  # it is what goes wrong in this test
    try:
        yield
    finally:
        studio.db.read = usual  # type: ignore[method-assign]  # as above


@pytest.mark.parametrize("fault", ["slow", "gone"])
async def test_a_database_in_trouble_costs_the_suggestions_and_nothing_else(
    bot: MintmarkClient,
    people: People,
    studio: Studio,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(completing, "PATIENCE_S", 0.2)

    def read() -> None:
        if fault == "gone":
            raise ServiceUnavailable("The database does not answer.")
        time.sleep(0.15)

    await offered(people.wren, people, "show", "picture")
    with broken(studio, read):
        began = asyncio.get_running_loop().time()
        assert await offered(people.wren, people, "show", "picture") == []
        assert asyncio.get_running_loop().time() - began < 2.0
