"""Pictures as messages: numbered, described, and with everything the person may do next."""

import pytest

from bot.discord.cards import deal
from bot.following import job as following
from bot.frontend import Button, Message, Progress
from bot.presenters import present
from bot.presenters.jobs import duration
from bot.scene import scene_of
from bot.texts import Words
from tests.conftest import sign_in_to
from tests.rows import add_job
from tests.tools.generation.studio_work import drawn, hang
from tools.generation.candidates import CandidateOut
from tools.generation.gallery import CandidateDetail
from tools.generation.jobs import JobStatus
from tools.generation.lineage import AncestorOut
from tools.people import Actor, Role
from tools.studio import Studio
from tools.training.traits import CATEGORIES

TRAITS = {category: values[0] for category, values in CATEGORIES.items()}
PHRASES = "amber fox, round eyes, gentle smile, bare head, orange hoodie, empty hands, deep forest"


@pytest.fixture
def wren(studio: Studio) -> Actor:
    """A creator."""
    return sign_in_to(studio, "wren", Role.CREATOR)


def picture(studio: Studio, creator: Actor) -> CandidateOut:
    """A picture with a trait of every category."""
    made = hang(studio, creator, drawn(1))
    shown = studio.door.call("gallery", {"limit": 1}, creator).model_dump()["candidates"][0]
    return CandidateOut(**{**shown, "candidate_id": made.id, "traits": TRAITS})


def done(studio: Studio, creator: Actor, count: int) -> JobStatus:
    """A job of so many pictures that is done."""
    one = picture(studio, creator)
    return JobStatus(
        job_id="j_done",
        brief_id=one.brief_id,
        state="done",
        stage="done",
        progress=1000,
        position=0,
        eta_s=None,
        creator_id=creator.person_id,
        parent_id=None,
        error=None,
        candidates=[
            one.model_copy(update={"candidate_id": f"c_{place}", "ordinal": place})
            for place in range(count)
        ],
    )


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


def button(message: Message, label: str) -> Button:
    return next(found for found in message.buttons if found.label == label)


def test_a_few_pictures_stand_in_a_row_for_each_action(studio: Studio, wren: Actor) -> None:
    output = done(studio, wren, 4)
    message = present(output, scene_of(studio, wren))
    assert message.title == "4 pictures by wren"
    expected = [f"{what} {number}" for what in ("Vary", "Remix", "More") for number in range(1, 5)]
    assert labels(message) == expected
    assert [button.mark for button in message.buttons] == ["1", "2", "3", "4"] * 3
    assert message.pictures[1].caption.startswith(f"2: seed {output.candidates[1].seed}\nc_1")


def test_a_row_of_numbers_says_once_what_they_do(studio: Studio, wren: Actor) -> None:
    [card] = deal(present(done(studio, wren, 2), scene_of(studio, wren)), Words())
    [container] = card.view.to_components()
    shown = [
        part["content"] if part["type"] == 10 else [one["label"] for one in part["components"]]
        for part in container["components"][-7:-1]
    ]
    assert shown == [
        "-# Vary: more pictures like it",
        ["1", "2"],
        "-# Remix: the picture with other words",
        ["1", "2"],
        "-# More: details, larger, put to the vote",
        ["1", "2"],
    ]


def test_only_of_pictures_that_are_left_out_it_is_told_why(studio: Studio, wren: Actor) -> None:
    output = done(studio, wren, 3)
    good, copy, unclear = output.candidates
    given = [
        good.model_copy(
            update={"verdict": "shortlisted", "reasons": ["picture quality 1000"], "score": 1000}
        ),
        copy.model_copy(
            update={
                "verdict": "rejected",
                "reasons": ["near duplicate of c_0 (3 of 256 bits differ)"],
            }
        ),
        unclear.model_copy(
            update={
                "verdict": "rejected",
                "reasons": ["picture quality 90, at least 300 is asked"],
            }
        ),
    ]
    message = present(output.model_copy(update={"candidates": given}), scene_of(studio, wren))
    assert message.text.splitlines()[1:] == [
        "1 of 3 are on the shortlist.",
        "Not 2: it is nearly the same as c_0.",
        "Not 3: it is not clear enough.",
    ]
    assert message.pictures[0].caption.endswith("c_0 · 1.00")
    assert message.pictures[1].caption.endswith("rejected")


def test_of_many_pictures_each_can_be_shown(studio: Studio, wren: Actor) -> None:
    message = present(done(studio, wren, 8), scene_of(studio, wren))
    assert labels(message) == [f"More {number}" for number in range(1, 9)]


@pytest.mark.parametrize("count", [1, 2, 4, 5, 8, 30])
def test_what_is_offered_stays_within_what_a_message_can_hold(
    studio: Studio, wren: Actor, count: int
) -> None:
    olga = sign_in_to(studio, "olga", Role.OPERATOR)
    message = present(done(studio, wren, count), scene_of(studio, olga))
    assert len(message.buttons) <= 25
    assert all(len(label) <= 80 for label in labels(message))
    for card in deal(message, Words()):
        assert card.view.total_children_count <= 40


def test_members_may_look_and_creators_may_go_on_from_anybodys_picture(
    studio: Studio, wren: Actor
) -> None:
    moss = sign_in_to(studio, "moss")
    sol = sign_in_to(studio, "sol", Role.CREATOR)
    output = done(studio, wren, 2)
    assert labels(present(output, scene_of(studio, moss))) == ["More 1", "More 2"]
    assert "Remix 1" in labels(present(output, scene_of(studio, sol)))


def test_a_picture_offers_everything_and_deleting_only_to_whom_it_belongs(
    studio: Studio, wren: Actor
) -> None:
    shown = done(studio, wren, 1)
    own = present(shown, scene_of(studio, wren))
    wanted = ["Vary", "Remix", "Same seed", "Draw it again", "Upscale", "Put to the vote"]
    assert labels(own)[:6] == wanted
    assert labels(own)[-1] == "Delete"
    assert button(own, "Delete").kind == "danger"
    sol = sign_in_to(studio, "sol", Role.CREATOR)
    assert "Delete" not in labels(present(shown, scene_of(studio, sol)))
    olga = sign_in_to(studio, "olga", Role.OPERATOR)
    assert "Delete" in labels(present(shown, scene_of(studio, olga)))


def test_a_remix_begins_with_what_the_picture_shows_and_asks_for_words(
    studio: Studio, wren: Actor
) -> None:
    remix = button(present(done(studio, wren, 2), scene_of(studio, wren)), "Remix 1")
    assert (remix.action, remix.asks, remix.prefill) == ("remix", "prompt", PHRASES)


def test_alternative_text_tells_what_the_picture_shows(studio: Studio, wren: Actor) -> None:
    first, _ = present(done(studio, wren, 2), scene_of(studio, wren)).pictures
    assert first.alt == f"Picture 1: {PHRASES}; by wren"


def test_a_picture_of_a_collection_that_is_gone_is_described_by_its_traits(
    studio: Studio, wren: Actor
) -> None:
    output = done(studio, wren, 1)
    lost = output.candidates[0].model_copy(update={"collection": "gone", "traits": {"hat": "red"}})
    message = present(output.model_copy(update={"candidates": [lost]}), scene_of(studio, wren))
    assert message.pictures[0].alt == "red; by wren"


def test_a_picture_tells_from_which_it_descends(studio: Studio, wren: Actor) -> None:
    ancestors = [
        AncestorOut(
            candidate_id=id, how=how, creator_id="p_sol", creator="sol", is_removed=is_removed
        )
        for id, how, is_removed in (("c_near", "remix", False), ("c_far", "vary", True))
    ]
    output = CandidateDetail(
        candidate=picture(studio, wren),
        scores=[],
        model="house",
        model_digest="sha256:0",
        scheduler="DDIMScheduler",
        steps=12,
        guidance="3",
        image_sha256="sha256:0",
        pixel_sha256="sha256:0",
        tool_call_id="call_1",
        how="remix",
        style="royal",
        lineage=ancestors,
        descendants=0,
        renditions=[],
    )
    facts = dict(present(output, scene_of(studio, wren)).facts)
    assert facts["descends from"] == "c_near by sol (remix) ← c_far by sol (removed)"
    assert facts["style"] == "royal"
    assert "descendants" not in facts


def test_what_is_not_a_picture_of_ours_is_said_kindly(studio: Studio, wren: Actor) -> None:
    scene = scene_of(studio, wren)
    unknown = studio.door.call("identify", {"perceptual_hash": "0" * 64}, wren)
    assert "I do not know this picture" in present(unknown, scene).text
    ours = hang(studio, wren, drawn(1))
    known = studio.door.call("identify", {"pixel_sha256": ours.pixel_sha256}, wren)
    message = present(known, scene)
    assert message.text == f"This is {ours.id} by wren: the same pixels in another file."
    assert labels(message) == ["Provenance", ours.id]


def test_an_enlarged_picture_and_a_removed_one_are_told(studio: Studio, wren: Actor) -> None:
    scene = scene_of(studio, wren)
    ours = hang(studio, wren, drawn(1))
    larger = present(studio.door.call("upscale", {"candidate_id": ours.id}, wren), scene)
    assert larger.text == "1024 × 1024 pixels, enlarged by nearest neighbour."
    gone = present(studio.door.call("remove_candidate", {"candidate_id": ours.id}, wren), scene)
    assert gone.text.startswith(f"{ours.id} is removed")


def test_a_job_says_where_it_stands_and_what_was_understood(studio: Studio, wren: Actor) -> None:
    wish = {"prompt": "a violet fox", "count": 2, "style": "royal"}
    studio.door.call("create", wish, wren)
    message = present(studio.door.call("create", wish, wren), scene_of(studio, wren))
    assert message.title == "Making 2 pictures for mintlings"
    assert "number 2 in the queue. In the style royal. Asked for: species fox" in message.text
    assert [b.kind for b in message.buttons] == ["danger"]


def test_the_queue_lets_one_cancel_ones_own_jobs(studio: Studio, wren: Actor) -> None:
    sol = sign_in_to(studio, "sol", Role.CREATOR)
    mine, theirs = add_job(studio, wren), add_job(studio, sol)
    message = present(studio.door.call("queue", {}, wren), scene_of(studio, wren))
    assert message.text == f"1. {mine}: 1 picture for you\n2. {theirs}: 1 picture for sol"
    assert labels(message) == [f"Cancel {mine}"]


def test_an_empty_queue_and_a_quota_are_told(studio: Studio, wren: Actor) -> None:
    scene = scene_of(studio, wren)
    assert present(studio.door.call("queue", {}, wren), scene).text.startswith("Nobody waits")
    message = present(studio.door.call("quota", {}, wren), scene)
    assert message.text == "You may ask for 200 more pictures today."
    assert dict(message.facts)["at once"] == "0 of 4 jobs"


def test_progress_keeps_the_button_that_calls_the_job_off() -> None:
    work = following("j_1", "Three pictures")
    message = work.message(Words(), Progress("drawing", 500))
    assert message.title == "Three pictures"
    assert [(b.label, b.action) for b in message.buttons] == [("Cancel", "cancel_job")]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "1 second"), (90, "90 seconds"), (150, "2 minutes")]
)
def test_times_are_told_roughly(studio: Studio, seconds: int, words: str) -> None:
    assert duration(seconds, scene_of(studio, sign_in_to(studio, "moss"))) == words


def test_a_collection_shows_its_styles(studio: Studio, wren: Actor) -> None:
    message = present(studio.door.call("collection", {}, wren), scene_of(studio, wren))
    assert "royal: Of noble blood" in message.text
    assert dict(message.facts)["pictures"] == "0 pictures"
