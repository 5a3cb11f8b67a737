"""The token's metadata document: what marketplaces read, and the provenance that binds it.

The form is OpenSea's metadata standard (https://docs.opensea.io/docs/metadata-standards), which
other marketplaces read too: name, description, image, external_url, attributes. The `provenance`
block beside it names everything a verifier needs to walk from the token to its record.

The bytes are canonical JSON (RFC 8785) without floats: the same facts always give the same bytes,
hence the same CID, and a document in any other spelling is refused. It stays a single IPFS block,
so its CID is the SHA-256 that the contract keeps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import rfc8785
from pydantic import Discriminator, Tag, TypeAdapter, ValidationError

from tools.errors import InvalidInput
from tools.metadata.facts import (
    Count,
    Identifier,
    ImageDigests,
    IpfsUri,
    LogPosition,
    Origin,
    Part,
    Provenance,
    RarityFacts,
    Recipe,
    WebAddress,
    text,
)
from tools.metadata.rarity import ALGORITHM, Rarity, Traits
from tools.metadata.unixfs import CHUNK_BYTES, Cid
from tools.phrases import Phrase, phrase

SCHEMA: Final = "mintmark/token/1"

RARITY_RANK = "Rarity rank"
RARITY_SCORE = "Rarity score (1000 is average)"


@dataclass(frozen=True)
class TextAttribute(Part):
    """A trait, as marketplaces filter by it."""

    trait_type: Identifier
    value: Identifier


@dataclass(frozen=True)
class NumberAttribute(Part):
    """A number, as marketplaces rank by it."""

    display_type: Literal["number"]
    trait_type: Identifier
    value: Count
    max_value: Count | None = None


def _attribute_kind(attribute: object) -> str:
    if isinstance(attribute, Mapping):
        return "number" if "display_type" in attribute else "text"
    return "number" if isinstance(attribute, NumberAttribute) else "text"


Attribute = Annotated[
    Annotated[TextAttribute, Tag("text")] | Annotated[NumberAttribute, Tag("number")],
    Discriminator(_attribute_kind),
]


@dataclass(frozen=True)
class TokenJson(Part):
    """The whole document. Made by `token_json`, read by `parse_token_json`."""

    name: Annotated[str, text(200)]
    description: Annotated[str, text(4000)]
    image: IpfsUri
    attributes: tuple[Attribute, ...]
    provenance: Provenance
    external_url: WebAddress | None = None

    @property
    def image_cid(self) -> Cid:
        """The CID of the picture."""
        return Cid.parse(self.image)

    @property
    def traits(self) -> dict[str, str]:
        """The traits, without the rarity attributes."""
        return {a.trait_type: a.value for a in self.attributes if isinstance(a, TextAttribute)}

    def to_bytes(self) -> bytes:
        """The canonical bytes (RFC 8785); what is absent is left out."""
        return rfc8785.dumps(_DOCUMENT.dump_python(self, mode="json", exclude_none=True))


_DOCUMENT = TypeAdapter(TokenJson)


@dataclass(frozen=True)
class TokenFacts:
    """What the studio knows of a token when its document is made."""

    name: str
    description: str
    image: Cid
    traits: Traits  # category to value, in the order in which they are to be shown
    rarity: Rarity
    origin: Origin
    recipe: Recipe
    digests: ImageDigests
    log: LogPosition
    external_url: str | None = None


def token_json(facts: TokenFacts) -> TokenJson:
    """The document for these facts; its bytes are `to_bytes()`, its CID `cid_of(bytes)`.

    Raises InvalidInput naming the first fact that the document cannot carry.
    """
    document = TokenJson(
        name=facts.name,
        description=facts.description,
        image=facts.image.uri,
        attributes=tuple(_attributes(facts)),
        provenance=_provenance(facts),
        external_url=facts.external_url,
    )
    try:
        data = document.to_bytes()
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise InvalidInput(
            "The token document cannot be written as JSON: {error}.", error=str(error)
        ) from error
    return parse_token_json(data)


def parse_token_json(data: bytes) -> TokenJson:
    """Read a token document and check all of it.

    Raises InvalidInput naming the first wrong field, when rarity is stated two ways, when the
    spelling is not canonical, or when it is larger than a single IPFS block.
    """
    _check_size(data)
    try:
        document = _DOCUMENT.validate_json(data)
    except ValidationError as error:
        raise InvalidInput(_first_wrong_field(error)) from error
    _check_attributes(document)
    _check_canonical(document, data)
    return document


def _provenance(facts: TokenFacts) -> Provenance:
    return Provenance(
        schema_version=SCHEMA,
        origin=facts.origin,
        recipe=facts.recipe,
        image=facts.digests,
        log=facts.log,
        rarity=_rarity_facts(facts.rarity),
    )


def _rarity_facts(rarity: Rarity) -> RarityFacts:
    return RarityFacts(
        algorithm=ALGORITHM,
        rank=rarity.rank,
        supply=rarity.supply,
        unique_traits=rarity.unique_traits,
        score=rarity.score,
        likelihood=rarity.likelihood,
    )


def _attributes(facts: TokenFacts) -> Iterator[TextAttribute | NumberAttribute]:
    for category, value in facts.traits.items():
        yield TextAttribute(category, value)
    yield from _rarity_attributes(_rarity_facts(facts.rarity))


def _rarity_attributes(rarity: RarityFacts) -> tuple[NumberAttribute, NumberAttribute]:
    """Marketplaces show the first as "<rank> of <supply>": rarity as of that supply."""
    return (
        NumberAttribute("number", RARITY_RANK, rarity.rank, max_value=rarity.supply),
        NumberAttribute("number", RARITY_SCORE, rarity.score),
    )


def _check_size(data: bytes) -> None:
    if len(data) > CHUNK_BYTES:
        raise InvalidInput(
            "The token document has {size} bytes; at most {most} fit into the "
            "single block that its address needs. Give it fewer or shorter traits.",
            size=len(data),
            most=CHUNK_BYTES,
        )


def _check_attributes(document: TokenJson) -> None:
    names = [attribute.trait_type for attribute in document.attributes]
    if len(set(names)) < len(names):
        raise InvalidInput("The token document is wrong at attributes: a trait_type stands twice.")
    numbers = tuple(a for a in document.attributes if isinstance(a, NumberAttribute))
    if numbers != _rarity_attributes(document.provenance.rarity):
        raise InvalidInput(
            "The token document is wrong at attributes: its numbers must be the rank and score"
            " that stand under provenance.rarity."
        )


def _check_canonical(document: TokenJson, data: bytes) -> None:
    if document.to_bytes() != data:
        raise InvalidInput(
            "The token document is not in canonical form (RFC 8785): its fields are right, but"
            " they are spelled, ordered or repeated in another way, so its address means nothing."
        )


def _first_wrong_field(error: ValidationError) -> Phrase:
    first = error.errors(include_url=False)[0]
    location = list(first["loc"])
    if location[:1] == ["attributes"]:
        del location[2:3]  # the kind of attribute is no part of the path
    path = ".".join(map(str, location)) or "its beginning"
    return phrase(
        "The token document is wrong at {path}: {finding}.", path=path, finding=first["msg"]
    )
