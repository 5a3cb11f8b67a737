"""Finding the candidate that a picture file is, or once was.

In this order, from the surest: the mark in the PNG, the digest of the file, the hash of the pixels
(a file written anew, its texts stripped), and at last the look (some pixels changed).
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tools.generation.pixels import decode_picture, pixel_sha256
from tools.generation.png import read_mark
from tools.generation.tables import Candidate
from tools.provenance import log
from tools.scoring.duplicates import PerceptualIndex, perceptual_hash

LOOKS_ALIKE = 8  # of 256 bits: what re-encoding leaves; see tools/scoring/duplicates.py


@dataclass(frozen=True)
class Found:
    """The candidate and what it was known by."""

    candidate: Candidate
    by: str


def find_picture(session: Session, data: bytes) -> Found | None:
    """The candidate of a picture file, if this studio knows it.

    Raises:
        InvalidInput: the file is no picture.
    """
    mark, image = read_mark(data), decode_picture(data)
    exact = (
        ("mark", Candidate.id == mark),
        ("file", Candidate.image_sha256 == log.sha256(data)),
        ("pixels", Candidate.pixel_sha256 == pixel_sha256(image)),
    )
    for by, condition in exact:
        if candidate := _first(session, condition):
            return Found(candidate, by)
    return _alike(session, perceptual_hash(image))


def _first(session: Session, condition: ColumnElement[bool]) -> Candidate | None:
    found = select(Candidate).where(condition).order_by(Candidate.created_at, Candidate.id)
    return session.scalars(found).first()


def _alike(session: Session, look: str) -> Found | None:
    rows = session.execute(select(Candidate.id, Candidate.perceptual_hash))
    index = PerceptualIndex((id, hash) for id, hash in rows if len(hash) == len(look))
    nearest = index.nearest(look)
    if nearest is None or nearest.distance > LOOKS_ALIKE:
        return None
    candidate = session.get_one(Candidate, nearest.id)
    return Found(candidate, f"look ({nearest.distance} of 256 bits differ)")
