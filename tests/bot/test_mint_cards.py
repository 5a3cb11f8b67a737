"""What people read about minting: the card of a request, the rules, and news of the outcome."""

import pytest
from sqlalchemy.orm import Session

from bot.frontend import Message
from bot.notices import Watch
from bot.presenters import present
from bot.scene import scene_of
from tests.conftest import sign_in_to
from tests.rows import DIGEST, add_call, add_mint_request
from tools.minting.costs import CostOut
from tools.minting.showing import MintRequestOut
from tools.minting.tables import Endorsement, MintRequest, Token, Transaction
from tools.people import Actor, Role
from tools.provenance.identifiers import short_id
from tools.studio import Studio

COST = CostOut(
    chain="copper",
    gas=122_353,
    setup_gas=1_583_116,
    gas_price_wei="1000000000",
    likely_wei="122353000000000",
    at_most_wei="300000000000000",
    likely="0.000122 ETH",
    setup="0.0015 ETH",
    at_most="0.0003 ETH",
    above_cap=False,
    problem=None,
)


@pytest.fixture
def operators(studio: Studio) -> list[Actor]:
    return [sign_in_to(studio, name, Role.OPERATOR) for name in ("reed", "rush", "olga")]


def _pending(studio: Studio, operators: list[Actor], needed: int = 1) -> str:
    """A request of a creator's, and with two needed, reed's approval of it."""
    ada = sign_in_to(studio, "ada", Role.CREATOR)
    asked = add_mint_request(studio, ada, operators[2], state="pending")
    call_id = add_call(studio, operators[0], "approve")
    with studio.db.write() as session:
        request = session.get_one(MintRequest, asked)
        request.approvals_needed, request.tally_hash = needed, DIGEST
        if needed > 1:
            session.add(
                Endorsement(
                    mint_request_id=asked,
                    person_id=operators[0].person_id,
                    tool_call_id=call_id,
                    frozen_digest=DIGEST,
                )
            )
    return asked


def _card(studio: Studio, actor: Actor, asked: str, **changes: object) -> Message:
    shown = studio.door.call("mint_status", {"mint_request_id": asked}, actor)
    assert isinstance(shown, MintRequestOut)
    return present(shown.model_copy(update=changes), scene_of(studio, actor))


def test_the_card_shows_what_is_frozen_what_it_costs_and_what_chose_it(
    studio: Studio, operators: list[Actor]
):
    asked = _pending(studio, operators)
    card = _card(studio, operators[0], asked, cost_estimate=[COST])
    facts = dict(card.facts)
    assert facts["cost on copper"] == (
        "about 0.000122 ETH, at worst 0.0003 ETH; and once 0.0015 ETH for the contract and the "
        "model"
    )
    details = dict(card.details)
    assert details["tally"] == details["frozen as"] == DIGEST
    assert facts["digest"] == "0" * 12
    assert [(b.label, b.kind, b.asks) for b in card.buttons] == [
        ("Approve exactly this", "good", None),
        ("Reject", "danger", "reason"),
    ]


def test_a_chain_that_does_not_answer_and_a_cap_too_low_are_told(
    studio: Studio, operators: list[Actor]
):
    asked = _pending(studio, operators)
    silent = COST.model_copy(update={"problem": "copper does not answer."})
    dear = COST.model_copy(update={"chain": "silver", "above_cap": True, "setup": None})
    facts = dict(_card(studio, operators[0], asked, cost_estimate=[silent, dear]).facts)
    assert facts["cost on copper"] == "not known: copper does not answer."
    assert facts["cost on silver"].endswith("; that is above the cap")


def test_who_has_approved_is_told_and_not_offered_it_again(studio: Studio, operators: list[Actor]):
    asked = _pending(studio, operators, needed=2)
    card = _card(studio, operators[0], asked)
    facts = dict(card.facts)
    assert card.text == "Waits for 2 operators other than the one who proposed it; 1 so far."
    assert facts["approved by"].startswith("reed, ")
    assert facts["still needs"] == "1 more approval"
    assert [button.action for button in card.buttons] == ["reject"]
    others = _card(studio, operators[1], asked)
    assert [button.action for button in others.buttons] == ["approve", "reject"]


def test_a_request_that_waits_out_a_pause_says_so_and_is_not_followed(
    studio: Studio, operators: list[Actor]
):
    from bot.following import work_behind

    asked = add_mint_request(studio, sign_in_to(studio, "ada", Role.CREATOR), operators[0])
    wish = {"what": "mint", "reason": "A look at the contract."}
    studio.door.call("pause", wish, operators[1])
    shown = studio.door.call("mint_status", {"mint_request_id": asked}, operators[1])
    assert present(shown, scene_of(studio, operators[1])).text == (
        "Approved; it waits, because minting is paused here: A look at the contract."
    )
    assert work_behind(shown) is None


def test_rules_are_shown_with_who_set_them_and_a_way_out_of_a_pause(
    studio: Studio, operators: list[Actor]
):
    reed = operators[0]
    changed = studio.door.call("set_rule", {"name": "approvals_needed", "value": "2"}, reed)
    told = present(changed, scene_of(studio, reed)).text
    assert told.startswith("Operators who must approve a mint: 2 (approvals_needed; by reed, 20")
    assert "\n" not in told  # only what was changed
    paused = studio.door.call("pause", {"what": "vote", "reason": "A break."}, reed)
    assert present(paused, scene_of(studio, reed)).text == "Voting is paused: A break."
    shown = studio.door.call("rules", {}, reed)
    message = present(shown, scene_of(studio, reed))
    assert message.text.startswith("Voting is paused: A break.\n")
    assert "Operators who must approve a mint: 2 (approvals_needed; by reed, 20" in message.text
    assert [(b.label, b.arguments) for b in message.buttons] == [
        ("Resume voting", {"what": "vote"})
    ]
    resumed = studio.door.call("resume", {"what": "vote"}, reed)
    assert present(resumed, scene_of(studio, reed)).text == "Votes are taken again."
    moss = sign_in_to(studio, "moss")
    assert present(shown, scene_of(studio, moss)).buttons == ()
    limits = present(studio.door.call("limits", {}, moss), scene_of(studio, moss))
    assert limits.text.startswith("member (you): 200 pictures a day, 2 requests at once\n")


def test_a_creator_hears_why_a_picture_was_rejected_and_where_another_is_minted(
    studio: Studio, operators: list[Actor]
):
    ada = sign_in_to(studio, "ada", Role.CREATOR)
    watch = Watch(lambda: scene_of(studio, ada))
    rejected, minted = (_of_ada(studio, ada, operators[0]) for _ in range(2))
    watch.news()
    with studio.db.write() as session:
        session.get_one(MintRequest, rejected).state = "rejected"
        _mint(session, minted)
        pictures = [session.get_one(MintRequest, id).candidate_id for id in (rejected, minted)]
    assert sorted(message.text for message in watch.news()) == [
        f"The mint request {rejected} for your picture {pictures[0]} was rejected. Too dark.",
        f"Your picture {pictures[1]} is minted on copper (token 7 of 0xc0).",
    ]


def _of_ada(studio: Studio, ada: Actor, proposer: Actor) -> str:
    """A request for a picture of ada's that somebody else proposed, and why it is rejected."""
    asked = add_mint_request(studio, ada, proposer, state="pending", reason="Too dark.")
    with studio.db.write() as session:
        session.get_one(MintRequest, asked).requester_id = proposer.person_id
    return asked


def _mint(session: Session, asked: str) -> None:
    request = session.get_one(MintRequest, asked)
    request.state = "minted"
    transaction = Transaction(
        id=short_id("x"),
        tool_call_id=request.tool_call_id,
        chain="copper",
        chain_id=1_337_001,
        purpose=f"mint:{asked}",
        sender="0x0",
        nonce=0,
        raw="",
        hash="0x0",
        state="confirmed",
    )
    session.add(transaction)
    session.flush()
    session.add(
        Token(
            id=short_id("t"),
            tool_call_id=request.tool_call_id,
            mint_request_id=asked,
            candidate_id=request.candidate_id,
            chain="copper",
            chain_id=1_337_001,
            contract="0xc0",
            number="7",
            transaction_id=transaction.id,
            metadata_cid=request.metadata_cid,
        )
    )
