"""An approved request is minted as its operator, with patience for what does not answer."""

from tests.agents.workflows.conftest import Working, until
from tests.agents.workflows.craft import Deed, calls, fail_with, request_of, script
from tests.conftest import sign_in_to
from tests.rows import add_mint_request
from tools.errors import IntegrityError, ServiceUnavailable
from tools.minting.tables import MintRequest
from tools.people import Role, set_role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import ToolCall


def _approved(working: Working, deed: Deed | None = None) -> str:
    """A request whose approval nobody handed out yet, and what comes of minting it."""
    request_id = add_mint_request(working.studio, working.ada, working.olga, state="pending")
    if deed is not None:
        script["mint", request_id] = deed
    with working.studio.db.write() as session:
        session.get_one(MintRequest, request_id).state = "approved"
    return request_id


def _ended(working: Working, request_id: str) -> MintRequest:
    until(lambda: request_of(working.studio, request_id).state in ("minted", "failed"))
    return request_of(working.studio, request_id)


def test_an_approved_request_is_minted_once_as_the_operator_who_approved(working: Working) -> None:
    request_id = _approved(working)
    for _ in range(3):
        working.studio.dispatch("mint", request_id)
    assert _ended(working, request_id).state == "minted"
    assert calls(working.studio.settings, request_id) == {"mint": 1}
    with working.studio.db.read() as session:
        call = session.query(ToolCall).filter_by(tool="mint").order_by(ToolCall.id.desc()).first()
    assert call is not None
    assert (call.person_id, call.role, call.via) == (working.olga.person_id, "operator", "workflow")


def test_an_approved_request_that_nobody_handed_out_is_found(working: Working) -> None:
    request_id = _approved(working)
    assert _ended(working, request_id).state == "minted"


def test_an_operator_who_is_one_no_longer_mints_nothing(working: Working) -> None:
    olaf = sign_in_to(working.studio, "olaf", Role.OPERATOR)
    request_id = add_mint_request(working.studio, working.ada, olaf)
    with working.studio.db.write() as session:
        set_role(session, olaf.person_id, olaf.guild, None)
    working.studio.dispatch("mint", request_id)
    request = _ended(working, request_id)
    assert request.state == "failed"
    assert request.error == "You have no role here, and mint needs at least operator."
    assert calls(working.studio.settings, request_id) == {}


def test_a_chain_that_does_not_answer_is_tried_again(working: Working) -> None:
    answers = iter([ServiceUnavailable("The chain copper does not answer.")])

    def answer_the_second_time(_: OpenCall) -> None:
        for error in answers:
            raise error

    request_id = _approved(working, answer_the_second_time)
    working.studio.dispatch("mint", request_id)
    assert _ended(working, request_id).state == "minted"
    assert calls(working.studio.settings, request_id) == {"mint": 2}


def test_what_waiting_cannot_mend_ends_the_attempt_and_a_retry_begins_anew(
    working: Working,
) -> None:
    request_id = _approved(working, fail_with(IntegrityError("Token 1 has another owner.")))
    working.studio.dispatch("mint", request_id)
    request = _ended(working, request_id)
    assert (request.state, request.error) == ("failed", "Token 1 has another owner.")

    del script["mint", request_id]
    with working.studio.db.write() as session:
        session.get_one(MintRequest, request_id).state = "approved"
    working.studio.dispatch("mint", f"{request_id}:second")
    assert _ended(working, request_id).state == "minted"


def test_a_retry_is_carried_out_as_the_operator_who_ordered_it(working: Working) -> None:
    studio, olaf = working.studio, sign_in_to(working.studio, "olaf", Role.OPERATOR)
    request_id = _approved(working, fail_with(IntegrityError("Token 1 has another owner.")))
    studio.dispatch("mint", request_id)
    _ended(working, request_id)

    del script["mint", request_id]
    with studio.db.write() as session:
        set_role(session, working.olga.person_id, "hall", Role.MEMBER)
        session.get_one(MintRequest, request_id).state = "approved"
        ordered = ToolCall(
            id="call_retry",
            tool="retry_mint",
            tool_version="1",
            person_id=olaf.person_id,
            guild=olaf.guild,
            channel=olaf.channel,
            front_end=olaf.front_end,
            via="command",
            process=studio.process,
            arguments={},
        )
        session.add(ordered)
    studio.dispatch("mint", f"{request_id}:call_retry")
    assert _ended(working, request_id).state == "minted"


def test_what_is_not_approved_is_not_minted(working: Working) -> None:
    request_id = add_mint_request(working.studio, working.ada, working.olga, state="pending")
    working.studio.dispatch("mint", "mrq_nothere")
    other = _approved(working)
    working.studio.dispatch("mint", other)
    _ended(working, other)
    assert request_of(working.studio, request_id).state == "pending"
    assert calls(working.studio.settings, request_id) == {}
