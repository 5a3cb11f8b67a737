"""From a creator's wish to a plan that fixes every picture: seed, traits, prompt, model, settings.

Chance comes in here and nowhere else. The first seed is given or drawn, the others count up from
it; traits that the creator left open are drawn by the collection's weights from each picture's
seed. So the seed and the words give the same plan again.
"""

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.errors import InvalidInput
from tools.generation.models import Model, models_of
from tools.generation.pipeline import Lora
from tools.generation.sanitiser import Rules, sanitised
from tools.metadata.collection import Collection, collection_of
from tools.training.traits import TraitReading, read_traits

if TYPE_CHECKING:
    from tools.studio import Studio

SEEDS = 2**63  # a seed is below this: it fits every database and every generator


@dataclass(frozen=True)
class Wish:
    """What the creator asked for, as it came."""

    prompt: str
    negative: str
    traits: Mapping[str, str]
    count: int
    seed: int | None
    collection: str | None
    model: str | None


@dataclass(frozen=True)
class PlannedPicture:
    """One picture to make."""

    seed: int
    traits: dict[str, str]  # of every category of the collection
    prompt: str  # as sent to the model


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before the first picture is begun."""

    collection: Collection
    model: Model
    loras: tuple[Lora, ...]
    words: str  # the creator's prompt, cleaned
    negative: str  # as sent to the model
    traits: dict[str, str]  # asked for, in words or explicitly
    pictures: tuple[PlannedPicture, ...]
    notes: tuple[str, ...]  # what was not understood, or understood in one of several ways


def planned(studio: "Studio", wish: Wish) -> Plan:
    """The plan for a wish.

    Raises:
        InvalidInput: for a count, seed, text, trait or model that is wrong, saying what is right.
        NotFound: for an unknown collection.
    """
    limits = studio.settings.limits
    _check_count(wish.count, limits.pictures_per_brief)
    collection = collection_of(studio, wish.collection)
    denied = (*limits.denied_words, *collection.denied_words)
    words = sanitised(wish.prompt, Rules(limits.prompt_characters, denied))
    negative = sanitised(
        wish.negative, Rules(limits.prompt_characters, (), "negative prompt", may_be_empty=True)
    )
    explicit = collection.validated(wish.traits)
    model = _model(studio, collection, wish.model)
    reading = read_traits(words, collection.vocabulary)
    asked = collection.validated(reading.traits | explicit)
    return Plan(
        collection=collection,
        model=model,
        loras=_loras(studio, collection),
        words=words,
        negative=", ".join(filter(None, (negative, collection.prompt.negative))),
        traits=asked,
        pictures=_pictures(collection, model, words, asked, _seeds(wish.seed, wish.count)),
        notes=_notes(wish, words, reading, explicit, model),
    )


def _check_count(count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise InvalidInput(
            f"You asked for {count} pictures; ask for a number from 1 to {most} at a time."
        )


def _seeds(first: int | None, count: int) -> list[int]:
    if first is None:
        first = secrets.randbelow(SEEDS)
    if not 0 <= first < SEEDS:
        raise InvalidInput(f"The seed {first} is out of range: use a number from 0 to {SEEDS - 1}.")
    return [(first + place) % SEEDS for place in range(count)]


def _pictures(
    collection: Collection, model: Model, words: str, asked: dict[str, str], seeds: list[int]
) -> tuple[PlannedPicture, ...]:
    sent = "" if model.speaks_traits else words
    pictures = []
    for seed in seeds:
        traits = collection.complete(asked, random.Random(seed))
        pictures.append(PlannedPicture(seed, traits, collection.prompt_for(traits, sent)))
    return tuple(pictures)


def _model(studio: "Studio", collection: Collection, wanted: str | None) -> Model:
    registry = models_of(studio)
    pin = collection.model
    if wanted is not None:
        registry.check_name(wanted)
    if wanted is not None and pin.name is not None and wanted != pin.name:
        raise InvalidInput(
            f"The collection {collection.slug} is made with the model {pin.name}; leave the model"
            " out, or choose a collection that allows others."
        )
    model = registry.model(wanted or pin.name or studio.settings.generation.model)
    if pin.digest is not None and model.digest != pin.digest:
        raise InvalidInput(
            f"The collection {collection.slug} is pinned to the model {pin.digest}, but"
            f" {model.name} here has the digest {model.digest}: install the pinned one."
        )
    return model


def _loras(studio: "Studio", collection: Collection) -> tuple[Lora, ...]:
    registry = models_of(studio)
    return tuple(registry.lora(pin.name, pin.weight) for pin in collection.model.loras)


def _notes(
    wish: Wish, words: str, reading: TraitReading, explicit: dict[str, str], model: Model
) -> tuple[str, ...]:
    notes = []
    if words != " ".join(wish.prompt.split()):
        notes.append(
            "Invisible characters or weights of other tools were taken out of the prompt;"
            f" it now reads: {words}"
        )
    for category, values in reading.conflicts.items():
        if category not in explicit:
            notes.append(
                f"You named several values for {category} ({', '.join(values)});"
                f" I took {reading.traits[category]}."
            )
    for category, value in explicit.items():
        if reading.traits.get(category, value) != value:
            notes.append(
                f"Your words say {category} {reading.traits[category]}, your traits say {value};"
                f" I took {value}."
            )
    return (*notes, *_not_understood(reading, explicit, model))


def _not_understood(
    reading: TraitReading, explicit: dict[str, str], model: Model
) -> tuple[str, ...]:
    """A model that speaks traits ignores other words; one that speaks words reads them itself."""
    if not model.speaks_traits:
        return ()
    if not reading.traits and not explicit:
        return (
            "Your words name no trait of this collection, so every trait was drawn by rarity."
            " Name some, for example a violet fox with a golden crown.",
        )
    if reading.unknown:
        return (f"I know no trait for these words, so they change nothing: {_listed(reading)}.",)
    return ()


def _listed(reading: TraitReading) -> str:
    return ", ".join(reading.unknown)
