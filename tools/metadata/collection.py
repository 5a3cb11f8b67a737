"""A collection: one file that fixes its traits and rarity, its prompt, model, thresholds and terms.

`mintlings` is shipped (`collections/mintlings.toml`, the form to copy); more lie in the folder that
the setting `collections_dir` names, as `<slug>.toml` or `<slug>/collection.toml`. A slug is looked
up among the files that are there, it is never made into a path.
"""

import hashlib
import random
import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from tools.errors import ConfigurationError, InvalidInput, NotFound, in_words
from tools.metadata.styles import (
    NO_STYLE,
    Category,
    Line,
    LoraPin,
    Part,
    Style,
    StyleName,
    check_style,
)
from tools.training.traits import Vocabulary, complete, validated
from tools.training.vocabulary import VOCABULARY, TraitValue

if TYPE_CHECKING:
    from tools.studio import Studio

SHIPPED = Path(__file__).parent / "collections"
WORDS = "prompt"  # the placeholder for the creator's own words
_ADDRESS_FIELDS = frozenset(("slug", "candidate", "image_cid"))

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Thousandths = Annotated[int, Field(ge=0, le=1000)]


class ModelPin(Part):
    """The model that makes the collection's pictures; without a name, any registered one may."""

    name: Line | None = None
    digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    loras: tuple[LoraPin, ...] = ()


class Prompt(Part):
    """How traits, and the creator's words where `{prompt}` stands, become the prompt."""

    template: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    negative: Annotated[str, StringConstraints(max_length=2000)] = ""


class Scoring(Part):
    """What a picture must reach; the fields are those of `tools.scoring.verdict.Thresholds`."""

    quality_at_least: Thousandths = 650
    fidelity_at_least: Thousandths = 600
    duplicate_within: Annotated[int, Field(ge=0, le=256)] = 6  # bits of the perceptual hash
    fidelity_weight: Thousandths = 600
    diversity_weight: Thousandths = 300


class Value(Part):
    """One trait value, where the file says more of it than its weight."""

    weight: Annotated[float, Field(gt=0, le=1_000_000)]
    phrase: Line | None = None  # its words in a prompt
    synonyms: tuple[Line, ...] = ()


class Collection(Part):
    """Everything that `collection.toml` says."""

    slug: Slug
    version: Line = "1"
    name: Line
    description: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    licence: Line
    external_url: (
        Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None
    ) = None
    royalty_bps: Annotated[int, Field(ge=0, le=10_000)] = 0  # hundredths of a per cent
    chains: tuple[Line, ...] = ()
    shortlist: Annotated[int, Field(ge=1, le=64)] = 4  # how many of a brief go to people
    model: ModelPin = ModelPin()
    prompt: Prompt
    scoring: Scoring = Scoring()
    denied_words: tuple[Line, ...] = ()
    traits: dict[Category, dict[Line, Value]]
    styles: dict[StyleName, Style] = Field(default_factory=dict)
    digest: str = ""  # of the file

    @field_validator("traits", mode="before")
    @classmethod
    def _a_number_is_a_weight(cls, traits: Any) -> Any:
        if not isinstance(traits, Mapping):
            return traits
        return {
            category: {
                name: value if isinstance(value, Mapping) else {"weight": value}
                for name, value in values.items()
            }
            if isinstance(values, Mapping)
            else values
            for category, values in traits.items()
        }

    @model_validator(mode="after")
    def _every_part_fits(self) -> Self:
        for category, values in self.traits.items():
            if not values:
                raise ValueError(f"traits.{category} needs at least one value, such as fox = 10")
        if WORDS in self.traits:
            raise ValueError(f"traits.{WORDS}: this name means the creator's words; take another")
        _check_fields("prompt.template", self.prompt.template, {*self.traits, WORDS})
        _check_fields("external_url", self.external_url or "", _ADDRESS_FIELDS)
        for name, style in self.styles.items():
            check_style(name, style, self.traits)
        return self

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Category → its values with phrases, synonyms and this collection's weights."""
        return {
            category: tuple(_entry(category, name, value) for name, value in values.items())
            for category, values in self.traits.items()
        }

    def validated(self, traits: Mapping[str, str]) -> dict[str, str]:
        """The traits in category order.

        Raises:
            InvalidInput: for an unknown category or value, listing the legal ones.
        """
        return validated(traits, self.vocabulary)

    def style(self, name: str | None) -> Style:
        """The style of that name; without a name, one that changes nothing.

        Raises:
            InvalidInput: for an unknown name, listing the known ones.
        """
        if name is None:
            return NO_STYLE
        if name not in self.styles:
            raise InvalidInput(
                "The collection {collection} has no style {style!r}. It has: {known}.",
                collection=self.slug,
                style=name[:32],
                known=", ".join(self.styles) or "none",
            )
        return self.styles[name]

    def still_known(self, traits: Mapping[str, str]) -> dict[str, str]:
        """Those of the traits that the collection has, now that its file may be another one."""
        known = self.traits.items()
        return {c: traits[c] for c, values in known if traits.get(c) in values}

    def drawn(self, category: str, rng: random.Random, other_than: str) -> str:
        """A value of a category by its weights, but not this one; there must be another."""
        others = {n: v.weight for n, v in self.traits[category].items() if n != other_than}
        return rng.choices([*others], [*others.values()])[0]

    def complete(self, traits: Mapping[str, str], rng: random.Random) -> dict[str, str]:
        """All categories: the given ones kept, the open ones drawn by this collection's weights."""
        return complete(traits, rng, self.vocabulary)

    def prompt_for(self, traits: Mapping[str, str], words: str) -> str:
        """The prompt as sent: the template with every trait's phrase and the creator's words.

        Where the template has no place for the words, they stand before it.
        """
        phrases = {c: _named(self.vocabulary[c], value).phrase for c, value in traits.items()}
        filled = self.prompt.template.format_map(phrases | {WORDS: words})
        if not words or self.has_place_for_words:
            return filled
        return f"{words}, {filled}"

    def described(self, traits: Mapping[str, str]) -> str:
        """What a picture with these traits shows, in words; also where the file has changed."""
        known = self.still_known(traits)
        if known.keys() == self.traits.keys():
            return self.prompt_for(known, "").strip(", ")
        return ", ".join(_named(self.vocabulary[c], value).phrase for c, value in known.items())

    @property
    def has_place_for_words(self) -> bool:
        """Whether the template takes the creator's own words."""
        return WORDS in _fields(self.prompt.template)

    def address_of(self, candidate: str, image_cid: str) -> str | None:
        """The page that a token of this collection names as its own, if the collection has one."""
        if self.external_url is None:
            return None
        return self.external_url.format(slug=self.slug, candidate=candidate, image_cid=image_cid)


def parse_collection(data: bytes, source: str) -> Collection:
    """Read a collection file.

    Args:
        data: the file's bytes; their SHA-256 becomes the collection's digest.
        source: what to call the file in messages.

    Raises:
        ConfigurationError: naming the file, the key and what would be right.
    """
    try:
        parsed = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "{source} is not valid TOML: {error}.", source=source, error=str(error)
        ) from None
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    try:
        return Collection.model_validate(parsed | {"digest": digest})
    except ValidationError as error:
        raise ConfigurationError(
            "{source} is wrong. {findings}", source=source, findings=in_words(error)
        ) from None


def collection_of(studio: "Studio", slug: str | None = None) -> Collection:
    """The collection of that slug, or the one the settings name.

    Raises:
        NotFound: listing the collections there are.
        ConfigurationError: if its file is wrong.
    """
    wanted = slug or studio.settings.collection
    files = collection_files(studio.settings.collections_dir)
    if wanted not in files:
        known = ", ".join(sorted(files))
        raise NotFound(
            "There is no collection {wanted!r}. There are: {known}.",
            wanted=wanted[:64],
            known=known,
        )
    return _read(files[wanted], wanted)


def collection_files(folder: Path | None) -> dict[str, Path]:
    """Slug → file, of the shipped collections and those in the folder, which win."""
    found = dict(_files_in(SHIPPED))
    if folder is not None:
        if not folder.is_dir():
            raise ConfigurationError(
                "collections_dir names {folder}, but there is no such folder.", folder=folder
            )
        found |= dict(_files_in(folder))
    return found


def _files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".toml" and path.is_file():
            yield path.stem, path
        elif (path / "collection.toml").is_file():
            yield path.name, path / "collection.toml"


def _read(path: Path, slug: str) -> Collection:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from None
    collection = parse_collection(data, str(path))
    if collection.slug != slug:
        raise ConfigurationError(
            "{path} is wrong. slug: it says {slug!r}, but its file name says {named!r}; "
            "they must be the same.",
            path=path,
            slug=collection.slug,
            named=slug,
        )
    return collection


def _entry(category: str, name: str, value: Value) -> TraitValue:
    """A value with its words: its own, else those the house vocabulary has for it."""
    known = next((v for v in VOCABULARY.get(category, ()) if v.name == name), None)
    phrase = value.phrase or (known.phrase if known else name)
    synonyms = value.synonyms or (known.synonyms if known else ())
    return TraitValue(name, phrase, value.weight, synonyms)


def _named(values: tuple[TraitValue, ...], name: str) -> TraitValue:
    return next(value for value in values if value.name == name)


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def _check_fields(key: str, template: str, known: set[str] | frozenset[str]) -> None:
    """A template names known fields only, plainly: no attributes, indices or formats."""
    try:
        parts = [part for part in string.Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        raise ValueError(f"{key}: its braces do not match ({error})") from None
    for _, name, form, conversion in parts:
        if name not in known or form or conversion:
            legal = ", ".join(f"{{{field}}}" for field in sorted(known))
            raise ValueError(f"{key}: {{{name}}} is no field; the fields are {legal}")
