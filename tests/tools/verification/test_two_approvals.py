"""A token that two operators approved: its certificate shows both, and none can be taken out."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import sign_in_to
from tests.striking import striking_studio, struck
from tests.tools.verification.conftest import settings_of
from tests.tools.verification.failing import must_fail
from tests.tools.verification.test_tampered_certificates import consistent, drop, record
from tools.minting.showing import MintRequestOut
from tools.people import Role
from tools.provenance.canonical import canonical
from tools.verification.certify import certificate_of
from tools.verification.report import Verdict
from tools.verification.verify import verify_certificate, verify_target


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token that otto proposed, and olga and odo approved."""
    folder = tmp_path_factory.mktemp("two") / "data"
    with striking_studio(settings_of(folder)) as studio:
        otto, olga, odo = (sign_in_to(studio, n, Role.OPERATOR) for n in ("otto", "olga", "odo"))
        candidate = struck(studio, sign_in_to(studio, "ada", Role.CREATOR))
        studio.door.call("set_rule", {"name": "approvals_needed", "value": "2"}, olga)
        wish = {"candidate_id": candidate, "chains": ["copper"]}
        request = studio.door.call("propose_mint", wish, otto)
        assert isinstance(request, MintRequestOut)
        named = {"mint_request_id": request.mint_request_id}
        studio.door.call("approve", named, olga)
        studio.door.call("approve", named, odo)
        minted = studio.door.call("mint", named, odo.by("workflow"))
        assert isinstance(minted, MintRequestOut)
        (folder / "token").write_text(minted.tokens[0].token_id)
        (folder / "certificate").write_bytes(certificate_of(studio, minted.tokens[0].token_id))
    return folder


def _drop_first_approval(content: dict[str, Any]) -> None:
    bodies = [json.loads(entry["body"]) for entry in content["records"]]
    first = next(body["call"] for body in bodies if body.get("tool") == "approve")
    content["records"] = [
        entry
        for entry, body in zip(content["records"], bodies, strict=True)
        if body["call"] != first
    ]


def test_the_certificate_shows_both(folder: Path):
    report = verify_certificate((folder / "certificate").read_bytes())
    [approval] = [step for step in report.steps if step.name == "approval"]
    assert approval.verdict is Verdict.PASSED
    assert "by 2 operators" in approval.detail


@pytest.mark.parametrize(
    ("change", "step", "says"),
    [
        (_drop_first_approval, "approval", "2 operators had to approve it, and 1 did"),
        (drop("approve"), "approval", "2 operators had to approve it, and 0 did"),
        (
            consistent(record("propose_mint", '"approvals_needed":2', '"approvals_needed":1')),
            "frozen content",
            "frozen_digest is",
        ),
        (
            consistent(record("approve", '"decision":"approved"', '"decision":"rejected"')),
            "approval",
            "decision is rejected",
        ),
    ],
)
def test_a_certificate_with_one_of_them_taken_out_fails(
    folder: Path, change: Callable[[dict[str, Any]], object], step: str, says: str
):
    content = json.loads((folder / "certificate").read_bytes())
    change(content)
    must_fail(verify_certificate(canonical(content)), step, says)


@pytest.mark.parametrize(
    ("statement", "step", "says"),
    [
        (
            "DELETE FROM endorsement WHERE person_id = (SELECT person_id FROM approval)",
            "rows endorsement of m_",
            "whose row is gone",
        ),
        (
            "UPDATE endorsement SET person_id = (SELECT requester_id FROM mint_request) "
            "WHERE person_id = (SELECT person_id FROM approval)",
            "rows endorsement of m_",
            "the requester approved it themself",
        ),
        (
            "UPDATE mint_request SET approvals_needed = 1",
            "row mint_request m_",
            "approvals_needed is 1",
        ),
        (
            "UPDATE endorsement SET frozen_digest = 'x'",
            "rows endorsement of m_",
            "frozen_digest is x",
        ),
    ],
)
def test_rows_that_were_changed_are_found_out(
    folder: Path, tmp_path: Path, statement: str, step: str, says: str
):
    copy = Path(shutil.copytree(folder, tmp_path / "data"))
    with sqlite3.connect(copy / "mintmark.sqlite") as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute(statement).rowcount > 0
    connection.close()
    with striking_studio(settings_of(copy)) as studio:
        must_fail(verify_target((copy / "token").read_text(), studio), step, says)
