"""Scores and verdicts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tools.provenance.tables import APPEND_ONLY, Base, ShortId, made_by, now


class Score(Base):
    """What one scorer, in one version, says of one candidate."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("candidate_id", "scorer", "version"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"), index=True)
    scorer: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(80))
    value: Mapped[int]  # thousandths: 0 worst, 1000 best
    passed: Mapped[bool]
    reasons: Mapped[list[Any]]  # sentences
    detail: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Verdict(Base):
    """What the filters say: shortlisted, passed, rejected or broken, with the reasons."""

    __tablename__ = "verdict"
    __table_args__ = {"info": APPEND_ONLY}

    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"), primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    verdict: Mapped[str] = mapped_column(String(16), index=True)
    value: Mapped[int]
    reasons: Mapped[list[Any]]
    thresholds: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
