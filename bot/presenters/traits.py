"""What pictures show, in the words of their collections."""

from collections.abc import Mapping, Sequence

from bot.scene import Scene
from tools.errors import MintmarkError
from tools.generation.candidates import CandidateOut
from tools.metadata.collection import Collection, collection_of


class Library:
    """The collections behind some pictures, each read once; one that is wrong is left out."""

    def __init__(self, scene: Scene) -> None:
        self._studio = scene.studio
        self._read: dict[str, Collection | None] = {}

    def words_of(self, candidate: CandidateOut) -> str:
        """What a picture shows, in the words of its collection: `violet fox, golden crown, …`."""
        slug = candidate.collection
        if slug not in self._read:
            self._read[slug] = self._collection(slug)
        found = self._read[slug]
        if found is None:
            return ", ".join(candidate.traits.values())
        return found.described(candidate.traits)

    def _collection(self, slug: str) -> Collection | None:
        try:
            return collection_of(self._studio, slug)
        except MintmarkError:
            return None


def in_common(candidates: Sequence[CandidateOut], scene: Scene) -> str:
    """What all these pictures show, in the words of their collection."""
    first, *others = candidates
    shared = {
        category: value
        for category, value in first.traits.items()
        if all(other.traits.get(category) == value for other in others)
    }
    return Library(scene).words_of(first.model_copy(update={"traits": shared}))


def traits(chosen: Mapping[str, str]) -> str:
    """Traits as people say them: each value with its category."""
    return ", ".join(f"{category} {value}" for category, value in chosen.items())
