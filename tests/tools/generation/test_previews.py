"""While a picture forms it can be seen, and seeing it changes nothing."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy.orm import Session

from bot.following import job as following
from tests.conftest import sign_in_to
from tests.tools.generation.conftest import TOOLS, Painting
from tests.tools.generation.studio_work import ask, count, made
from tools.generation import jobs, previews
from tools.generation.glimpse import Glimpse
from tools.generation.pipeline import BatchKey, Checkpoint, LoadedPipeline, Look, Order
from tools.generation.previews import Sheet
from tools.generation.tables import Candidate, Preview
from tools.people import Actor, Role
from tools.settings import Settings
from tools.studio import Studio

PNG = io.BytesIO()
Image.new("RGB", (4, 4)).save(PNG, "PNG")
SHEET = Sheet(1, PNG.getvalue())


def test_seeing_a_picture_form_does_not_change_it(
    sqlite_settings: Settings, painting: Painting, tmp_path: Path
) -> None:
    hashes = []
    for seen in (True, False):
        generation = painting(sqlite_settings).generation.model_copy(update={"previews": seen})
        settings = painting(sqlite_settings).model_copy(
            update={"generation": generation, "data_dir": tmp_path / str(seen)}
        )
        with Studio(settings, TOOLS) as studio:
            ada = sign_in_to(studio, "ada", Role.CREATOR)
            pictures = made(studio, ada, seed=7, count=2)
            hashes.append([_row(studio, c.candidate_id).pixel_sha256 for c in pictures])
    assert hashes[0] == hashes[1]


def _row(studio: Studio, candidate_id: str) -> Candidate:
    with studio.db.read() as session:
        return session.get_one(Candidate, candidate_id)


def test_a_job_shows_its_pictures_side_by_side_while_they_are_made(
    studio: Studio, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Image.Image] = []
    keep = previews.keep

    def seen(session: Session, job_id: str, sheet: Sheet) -> None:
        shown.append(Image.open(io.BytesIO(sheet.png)))
        keep(session, job_id, sheet)

    monkeypatch.setattr(previews, "keep", seen)
    made(studio, ada, count=6)
    assert {image.size for image in shown} == {(3 * 128 + 2 * 4, 2 * 128 + 4)}
    assert len(np.unique(np.asarray(shown[-1]))) > 8
    assert count(studio, Preview) == 0


def test_the_forming_pictures_of_a_running_job_are_shown_and_gone_when_it_ends(
    settings: Settings, painting: Painting
) -> None:
    with Studio(painting(settings), TOOLS) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        job = ask(studio, ada, count=3)
        jobs.begin(studio, job.job_id)
        assert jobs.report(studio, job.job_id, "drawing", 300, SHEET)
        assert jobs.report(studio, job.job_id, "drawing", 600, Sheet(2, SHEET.png))
        assert count(studio, Preview) == 1
        with studio.db.read() as session:
            progress = following(job.job_id, "").look(session)
        assert progress is not None
        assert progress.preview == SHEET.png
        jobs.finish(studio, job.job_id)
        assert count(studio, Preview) == 0
        assert not jobs.report(studio, job.job_id, "drawing", 900, SHEET)
        assert count(studio, Preview) == 0


@pytest.mark.parametrize("ending", ["cancel", "fail"])
def test_no_preview_outlives_its_job(studio: Studio, ada: Actor, ending: str) -> None:
    job = ask(studio, ada)
    jobs.begin(studio, job.job_id)
    jobs.report(studio, job.job_id, "drawing", 300, SHEET)
    if ending == "cancel":
        studio.door.call("cancel_job", {"job_id": job.job_id}, ada)
    else:
        jobs.fail(studio, job.job_id, "The model is gone.")
    assert count(studio, Preview) == 0


def pictures_seen(folder: Path, *, is_small: bool) -> tuple[list[int], list[Image.Image]]:
    """How many pictures each of two batches could be seen forming at its last step."""
    pipeline = LoadedPipeline(Checkpoint("sha256:tiny", folder))
    pipeline._glimpse._is_small = is_small
    key = BatchKey(Checkpoint("sha256:tiny", folder), 16, 16, steps=2, guidance=2.0)
    orders = [Order(key, "a fox", "", seed) for seed in (1, 2)]
    last: list[Image.Image] = []
    seen: list[int] = []

    def on_step(_: int, look: Look) -> None:
        last[:] = look()

    for _ in range(2):
        pipeline.make(orders, on_step)
        seen.append(len(last))
    return seen, last


def test_a_small_autoencoder_shows_the_pictures_itself(tiny_pipeline: Path) -> None:
    seen, last = pictures_seen(tiny_pipeline, is_small=True)
    assert seen == [2, 2]
    assert last[0].size == (16, 16)


def test_for_a_large_one_a_linear_map_learned_from_the_first_batch_stands_in(
    tiny_pipeline: Path,
) -> None:
    seen, last = pictures_seen(tiny_pipeline, is_small=False)
    assert seen == [0, 2]
    assert last[0].size == (8, 8)


def test_latents_that_are_no_pictures_are_not_shown(tiny_pipeline: Path) -> None:
    import torch

    glimpse = Glimpse(LoadedPipeline(Checkpoint("sha256:tiny", tiny_pipeline))._pipeline)
    assert glimpse.pictures(torch.zeros(1, 64, 4)) == []


def test_a_model_that_cannot_be_looked_at_still_makes_its_picture(
    studio: Studio, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[Image.Image]:
        raise RuntimeError("no such layer")

    monkeypatch.setattr(Glimpse, "pictures", broken)
    assert len(made(studio, ada, count=1)) == 1
