"""Claims, leases and posts: of several processes one does a thing, and any can carry on with it."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from bot.discord import claims, leases
from bot.discord.posts import Owed, Posts, claim_of
from tools.community.tables import Claim, Lease
from tools.provenance.tables import now
from tools.settings import Settings
from tools.studio import Studio


@pytest.fixture
def one(settings: Settings) -> Iterator[Studio]:
    """A process."""
    with Studio(settings, []) as studio:
        yield studio


@pytest.fixture
def other(one: Studio) -> Iterator[Studio]:
    """Another process on the same data."""
    with Studio(one.settings, []) as studio:
        yield studio


def test_of_many_who_claim_at_once_one_has_it(one: Studio, other: Studio) -> None:
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda n: claims.take((one, other)[n % 2], "x"), range(16)))
    assert got.count(True) == 1


def test_the_claim_of_the_living_is_theirs(one: Studio, other: Studio) -> None:
    assert claims.take_over(one, "x")
    assert claims.take_over(one, "x")
    assert not claims.take_over(other, "x")


def test_the_claim_of_the_dead_is_taken_over_once(one: Studio, other: Studio) -> None:
    with Studio(one.settings, []) as third:
        assert claims.take(third, "x")
    assert claims.take_over(one, "x")
    assert not claims.take_over(other, "x")


def test_old_claims_are_forgotten_but_not_those_of_posts(one: Studio) -> None:
    for key in ("interaction:1", "post:1", "interaction:2"):
        claims.take(one, key)
    with one.db.write() as session:
        session.query(Claim).filter(Claim.key != "interaction:2").update(
            {"claimed_at": now() - timedelta(days=2)}
        )
    assert claims.sweep(one) == 1
    assert claims.take(one, "interaction:1")
    assert not claims.take(one, "post:1")


def test_a_lease_is_held_by_one_and_renewed(one: Studio, other: Studio) -> None:
    assert leases.take(one, "shard")
    assert not leases.take(other, "shard")
    assert leases.take(one, "shard")


def test_a_released_lease_is_free_at_once(one: Studio, other: Studio) -> None:
    leases.take(one, "shard")
    leases.release(other, ["shard"])
    assert not leases.take(other, "shard")
    leases.release(one, ["shard"])
    assert leases.take(other, "shard")


def test_the_lease_of_the_dead_is_free_at_once(one: Studio) -> None:
    with Studio(one.settings, []) as third:
        leases.take(third, "shard")
    assert leases.take(one, "shard")


def test_the_lease_of_one_who_hangs_is_free_when_it_has_expired(one: Studio, other: Studio) -> None:
    leases.take(one, "shard")
    with one.db.write() as session:
        session.get_one(Lease, "shard").until = now() - timedelta(seconds=1)
    assert leases.take(other, "shard")
    assert not leases.take(one, "shard")


def test_one_purpose_has_one_post(one: Studio, other: Studio) -> None:
    owed = Owed("round:rnd_1:1", "rnd_1", "g", "c")
    first, is_new = Posts(one).owe(owed)
    second, is_new_too = Posts(other).owe(owed)
    assert (is_new, is_new_too) == (True, False)
    assert first.id == second.id


def test_a_post_is_owed_until_it_is_done(one: Studio) -> None:
    posts = Posts(one)
    post, _ = posts.owe(Owed("round:rnd_1:1", "rnd_1", "g", "c"))
    claims.take(one, claim_of(post.id))
    assert [p.state for p in posts.unfinished("round:")] == ["wanted"]
    posts.sent(post.id, "c", "123")
    assert [p.state for p in posts.unfinished("round:", ["g"])] == ["sent"]
    assert posts.unfinished("round:", ["elsewhere"]) == []
    found = posts.of_message(123)
    assert found is not None
    assert found.subject_id == "rnd_1"
    posts.done(post.id)
    assert posts.unfinished() == []
    assert claims.take(one, claim_of(post.id))


async def test_a_lease_is_held_while_something_lasts_however_long(
    one: Studio, other: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEWED_EVERY_S", 0.02)
    async with leases.held(one, "setup") as is_ours, asyncio.timeout(10):
        assert is_ours
        until = held_until(one, "setup")
        while held_until(one, "setup") <= until:
            await asyncio.sleep(0.02)
        async with leases.held(other, "setup") as is_theirs:
            assert not is_theirs
    async with leases.held(other, "setup") as is_theirs:
        assert is_theirs


def held_until(studio: Studio, name: str) -> datetime:
    """When a lease runs out."""
    with studio.db.read() as session:
        return session.get_one(Lease, name).until
