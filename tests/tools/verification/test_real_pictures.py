"""Pictures that a model has made, through the real tools; on both databases."""

import pytest
from sqlalchemy import text

from tests.conftest import sign_in_to
from tests.striking import striking_studio, struck
from tests.tools.generation.conftest import COLLECTION, save_tiny_pipeline
from tests.tools.generation.studio_work import ask, paint
from tools.catalogue import open_studio
from tools.people import Role
from tools.settings import Settings
from tools.studio import Studio
from tools.verification.history import ProvenanceOut
from tools.verification.report import Verdict
from tools.verification.verify import verify_target


@pytest.fixture(scope="module")
def painting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Settings of a studio that paints with a tiny model of random weights."""
    folder = tmp_path_factory.mktemp("painting")
    (folder / "collections").mkdir()
    (folder / "collections" / "sketches.toml").write_text(COLLECTION)
    save_tiny_pipeline(folder / "tiny")
    return {
        "generation": {"model": "tiny", "models": {"tiny": str(folder / "tiny")}},
        "collection": "sketches",
        "collections_dir": folder / "collections",
    }


@pytest.fixture
def painter(sqlite_settings: Settings, painting: dict[str, object]):
    changed = Settings(data_dir=sqlite_settings.data_dir, **painting)  # type: ignore[arg-type]
    with open_studio(changed) as studio:
        yield studio


def painted(studio: Studio) -> str:
    """A picture that was asked for, made and scored."""
    ada = sign_in_to(studio, "ada", Role.CREATOR)
    job = ask(studio, ada, count=2, seed=7)
    candidates = paint(studio, ada, job.brief_id).candidates
    studio.door.call("score", {"brief_id": job.brief_id}, ada.by("workflow"))
    return candidates[1].candidate_id


def test_a_painted_picture_passes_and_its_edited_score_does_not(painter: Studio):
    candidate = painted(painter)
    report = verify_target(candidate, painter)
    assert report.failures == ()
    names = [step.name for step in report.steps if step.verdict is Verdict.PASSED]
    assert {f"row candidate {candidate}", "words", "log"} <= set(names)
    assert any(name.startswith("row score s_") for name in names)
    with painter.db.write() as session:
        for trigger in ("score_no_update",):
            session.execute(text(f'DROP TRIGGER "{trigger}"'))
        session.execute(text("UPDATE score SET value = 1001"))
    failures = verify_target(candidate, painter).failures
    assert failures
    assert all(step.name.startswith("row score s_") for step in failures)
    assert "value is 1001" in failures[0].detail


def test_the_creator_reads_their_own_prompt_in_the_history(painter: Studio):
    candidate = painted(painter)
    ada = sign_in_to(painter, "ada", Role.CREATOR)
    history = painter.door.call("provenance", {"subject_id": candidate}, ada)
    assert isinstance(history, ProvenanceOut)
    assert [step.tool for step in history.steps] == ["create", "render", "score"]
    assert "a fox at sea" in [words.text for words in history.steps[0].words]


def test_both_databases_can_be_verified(settings: Settings):
    with striking_studio(settings) as studio:
        ada = sign_in_to(studio, "ada", Role.CREATOR)
        candidate = struck(studio, ada)
        assert verify_target(candidate, studio).verdict is Verdict.PASSED
        history = studio.door.call("provenance", {"subject_id": candidate}, ada)
        assert isinstance(history, ProvenanceOut)
        assert [step.tool for step in history.steps] == ["strike"]
