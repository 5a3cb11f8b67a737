"""The log holds from end to end, and any edit of it is found."""

import threading

import pytest
from sqlalchemy import text

from tests.conftest import sign_in_to
from tools.definition import Input, Output, PrivateText, tool
from tools.errors import InvalidInput
from tools.people import Role
from tools.provenance import log
from tools.provenance.canonical import canonical
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Plaintext, Record, ToolCall
from tools.settings import Settings
from tools.studio import Studio


class Wish(Input):
    words: PrivateText
    number: int = 1


class Answer(Output):
    doubled: int


@tool(least_role=Role.MEMBER)
def double(call: OpenCall, wish: Wish) -> Answer:
    """Double a number."""
    call.note(seed=2**63, half=0.5)
    return Answer(doubled=wish.number * 2)


@pytest.fixture
def studio(settings: Settings):
    with Studio(settings, [double]) as opened:
        yield opened


@pytest.fixture
def busy(studio: Studio) -> Studio:
    """A studio whose log holds six records."""
    ada = sign_in_to(studio, "ada")
    for number in range(3):
        studio.door.call("double", {"words": f"wish {number}", "number": number}, ada)
    return studio


def unguarded(studio: Studio, statement: str) -> None:
    """Edit the database as someone who can switch the guards off."""
    with studio.db.write() as session:
        if studio.db.is_sqlite:
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for name in list(names):
                session.execute(text(f'DROP TRIGGER "{name}"'))
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement))


def fault(studio: Studio) -> log.Fault | None:
    with studio.db.read() as session:
        return log.find_fault(session)


def test_a_fresh_log_is_empty_and_holds(studio: Studio):
    with studio.db.read() as session:
        assert log.head(session) == log.Head(0, log.GENESIS)
    assert fault(studio) is None


def test_each_call_is_an_intent_and_an_outcome(busy: Studio):
    with busy.db.read() as session:
        phases = [r.phase for r in session.query(Record).order_by(Record.seq)]
        assert phases == ["intent", "settled"] * 3
        assert list(log.open_calls(session)) == []
    assert fault(busy) is None


def test_the_log_holds_commitments_and_the_erasable_table_the_words(busy: Studio):
    with busy.db.read() as session:
        bodies = " ".join(record.body for record in session.query(Record))
        assert "wish 1" not in bodies
        call = session.query(ToolCall).order_by(ToolCall.id).all()[1]
        opened = session.get(Plaintext, call.arguments["words"])
        assert opened is not None
        assert opened.text == "wish 1"


def test_words_can_be_erased_and_the_log_still_holds(busy: Studio):
    with busy.db.write() as session:
        session.query(Plaintext).delete()
    assert fault(busy) is None


@pytest.mark.parametrize(
    ("edit", "seq"),
    [
        ("UPDATE record SET body = replace(body, 'settled', 'setsled') WHERE seq = 2", 2),
        ("UPDATE record SET phase = 'failed' WHERE seq = 4", 4),
        ("UPDATE record SET digest = (SELECT digest FROM record WHERE seq = 1) WHERE seq = 3", 3),
        ("DELETE FROM record WHERE seq = 3", 3),
        ("UPDATE tool_call SET role = 'operator'", 1),
        ("UPDATE tool_call SET tool = 'mint'", 1),
    ],
)
def test_an_edited_row_is_found_at_its_place(busy: Studio, edit: str, seq: int):
    unguarded(busy, edit)
    found = fault(busy)
    assert found is not None
    assert found.seq == seq


def test_writers_at_once_make_one_unbroken_chain(studio: Studio):
    people = [sign_in_to(studio, f"person {number}") for number in range(8)]

    def work(person):
        for number in range(5):
            studio.door.call("double", {"words": "x", "number": number}, person)

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with studio.db.read() as session:
        assert log.head(session).size == 80
    assert fault(studio) is None


def test_a_refused_call_is_one_record_that_says_why(studio: Studio):
    ada = sign_in_to(studio, "ada")
    with pytest.raises(InvalidInput, match="number"):
        studio.door.call("double", {"words": "x", "number": "many"}, ada)
    with studio.db.read() as session:
        [record] = session.query(Record).all()
        assert record.phase == "refused"
        assert '"type":"InvalidInput"' in record.body


def test_records_hold_no_floats():
    with pytest.raises(TypeError, match="float"):
        canonical({"score": 0.5})
    with pytest.raises(TypeError, match="int"):
        canonical({"seed": 2**63})
