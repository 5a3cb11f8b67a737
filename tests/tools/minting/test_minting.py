"""From a proposal to tokens on two chains: frozen, approved by another, minted exactly once."""

import json
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.conftest import sign_in_to
from tests.striking import striking_studio, struck
from tests.tools.minting.hall import Hall, open_hall
from tools.errors import Conflict, IntegrityError, InvalidInput, MintmarkError, NotFound, Refused
from tools.generation.tables import Candidate, Removal
from tools.metadata.store import store_of
from tools.metadata.token_json import parse_token_json
from tools.metadata.unixfs import Cid
from tools.minting.chains import chains_of
from tools.minting.requests import MintRequestOut
from tools.minting.tables import Approval, MintRequest, Token, Transaction
from tools.minting.token_contract import TokenContract
from tools.people import Actor, Role, set_role
from tools.provenance.tables import Record
from tools.settings import Settings


@pytest.fixture
def hall(sqlite_settings: Settings) -> Iterator[Hall]:
    with striking_studio(sqlite_settings) as studio:
        yield open_hall(studio)


@pytest.fixture
def hall_on_each(settings: Settings) -> Iterator[Hall]:
    """The same on both databases."""
    with striking_studio(settings) as studio:
        yield open_hall(studio)


def test_an_approved_request_becomes_a_token_on_each_chain(hall_on_each: Hall):
    hall = hall_on_each
    request = hall.propose()
    assert request.chains == ["copper", "silver"]
    assert request.state == "pending"
    hall.approve(request)
    minted = hall.mint(request)
    assert minted.state == "minted"
    assert {token.chain for token in minted.tokens} == {"copper", "silver"}
    for token in minted.tokens:
        account = chains_of(hall.studio).get(token.chain)
        contract = TokenContract(account.chain, token.contract)
        uri = contract.token_uri(int(token.number))
        document = parse_token_json(store_of(hall.studio).get(Cid.parse(uri)))
        kept = contract.provenance(int(token.number))
        assert document.provenance.origin.candidate == hall.candidate
        assert str(kept.seed) == document.provenance.recipe.seed == "7"
        assert f"sha256:{kept.model_digest.hex()}" == document.provenance.recipe.model.digest


def test_minting_again_leaves_what_is_there(hall: Hall):
    request = hall.propose()
    hall.approve(request)
    first, second = hall.mint(request), hall.mint(request)
    assert first.tokens == second.tokens
    assert hall.supply("copper") == hall.supply("silver") == 1


def test_a_second_token_shares_contract_and_model(hall: Hall):
    for candidate in (hall.candidate, struck(hall.studio, hall.creator, 8, "owl")):
        request = hall.propose(candidate_id=candidate)
        hall.approve(request)
        hall.mint(request)
    assert hall.supply("copper") == 2
    with hall.studio.db.read() as session:
        purposes = sorted(t.purpose.split(":")[0] for t in session.query(Transaction))
    assert purposes == ["deploy"] * 2 + ["mint"] * 4 + ["model"] * 2


def test_nothing_is_minted_without_an_approval(hall: Hall):
    request = hall.propose()
    with pytest.raises(Refused, match="not approved"):
        hall.mint(request)
    with hall.studio.db.read() as session:
        assert session.query(Transaction).count() == 0


def test_nobody_approves_their_own_request(hall: Hall):
    request = hall.propose()
    with pytest.raises(Refused, match="another operator"):
        hall.call("approve", hall.proposer, mint_request_id=request.mint_request_id)


def test_text_never_approves(hall: Hall):
    request = hall.propose()
    with pytest.raises(Refused, match="by hand"):
        hall.call("approve", hall.operator.by("text"), mint_request_id=request.mint_request_id)
    with hall.studio.db.read() as session:
        assert session.get_one(MintRequest, request.mint_request_id).state == "pending"


def test_a_creator_proposes_only_what_a_vote_has_chosen(hall: Hall):
    with pytest.raises(Refused, match="has not won"):
        hall.call("propose_mint", hall.creator, candidate_id=hall.candidate)


@pytest.mark.parametrize("column", ["recipient", "cost_cap_wei", "metadata_cid"])
def test_a_request_changed_after_it_was_frozen_is_neither_approved_nor_minted(
    hall: Hall, column: str
):
    request = hall.propose()
    _change(hall, request, column)
    with pytest.raises(IntegrityError, match="changed"):
        hall.approve(request)
    _change(hall, request, column, back=getattr(request, column))
    hall.approve(request)
    _change(hall, request, column)
    with pytest.raises(Refused, match="not what was approved"):
        hall.mint(request)


def _change(hall: Hall, request: MintRequestOut, column: str, back: str = "0x0") -> None:
    with hall.studio.db.write() as session:
        session.execute(
            text(f"UPDATE mint_request SET {column} = :v WHERE id = :id"),
            {"v": back, "id": request.mint_request_id},
        )


def test_an_operator_who_lost_the_role_no_longer_approves_nor_mints(hall: Hall):
    request = hall.propose()
    hall.approve(request)
    with hall.studio.db.write() as session:
        set_role(session, hall.operator.person_id, "hall", Role.MEMBER)
    with pytest.raises(Refused, match="role operator"):
        hall.mint(request)
    with hall.studio.db.read() as session:
        assert session.query(Token).count() == 0


def test_twenty_approvals_at_once_are_one_approval(hall_on_each: Hall):
    hall = hall_on_each
    request = hall.propose()
    operators = [sign_in_to(hall.studio, f"operator {n}", Role.OPERATOR) for n in range(20)]
    outcomes: list[str] = []

    def approve(operator: Actor) -> None:
        try:
            hall.call("approve", operator, mint_request_id=request.mint_request_id)
            outcomes.append("approved")
        except MintmarkError as error:
            outcomes.append(type(error).__name__)

    _together([lambda o=operator: approve(o) for operator in operators])  # type: ignore[misc]
    assert sorted(outcomes) == ["Conflict"] * 19 + ["approved"]
    with hall.studio.db.read() as session:
        assert session.query(Approval).count() == 1


def test_many_workers_at_once_mint_one_token(hall_on_each: Hall):
    hall = hall_on_each
    request = hall.propose()
    hall.approve(request)
    states: list[str] = []
    _together([lambda: states.append(hall.mint(request).state)] * 6)
    assert states == ["minted"] * 6  # none of them fails because another was quicker
    assert hall.supply("copper") == hall.supply("silver") == 1


def _together(works) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_mint_above_its_cap_is_refused_and_signs_nothing(hall: Hall):
    request = hall.propose(cost_cap_wei=1)
    hall.approve(request)
    with pytest.raises(Refused, match="cap"):
        hall.mint(request)
    status = hall.call("mint_status", hall.creator, mint_request_id=request.mint_request_id)
    assert status.state == "failed"
    assert "cap" in (status.error or "")
    with hall.studio.db.read() as session:
        assert not session.query(Transaction).filter(Transaction.purpose.startswith("mint:")).all()


def test_a_rejected_picture_may_be_proposed_again(hall: Hall):
    request = hall.propose()
    hall.call("reject", hall.operator, mint_request_id=request.mint_request_id, reason="too dark")
    with pytest.raises(Refused, match="not approved"):
        hall.mint(request)
    assert hall.propose().state == "pending"


def test_one_picture_has_one_live_request(hall: Hall):
    hall.propose()
    with pytest.raises(Conflict, match="proposed already"):
        hall.propose()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"recipient": "0x12"}, "40 hexadecimal digits"),
        ({"recipient": "me"}, "not an account address"),
        ({"chains": ["gold"]}, "There are: copper, silver"),
        ({"cost_cap_wei": 0}, "greater than or equal to 1"),
        ({"candidate_id": None}, "Name a picture"),
    ],
)
def test_bad_wishes_are_answered_with_what_would_be_right(hall: Hall, wish: dict, sentence: str):
    with pytest.raises(InvalidInput, match=sentence):
        hall.propose(**wish)


def test_the_record_of_a_mint_names_its_tokens_and_its_seed(hall: Hall):
    request = hall.propose()
    hall.approve(request)
    minted = hall.mint(request)
    with hall.studio.db.read() as session:
        last = session.query(Record).order_by(Record.seq.desc()).first()
        body = json.loads(last.body)
    assert body["facts"]["seed"] == "7"
    assert {m["chain"] for m in body["facts"]["mints"]} == {t.chain for t in minted.tokens}


def test_a_picture_that_was_taken_away_is_not_proposed(hall: Hall):
    with hall.studio.db.write() as session:
        candidate = session.get_one(Candidate, hall.candidate)
        session.add(
            Removal(
                candidate_id=candidate.id,
                tool_call_id=candidate.tool_call_id,
                person_id=candidate.person_id,
            )
        )
    with pytest.raises(NotFound, match="was removed"):
        hall.propose()
