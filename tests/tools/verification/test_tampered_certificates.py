"""A certificate in which anything was changed fails, also where the forger knows the format."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.tools.verification.conftest import Play
from tests.tools.verification.failing import must_fail
from tools.provenance import log
from tools.provenance.canonical import canonical
from tools.studio import Studio
from tools.verification.report import Verdict
from tools.verification.verify import verify_certificate

Change = Callable[[dict[str, Any]], object]


def record(tool: str, old: str, new: str) -> Change:
    """Change words in the outcome of a tool's call."""

    def change(content: dict[str, Any]) -> None:
        calls = {json.loads(r["body"])["call"] for r in content["records"] if _is_of(r, tool)}
        last = [r for r in content["records"] if json.loads(r["body"])["call"] in calls][-1]
        assert old in last["body"]
        last["body"] = last["body"].replace(old, new)

    return change


def _is_of(entry: dict[str, Any], tool: str) -> bool:
    return json.loads(entry["body"]).get("tool") == tool


def consistent(change: Change) -> Change:
    """The same, with every digest and the head computed anew: a forger who knows the format."""

    def forged(content: dict[str, Any]) -> None:
        change(content)
        digests = content["log"]["digests"]
        for entry in content["records"]:
            digests[entry["seq"] - 1] = log.sha256(entry["body"].encode())
        chain = log.GENESIS
        for digest in digests:
            chain = log.link(chain, digest)
        content["log"]["chain"] = chain

    return forged


def document(old: str, new: str) -> Change:
    def change(content: dict[str, Any]) -> None:
        assert old in content["document"]
        content["document"] = content["document"].replace(old, new)

    return change


def drop(tool: str) -> Change:
    """Leave out the records of a tool's calls."""

    def change(content: dict[str, Any]) -> None:
        calls = {json.loads(r["body"])["call"] for r in content["records"] if _is_of(r, tool)}
        kept = [r for r in content["records"] if json.loads(r["body"])["call"] not in calls]
        assert len(kept) < len(content["records"])
        content["records"] = kept

    return change


CERTIFICATE: list[tuple[str, Change, str, str]] = [
    ("JSON seed", document('"seed":"7"', '"seed":"8"'), "document address", "metadata_sha256 is"),
    ("JSON name", document("#2", "#1"), "document address", "metadata_cid is"),
    ("JSON spelling", document('{"attributes"', '{ "attributes"'), "document", "canonical form"),
    ("token number", lambda c: c["mints"][0].update(number="1"), "mint on copper", "number is 1"),
    ("chain id", lambda c: c["mints"][0].update(chain_id=1), "mint on copper", "chain_id is 1"),
    (
        "contract",
        lambda c: c["mints"][0].update(contract="0x" + "1" * 40),
        "mint on copper",
        "contract is",
    ),
    (
        "transaction",
        lambda c: c["mints"][0].update(transaction="0x" + "1" * 64),
        "mint on copper",
        "transaction is",
    ),
    ("token id", lambda c: c["mints"][0].update(token_id="t_x"), "mint on copper", "names t_x"),
    (
        "a record's body",
        record("approve", '"decision":"approved"', '"decision":"rejected"'),
        "chain of records",
        "the body of record",
    ),
    (
        "a digest",
        lambda c: c["log"]["digests"].__setitem__(0, log.sha256(b"")),
        "chain of records",
        "lead to the head",
    ),
    (
        "a digest left out",
        lambda c: c["log"]["digests"].pop(),
        "chain of records",
        "digests, the head says",
    ),
    ("head", lambda c: c["log"].update(chain=log.GENESIS), "chain of records", "lead to the head"),
    ("size", lambda c: c["log"].update(size=3), "chain of records", "the head says 3"),
    (
        "log cut off",
        lambda c: c["log"].update(size=0, digests=[], chain=log.GENESIS),
        "log position",
        "tail was cut off",
    ),
    ("picture's record", drop("strike"), "picture's record", "no outcome of call_"),
    ("approval left out", drop("approve"), "approval", "no outcome in the log approves"),
    ("mint left out", drop("mint"), "mint on copper", "no record of a mint"),
    ("ballots left out", drop("vote"), "ballots", "no record says that"),
    ("proposal left out", drop("propose_mint"), "approval", "no record says who proposed"),
    ("tally", lambda c: c["tally"].update(voters=9), "tally", "voters is 9"),
    ("no tally", lambda c: c.update(tally=None), "tally", "is not there"),
    ("supply", lambda c: c["supply"].append([["species", "owl"]]), "rarity", "supply is 2"),
    (
        "forged picture",
        consistent(record("strike", '"seed":"7"', '"seed":"8"')),
        "log position",
        "the log was written anew",
    ),
    (
        "forged approval",
        consistent(record("approve", '"decision":"approved"', '"decision":"rejected"')),
        "approval",
        "decision is rejected",
    ),
    (
        "forged recipient",
        consistent(record("propose_mint", '"recipient":"0x', '"recipient":"0y')),
        "frozen content",
        "frozen_digest is",
    ),
    ("a stranger's field", lambda c: c.update(note="x"), "certificate", "note"),
    ("a field left out", lambda c: c.pop("mints"), "certificate", "mints"),
    ("no records", lambda c: c.update(records=[]), "document address", "no record froze"),
    ("nonsense as record", lambda c: c["records"][0].update(body="[]"), "chain of records", "body"),
]


@pytest.mark.parametrize(
    ("change", "step", "says"),
    [row[1:] for row in CERTIFICATE],
    ids=[row[0] for row in CERTIFICATE],
)
def test_a_changed_certificate_fails(play: Play, change: Change, step: str, says: str):
    content = json.loads(play.certificate)
    change(content)
    must_fail(verify_certificate(canonical(content)), step, says)


@pytest.mark.parametrize("change", [lambda d: d + b"\n", lambda d: b" " + d, lambda d: d[:-1]])
def test_a_certificate_spelled_in_another_way_fails(play: Play, change):
    must_fail(
        verify_certificate(change(play.certificate)), "certificate", "canonical|cannot be read"
    )


def test_a_forgery_that_holds_in_itself_fails_against_the_data_folder(studio: Studio, play: Play):
    content = json.loads(play.certificate)
    consistent(record("mint", '"gas_used":', '"gas_usee":'))(content)
    forged = canonical(content)
    assert verify_certificate(forged).verdict is Verdict.PASSED  # nothing outside to hold it to
    must_fail(verify_certificate(forged, studio), "data folder", "is another one here")
