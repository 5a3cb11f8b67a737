"""Pictures are made larger without losing what they are."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from tests.conftest import sign_in_to
from tests.tools.generation.studio_work import count, drawn, hang
from tools.catalogue import open_studio
from tools.errors import InvalidInput, Refused
from tools.generation.infotext import read_infotext
from tools.generation.pixels import enlarge
from tools.generation.png import read_mark
from tools.generation.renditions import RenditionOut
from tools.generation.tables import Candidate, Rendition
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    """A studio with every tool, on either database."""
    with open_studio(settings) as studio:
        yield studio


@pytest.fixture
def ada(studio: Studio) -> Actor:
    """A creator."""
    return sign_in_to(studio, "ada", Role.CREATOR)


def upscaled(studio: Studio, actor: Actor, candidate: Candidate, factor: int) -> RenditionOut:
    wish = {"candidate_id": candidate.id, "factor": factor}
    out = studio.door.call("upscale", wish, actor)
    assert isinstance(out, RenditionOut)
    return out


def file_of(studio: Studio, out: RenditionOut) -> bytes:
    return store_of(studio).get(Cid.parse(out.image_cid))


def test_pixel_art_is_enlarged_by_whole_pixels_and_keeps_its_recipe(
    studio: Studio, ada: Actor
) -> None:
    image = drawn(1)
    candidate = hang(studio, ada, image)
    out = upscaled(studio, ada, candidate, 2)
    assert (out.method, out.width, out.height) == ("nearest neighbour", 1024, 1024)
    data = file_of(studio, out)
    found = np.asarray(Image.open(io.BytesIO(data)))
    assert np.array_equal(found, np.asarray(enlarge(image, 2)))
    recipe = read_infotext(data)
    assert recipe is not None
    assert (recipe.prompt, recipe.setting("Seed")) == ("a fox", "1")
    assert recipe.setting("Hires upscaler") == "nearest neighbour"
    assert read_mark(data) == candidate.id


def test_asking_again_gives_the_one_there_is(studio: Studio, ada: Actor) -> None:
    candidate = hang(studio, ada, drawn(1))
    bob = sign_in_to(studio, "bob", Role.CREATOR)
    assert upscaled(studio, ada, candidate, 2) == upscaled(studio, bob, candidate, 2)
    upscaled(studio, ada, candidate, 4)
    assert count(studio, Rendition) == 2


def test_other_pictures_are_enlarged_smoothly(studio: Studio, ada: Actor) -> None:
    candidate = hang(studio, ada, drawn(1).resize((64, 64)), palette=None)
    assert upscaled(studio, ada, candidate, 4).method == "Lanczos"


def test_what_would_become_too_large_is_refused(studio: Studio, ada: Actor) -> None:
    candidate = hang(studio, ada, Image.new("RGB", (1500, 8)), palette=None)
    with pytest.raises(InvalidInput, match="larger than 4096 pixels a side"):
        upscaled(studio, ada, candidate, 4)
    assert count(studio, Rendition) == 0


def test_other_factors_and_members_are_refused(studio: Studio, ada: Actor) -> None:
    candidate = hang(studio, ada, drawn(1))
    with pytest.raises(InvalidInput, match="factor"):
        upscaled(studio, ada, candidate, 3)
    with pytest.raises(Refused, match="needs the role creator"):
        upscaled(studio, sign_in_to(studio, "mo"), candidate, 2)
