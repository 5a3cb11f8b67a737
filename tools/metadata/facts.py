"""The facts a token document is made of: frozen value objects, each field with its exact form.

They are plain dataclasses: nothing is checked when one is made. `token_json` checks all of them
at once, when the document is made and again when it is read.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from tools.errors import InvalidInput
from tools.metadata.unixfs import Cid

_MOST_SEED = 2**64 - 1


def _seed(text: str) -> str:
    if int(text) > _MOST_SEED:
        raise ValueError(f"a seed lies between 0 and {_MOST_SEED}")
    return text


def _ipfs_uri(text: str) -> str:
    try:
        canonical = Cid.parse(text).uri
    except InvalidInput as error:
        raise ValueError(str(error)) from None
    if text != canonical:
        raise ValueError("an image is named as ipfs:// and its CID")
    return text


def text(most: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=most)


Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
PerceptualHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
DecimalText = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$")]
Seed = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,19})$"), AfterValidator(_seed)]
Identifier = Annotated[str, text(200)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000)]
IpfsUri = Annotated[str, AfterValidator(_ipfs_uri)]
Count = Annotated[int, Field(ge=0, lt=2**53)]
Size = Annotated[int, Field(ge=1, lt=2**31)]


@dataclass(frozen=True)
class Part:
    """A part of the document. Checked when the document is made or read, not before."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class ModelPin(Part):
    """The base model, by name and by the digest of its weights and configuration."""

    id: Identifier  # hub id or the house model's name
    revision: Identifier
    digest: Digest


@dataclass(frozen=True)
class FineTune(Part):
    """One LoRA that was applied."""

    name: Identifier
    version: Identifier
    digest: Digest
    weight: DecimalText  # scale it was applied with, e.g. "0.8"


@dataclass(frozen=True)
class Recipe(Part):
    """How the picture was made."""

    prompt_commitment: Digest  # salted; the prompt itself stands in the erasable table
    seed: Seed  # as text: JSON numbers are exact only up to 2^53
    model: ModelPin
    fine_tunes: tuple[FineTune, ...]  # in the order applied; empty for the bare model
    scheduler: Identifier
    steps: Size
    guidance: DecimalText
    width: Size  # pixels generated, before any upscaling
    height: Size


@dataclass(frozen=True)
class ImageDigests(Part):
    """What the picture is, three ways."""

    sha256: Digest  # of the image file
    pixel_sha256: Digest  # of the decoded pixels
    perceptual_hash: PerceptualHash


@dataclass(frozen=True)
class Origin(Part):
    """Where the token comes from, in the studio's own records."""

    candidate: Identifier
    tool_call: Identifier  # the call that made the picture
    collection: Identifier
    collection_digest: Digest  # of the version of its file that was in force
    creator_commitment: Digest  # salted; who it was stands in the erasable table
    tally_hash: Digest | None = None  # of the round that chose it; absent without a vote


@dataclass(frozen=True)
class LogPosition(Part):
    """The record that made the picture, and where the log stood when this was written."""

    record_seq: Size
    record_digest: Digest
    head_size: Size  # records in the log
    head_chain: Digest  # its last link


@dataclass(frozen=True)
class RarityFacts(Part):
    """Rarity "as of supply N", computed as `tools.metadata.rarity` says."""

    algorithm: Literal["openrarity-0.7.5"]
    rank: Size
    supply: Size
    unique_traits: Count
    score: Count
    likelihood: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*/[1-9][0-9]*$")]


@dataclass(frozen=True)
class Provenance(Part):
    """Everything that binds the token to its picture, its recipe and its record."""

    schema_version: Literal["mintmark/token/1"]
    origin: Origin
    recipe: Recipe
    image: ImageDigests
    log: LogPosition
    rarity: RarityFacts
