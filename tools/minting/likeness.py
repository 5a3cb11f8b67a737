"""Which pictures of the same collection look most like one, by their perceptual hashes."""

from typing import TYPE_CHECKING, Annotated

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.definition import PRIVATE, Output
from tools.generation.candidates import not_removed
from tools.generation.tables import Candidate
from tools.minting.tables import MintRequest
from tools.provenance.tables import Person

if TYPE_CHECKING:
    from tools.scoring.duplicates import PerceptualIndex

_MOST = 3


class LikenessOut(Output):
    """Another picture of the collection that looks much the same."""

    candidate_id: str
    distance: int  # of 256 bits of the perceptual hash
    creator: Annotated[str | None, PRIVATE]
    minted: bool  # or about to be


class Likenesses:
    """Finds them for several pictures; the hashes of a collection are read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._looks: dict[str, PerceptualIndex] = {}

    def of(self, candidate: Candidate) -> list[LikenessOut]:
        """The nearest first."""
        from tools.scoring.duplicates import BITS

        near = self._index(candidate.collection).within(candidate.perceptual_hash, BITS)
        others = [found for found in near if found.id != candidate.id][:_MOST]
        return [self._likeness(found.id, found.distance) for found in others]

    def _index(self, collection: str) -> "PerceptualIndex":
        from tools.scoring.duplicates import PerceptualIndex

        if collection not in self._looks:
            query = select(Candidate.id, Candidate.perceptual_hash)
            rows = self._session.execute(
                query.where(Candidate.collection == collection, not_removed())
            )
            self._looks[collection] = PerceptualIndex((row[0], row[1]) for row in rows)
        return self._looks[collection]

    def _likeness(self, candidate_id: str, distance: int) -> LikenessOut:
        other = self._session.get_one(Candidate, candidate_id)
        creator = self._session.get(Person, other.person_id)
        live = select(MintRequest.id).where(
            MintRequest.candidate_id == candidate_id, MintRequest.state != "rejected"
        )
        return LikenessOut(
            candidate_id=candidate_id,
            distance=distance,
            creator=creator.name if creator else None,
            minted=self._session.scalar(live) is not None,
        )
