"""Claims: of several processes, exactly one does a thing, such as answering one interaction.

A claim is a row. Whoever writes it first has it; the others find it there and leave the thing be.
The claim of a process that died may be taken over, so what it had begun is not lost.

    if claims.take(studio, f"interaction:{interaction.id}"):
        ...  # nobody else does this

All of these block on the database; from async code, call them in a thread.
"""

from datetime import timedelta

from sqlalchemy import delete, not_, update
from sqlalchemy.exc import IntegrityError

from tools.community.tables import Claim
from tools.provenance.tables import now
from tools.studio import Studio

KEPT = timedelta(days=1)
"""How long a claim is remembered: far longer than Discord repeats anything."""
LASTING = "post:"
"""What the claims begin with that are kept until their post is finished."""


def take(studio: Studio, key: str, promised: str | None = None) -> bool:
    """Claim a thing for this process; False if another live process has it, or has done it.

    Args:
        studio: of this process.
        key: names the thing.
        promised: how to reach who was promised an answer; kept until `settle`.
    """
    try:
        with studio.db.write() as session:
            session.add(Claim(key=key, process=studio.process, promised=promised))
        return True
    except IntegrityError:
        return False


def take_over(studio: Studio, key: str) -> bool:
    """As `take`, but a claim is also free if the process that had it is dead, or is this one."""
    if take(studio, key):
        return True
    with studio.db.read() as session:
        held = session.get(Claim, key)
        holder = held.process if held else None
    if holder is None:  # given back just now
        return take(studio, key)
    if holder == studio.process:
        return True
    return studio.liveness.is_dead(holder) and _inherit(studio, key, holder)


def _inherit(studio: Studio, key: str, holder: str) -> bool:
    change = (
        update(Claim)
        .where(Claim.key == key, Claim.process == holder)
        .values(process=studio.process, claimed_at=now())
    )
    with studio.db.write() as session:
        return session.connection().execute(change).rowcount == 1


def settle(studio: Studio, key: str, process: str) -> bool:
    """Whoever was promised an answer has it, or gets it from the caller, who is the only one then.

    Returns whether it was still owed by that process.
    """
    change = (
        update(Claim)
        .where(Claim.key == key, Claim.process == process, Claim.promised.is_not(None))
        .values(promised=None)
    )
    with studio.db.write() as session:
        return session.connection().execute(change).rowcount == 1


def sweep(studio: Studio) -> int:
    """Forget old claims; returns how many."""
    old = delete(Claim).where(
        Claim.claimed_at < now() - KEPT, not_(Claim.key.startswith(LASTING, autoescape=True))
    )
    with studio.db.write() as session:
        return session.connection().execute(old).rowcount
