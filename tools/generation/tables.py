"""Briefs, jobs and candidates."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tools.provenance.tables import APPEND_ONLY, Base, Digest, ShortId, made_by, now

Cid = String(80)


class Brief(Base):
    """What a creator asked for, after the sanitiser. The words lie under their commitments."""

    __tablename__ = "brief"
    __table_args__ = {"info": APPEND_ONLY}

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"), index=True)
    collection: Mapped[str] = mapped_column(String(64), index=True)
    collection_digest: Mapped[str] = mapped_column(Digest)
    prompt: Mapped[str] = mapped_column(Digest)  # commitment of what the creator typed
    negative_prompt: Mapped[str] = mapped_column(Digest)
    traits: Mapped[dict[str, Any]]  # wished for, category → value
    count: Mapped[int]
    seed: Mapped[str] = mapped_column(String(20))  # decimal; the first picture's, then counting up
    settings: Mapped[dict[str, Any]]  # model, steps, guidance, profile, as resolved
    parent_candidate_id: Mapped[str | None] = mapped_column(ShortId)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Job(Base):
    """The making of a brief's pictures: where it stands."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    brief_id: Mapped[str] = mapped_column(ShortId, ForeignKey("brief.id"), unique=True)
    guild: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64))
    front_end: Mapped[str] = mapped_column(String(32))
    thread: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(
        String(16), index=True
    )  # queued running done failed cancelled
    stage: Mapped[str] = mapped_column(String(64), default="waiting")
    progress: Mapped[int] = mapped_column(Integer, default=0)  # thousandths
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Candidate(Base):
    """One generated picture with its whole recipe."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("brief_id", "ordinal"), {"info": APPEND_ONLY})

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    brief_id: Mapped[str] = mapped_column(ShortId, ForeignKey("brief.id"), index=True)
    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"), index=True)
    collection: Mapped[str] = mapped_column(String(64), index=True)
    ordinal: Mapped[int]  # 0 for the first picture of the brief
    seed: Mapped[str] = mapped_column(String(20))
    traits: Mapped[dict[str, Any]]  # those the picture was made from, open ones filled in
    image_cid: Mapped[str] = mapped_column(Cid)
    image_sha256: Mapped[str] = mapped_column(Digest, index=True)
    pixel_sha256: Mapped[str] = mapped_column(Digest, index=True)
    perceptual_hash: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    recipe: Mapped[dict[str, Any]]  # everything that a replay needs
    parent_id: Mapped[str | None] = mapped_column(ShortId, ForeignKey("candidate.id"))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Preview(Base):
    """What the pictures of a running job look like so far; goes when the job ends."""

    __tablename__ = "preview"

    job_id: Mapped[str] = mapped_column(ShortId, ForeignKey("job.id"), primary_key=True)
    step: Mapped[int]
    image: Mapped[bytes] = mapped_column(LargeBinary)  # a small PNG of all of them side by side
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Rendition(Base):
    """A candidate's picture made larger; it says in its metadata whose picture it is."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("candidate_id", "factor"), {"info": APPEND_ONLY})

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"), index=True)
    factor: Mapped[int]
    method: Mapped[str] = mapped_column(String(64))
    image_cid: Mapped[str] = mapped_column(Cid)
    image_sha256: Mapped[str] = mapped_column(Digest, index=True)
    pixel_sha256: Mapped[str] = mapped_column(Digest, index=True)
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Removal(Base):
    """A picture that its creator took away: it is shown, voted on and minted no more."""

    __tablename__ = "removal"
    __table_args__ = {"info": APPEND_ONLY}

    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"), primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"))
    removed_at: Mapped[datetime] = mapped_column(default=now)
