"""An untouched story passes, whatever the check begins with."""

import json
from pathlib import Path

import pytest

from tests.tools.verification.conftest import Play
from tools.errors import InvalidInput, NotFound
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.studio import Studio
from tools.verification.report import Report, Verdict
from tools.verification.verify import verify_target


def test_a_token_passes_every_step(studio: Studio, play: Play):
    report = verify_target(play.token, studio)
    assert all_passed(report)
    names = [step.name for step in report.steps]
    assert names[0] == "contract on copper"
    assert names[-1] == "log"


def all_passed(report: Report) -> bool:
    wrong = [step for step in report.steps if step.verdict is not Verdict.PASSED]
    assert wrong == []
    return report.verdict is Verdict.PASSED


def test_a_candidate_is_checked_on_all_its_chains(studio: Studio, play: Play):
    report = verify_target(play.candidate, studio)
    assert all_passed(report)
    assert {"contract on copper", "contract on silver"} <= {step.name for step in report.steps}


def test_a_token_is_named_by_chain_and_number(studio: Studio, play: Play):
    assert all_passed(verify_target("copper:2", studio))
    assert all_passed(verify_target("1337002:2", studio))


def test_a_picture_file_leads_to_its_token(studio: Studio, play: Play, tmp_path: Path):
    path = tmp_path / "fox.png"
    path.write_bytes(play.picture())
    report = verify_target(str(path), studio)
    assert all_passed(report)
    assert play.candidate in report.steps[0].detail


def test_a_stored_file_is_verified_where_it_lies(studio: Studio, play: Play):
    assert all_passed(verify_target(str(store_of(studio).path(Cid.parse(play.image_cid))), studio))


def test_a_candidate_without_a_token_passes_what_there_is(studio: Studio, play: Play):
    report = verify_target(play.loser, studio)
    assert report.verdict is Verdict.PASSED
    assert [s.name for s in report.steps if s.verdict is Verdict.NOT_CHECKED] == ["token"]


def test_a_certificate_passes_with_nothing_but_itself(play: Play, tmp_path: Path):
    path = tmp_path / "fox.mintmark"
    path.write_bytes(play.certificate)
    report = verify_target(str(path), None)
    assert report.verdict is Verdict.PASSED
    left = {step.name for step in report.steps if step.verdict is Verdict.NOT_CHECKED}
    assert left == {"on copper", "on silver", "picture"}


def test_a_certificate_passes_with_its_picture_and_its_data_folder(
    studio: Studio, play: Play, tmp_path: Path
):
    path, picture = tmp_path / "fox.mintmark", tmp_path / "fox.png"
    path.write_bytes(play.certificate)
    picture.write_bytes(play.picture())
    assert all_passed(verify_target(str(path), studio, picture))


def test_a_report_for_programs_holds_every_step(studio: Studio, play: Play):
    report = verify_target(play.token, studio)
    content = json.loads(report.to_json())
    assert content["verdict"] == "passed"
    assert [step["name"] for step in content["steps"]] == [step.name for step in report.steps]


def test_what_nobody_knows_is_said_to_be_unknown(studio: Studio, play: Play, tmp_path: Path):
    with pytest.raises(NotFound, match="name a token"):
        verify_target("t_0000000000", studio)
    with pytest.raises(InvalidInput, match="without a data folder"):
        verify_target(play.token, None)
    with pytest.raises(NotFound, match="cannot be read"):
        verify_target(str(tmp_path / "gone.png"), studio)
