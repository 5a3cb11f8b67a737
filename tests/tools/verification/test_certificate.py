"""The certificate: what it holds, and what checking it costs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import sign_in_to
from tests.striking import striking_studio
from tests.tools.verification.conftest import Play, settings_of
from tools.errors import NotFound
from tools.people import Actor
from tools.provenance.canonical import canonical
from tools.studio import Studio
from tools.verification.certificate import read_certificate, write_certificate
from tools.verification.certify import CertificateOut
from tools.verification.report import Verdict
from tools.verification.verify import verify_certificate, verify_target

ALONE = """
import sys
from pathlib import Path
from tools.verification.verify import verify_target
report = verify_target(sys.argv[1], None, Path(sys.argv[2]))
loaded = {name.partition(".")[0] for name in sys.modules}
print(report.verdict, sorted(loaded & {"torch", "bot", "agents", "web3", "diffusers", "eth"}))
"""


def test_checking_it_loads_neither_models_nor_chains_nor_front_ends(play: Play, tmp_path: Path):
    certificate, picture = tmp_path / "fox.mintmark", tmp_path / "fox.png"
    certificate.write_bytes(play.certificate)
    picture.write_bytes(play.picture())
    command = [sys.executable, "-c", ALONE, str(certificate), str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["passed", "[]\n"]


def test_it_is_read_back_as_it_was_written(play: Play):
    assert write_certificate(read_certificate(play.certificate)) == play.certificate


def test_it_holds_no_words_and_no_names(play: Play):
    text = play.certificate.decode()
    assert "a fox" not in text
    for name in play.people:
        assert f'"{name}"' not in text


def test_anyone_may_have_it_written(studio: Studio, play: Play):
    mia = sign_in_to(studio, "mia")
    made = studio.door.call("certificate", {"token_id": play.token}, mia)
    assert isinstance(made, CertificateOut)
    assert made.file_name == f"{play.token}.mintmark"
    assert verify_target(made.path, None).verdict is Verdict.PASSED


def test_a_token_that_is_not_there_has_none(studio: Studio):
    mia: Actor = sign_in_to(studio, "mia")
    with pytest.raises(NotFound, match="/tokens"):
        studio.door.call("certificate", {"token_id": "t_0000000000"}, mia)


def test_the_log_may_go_on_after_it_was_written(studio: Studio, play: Play):
    sign_in_to(studio, "mia")
    studio.door.call("tokens", {}, sign_in_to(studio, "mia"))
    assert verify_certificate(play.certificate, studio).verdict is Verdict.PASSED


def test_in_another_studio_it_is_checked_against_itself_alone(play: Play, tmp_path: Path):
    with striking_studio(settings_of(tmp_path / "elsewhere")) as other:
        report = verify_certificate(play.certificate, other)
    assert report.verdict is Verdict.PASSED
    left = {step.name for step in report.steps if step.verdict is Verdict.NOT_CHECKED}
    assert left == {"on copper", "on silver", "picture", "data folder"}


@pytest.mark.parametrize("nonsense", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"a":1.5}'])
def test_nonsense_is_no_certificate_and_no_traceback(nonsense: bytes):
    report = verify_certificate(nonsense)
    assert report.verdict is Verdict.FAILED
    assert [step.name for step in report.steps] == ["certificate"]


@pytest.mark.parametrize("field", ["document", "mints", "records", "log", "tally", "supply"])
@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [[]], [{}]])
def test_a_field_of_another_kind_is_never_a_traceback(play: Play, field: str, value: object):
    content = json.loads(play.certificate)
    content[field] = value
    report = verify_certificate(canonical(content))
    assert report.verdict is Verdict.FAILED or (field, value) == ("mints", [])
