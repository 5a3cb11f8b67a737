"""While minting is paused an approved request waits, holds up nothing, and goes on afterwards."""

from collections.abc import Iterator

import pytest

from agents.workflows import mint as mint_workflow
from tests.agents.workflows.conftest import Working, until
from tests.agents.workflows.craft import calls, request_of
from tests.rows import add_call, add_mint_request
from tools.community.tables import Rule
from tools.minting.tables import Transaction
from tools.provenance.identifiers import short_id


@pytest.fixture(autouse=True)
def _ask_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mint_workflow, "PAUSE_S", 0.2)
    monkeypatch.setattr(mint_workflow, "MOST_ATTEMPTS", 2)


@pytest.fixture(autouse=True)
def _paused(working: Working) -> Iterator[None]:
    _set(working, "A look at the contract.")
    yield
    _set(working, None)


def _set(working: Working, reason: str | None) -> None:
    """Pause minting in the hall, or resume it, as the tools do."""
    call_id = add_call(working.studio, working.olga, "pause")
    with working.studio.db.write() as session:
        session.add(Rule(tool_call_id=call_id, guild="hall", name="pause.mint", value=reason))


def _times_asked(request_id: str) -> int:
    from dbos import DBOS

    return len(DBOS.list_workflows(workflow_id_prefix=f"mint:{request_id}"))


def test_a_request_waits_without_being_called_and_goes_on_after_the_pause(working: Working) -> None:
    request_id = add_mint_request(working.studio, working.ada, working.olga)
    working.studio.dispatch("mint", request_id)
    until(lambda: _times_asked(request_id) > 3)  # waiting is no attempt
    assert request_of(working.studio, request_id).state == "approved"
    assert calls(working.studio.settings, request_id) == {}
    _set(working, None)
    until(lambda: request_of(working.studio, request_id).state == "minted")
    assert calls(working.studio.settings, request_id) == {"mint": 1}


def test_what_was_signed_before_the_pause_is_seen_to_its_end(working: Working) -> None:
    request_id = add_mint_request(working.studio, working.ada, working.olga, state="minting")
    call_id = add_call(working.studio, working.olga, "mint", {"mint_request_id": request_id})
    with working.studio.db.write() as session:
        session.add(
            Transaction(
                id=short_id("x"),
                tool_call_id=call_id,
                chain="copper",
                chain_id=1,
                purpose=f"mint:{request_id}",
                sender="0x" + "0" * 40,
                nonce=0,
                raw="",
                hash="0x" + "0" * 64,
                state="sent",
            )
        )
    working.studio.dispatch("mint", request_id)
    until(lambda: request_of(working.studio, request_id).state == "minted")
