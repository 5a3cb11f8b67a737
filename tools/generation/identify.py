"""Whose picture is this? Found by its file, by its pixels, by its looks, or by the text in it.

file    exactly a file of ours
pixels  another file that shows exactly our pixels, as when a site took the text out
looks   so like ours that it was probably recompressed or made smaller: the bits of the
        perceptual hash that differ are told
text    the file says so itself; anybody can write that into a file, so it comes last
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.definition import Input, Output, PrivateText, tool
from tools.errors import InvalidInput
from tools.generation.tables import Candidate, Removal, Rendition
from tools.minting.tables import Token
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person
from tools.scoring.duplicates import BITS, PerceptualIndex, distance

ALIKE = 20
"""Bits of 256 up to which a picture is taken for ours: recompressing, resizing and a thin
crop stay below."""

_MOST_LOOKALIKES = 5

Sha256 = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
PerceptualHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
How = Literal["file", "pixels", "looks", "text"]


class IdentifyIn(Input):
    """What is known of the picture; `fingerprints` makes it from a file."""

    image_sha256: Sha256 | None = Field(None, description="sha256: and the digest of the file.")
    pixel_sha256: Sha256 | None = Field(None, description="sha256: and the digest of the pixels.")
    perceptual_hash: PerceptualHash | None = Field(None, description="64 hex digits of its looks.")
    mark: str | None = Field(None, max_length=64, description="The id that the file's text names.")


class MatchOut(Output):
    """A picture of ours that it is, or may be."""

    candidate_id: str
    how: How
    distance: int  # bits of 256 by which the looks differ; 0 for the same pixels
    collection: str
    creator_id: str
    creator: PrivateText
    image_cid: str
    rendition_id: str | None  # if it is the enlarged picture
    token_ids: list[str]  # what it was minted as
    is_removed: bool  # its creator took it away


class IdentifiedOut(Output):
    """What the picture is, the surest first; empty if nothing of ours."""

    matches: list[MatchOut]


@tool(least_role=Role.MEMBER)
def identify(call: OpenCall, seen: IdentifyIn) -> IdentifiedOut:
    """Find the picture that a file shows, also when its text was taken out or it was made smaller.

    Front ends ask this with the hashes of a file that somebody shows them.
    """
    if not (seen.image_sha256 or seen.pixel_sha256 or seen.perceptual_hash or seen.mark):
        raise InvalidInput("Name at least one hash of the picture, or show the picture itself.")
    found: dict[str, MatchOut] = {}
    with call.studio.db.read() as session:
        for match in _matches(session, seen):
            found.setdefault(match.candidate_id, match)
    return IdentifiedOut(matches=list(found.values()))


def _matches(session: Session, seen: IdentifyIn) -> Iterator[MatchOut]:
    """Everything that fits, the surest way first; a candidate may come several times."""
    if seen.image_sha256:
        yield from _exact(session, "file", "image_sha256", seen.image_sha256)
    if seen.pixel_sha256:
        yield from _exact(session, "pixels", "pixel_sha256", seen.pixel_sha256)
    if seen.perceptual_hash:
        yield from _alike(session, seen.perceptual_hash)
    if seen.mark and (candidate := session.get(Candidate, seen.mark)):
        looks = seen.perceptual_hash
        bits = distance(looks, candidate.perceptual_hash) if looks else BITS
        yield _match(session, candidate, "text", bits)


def _exact(session: Session, how: How, column: str, hash: str) -> Iterator[MatchOut]:
    for candidate in session.scalars(select(Candidate).filter_by(**{column: hash})):
        yield _match(session, candidate, how, 0)
    for rendition in session.scalars(select(Rendition).filter_by(**{column: hash})):
        candidate = session.get_one(Candidate, rendition.candidate_id)
        yield _match(session, candidate, how, 0, rendition.id)


def _alike(session: Session, hash: str) -> Iterator[MatchOut]:
    known = session.execute(
        select(Candidate.id, Candidate.perceptual_hash).order_by(Candidate.created_at)
    )
    index = PerceptualIndex((id, looks) for id, looks in known)
    for neighbour in index.within(hash, ALIKE)[:_MOST_LOOKALIKES]:
        candidate = session.get_one(Candidate, neighbour.id)
        yield _match(session, candidate, "looks", neighbour.distance)


def _match(
    session: Session,
    candidate: Candidate,
    how: How,
    bits: int,
    rendition_id: str | None = None,
) -> MatchOut:
    creator = session.get_one(Person, candidate.person_id)
    tokens = session.scalars(select(Token.id).filter_by(candidate_id=candidate.id))
    return MatchOut(
        candidate_id=candidate.id,
        how=how,
        distance=bits,
        collection=candidate.collection,
        creator_id=creator.id,
        creator=creator.name or "someone",
        image_cid=candidate.image_cid,
        rendition_id=rendition_id,
        token_ids=list(tokens),
        is_removed=session.get(Removal, candidate.id) is not None,
    )
