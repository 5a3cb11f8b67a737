"""Every manipulation gets a failure that names what differs; none passes.

Each one is done by somebody with full access to the data folder: triggers and keys do not stop
them. The table says which step must fail and what it must say.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.striking import striking_studio
from tests.tools.verification.conftest import Play, settings_of
from tests.tools.verification.failing import must_fail
from tools.metadata.store import ContentStore
from tools.metadata.unixfs import Cid
from tools.provenance import log
from tools.verification.verify import verify_target


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
