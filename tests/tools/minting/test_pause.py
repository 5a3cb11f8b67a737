"""While minting is paused nothing new is signed; what was signed is seen to its end."""

from collections.abc import Iterator

import pytest

from tests.striking import striking_studio
from tests.tools.minting.hall import Hall, open_hall
from tools.errors import ServiceUnavailable
from tools.minting import outbox
from tools.minting.tables import Transaction
from tools.settings import Settings


@pytest.fixture
def hall(sqlite_settings: Settings) -> Iterator[Hall]:
    with striking_studio(sqlite_settings) as studio:
        yield open_hall(studio)


def _pause(hall: Hall) -> None:
    wish = {"what": "mint", "reason": "A look at the contract."}
    hall.studio.door.call("pause", wish, hall.operator)


def test_nothing_is_signed_while_it_is_paused_and_the_status_says_why(hall: Hall):
    request = hall.approved(chains=["copper"])
    _pause(hall)
    with pytest.raises(ServiceUnavailable, match="paused here: A look at the contract"):
        hall.mint(request)
    with hall.studio.db.read() as session:
        assert session.query(Transaction).count() == 0
    assert hall.status(request).paused == "A look at the contract."
    hall.studio.door.call("resume", {"what": "mint"}, hall.operator)
    assert hall.status(request).paused is None
    assert hall.mint(request).state == "minted"


def test_bytes_that_were_signed_before_are_sent_although_it_is_paused(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
):
    request = hall.approved(chains=["copper"])
    with monkeypatch.context() as cut:
        cut.setattr(outbox, "_send_in_order", _cut_off_before_the_mint)
        with pytest.raises(ServiceUnavailable, match="cut off"):
            hall.mint(request)
    _pause(hall)
    with hall.studio.db.read() as session:
        assert outbox.is_in_flight(session, request.mint_request_id)
    assert hall.mint(request).state == "minted"
    with hall.studio.db.read() as session:
        assert not outbox.is_in_flight(session, request.mint_request_id)


_send_in_order = outbox._send_in_order


def _cut_off_before_the_mint(database, account, last: Transaction) -> None:
    if last.purpose.startswith("mint:"):
        raise ServiceUnavailable("The line was cut off.")
    _send_in_order(database, account, last)
