"""How much a person may ask for depends on their role and their guild, and is never forgotten."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import sign_in_to
from tests.rows import add_job
from tests.tools.generation.conftest import TOOLS, Painting
from tests.tools.generation.studio_work import ask, count
from tools.community.pausing import pause, resume
from tools.community.setting import set_limit, set_rule
from tools.definition import AnyTool
from tools.errors import InvalidInput, MintmarkError, Refused
from tools.generation.jobs import finish
from tools.generation.quotas import QuotaOut
from tools.generation.tables import Brief
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio

RULED: tuple[AnyTool, ...] = (*TOOLS, set_limit, set_rule, pause, resume)


@pytest.fixture
def hall(settings: Settings, painting: Painting) -> Settings:
    """Settings for a guild with rules of its own, on either database."""
    return painting(settings)


def quota(studio: Studio, actor: Actor) -> QuotaOut:
    out = studio.door.call("quota", {}, actor)
    assert isinstance(out, QuotaOut)
    return out


def test_one_sees_what_is_left(hall: Settings) -> None:
    with Studio(hall, RULED) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        ask(studio, ada, count=3)
        told = quota(studio, ada)
        assert (told.used_today, told.left, told.per_day) == (3, 197, 200)
        assert (told.running, told.parallel) == (1, 4)
        assert (told.resets_at.hour, told.resets_at.minute) == (0, 0)


def test_a_guild_sets_limits_by_role(hall: Settings) -> None:
    with Studio(hall, RULED) as studio:
        olga = sign_in_to(studio, "olga", Role.OPERATOR)
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        studio.door.call("set_limit", {"role": "creator", "per_day": 5, "parallel": 2}, olga)
        assert (quota(studio, ada).per_day, quota(studio, ada).parallel) == (5, 2)
        assert quota(studio, olga).per_day == 200
        ask(studio, ada, count=4)
        with pytest.raises(InvalidInput, match="have asked for 4; ask for at most 1"):
            ask(studio, ada, count=2)


def test_what_is_asked_for_elsewhere_does_not_count_here(hall: Settings) -> None:
    with Studio(hall, RULED) as studio:
        here = sign_in_to(studio, "ada", Role.CREATOR)
        there = sign_in_to(studio, "ada", Role.CREATOR, guild="barn")
        ask(studio, there, count=3)
        assert quota(studio, here).used_today == 0
        assert quota(studio, there).used_today == 3


def test_unfinished_jobs_are_limited_and_a_finished_one_makes_room(hall: Settings) -> None:
    with Studio(hall, RULED) as studio:
        ada, bob = (sign_in_to(studio, name, Role.CREATOR) for name in ("ada", "bob"))
        jobs = [ask(studio, ada, count=1) for _ in range(4)]
        with pytest.raises(Refused, match="You have 4 unfinished jobs, and may have 4 at once"):
            ask(studio, ada, count=1)
        ask(studio, bob, count=1)
        finish(studio, jobs[0].job_id)
        ask(studio, ada, count=1)
        studio.door.call("cancel_job", {"job_id": jobs[1].job_id}, ada)
        ask(studio, ada, count=1)


def test_asking_many_times_at_once_gets_no_more_jobs(hall: Settings) -> None:
    with Studio(hall, RULED) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)

        def try_one(_: int) -> bool:
            try:
                ask(studio, ada, count=1)
            except MintmarkError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(try_one, range(8))) == 4
        assert count(studio, Brief) == 4


def test_what_was_asked_for_is_known_after_a_restart(hall: Settings) -> None:
    with Studio(hall, RULED) as studio:
        ask(studio, sign_in_to(studio, "ada", Role.CREATOR), count=3)
    with Studio(hall, RULED) as again:
        assert quota(again, sign_in_to(again, "ada", Role.CREATOR)).used_today == 3


def test_while_making_is_paused_nothing_is_taken_on_and_the_reason_is_told(
    sqlite_settings: Settings, painting: Painting
) -> None:
    with Studio(painting(sqlite_settings), RULED) as studio:
        olga = sign_in_to(studio, "olga", Role.OPERATOR)
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        elsewhere = sign_in_to(studio, "ada", Role.CREATOR, guild="barn")
        studio.door.call("pause", {"what": "create", "reason": "The machine is moved."}, olga)
        with pytest.raises(Refused, match=r"paused here: The machine is moved\."):
            ask(studio, ada)
        ask(studio, elsewhere, count=1)
        studio.door.call("resume", {"what": "create"}, olga)
        ask(studio, ada, count=1)


def test_a_guild_limits_the_pictures_of_one_brief(
    sqlite_settings: Settings, painting: Painting
) -> None:
    with Studio(painting(sqlite_settings), RULED) as studio:
        olga = sign_in_to(studio, "olga", Role.OPERATOR)
        studio.door.call("set_rule", {"name": "pictures_per_brief", "value": "2"}, olga)
        with pytest.raises(InvalidInput, match="ask for a number from 1 to 2"):
            ask(studio, olga, count=3)


def test_jobs_of_others_do_not_count(studio: Studio, ada: Actor) -> None:
    add_job(studio, sign_in_to(studio, "bob", Role.CREATOR))
    assert quota(studio, ada).running == 0
