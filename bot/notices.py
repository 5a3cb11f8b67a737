"""News of what others did: rounds opened and closed, tokens minted, requests to be decided.

A watch compares the rows it saw last with those there are now. It only reads, so watching leaves
no record; it tells nothing that was there before it began, and nothing the person did themselves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.frontend import Button, Message
from bot.scene import Scene
from tools.minting.tables import Approval, MintRequest
from tools.people import Role
from tools.provenance.tables import ToolCall
from tools.voting.tables import Round


@dataclass(frozen=True)
class _Seen:
    """The state of what is watched: id → state."""

    rounds: dict[str, str]
    requests: dict[str, str]


class Watch:
    """Watches one guild for one person."""

    def __init__(self, scene: Callable[[], Scene]) -> None:
        self._scene = scene
        self._before = _look(scene())

    def news(self) -> list[Message]:
        """What others did since the last time."""
        scene = self._scene()
        before, self._before = self._before, _look(scene)
        with scene.studio.db.read() as session:
            return [
                *_of_rounds(session, scene, _changed(before.rounds, self._before.rounds)),
                *_of_requests(session, scene, _changed(before.requests, self._before.requests)),
            ]


def _look(scene: Scene) -> _Seen:
    guild = scene.actor.guild
    with scene.studio.db.read() as session:
        rounds = session.execute(select(Round.id, Round.state).filter_by(guild=guild))
        requests = session.execute(select(MintRequest.id, MintRequest.state).filter_by(guild=guild))
        return _Seen(dict(iter(rounds)), dict(iter(requests)))


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [key for key, state in after.items() if before.get(key) != state]


def _of_rounds(session: Session, scene: Scene, ids: list[str]) -> Iterator[Message]:
    for row in session.scalars(select(Round).where(Round.id.in_(ids))):
        if _did(session, scene, row, "open_round" if row.state == "open" else "close_round"):
            continue
        look = scene.buttons(Button("Show it", "show_round", {"round_id": row.id}))
        yield Message(_told(row), buttons=look, tone="notice")


def _told(row: Round) -> str:
    if row.state == "open":
        return f"A round is open: {row.title} ({row.id}), until {row.closes_at:%H:%M:%S} UTC."
    return f"The round {row.title} ({row.id}) is closed. {row.outcome or ''}".strip()


def _did(session: Session, scene: Scene, row: Round, tool: str) -> bool:
    """Whether the person opened or closed this round with their own hands."""
    mine = select(ToolCall).filter_by(tool=tool, person_id=scene.actor.person_id)
    if tool == "open_round":
        found = mine.filter_by(id=row.tool_call_id)
    else:
        found = mine.where(ToolCall.arguments["round_id"].as_string() == row.id)
    return session.scalar(found.limit(1)) is not None


def _of_requests(session: Session, scene: Scene, ids: list[str]) -> Iterator[Message]:
    for row in session.scalars(select(MintRequest).where(MintRequest.id.in_(ids))):
        decided = session.get(Approval, row.id)
        by_me = decided is not None and decided.person_id == scene.actor.person_id
        if text := "" if by_me else _wording(row, scene):
            show = Button("Show it", "mint_status", {"mint_request_id": row.id})
            yield Message(text, buttons=scene.buttons(show), tone="notice")


def _wording(row: MintRequest, scene: Scene) -> str:
    mine = row.requester_id == scene.actor.person_id
    decides = scene.role is not None and scene.role.reaches(Role.OPERATOR)
    if row.state == "pending" and decides and not mine:
        return f"{row.id} waits for your decision: {row.candidate_id} is to be minted."
    if row.state == "minted":
        return f"{row.candidate_id} is minted on {' and '.join(row.chains)}."
    if mine and row.state in ("rejected", "failed"):
        ended = "was rejected" if row.state == "rejected" else "has failed"
        return f"Your mint request {row.id} {ended}. {row.error or ''}".strip()
    return ""
