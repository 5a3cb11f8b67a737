"""Every manipulation gets a failure that names what differs; none passes.

Each one is done by somebody with full access to the data folder: triggers and keys do not stop
them. The table says which step must fail and what it must say.
"""

import io
import json
import re
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from tests.striking import striking_studio
from tests.tools.verification.conftest import Play, settings_of
from tools.metadata.store import ContentStore
from tools.metadata.unixfs import Cid
from tools.provenance import log
from tools.provenance.canonical import canonical
from tools.verification.report import Report, Verdict
from tools.verification.verify import verify_certificate, verify_picture, verify_target


@dataclass(frozen=True)
class Copy:
    """A data folder that may be tampered with."""

    folder: Path
    play: Play

    def sql(self, statement: str, *values: object) -> None:
        """Change the database past every guard, as whoever owns the file can."""
        with sqlite3.connect(self.folder / "mintmark.sqlite") as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in triggers.fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            assert connection.execute(statement, values).rowcount > 0, "nothing was changed"
        connection.close()

    def look_up(self, statement: str, *values: object) -> list[Any]:
        with sqlite3.connect(self.folder / "mintmark.sqlite") as connection:
            return connection.execute(statement, values).fetchall()

    def stored(self, cid: str) -> Path:
        return ContentStore(self.folder / "store").path(Cid.parse(cid))

    def outcome_of(self, tool: str) -> int:
        """The place in the log of the outcome of a tool in this story."""
        which = "min" if tool == "strike" else "max"  # the winner was struck first
        query = (
            f"SELECT {which}(seq) FROM record JOIN tool_call ON tool_call.id = tool_call_id "
            "WHERE tool = ? AND closes"
        )
        [(seq,)] = self.look_up(query, tool)
        return int(seq)


Tamper = Callable[[Copy], object]


def edit(table: str, column: str, value: object, subject: str, key: str = "id") -> Tamper:
    """Set a column of the story's row; `subject` is the attribute of the play that names it."""
    statement = f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?'
    return lambda copy: copy.sql(statement, value, getattr(copy.play, subject))


def edit_call(tool: str, column: str, value: object) -> Tamper:
    statement = f'UPDATE tool_call SET "{column}" = ? WHERE tool = ?'
    return lambda copy: copy.sql(statement, value, tool)


def edit_body(tool: str, old: str, new: str) -> Tamper:
    """Change words in the body of a record."""

    def tamper(copy: Copy) -> None:
        statement = "UPDATE record SET body = replace(body, ?, ?) WHERE seq = ?"
        copy.sql(statement, old, new, copy.outcome_of(tool))

    return tamper


def rewrite_log(tool: str, old: str, new: str) -> Tamper:
    """Change words in a record, and compute every digest and link after it anew."""

    def tamper(copy: Copy) -> None:
        edit_body(tool, old, new)(copy)
        chain = log.GENESIS
        for seq, body in copy.look_up("SELECT seq, body FROM record ORDER BY seq"):
            digest = log.sha256(body.encode())
            chain = log.link(chain, digest)
            copy.sql("UPDATE record SET digest = ?, chain = ? WHERE seq = ?", digest, chain, seq)

    return tamper


def delete_record(tool: str) -> Tamper:
    return lambda copy: copy.sql("DELETE FROM record WHERE seq = ?", copy.outcome_of(tool))


def cut_tail(tool: str) -> Tamper:
    """Take away every record from a tool's outcome on."""
    return lambda copy: copy.sql("DELETE FROM record WHERE seq >= ?", copy.outcome_of(tool))


def swap_stored(which: str) -> Tamper:
    """Put another picture in the place of a stored file."""

    def tamper(copy: Copy) -> None:
        [(other,)] = copy.look_up("SELECT image_cid FROM candidate WHERE id = ?", copy.play.loser)
        copy.stored(getattr(copy.play, which)).write_bytes(copy.stored(other).read_bytes())

    return tamper


def change_json(copy: Copy) -> None:
    """One letter of the stored JSON; it stays well-formed."""
    path = copy.stored(copy.play.metadata_cid)
    path.write_bytes(path.read_bytes().replace(b'"rank":1,', b'"rank":2,', 1))


def redirect_json(copy: Copy) -> None:
    """Another JSON under its own true address, with the request pointed to it."""
    data = copy.stored(copy.play.metadata_cid).read_bytes().replace(b'"seed":"7"', b'"seed":"8"')
    from tools.metadata.unixfs import cid_of

    path = copy.stored(str(cid_of(data)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    edit("mint_request", "metadata_cid", str(cid_of(data)), "request")(copy)


def remove(which: str) -> Tamper:
    return lambda copy: copy.stored(getattr(copy.play, which)).unlink()


def move_ballot(copy: Copy) -> None:
    """Turn a vote for the winner into one for the other."""
    copy.sql(
        "UPDATE ballot SET candidate_id = ? WHERE id = (SELECT max(id) FROM ballot)",
        copy.play.loser,
    )


def approve_oneself(copy: Copy) -> None:
    """Make the approver and the requester the same person."""
    copy.sql(
        "UPDATE approval SET person_id = "
        "(SELECT requester_id FROM mint_request WHERE id = approval.mint_request_id)"
    )


def _chain(copy: Copy, name: str = "copper") -> Path:
    return copy.folder / "chains" / f"{name}.chain"


DATA_FOLDER: list[tuple[str, Tamper, str, str]] = [
    ("stored picture swapped", swap_stored("image_cid"), "stored picture: file", "its address is"),
    ("stored picture gone", remove("image_cid"), "stored picture: file", "no file lies under"),
    ("one letter of the JSON", change_json, "document", "rarity"),
    ("JSON replaced by another", redirect_json, "document address", "metadata_cid is"),
    ("JSON gone", remove("metadata_cid"), "document", "gone"),
    (
        "candidate seed",
        edit("candidate", "seed", "8", "candidate"),
        "row candidate c_",
        "seed is 8",
    ),
    (
        "candidate traits",
        edit("candidate", "traits", '{"species": "owl"}', "candidate"),
        "row candidate c_",
        "traits is",
    ),
    (
        "candidate pixels",
        edit("candidate", "pixel_sha256", log.sha256(b""), "candidate"),
        "row candidate c_",
        "pixel_sha256 is",
    ),
    (
        "candidate file digest",
        edit("candidate", "image_sha256", log.sha256(b""), "candidate"),
        "row candidate c_",
        "image_sha256 is",
    ),
    (
        "candidate look",
        edit("candidate", "perceptual_hash", "0" * 64, "candidate"),
        "row candidate c_",
        "perceptual_hash is",
    ),
    (
        "candidate recipe",
        edit("candidate", "recipe", "{}", "candidate"),
        "row candidate c_",
        "recipe is",
    ),
    (
        "candidate creator",
        edit("candidate", "person_id", "p_0000000000", "candidate"),
        "row candidate c_",
        "person_id is",
    ),
    (
        "brief prompt",
        lambda copy: copy.sql("UPDATE brief SET prompt = ?", log.sha256(b"other")),
        "row brief b_",
        "prompt is",
    ),
    (
        "verdict value",
        edit("verdict", "value", 999, "candidate", "candidate_id"),
        "row verdict c_",
        "value is 999",
    ),
    (
        "verdict reasons",
        edit("verdict", "reasons", '["bought"]', "candidate", "candidate_id"),
        "row verdict c_",
        "reasons is",
    ),
    ("ballot moved", move_ballot, "rows ballot of rnd_", "candidate_id is"),
    (
        "ballot deleted",
        lambda copy: copy.sql("DELETE FROM ballot WHERE id = 2"),
        "rows ballot of rnd_",
        "whose row is gone",
    ),
    (
        "ballot of another person",
        lambda copy: copy.sql("UPDATE ballot SET person_id = 'studio' WHERE id = 1"),
        "rows ballot of rnd_",
        "ballot 1: person is",
    ),
    ("round winner", edit("round", "winner_id", "c_x", "round"), "row round rnd_", "winner_id is"),
    ("round quorum", edit("round", "quorum", 1, "round"), "row round rnd_", "quorum is 1"),
    (
        "tally rewritten",
        lambda copy: copy.sql("UPDATE round SET tally = json_set(tally, '$.voters', 9)"),
        "tally",
        "voters is 9",
    ),
    ("approval by the requester", approve_oneself, "row approval m_", "requester"),
    (
        "approval of another content",
        edit("approval", "frozen_digest", log.sha256(b""), "request", "mint_request_id"),
        "row approval m_",
        "frozen_digest is",
    ),
    (
        "approval deleted",
        lambda copy: copy.sql("DELETE FROM approval"),
        "row approval m_",
        "the row is gone",
    ),
    (
        "mint request recipient",
        edit("mint_request", "recipient", "0x" + "1" * 40, "request"),
        "row mint_request m_",
        "recipient is",
    ),
    (
        "mint request state",
        edit("mint_request", "state", "failed", "request"),
        "row mint_request m_",
        "state is failed",
    ),
    ("token number", edit("token", "number", "1", "token"), "row token t_", "number is 1"),
    (
        "token contract",
        edit("token", "contract", "0x" + "1" * 40, "token"),
        "contract on copper",
        "other code lies",
    ),
    (
        "token transaction",
        lambda copy: copy.sql("UPDATE \"transaction\" SET hash = '0x' || substr(hash, 5) || '00'"),
        "transaction on copper",
        "in no block",
    ),
    (
        "tool call arguments",
        edit_call("approve", "arguments", '{"mint_request_id": "m_x"}'),
        "log",
        "its arguments is not what was recorded",
    ),
    ("tool call role", edit_call("approve", "role", "studio"), "log", "its role is not"),
    ("tool call version", edit_call("strike", "tool_version", "2"), "log", "its tool_version"),
    (
        "record body",
        edit_body("strike", '"seed":"7"', '"seed":"8"'),
        "log",
        "was changed: its digest does not match",
    ),
    (
        "record digest",
        lambda copy: copy.sql("UPDATE record SET digest = 'none' WHERE seq = 2"),
        "log",
        "record 2: the body of record 2 was changed",
    ),
    (
        "record link",
        lambda copy: copy.sql("UPDATE record SET chain = digest WHERE seq = 2"),
        "log",
        "record 2 does not follow",
    ),
    (
        "words exchanged",
        lambda copy: copy.sql(
            "INSERT INTO plaintext (commitment, salt, text, created_at) "
            "SELECT prompt, '00', 'an owl', created_at FROM brief"
        ),
        "words",
        "not what was committed to",
    ),
    (
        "record time",
        lambda copy: copy.sql("UPDATE record SET created_at = '2020-01-01 00:00:00' WHERE seq = 3"),
        "log",
        "record 3: its time is",
    ),
    ("record deleted", delete_record("approve"), "approval", "no outcome in the log approves"),
    ("log written anew", rewrite_log("strike", "shortlisted", "bought"), "log position", "anew"),
    ("log's tail cut off", cut_tail("strike"), "log position", "tail was cut off"),
    ("mint's records cut off", cut_tail("mint"), "row token t_", "no settled record"),
    (
        "round entry",
        lambda copy: copy.sql("UPDATE round_entry SET number = number + 5"),
        "row round rnd_",
        "its ballots, counted, give",
    ),
    (
        "standing ballot",
        lambda copy: copy.sql("UPDATE standing_ballot SET candidate_id = ?", copy.play.loser),
        "rows ballot of rnd_",
        "standing_ballot of sha256:",
    ),
    (
        "contract row",
        lambda copy: copy.sql("UPDATE contract SET address = '0x1'"),
        "row token t_",
        "contract's address is 0x1",
    ),
    ("chain gone", lambda copy: _chain(copy).unlink(), "on copper", "is gone"),
    (
        "chain exchanged",
        lambda copy: _chain(copy).write_bytes(_chain(copy, "silver").read_bytes()),
        "on copper",
        "another chain's",
    ),
    ("chain damaged", lambda copy: _chain(copy).write_bytes(b"x" * 9000), "on copper", "chain"),
    (
        "person exchanged",
        lambda copy: copy.sql("UPDATE person SET commitment = ?", log.sha256(b"")),
        "row brief b_",
        "person is",
    ),
]


@pytest.mark.parametrize(
    ("tamper", "step", "says"),
    [row[1:] for row in DATA_FOLDER],
    ids=[row[0] for row in DATA_FOLDER],
)
def test_a_changed_data_folder_fails(
    copied: Path, play: Play, tamper: Tamper, step: str, says: str
):
    tamper(Copy(copied, play))
    with striking_studio(settings_of(copied)) as studio:
        report = verify_target(play.token, studio)
    must_fail(report, step, says)


def must_fail(report: Report, step: str, says: str) -> None:
    """The report fails, and among its failures is this step with these words."""
    assert report.verdict is Verdict.FAILED
    found = {failure.name: failure.detail for failure in report.failures}
    fitting = [detail for name, detail in found.items() if name == step or _begins(name, step)]
    assert any(re.search(says, detail) for detail in fitting), found


def _begins(name: str, step: str) -> bool:
    return step.endswith("_") and name.startswith(step)


def flip(data: bytes) -> Image.Image:
    """The picture with one bit of one pixel changed."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    red, green, blue = image.getpixel((5, 9))  # type: ignore[misc]  # RGB gives three
    image.putpixel((5, 9), (red ^ 1, green, blue))
    return image


def saved(image: Image.Image, **texts: str) -> bytes:
    info, file = PngImagePlugin.PngInfo(), io.BytesIO()
    for name, text in texts.items():
        info.add_text(name, text)
    image.save(file, "PNG", pnginfo=info)
    return file.getvalue()


def retold(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with words changed in its texts, and the checksum of the chunk set right."""
    start = data.index(b"tEXt")
    length = int.from_bytes(data[start - 4 : start])
    chunk = data[start : start + 4 + length].replace(old, new)
    return data[:start] + chunk + zlib.crc32(chunk).to_bytes(4) + data[start + 8 + length :]


PICTURES: list[tuple[str, Callable[[Play], bytes], str, str]] = [
    (
        "one pixel, mark kept",
        lambda play: saved(flip(play.picture()), mintmark=play.candidate),
        "picture: pixels",
        "1 of 262144 pixels differ, the first at x=5, y=9",
    ),
    (
        "one pixel, mark stripped",
        lambda play: saved(flip(play.picture())),
        "picture: pixels",
        "1 of 262144 pixels differ, the first at x=5, y=9",
    ),
    (
        "texts stripped",
        lambda play: saved(Image.open(io.BytesIO(play.picture())).convert("RGB")),
        "picture: file",
        "its address is",
    ),
    (
        "a text changed",
        lambda play: retold(play.picture(), b"a fox", b"a fix"),
        "picture: file",
        "its digest is",
    ),
    (
        "a text changed without its checksum",
        lambda play: play.picture().replace(b"a fox", b"a fix", 1),
        "origin",
        "not a PNG",
    ),
    ("bytes added", lambda play: play.picture() + b"\0", "picture: file", "its digest is"),
    (
        "another picture with this mark",
        lambda play: saved(Image.new("RGB", (8, 8), "red"), mintmark=play.candidate),
        "picture: pixels",
        "it has 8x8 pixels, the original 512x512",
    ),
    (
        "a stranger's picture",
        lambda play: saved(Image.linear_gradient("L").convert("RGB")),
        "origin",
        "no picture of this studio",
    ),
    ("no picture at all", lambda play: b"hello", "origin", "not a PNG"),
]


@pytest.mark.parametrize(
    ("change", "step", "says"), [row[1:] for row in PICTURES], ids=[row[0] for row in PICTURES]
)
def test_a_changed_picture_fails(studio, play: Play, change, step: str, says: str):
    must_fail(verify_picture(change(play), studio), step, says)


def test_another_picture_does_not_pass_with_a_right_token(studio, play: Play, tmp_path: Path):
    path = tmp_path / "wrong.png"
    path.write_bytes(saved(flip(play.picture())))
    must_fail(verify_target(play.token, studio, path), "picture: pixels", "1 of 262144")


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


def test_a_wrong_picture_fails_with_a_right_certificate(play: Play):
    picture = saved(flip(play.picture()), mintmark=play.candidate)
    must_fail(
        verify_certificate(play.certificate, picture=picture), "picture: pixels", "their hash"
    )


def test_a_forgery_that_holds_in_itself_fails_against_the_data_folder(studio, play: Play):
    content = json.loads(play.certificate)
    consistent(record("mint", '"gas_used":', '"gas_usee":'))(content)
    forged = canonical(content)
    assert verify_certificate(forged).verdict is Verdict.PASSED  # nothing outside to hold it to
    must_fail(verify_certificate(forged, studio), "data folder", "is another one here")
