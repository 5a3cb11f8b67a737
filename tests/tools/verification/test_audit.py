"""The audit: who did what here lately, and how it ended; never words that were erased."""

from collections.abc import Iterator

import pytest

from bot.presenters import present
from bot.scene import scene_of
from tests.conftest import sign_in_to
from tests.rows import add_candidate, add_mint_request
from tools.catalogue import open_studio
from tools.errors import InvalidInput, MintmarkError, NotFound, Refused
from tools.people import Actor, Role
from tools.provenance.tables import Person, Plaintext
from tools.settings import Settings
from tools.studio import Studio
from tools.verification.audit import AuditLineOut, AuditOut


@pytest.fixture
def studio(settings: Settings) -> Iterator[Studio]:
    with open_studio(settings) as studio:
        yield studio


@pytest.fixture
def olga(studio: Studio) -> Actor:
    return sign_in_to(studio, "olga", Role.OPERATOR)


def _audit(studio: Studio, olga: Actor, **which: object) -> AuditOut:
    output = studio.door.call("audit", which, olga)
    assert isinstance(output, AuditOut)
    return output


def _lines(studio: Studio, olga: Actor, **which: object) -> list[AuditLineOut]:
    return _audit(studio, olga, **which).lines


def test_calls_are_told_with_who_and_how_they_ended(studio: Studio, olga: Actor):
    ada = sign_in_to(studio, "ada", Role.CREATOR)
    studio.door.call("rounds", {}, ada)
    with pytest.raises(Refused):
        studio.door.call("set_rule", {"name": "locale", "value": "de"}, ada)
    with pytest.raises(InvalidInput):
        studio.door.call("set_rule", {"name": "locale", "value": "german"}, olga)
    newest, refused, done = _lines(studio, olga)
    assert (done.tool, done.name, done.role, done.outcome) == (
        "rounds",
        "ada",
        "creator",
        "settled",
    )
    assert (refused.outcome, refused.error) == ("refused", "Refused")
    assert refused.why == "set_rule needs the role operator; you are creator."
    assert done.outcome == "settled"
    assert (newest.outcome, newest.error) == ("failed", "InvalidInput")


def test_they_are_chosen_by_person_tool_subject_and_outcome(studio: Studio, olga: Actor):
    ada, bob = (sign_in_to(studio, name, Role.CREATOR) for name in ("ada", "bob"))
    asked = add_mint_request(studio, ada, olga, state="pending")
    for person in (ada, bob):
        studio.door.call("tokens", {}, person)
    studio.door.call("mint_status", {"mint_request_id": asked}, bob)
    with pytest.raises(MintmarkError):
        studio.door.call("mint_status", {"mint_request_id": "m_0"}, bob)
    assert {line.name for line in _lines(studio, olga, person_id="bob", tool="tokens")} == {"bob"}
    assert [line.subjects for line in _lines(studio, olga, subject=asked)] == [[asked]]
    assert [line.tool for line in _lines(studio, olga, outcome="failed")] == ["mint_status"]
    with pytest.raises(NotFound, match="nobody"):
        _audit(studio, olga, person_id="zoe")


def test_it_is_paged_to_the_first_call_and_nothing_is_told_twice(studio: Studio, olga: Actor):
    for _ in range(5):
        studio.door.call("tokens", {}, olga)
    seen: list[str] = []
    before = None
    while True:
        page = _audit(studio, olga, tool="tokens", limit=2, before=before)
        seen += [line.call_id for line in page.lines]
        if (before := page.next_before) is None:
            break
    assert (len(seen), seen) == (5, sorted(set(seen), reverse=True))


def test_what_was_done_elsewhere_is_not_told_here(studio: Studio, olga: Actor):
    studio.door.call("tokens", {}, sign_in_to(studio, "zoe", guild="elsewhere"))
    assert _lines(studio, olga, tool="tokens") == []


def test_nobody_is_quoted_whose_words_were_erased(studio: Studio, olga: Actor):
    ada = sign_in_to(studio, "ada")
    with pytest.raises(Refused):
        studio.door.call("create", {"prompt": "my secret wish"}, ada)
    with studio.db.write() as session:
        session.query(Plaintext).filter_by(person_id=ada.person_id).delete()
        person = session.get_one(Person, ada.person_id)
        person.name = person.external_id = person.salt = None
    [line] = _lines(studio, olga, tool="create")
    assert (line.name, line.why, line.outcome) == (None, None, "refused")


def test_a_ballot_stays_secret(studio: Studio, olga: Actor):
    candidate = add_candidate(studio, sign_in_to(studio, "ada", Role.CREATOR))
    studio.door.call("open_round", {"title": "A"}, olga)
    studio.door.call("vote", {"choice": candidate}, sign_in_to(studio, "moss"))
    [line] = _lines(studio, olga, tool="vote")
    assert (line.name, line.subjects, line.why) == ("moss", [], None)
    assert "vote" not in {line.tool for line in _lines(studio, olga, subject=candidate)}


def test_only_operators_see_it(studio: Studio):
    with pytest.raises(Refused, match="operator"):
        studio.door.call("audit", {}, sign_in_to(studio, "ada", Role.CREATOR))


def test_it_is_shown_as_lines_with_a_way_to_older_ones(studio: Studio, olga: Actor):
    for _ in range(3):
        studio.door.call("tokens", {}, olga)
    page = _audit(studio, olga, tool="tokens", limit=2)
    message = present(page, scene_of(studio, olga))
    assert message.text.count("olga: tokens (command)") == 2
    [older] = message.buttons
    expected = {"tool": "tokens", "limit": "2", "before": page.lines[-1].call_id}
    assert older.arguments == expected


def test_newer_ones_are_next_to_those_that_were_shown(studio: Studio, olga: Actor):
    for _ in range(7):
        studio.door.call("tokens", {}, olga)
    every = [line.call_id for line in _lines(studio, olga, tool="tokens")]
    shown = _audit(studio, olga, tool="tokens", limit=2, before=every[4])
    middle = _audit(studio, olga, tool="tokens", limit=2, after=shown.next_after)
    top = _audit(studio, olga, tool="tokens", limit=4, after=middle.next_after)
    pages = [[line.call_id for line in page.lines] for page in (shown, middle, top)]
    assert pages == [every[5:7], every[3:5], every[0:3]]
    assert (shown.next_before, middle.next_before) == (None, every[4])
    assert top.next_after is None
