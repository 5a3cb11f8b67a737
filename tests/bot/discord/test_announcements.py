"""What operators must decide and creators must know is told once, wherever it came from."""

import asyncio

import pytest

from bot.discord import announcements
from bot.discord.client import MintmarkClient
from tests.bot.discord.conftest import People, Running
from tests.bot.discord.polling import set_rule, signed_in
from tests.peers.discord import Message, Peer
from tests.rows import DIGEST, DOCUMENT, PICTURE, add_call, add_candidate
from tools.minting.frozen import frozen_digest
from tools.minting.tables import MintRequest
from tools.people import Role
from tools.provenance.identifiers import short_id
from tools.studio import Studio


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, so that tests need not wait."""
    monkeypatch.setattr(announcements, "LOOKS_EVERY_S", 0.05)


def requested(studio: Studio, people: People) -> str:
    """A mint request of wren's that waits for an operator."""
    wren = signed_in(studio, people, people.wren, Role.CREATOR)
    request = MintRequest(
        id=short_id("m"),
        tool_call_id=add_call(studio, wren, "propose_mint"),
        candidate_id=add_candidate(studio, wren),
        requester_id=wren.person_id,
        guild=wren.guild,
        image_cid=PICTURE,
        metadata_cid=DOCUMENT,
        metadata_sha256=DIGEST,
        recipient="0x" + "0" * 40,
        chains=["copper"],
        cost_cap_wei="1",
        approvals_needed=1,
        state="pending",
    )
    request.frozen_digest = frozen_digest(request)
    with studio.db.write() as session:
        session.add(request)
    return request.id


def review_cards(people: People, request: str) -> list[Message]:
    """The messages in the review channel that are about a request."""
    return [m for m in people.review.messages.values() if request in m.text.replace("\\", "")]


async def test_a_request_is_shown_for_review_decided_there_and_its_creator_told_once(
    running: Running, peer: Peer, people: People, studio: Studio
) -> None:
    owner = people.hall.owner
    set_rule(studio, people, "review_channel", str(people.review.id))
    request = requested(studio, people)  # nobody is there yet
    async with running(studio):
        await peer.until(lambda: review_cards(people, request))
        (card,) = review_cards(people, request)
        assert "frozen as" in card.text
    async with running(studio):  # another process answers the button of the first
        window = await owner.press(card, "Reject")
        assert window.modal is not None
        assert window.modal.title == "Reject this mint request"
        answer = await (await owner.submit(window, {"words": "**too** blue"})).done()
        assert answer.ephemeral
        await peer.until(lambda: "Rejected" in card.text)
        assert "Reject" not in card.labels
        await peer.until(lambda: people.wren.inbox)
    async with running(studio):
        await asyncio.sleep(0.3)
    assert len(review_cards(people, request)) == 1
    (told,) = [m for m in people.wren.inbox if request in m.text.replace("\\", "")]
    assert r"\*\*too\*\* blue" in told.text


async def test_where_everybody_would_see_it_only_that_a_request_waits_is_told(
    bot: MintmarkClient, peer: Peer, people: People, studio: Studio
) -> None:
    set_rule(studio, people, "review_channel", str(people.studio.id))
    request = requested(studio, people)
    told = people.studio.messages
    await peer.until(lambda: any(request in m.text.replace("\\", "") for m in told.values()))
    (card,) = [m for m in told.values() if request in m.text.replace("\\", "")]
    assert "frozen as" not in card.text
    assert card.labels == ["Show it"]
