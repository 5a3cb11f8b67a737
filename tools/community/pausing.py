"""Pausing and resuming: what an operator can stop at once, and why it stands still.

What has begun goes on: pictures that are being made are finished, votes that were cast stand, and
a transaction that was signed is seen to its end. Nothing new begins until it is resumed.
"""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from tools.community.rules import PAUSABLE, Pausable, rules_of
from tools.community.setting import RulesOut, put, shown
from tools.definition import BY_HAND, Input, PrivateText, tool
from tools.errors import Conflict
from tools.people import Role
from tools.provenance.effects import OpenCall

What = Literal["create", "vote", "mint", "everything"]


class PauseIn(Input):
    """What to pause, and the reason that people are told."""

    what: What = Field(description="what to pause")
    reason: PrivateText = Field(min_length=1, max_length=300, description="what people are told")


class ResumeIn(Input):
    """What to resume."""

    what: What = Field(description="what to resume")


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def pause(call: OpenCall, wish: PauseIn) -> RulesOut:
    """Pause making pictures, voting or minting in this community, with a reason for everybody."""
    with call.studio.db.write() as session:
        for what in _meant(wish.what):
            put(session, call, f"pause.{what}", wish.reason)
    return shown(call, "", _names(_meant(wish.what)))


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def resume(call: OpenCall, wish: ResumeIn) -> RulesOut:
    """Let go on what was paused."""
    with call.studio.db.write() as session:
        paused = rules_of(call.studio, call.actor.guild, session=session).paused
        meant = [what for what in _meant(wish.what) if what in paused]
        if not meant:
            raise Conflict(
                "Nothing of that is paused. Paused are: {paused}.",
                paused=", ".join(paused) or "none",
            )
        for what in meant:
            put(session, call, f"pause.{what}", None)
    return shown(call, "", _names(meant))


def _meant(what: What) -> tuple[Pausable, ...]:
    return PAUSABLE if what == "everything" else (what,)


def _names(pauses: Iterable[Pausable]) -> list[str]:
    """What the rows of these pauses are called."""
    return [f"pause.{what}" for what in pauses]
