"""A wish for pictures is checked as a whole, planned to the last seed, and written down once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import sign_in_to
from tests.tools.generation.conftest import TOOLS, Painting
from tests.tools.generation.studio_work import ask, count, status
from tools.errors import InvalidInput, MintmarkError, NotFound, Refused
from tools.generation.planning import SEEDS
from tools.generation.tables import Brief, Job
from tools.people import Actor, Role
from tools.provenance.tables import Plaintext, Record, ToolCall
from tools.settings import Settings
from tools.studio import Studio


def refusal(studio: Studio, actor: Actor, **wish: Any) -> str:
    with pytest.raises(MintmarkError) as caught:
        ask(studio, actor, **wish)
    assert count(studio, Brief) == count(studio, Job) == 0
    return str(caught.value)


def planned_traits(studio: Studio, brief_id: str) -> list[dict[str, str]]:
    with studio.db.read() as session:
        return [p["traits"] for p in session.get_one(Brief, brief_id).settings["pictures"]]


def test_seeds_count_up_from_the_one_given(studio: Studio, ada: Actor) -> None:
    assert ask(studio, ada, seed=41, count=3).seeds == ["41", "42", "43"]


def test_seeds_begin_again_at_nought_behind_the_last(studio: Studio, ada: Actor) -> None:
    assert ask(studio, ada, seed=SEEDS - 1, count=2).seeds == [str(SEEDS - 1), "0"]


def test_without_a_seed_every_brief_gets_its_own(studio: Studio, ada: Actor) -> None:
    assert len({ask(studio, ada, count=1).seeds[0] for _ in range(4)}) == 4


def test_the_same_seed_and_words_plan_the_same_traits(studio: Studio, ada: Actor) -> None:
    first, second = (ask(studio, ada, seed=1, count=8) for _ in range(2))
    assert planned_traits(studio, first.brief_id) == planned_traits(studio, second.brief_id)


def test_a_pictures_open_traits_follow_from_its_own_seed(studio: Studio, ada: Actor) -> None:
    whole = planned_traits(studio, ask(studio, ada, seed=10, count=8).brief_id)
    alone = planned_traits(studio, ask(studio, ada, seed=15, count=1).brief_id)
    assert alone == [whole[5]]


def test_traits_are_read_from_the_words(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="a stormy sea", count=2)
    assert job.traits == {"mood": "wild"}
    assert planned_traits(studio, job.brief_id) == [{"mood": "wild"}] * 2


def test_explicit_traits_win_and_the_difference_is_said(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="a stormy sea", traits={"mood": "calm"})
    assert job.traits == {"mood": "calm"}
    assert job.notes == ["Your words say mood wild, your traits say calm; I took calm."]


def test_several_values_are_said_and_the_first_is_taken(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="a calm or a stormy sea")
    assert job.notes == ["You named several values for mood (calm, wild); I took calm."]


def test_what_the_sanitiser_took_out_is_said(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="a (calm:1.4) sea")
    assert job.notes[0].endswith("it now reads: a calm sea")


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"prompt": "   "}, "The prompt is empty"),
        ({"prompt": "x" * 5000}, "5000 characters; at most 1000"),
        ({"prompt": "a nude fox"}, "not allowed here"),
        ({"negative_prompt": "{{x}}"}, "The negative prompt contains {{…}}"),
        ({"count": 0}, "ask for a number from 1 to 8"),
        ({"count": 500}, "You asked for 500 pictures"),
        ({"count": -1}, "ask for a number from 1 to 8"),
        ({"seed": -1}, "The seed -1 is out of range"),
        ({"seed": 2**63}, "out of range"),
        ({"model": "dali"}, "no model named 'dali'. There are: house, tiny"),
        ({"model": "../../etc"}, "no model named"),
        ({"collection": "../x"}, "There are: mintlings, sketches"),
        ({"traits": {"mood": "odd"}}, "its values are calm, wild"),
        ({"traits": {"hat": "odd"}}, "the categories are mood"),
    ],
)
def test_bad_wishes_get_a_sentence_and_leave_nothing(
    studio: Studio, ada: Actor, wish: dict[str, Any], expected: str
) -> None:
    assert expected in refusal(studio, ada, **wish)


def test_a_pinned_collection_refuses_another_model(studio: Studio, ada: Actor) -> None:
    message = refusal(studio, ada, collection="mintlings", model="tiny")
    assert "is made with the model house" in message


def test_a_member_cannot_ask_for_pictures(studio: Studio) -> None:
    with pytest.raises(Refused, match="needs the role creator"):
        ask(studio, sign_in_to(studio, "mo"))


def test_a_job_is_handed_out_only_once_it_is_written_down(studio: Studio, ada: Actor) -> None:
    seen: list[tuple[str, str]] = []

    class Watching:
        def start(self, workflow: str, key: str) -> None:
            seen.append((workflow, status(studio, ada, key).state))

    studio.dispatcher = Watching()
    ask(studio, ada)
    assert seen == [("generate", "queued")]


def test_jobs_know_their_place_in_the_queue(studio: Studio, ada: Actor) -> None:
    assert [ask(studio, ada, count=1).position for _ in range(3)] == [1, 2, 3]


def test_the_log_holds_no_word_of_the_prompt(studio: Studio, ada: Actor) -> None:
    ask(studio, ada, prompt="a (zyzzyva:1.2) by the sea", negative_prompt="quagga")
    with studio.db.read() as session:
        bodies = [*session.scalars(select(Record.body))]
        rows = [
            *session.scalars(select(ToolCall.arguments)),
            *session.scalars(select(Brief.settings)),
        ]
        kept = " ".join(session.scalars(select(Plaintext.text)))
    logged = " ".join([*bodies, *map(str, rows)])
    assert "zyzzyva" in kept
    assert "quagga" in kept
    assert "zyzzyva" not in logged
    assert "quagga" not in logged


@pytest.fixture
def frugal(settings: Settings, painting: Painting) -> Settings:
    """Three pictures a person and day, on either database."""
    limits = settings.limits.model_copy(update={"pictures_per_person_per_day": 3})
    return painting(settings).model_copy(update={"limits": limits})


def test_the_days_pictures_are_counted_for_each_person(frugal: Settings) -> None:
    with Studio(frugal, TOOLS) as studio:
        ada, bob = (sign_in_to(studio, name, Role.CREATOR) for name in ("ada", "bob"))
        ask(studio, ada, count=2)
        with pytest.raises(InvalidInput, match="have asked for 2; ask for at most 1"):
            ask(studio, ada, count=2)
        ask(studio, ada, count=1)
        with pytest.raises(InvalidInput, match="come back after midnight"):
            ask(studio, ada, count=1)
        ask(studio, bob, count=3)


def test_asking_many_times_at_once_gets_no_more(frugal: Settings) -> None:
    with Studio(frugal, TOOLS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)

        def try_one(_: int) -> bool:
            try:
                ask(studio, ada, count=1)
            except InvalidInput:
                return False
            return True

        with ThreadPoolExecutor(10) as pool:
            assert sum(pool.map(try_one, range(10))) == 3
        assert count(studio, Brief) == 3


def test_an_unknown_collection_is_not_found(studio: Studio, ada: Actor) -> None:
    with pytest.raises(NotFound):
        ask(studio, ada, collection="nowhere")
