"""The history behind a thing: complete, in order, and showing each reader what they may see."""

import pytest
from sqlalchemy import text

from tests.conftest import sign_in_to
from tests.tools.verification.conftest import Play
from tools.errors import NotFound
from tools.people import Actor, Role
from tools.provenance.tables import Record
from tools.studio import Studio
from tools.verification.history import ProvenanceOut, StepOut


def told(studio: Studio, subject: str, reader: Actor | None = None) -> ProvenanceOut:
    mia = reader or sign_in_to(studio, "mia")
    history = studio.door.call("provenance", {"subject_id": subject}, mia)
    assert isinstance(history, ProvenanceOut)
    return history


def step(history: ProvenanceOut, tool: str) -> StepOut:
    return next(step for step in history.steps if step.tool == tool)


def test_a_token_has_a_history_from_the_picture_to_the_mint(studio: Studio, play: Play):
    history = told(studio, play.token)
    assert history.kind == "token"
    tools = [step.tool for step in history.steps]
    assert tools == ["strike", "open_round", *["vote"] * 4, "close_round", *MINTING]
    assert all(step.outcome == "settled" for step in history.steps)
    assert step(history, "mint").facts["seed"] == "7"


MINTING = ["propose_mint", "approve", "mint"]


def test_every_subject_is_found_by_its_id(studio: Studio, play: Play):
    call = step(told(studio, play.token), "approve").call_id
    kinds = {
        play.candidate: "candidate",
        play.request: "mint request",
        play.round: "round",
        call: "tool call",
    }
    assert {subject: told(studio, subject).kind for subject in kinds} == kinds
    with pytest.raises(NotFound, match="by its id"):
        told(studio, "c_0000000000")


def test_people_are_named_except_for_how_they_voted(studio: Studio, play: Play):
    history = told(studio, play.round)
    assert step(history, "close_round").name == "otto"
    votes = [step for step in history.steps if step.tool == "vote"]
    assert {vote.name for vote in votes} == {"mia", None}  # her own she may see
    assert all(vote.who and vote.who.startswith("sha256:") for vote in votes)


def test_the_log_does_not_repeat_what_it_tells(studio: Studio, play: Play):
    told(studio, play.token)
    with studio.db.read() as session:
        last = session.query(Record).order_by(Record.seq.desc()).first()
    assert last is not None
    assert '"steps"' not in last.body


def refused_wish(studio: Studio, name: str, guild: str = "hall") -> str:
    """A call with words in it; its id."""
    actor = sign_in_to(studio, name, Role.CREATOR, guild)
    with pytest.raises(Exception, match="collection"):
        studio.door.call("create", {"prompt": "a secret fox", "collection": "none"}, actor)
    with studio.db.read() as session:
        query = text("SELECT id FROM tool_call WHERE tool = 'create' ORDER BY id DESC LIMIT 1")
        return str(session.scalar(query))


def words(studio: Studio, call: str, reader: Actor) -> list[str | None]:
    return [w.text for s in told(studio, call, reader).steps for w in s.words]


def test_words_are_shown_to_who_wrote_them_and_to_operators_there(studio: Studio, play: Play):
    call = refused_wish(studio, "ada")
    assert words(studio, call, sign_in_to(studio, "ada", Role.CREATOR)) == ["a secret fox"]
    assert words(studio, call, sign_in_to(studio, "otto", Role.OPERATOR)) == ["a secret fox"]
    assert words(studio, call, sign_in_to(studio, "mia")) == [None]
    elsewhere = sign_in_to(studio, "eve", Role.OPERATOR, guild="elsewhere")
    assert words(studio, call, elsewhere) == [None]


def test_erased_words_leave_their_commitment(studio: Studio, play: Play):
    call = refused_wish(studio, "ada")
    with studio.db.write() as session:
        session.execute(text("DELETE FROM plaintext"))
    [found] = told(studio, call, sign_in_to(studio, "ada", Role.CREATOR)).steps[0].words
    assert found.text is None
    assert found.why_not is not None
    assert "erased" in found.why_not
    assert found.commitment.startswith("sha256:")


def test_exchanged_words_are_not_shown_as_theirs(studio: Studio, play: Play):
    call = refused_wish(studio, "ada")
    with studio.db.write() as session:
        session.execute(text("UPDATE plaintext SET text = 'an innocent fox'"))
    [found] = told(studio, call, sign_in_to(studio, "ada", Role.CREATOR)).steps[0].words
    assert found.text is None
    assert "changed" in (found.why_not or "")
