"""Where a guild asks for two approvals, no one operator can mint; and the two are counted again."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.conftest import sign_in_to
from tests.striking import striking_studio
from tests.tools.minting.hall import Hall, open_hall
from tools.errors import Conflict, IntegrityError, MintmarkError, Refused
from tools.minting.frozen import SCHEMA, digest_of, frozen_digest
from tools.minting.showing import MintRequestOut
from tools.minting.tables import Approval, Endorsement, MintRequest, Token
from tools.people import Actor, Role, set_role
from tools.provenance.canonical import digest
from tools.settings import Settings


@pytest.fixture
def hall(sqlite_settings: Settings) -> Iterator[Hall]:
    """A hall that asks for two approvals."""
    with striking_studio(sqlite_settings) as studio:
        hall = open_hall(studio)
        _ask_for(hall, 2)
        yield hall


@pytest.fixture
def hall_on_each(settings: Settings) -> Iterator[Hall]:
    """The same on both databases."""
    with striking_studio(settings) as studio:
        hall = open_hall(studio)
        _ask_for(hall, 2)
        yield hall


@pytest.fixture
def second(hall: Hall) -> Actor:
    return sign_in_to(hall.studio, "second", Role.OPERATOR)


def _ask_for(hall: Hall, approvals: int) -> None:
    rule = {"name": "approvals_needed", "value": str(approvals)}
    hall.studio.door.call("set_rule", rule, hall.operator)


def _approve(hall: Hall, operator: Actor, request: MintRequestOut) -> MintRequestOut:
    return hall.call("approve", operator, mint_request_id=request.mint_request_id)


def _demote(hall: Hall, operator: Actor) -> None:
    with hall.studio.db.write() as session:
        set_role(session, operator.person_id, "hall", Role.MEMBER)


def test_the_second_approval_by_another_operator_decides(hall: Hall, second: Actor):
    request = hall.propose(chains=["copper"])
    first = hall.approve(request)
    assert (first.state, [a.name for a in first.approvals]) == ("pending", ["otto"])
    with pytest.raises(Refused, match="not approved"):
        hall.mint(request)
    assert _approve(hall, second, request).state == "approved"
    minted = hall.mint(request, second)
    assert minted.state == "minted"
    assert [a.name for a in minted.approvals] == ["otto", "second"]


def test_the_same_operator_does_not_count_twice_and_the_requester_not_at_all(hall: Hall):
    request = hall.propose()
    hall.approve(request)
    with pytest.raises(Conflict, match="another operator has to approve it too"):
        hall.approve(request)
    with pytest.raises(Refused, match="another operator"):
        _approve(hall, hall.proposer, request)


def test_twenty_approvals_at_once_by_five_operators_are_two_endorsements_and_one_mint(
    hall_on_each: Hall,
):
    hall = hall_on_each
    request = hall.propose(chains=["copper"])
    operators = [sign_in_to(hall.studio, f"operator {n}", Role.OPERATOR) for n in range(5)]
    outcomes: list[str] = []

    def approve(operator: Actor) -> None:
        try:
            outcomes.append(_approve(hall, operator, request).state)
        except MintmarkError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=approve, args=(o,)) for o in operators * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcomes) == {"pending": 1, "approved": 1, "Conflict": 18}
    with hall.studio.db.read() as session:
        assert session.query(Endorsement).count() == 2
        approval = session.query(Approval).one()
    decider = next(o for o in operators if o.person_id == approval.person_id)
    assert [hall.mint(request, decider).state for _ in range(2)] == ["minted"] * 2
    assert hall.supply("copper") == 1


def test_one_who_lost_the_role_before_the_second_approval_is_counted_no_more(
    hall: Hall, second: Actor
):
    request = hall.propose()
    hall.approve(request)
    _demote(hall, hall.operator)
    shown = _approve(hall, second, request)
    assert (shown.state, [a.counts for a in shown.approvals]) == ("pending", [False, True])
    third = sign_in_to(hall.studio, "third", Role.OPERATOR)
    assert _approve(hall, third, request).state == "approved"


def test_one_who_lost_the_role_before_the_minting_stops_it_until_another_orders_it(
    hall: Hall, second: Actor
):
    request = hall.propose(chains=["copper"])
    hall.approve(request)
    _approve(hall, second, request)
    _demote(hall, hall.operator)
    with pytest.raises(Refused, match="needs the approval of 2 operators"):
        hall.mint(request, second)
    with hall.studio.db.write() as session:
        assert session.query(Token).count() == 0
        session.get_one(MintRequest, request.mint_request_id).state = "failed"
    third = sign_in_to(hall.studio, "third", Role.OPERATOR)
    hall.call("retry_mint", third, mint_request_id=request.mint_request_id)
    assert hall.mint(request, third).state == "minted"


def test_a_rule_changed_later_changes_nothing_about_a_request(hall: Hall):
    request = hall.propose()
    _ask_for(hall, 1)
    assert hall.approve(request).state == "pending"


def test_whoever_lowers_the_number_in_the_row_is_found_out(hall: Hall):
    request = hall.propose()
    with hall.studio.db.write() as session:
        session.execute(text("UPDATE mint_request SET approvals_needed = 1"))
    with pytest.raises(IntegrityError, match="changed"):
        hall.approve(request)


def test_the_digest_of_a_request_that_one_approves_is_what_it_always_was(hall: Hall):
    _ask_for(hall, 1)
    request = hall.propose()
    with hall.studio.db.read() as session:
        row = session.get_one(MintRequest, request.mint_request_id)
    names = "candidate_id requester_id guild round_id tally_hash image_cid metadata_cid "
    names += "metadata_sha256 recipient chains cost_cap_wei id"
    content = {name: getattr(row, name) for name in names.split()}
    assert frozen_digest(row) == digest({"schema": SCHEMA} | content) == request.frozen_digest
    assert digest_of(content, 2) != request.frozen_digest
