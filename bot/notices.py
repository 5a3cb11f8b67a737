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
from tools.generation.tables import Candidate
from tools.minting.showing import tokens_of
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
        show = Button(scene.say("Show it"), "show_round", {"round_id": row.id})
        yield Message(_told(row, scene), buttons=scene.buttons(show), tone="notice")


def _told(row: Round, scene: Scene) -> str:
    if row.state == "open":
        return scene.say(
            "A round is open: {title} ({round}), until {moment}.",
            title=row.title,
            round=row.id,
            moment=row.closes_at,
        )
    facts = {"title": row.title, "round": row.id}
    if row.outcome is None:
        return scene.say("The round {title} ({round}) is closed.", **facts)
    return scene.say(
        "The round {title} ({round}) is closed. {outcome}",
        **facts,
        outcome=scene.words.again(row.outcome),
    )


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
        if decided is not None and decided.person_id == scene.actor.person_id:
            continue
        if text := _wording(session, row, decided, scene):
            show = Button(scene.say("Show it"), "mint_status", {"mint_request_id": row.id})
            yield Message(text, buttons=scene.buttons(show), tone="notice")


def _wording(session: Session, row: MintRequest, decided: Approval | None, scene: Scene) -> str:
    """What a change means to this person; nothing where it is not their business."""
    me = scene.actor.person_id
    creator = session.get_one(Candidate, row.candidate_id).person_id
    decides = scene.role is not None and scene.role.reaches(Role.OPERATOR)
    if row.state == "pending" and decides and row.requester_id != me:
        return scene.say(
            "{request} waits for your decision: {candidate} is to be minted.",
            request=row.id,
            candidate=row.candidate_id,
        )
    if row.state == "minted":
        return _minted(session, row, creator == me, scene)
    if row.state not in ("rejected", "failed") or me not in (creator, row.requester_id):
        return ""
    if row.state == "failed":
        why = scene.words.again(row.error)
    else:
        why = decided.reason if decided and decided.reason else ""
    ended = _ended(row, row.requester_id == me, scene)
    return scene.say("{ended} {why}", ended=ended, why=why) if why else ended


def _minted(session: Session, row: MintRequest, is_mine: bool, scene: Scene) -> str:
    """Where the tokens are, for anyone to find them."""
    places = [
        scene.say(
            "{chain} (token {number} of {contract})",
            chain=token.chain,
            number=token.number,
            contract=token.contract,
        )
        for token in sorted(tokens_of(session, row.id), key=lambda token: token.chain)
    ]
    facts = {"candidate": row.candidate_id, "places": ", ".join(places or row.chains)}
    if is_mine:
        return scene.say("Your picture {candidate} is minted on {places}.", **facts)
    return scene.say("{candidate} is minted on {places}.", **facts)


def _ended(row: MintRequest, asked_for: bool, scene: Scene) -> str:
    """That a request came to nothing, to who asked for it or to who made the picture."""
    facts = {"request": row.id, "candidate": row.candidate_id}
    match row.state, asked_for:
        case "rejected", True:
            return scene.say("Your mint request {request} for {candidate} was rejected.", **facts)
        case "rejected", False:
            return scene.say(
                "The mint request {request} for your picture {candidate} was rejected.", **facts
            )
        case _, True:
            return scene.say("Your mint request {request} for {candidate} has failed.", **facts)
        case _:
            return scene.say(
                "The mint request {request} for your picture {candidate} has failed.", **facts
            )
