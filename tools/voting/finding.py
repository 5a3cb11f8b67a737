"""The round that someone means."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tools.errors import Conflict, InvalidInput, NotFound
from tools.people import STUDIO_ID, Actor
from tools.provenance.tables import now
from tools.voting.tables import Round

_ROUNDS = 0x564F5445  # the key of PostgreSQL's advisory lock: "VOTE"
_NAMED = 8  # open rounds that are named to someone who must choose


def find_round(session: Session, actor: Actor, round_id: str | None) -> Round:
    """A round of the actor's guild by its id, or the one that is open there.

    Raises:
        NotFound: if the guild has no such round, or none is open.
        InvalidInput: if several are open and none was named.
    """
    if round_id is None:
        return _the_open_round(session, actor)
    found = session.get(Round, round_id)
    if found is None or not _seen_by(actor, found):
        raise NotFound(
            "There is no round {round!r} here: /rounds shows those there are.", round=round_id
        )
    return found


def lock_round(session: Session, actor: Actor, round_id: str | None) -> Round:
    """As `find_round`, and nobody else changes the round or its ballots until the end.

    On PostgreSQL the row is locked; on SQLite a writing session has the only write lock anyway.
    """
    found = find_round(session, actor, round_id)
    if session.get_bind().dialect.name == "postgresql":
        session.refresh(found, with_for_update=True)
    return found


def still_open(round_: Round) -> None:
    """Let nobody change what is closed.

    Raises:
        Conflict: if the round is closed.
    """
    if round_.state != "open":
        raise Conflict("Round {round} is closed already.", round=round_.id)


def lock_opening(session: Session) -> None:
    """Let one round be opened at a time, so that no two take the same candidates."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ROUNDS})


def _seen_by(actor: Actor, round_: Round) -> bool:
    return actor.person_id == STUDIO_ID or round_.guild == actor.guild


def _the_open_round(session: Session, actor: Actor) -> Round:
    query = select(Round).filter_by(guild=actor.guild, state="open").order_by(Round.opens_at)
    still_open = list(session.scalars(query))
    running = [round_ for round_ in still_open if round_.closes_at > now()] or still_open
    if not running:
        raise NotFound("No round is open here: an operator opens one with /open_round.")
    if len(running) > 1:
        shown = [round_.id for round_ in running[:_NAMED]]
        more = ["…"] if len(running) > _NAMED else []
        raise InvalidInput(
            "Several rounds are open, say which one you mean: {rounds}.",
            rounds=", ".join(shown + more),
        )
    return running[0]
