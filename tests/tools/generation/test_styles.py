"""A style is a look by name: traits, words and what is not wanted; the creator's words win."""

import pytest

from tests.tools.generation.studio_work import ask, candidates, descend, paint
from tools.errors import InvalidInput
from tools.generation.briefs import JobOut
from tools.generation.tables import Brief
from tools.people import Actor
from tools.provenance.tables import Plaintext
from tools.studio import Studio


def sent(studio: Studio, job: JobOut) -> tuple[str, str]:
    """The prompt and the negative prompt of the first picture, as sent."""
    with studio.db.read() as session:
        brief = session.get_one(Brief, job.brief_id)
        prompt = session.get_one(Plaintext, brief.settings["pictures"][0]["prompt"])
        return prompt.text, session.get_one(Plaintext, brief.negative_prompt).text


def test_a_style_adds_words_and_wishes_for_traits(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="a fox", negative_prompt="blurry, dark", style="ink", count=1)
    assert job.traits == {"mood": "wild"}
    assert sent(studio, job) == ("a fox, black ink, in a storm", "blurry, dark, colour")


def test_the_words_of_the_wish_win_over_the_style(studio: Studio, ada: Actor) -> None:
    assert ask(studio, ada, prompt="a calm fox", style="ink").traits == {"mood": "calm"}
    assert ask(studio, ada, traits={"mood": "calm"}, style="ink").traits == {"mood": "calm"}


def test_the_style_is_part_of_the_brief_and_of_the_recipe(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, style="ink", count=1)
    paint(studio, ada, job.brief_id)
    (made,) = candidates(studio, job.brief_id)
    assert job.style == made.recipe["style"] == "ink"
    varied = descend(studio, ada, "vary", candidate_id=made.id, count=1)
    assert varied.style == "ink"
    assert sent(studio, varied) == sent(studio, job)
    plain = descend(studio, ada, "remix", candidate_id=made.id, prompt="a calm ship", count=1)
    assert (plain.style, plain.traits) == ("ink", {"mood": "calm"})


def test_an_unknown_style_is_answered_with_the_known_ones(studio: Studio, ada: Actor) -> None:
    with pytest.raises(InvalidInput, match=r"sketches has no style 'oil'\. It has: ink"):
        ask(studio, ada, style="oil")


def test_the_shipped_styles_are_looks_that_the_house_model_draws(
    studio: Studio, ada: Actor
) -> None:
    shown = studio.door.call("collection", {"name": "mintlings"}, ada).model_dump()
    assert len(shown["styles"]) >= 6
    for style in shown["styles"][:3]:
        job = ask(studio, ada, collection="mintlings", prompt="a fox", style=style["name"], count=1)
        assert job.traits == {"species": "fox", **style["traits"]}
        assert job.notes == []
