"""The shipped collection with the shipped model: every trait is said, drawn and read back."""

from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import select

from tests.conftest import sign_in_to
from tests.tools.generation.conftest import TOOLS
from tests.tools.generation.studio_work import ask, candidates, paint
from tools.generation.pixels import decode_picture, native
from tools.generation.tables import Brief
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Actor, Role
from tools.provenance.tables import Plaintext
from tools.scoring.score import ScoreOut, score
from tools.settings import Settings
from tools.studio import Studio
from tools.training.drawing import PALETTE
from tools.training.traits import CATEGORIES, prompt_for


@pytest.fixture
def studio(sqlite_settings: Settings) -> Iterator[Studio]:
    """A studio as it comes, nothing set."""
    with Studio(sqlite_settings, (*TOOLS, score)) as studio:
        yield studio


@pytest.fixture
def ada(studio: Studio) -> Actor:
    return sign_in_to(studio, "ada", Role.CREATOR)


def test_open_traits_are_filled_in_and_the_whole_prompt_is_sent(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="a violet fox with a crown", count=3)
    assert job.traits == {"species": "fox", "palette": "violet", "headgear": "crown"}
    with studio.db.read() as session:
        pictures = session.get_one(Brief, job.brief_id).settings["pictures"]
        sent = [session.get_one(Plaintext, picture["prompt"]).text for picture in pictures]
    for picture, prompt in zip(pictures, sent, strict=True):
        assert list(picture["traits"]) == list(CATEGORIES)
        assert job.traits.items() <= picture["traits"].items()
        assert prompt == prompt_for(picture["traits"])


def test_words_that_are_no_traits_are_named(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="a baroque fox, oil on canvas")
    assert job.notes == [
        "I know no trait for these words, so they change nothing: baroque, oil, canvas."
    ]


def test_words_without_any_trait_are_said_to_change_nothing(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="something baroque")
    assert job.traits == {}
    assert job.notes[0].startswith("Your words name no trait of this collection")


def test_a_picture_has_palette_colours_whole_pixels_and_its_traits(
    studio: Studio, ada: Actor
) -> None:
    job = ask(studio, ada, prompt="a green frog in a spacesuit", count=2, seed=7)
    made = paint(studio, ada, job.brief_id).candidates
    image = decode_picture(store_of(studio).get(Cid.parse(made[0].image_cid)))
    assert image.size == (512, 512)
    small = native(image)
    assert small.size == (32, 32)
    used = {tuple(colour) for colour in np.asarray(small).reshape(-1, 3).tolist()}
    assert used <= {tuple(colour) for colour in PALETTE.tolist()}
    assert candidates(studio, job.brief_id)[0].recipe["tokens_cut"] == 0
    out = studio.door.call("score", {"brief_id": job.brief_id}, ada.by("workflow"))
    assert isinstance(out, ScoreOut)
    assert [v.verdict for v in out.verdicts] == ["shortlisted", "shortlisted"]
    assert all(v.score > 800 for v in out.verdicts)


def test_the_model_is_named_in_the_brief(studio: Studio, ada: Actor) -> None:
    ask(studio, ada, count=1)
    with studio.db.read() as session:
        brief = session.scalars(select(Brief)).one()
    assert brief.settings["model"]["name"] == "house"
    assert (brief.settings["width"], brief.settings["steps"]) == (32, 12)
