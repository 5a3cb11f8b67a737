"""Under which licences a picture was made, as far as what it was made with says so itself."""

import json
import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from tools.definition import PRIVATE, Output
from tools.errors import MintmarkError
from tools.generation.bundle import FACTS, read_json
from tools.generation.models import models_of
from tools.generation.tables import Candidate
from tools.metadata.collection import collection_of

if TYPE_CHECKING:
    from tools.studio import Studio

_CARD = "README.md"
_LICENCE_LINE = re.compile(r"^license:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_LARGEST_HEADER = 16 * 1024 * 1024  # bytes of a safetensors header


class LicenceOut(Output):
    """Something a picture was made with, and its licence."""

    name: str
    licence: str | None  # None where it does not say


class RightsOut(Output):
    """What is known of the rights in a picture."""

    model: LicenceOut
    loras: list[LicenceOut]
    collection: LicenceOut
    creator: Annotated[str | None, PRIVATE]
    discloses_ai: bool  # whether the token's metadata names the model that made the picture


def rights_in(studio: "Studio", candidate: Candidate, creator: str | None) -> RightsOut:
    """The licences of the model, the fine-tunes and the collection of a picture."""
    recipe = candidate.recipe
    return RightsOut(
        model=_of_model(studio, recipe.get("model", {})),
        loras=[_of_lora(studio, lora) for lora in recipe.get("loras", [])],
        collection=_of_collection(studio, candidate.collection),
        creator=creator,
        discloses_ai="digest" in recipe.get("model", {}),
    )


def _of_model(studio: "Studio", pin: dict[str, Any]) -> LicenceOut:
    """The licence of the very model, if it still is the one that is installed here."""
    name = str(pin.get("name", ""))
    try:
        model = models_of(studio).model(name)
    except MintmarkError:
        return LicenceOut(name=name, licence=None)
    same = model.digest == pin.get("digest")
    return LicenceOut(name=name, licence=licence_of_bundle(model.folder) if same else None)


def _of_lora(studio: "Studio", pin: dict[str, Any]) -> LicenceOut:
    name = str(pin.get("name", ""))
    try:
        lora = models_of(studio).lora(name, 1.0)
    except MintmarkError:
        return LicenceOut(name=name, licence=None)
    same = lora.digest == pin.get("digest")
    return LicenceOut(name=name, licence=licence_of_weights(lora.path) if same else None)


def _of_collection(studio: "Studio", slug: str) -> LicenceOut:
    try:
        collection = collection_of(studio, slug)
    except MintmarkError:
        return LicenceOut(name=slug, licence=None)
    return LicenceOut(name=slug, licence=collection.licence)


def licence_of_bundle(folder: Path) -> str | None:
    """What a model's `mintmark.json` says, else the front matter of its model card."""
    if (folder / FACTS).is_file() and (told := read_json(folder / FACTS).get("licence")):
        return str(told)
    try:
        found = _LICENCE_LINE.search((folder / _CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found[1] if found else None


def licence_of_weights(path: Path) -> str | None:
    """`modelspec.license` in the header of a safetensors file.

    Source: the Stability AI model metadata standard (modelspec 1.0), and the format's own header:
    8 bytes of length, then JSON.
    """
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, _LARGEST_HEADER)))
        told = header["__metadata__"]["modelspec.license"]
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return None
    return str(told)
