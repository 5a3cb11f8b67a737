"""Prompts become pictures that can be made again, and nothing is kept by halves."""

import json
import os
import shutil
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from tests.conftest import sign_in_to
from tests.tools.generation.conftest import TOOLS, Painting
from tests.tools.generation.studio_work import ask, candidates, paint, status
from tools.errors import (
    Conflict,
    IntegrityError,
    InvalidInput,
    MintmarkError,
    OutsideRecord,
    Refused,
    ServiceUnavailable,
)
from tools.generation.batcher import batcher_of
from tools.generation.infotext import read_infotext
from tools.generation.png import read_mark
from tools.generation.tables import Brief
from tools.metadata.store import FOLDER, store_of
from tools.metadata.unixfs import Cid
from tools.people import Actor, Role
from tools.provenance.tables import Plaintext, Record
from tools.settings import Settings
from tools.studio import Studio


def pixels(studio: Studio, brief_id: str) -> list[str]:
    return [candidate.pixel_sha256 for candidate in candidates(studio, brief_id)]


def painted(studio: Studio, actor: Actor, seed: int, count: int) -> list[str]:
    job = ask(studio, actor, seed=seed, count=count)
    paint(studio, actor, job.brief_id)
    return pixels(studio, job.brief_id)


def test_a_brief_becomes_candidates_with_files_and_recipes(
    settings: Settings, painting: Painting
) -> None:
    with Studio(painting(settings), TOOLS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        job = ask(studio, ada, count=2, seed=7)
        made = paint(studio, ada, job.brief_id).candidates
        assert [c.seed for c in made] == ["7", "8"]
        assert {(c.width, c.height, c.creator, c.verdict) for c in made} == {(16, 16, "ada", None)}
        data = store_of(studio).get(Cid.parse(made[0].image_cid))
        infotext = read_infotext(data)
        assert infotext is not None
        assert infotext.prompt.startswith("a fox at sea, ")
        assert infotext.setting("Seed") == "7"
        assert read_mark(data) == made[0].candidate_id
        assert status(studio, ada, job.job_id).progress == 900


def test_the_recipe_holds_what_a_replay_needs(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, count=2, seed=7)
    paint(studio, ada, job.brief_id)
    recipe = candidates(studio, job.brief_id)[1].recipe
    assert recipe["batch"] == {"size": 2, "position": 1}
    assert (recipe["steps"], recipe["guidance"], recipe["seed"]) == (3, "2", "8")
    assert (recipe["dtype"], recipe["device"], recipe["threads"]) == ("float32", "cpu", 1)
    assert recipe["scheduler"]["name"] == "DDIMScheduler"
    assert recipe["model"]["digest"].startswith("sha256:")
    assert {"python", "torch", "diffusers", "transformers"} <= set(recipe["versions"])


def test_the_log_holds_seeds_models_and_versions_but_no_words(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, prompt="a zyzzyva", count=1, seed=7)
    paint(studio, ada, job.brief_id)
    with studio.db.read() as session:
        bodies = [*session.scalars(select(Record.body).order_by(Record.seq))]
    facts = json.loads(bodies[-1])["facts"]["generation"]
    assert facts["pictures"][0]["recipe"]["seed"] == "7"
    assert facts["pictures"][0]["recipe"]["versions"]["torch"]
    assert facts["pictures"][0]["pixels"] == pixels(studio, job.brief_id)[0]
    assert "zyzzyva" not in "".join(bodies)


def test_the_same_seeds_give_the_same_pixels_again(studio: Studio, ada: Actor) -> None:
    assert painted(studio, ada, seed=7, count=2) == painted(studio, ada, seed=7, count=2)


def test_a_picture_is_decided_by_its_own_seed_not_by_its_neighbours(
    studio: Studio, ada: Actor
) -> None:
    first, second = painted(studio, ada, seed=7, count=2)
    again, other = painted(studio, ada, seed=8, count=2)
    assert again == second
    assert len({first, second, other}) == 3


def test_rendering_again_makes_nothing_new(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, count=2)
    assert paint(studio, ada, job.brief_id) == paint(studio, ada, job.brief_id)


def test_a_full_disk_leaves_whole_candidates_only_and_the_rest_is_made_later(
    studio: Studio, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask(studio, ada, count=3)
    write, written = os.fsync, 0

    def full_after_the_first(descriptor: int) -> None:
        nonlocal written
        written += 1
        if written > 2:  # a file and its folder are synced for each picture
            raise OSError(28, "No space left on device")
        write(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr("tools.metadata.store.os.fsync", full_after_the_first)
        with pytest.raises(ServiceUnavailable, match="The disk is full"):
            paint(studio, ada, job.brief_id)
    assert len(pixels(studio, job.brief_id)) == 1
    assert [*(studio.settings.data_dir / FOLDER / "incoming").iterdir()] == []
    first = candidates(studio, job.brief_id)[0].id
    made = paint(studio, ada, job.brief_id).candidates
    assert [c.ordinal for c in made] == [0, 1, 2]
    assert made[0].candidate_id == first


def test_a_store_that_cannot_be_used_is_said(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, count=1)
    (studio.settings.data_dir / FOLDER).write_text("in the way")
    with pytest.raises(ServiceUnavailable):
        paint(studio, ada, job.brief_id)
    assert candidates(studio, job.brief_id) == []


def test_nothing_is_made_outside_an_open_record(studio: Studio) -> None:
    with pytest.raises(OutsideRecord):
        batcher_of(studio).submit([])


def test_nobody_renders_by_hand(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada)
    with pytest.raises(Refused, match="nobody calls it directly"):
        studio.door.call("render", {"brief_id": job.brief_id}, ada)


def test_erased_words_cannot_be_painted(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada)
    with studio.db.write() as session:
        session.execute(delete(Plaintext))
    with pytest.raises(InvalidInput, match="were erased"):
        paint(studio, ada, job.brief_id)


@pytest.fixture
def own_model(
    tiny_pipeline: Path, tmp_path: Path, sqlite_settings: Settings, painting: Painting
) -> Settings:
    """As `painting`, with a copy of the model that may be changed at `tmp_path / "own"`."""
    shutil.copytree(tiny_pipeline, tmp_path / "own")
    settings = painting(sqlite_settings)
    generation = settings.generation.model_copy(update={"models": {"tiny": str(tmp_path / "own")}})
    return settings.model_copy(update={"generation": generation})


def test_a_model_changed_since_the_brief_is_refused(own_model: Settings, tmp_path: Path) -> None:
    with Studio(own_model, TOOLS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        job = ask(studio, ada)
        config = tmp_path / "own" / "scheduler" / "scheduler_config.json"
        config.write_text(config.read_text() + " ")
        with pytest.raises(IntegrityError, match="not the one this brief was made for"):
            paint(studio, ada, job.brief_id)


def test_a_model_that_does_not_load_fails_its_own_job_only(
    own_model: Settings, tmp_path: Path
) -> None:
    weights = tmp_path / "own" / "unet" / "diffusion_pytorch_model.safetensors"
    whole = weights.read_bytes()
    with Studio(own_model, TOOLS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        good = ask(studio, ada, count=1)
        weights.write_bytes(b"\x00" * 64)
        broken = ask(studio, ada, count=1)
        with pytest.raises(MintmarkError):
            paint(studio, ada, broken.brief_id)
        weights.write_bytes(whole)
        assert len(paint(studio, ada, good.brief_id).candidates) == 1


def test_a_running_job_stops_between_two_steps_when_it_is_cancelled(
    own_model: Settings, tmp_path: Path
) -> None:
    facts = tmp_path / "own" / "mintmark.json"
    facts.write_text('{"sampling": {"steps": 900}}')
    with Studio(own_model, TOOLS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        job = ask(studio, ada, count=1)
        ended: list[Exception] = []

        def work() -> None:
            try:
                paint(studio, ada, job.brief_id)
            except MintmarkError as error:
                ended.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        while status(studio, ada, job.job_id).progress == 0:
            time.sleep(0.05)
        out = studio.door.call("cancel_job", {"job_id": job.job_id}, ada)
        thread.join(timeout=60)
        assert out.model_dump()["state"] == "cancelled"
        assert [type(error) for error in ended] == [Conflict]
        assert candidates(studio, job.brief_id) == []
        assert status(studio, ada, job.job_id).state == "cancelled"


def test_a_cancelled_job_is_not_begun(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada)
    studio.door.call("cancel_job", {"job_id": job.job_id}, ada)
    with pytest.raises(Conflict, match="cancelled"):
        paint(studio, ada, job.brief_id)


def test_brief_rows_hold_commitments_for_every_prompt(studio: Studio, ada: Actor) -> None:
    job = ask(studio, ada, count=2)
    with studio.db.read() as session:
        brief = session.get_one(Brief, job.brief_id)
        sent = [session.get_one(Plaintext, p["prompt"]).text for p in brief.settings["pictures"]]
        assert session.get_one(Plaintext, brief.prompt).text == "a fox at sea"
    assert all(prompt.startswith("a fox at sea, ") for prompt in sent)
