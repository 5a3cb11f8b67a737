"""From a creator's wish to a plan that fixes every picture: seed, traits, prompt, model, settings.

Chance comes in here and nowhere else. The first seed is given or drawn, the others count up from
it; traits that the creator left open are drawn by the collection's weights from each picture's
seed. So the seed and the words give the same plan again.

What decides a trait, the strongest first: what was asked for by name, what the words say, what the
style wishes, what the picture has from the one it descends from, chance.
"""

import random
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.community.rules import Rules
from tools.errors import InvalidInput
from tools.generation import sanitiser
from tools.generation.models import Model, models_of
from tools.generation.notes import Rest, notes_on
from tools.generation.pipeline import Lora, Place
from tools.generation.sanitiser import sanitised
from tools.metadata.collection import Collection, collection_of
from tools.metadata.styles import Style
from tools.training.traits import TraitReading, read_traits

if TYPE_CHECKING:
    from tools.studio import Studio

SEEDS = 2**63  # a seed is below this: it fits every database and every generator


@dataclass(frozen=True)
class Heritage:
    """What pictures take over from the one they descend from."""

    candidate_id: str
    author: str | None  # the person whose words it was made from
    traits: Mapping[str, str]  # of the picture
    style: str | None  # that it was made in
    same_words: bool = False  # whether its words are taken over
    varies: bool = False  # whether each picture changes some of what nobody asked for


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
    style: str | None = None
    heritage: Heritage | None = None


@dataclass(frozen=True)
class PlannedPicture:
    """One picture to make."""

    seed: int
    traits: dict[str, str]  # of every category of the collection
    prompt: str  # as sent to the model
    place: Place | None = None  # where it must stand in its batch; None: anywhere


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before the first picture is begun."""

    collection: Collection
    model: Model
    loras: tuple[Lora, ...]
    style: str | None
    words: str  # the creator's prompt, cleaned
    negative: str  # as sent to the model
    traits: dict[str, str]  # asked for, in words, explicitly or by style
    pictures: tuple[PlannedPicture, ...]
    notes: tuple[str, ...] = ()  # what was not understood, or understood in one of several ways
    heritage: Heritage | None = None


def planned(studio: "Studio", wish: Wish, rules: Rules) -> Plan:
    """The plan for a wish.

    Raises:
        InvalidInput: for a count, seed, text, trait, style or model that is wrong, saying what is
            right.
        NotFound: for an unknown collection.
    """
    _check_count(wish.count, rules.pictures_per_brief)
    collection = collection_of(studio, wish.collection)
    longest = studio.settings.limits.prompt_characters
    words = checked_words(studio, wish.prompt, collection, rules)
    negative = sanitised(
        wish.negative, sanitiser.Rules(longest, (), "negative prompt", may_be_empty=True)
    )
    style_name = wish.style or _inherited_style(collection, wish.heritage)
    style = collection.style(style_name)
    explicit = collection.validated(wish.traits)
    model = _model(studio, collection, wish.model)
    reading = read_traits(words, collection.vocabulary)
    wished = style.traits if wish.style else {}  # an inherited style is in the parent's traits
    asked = collection.validated({**wished, **reading.traits, **explicit})
    sent = "" if model.speaks_traits else ", ".join(filter(None, (words, style.words)))
    seeds = _seeds(wish.seed, wish.count)
    return Plan(
        collection=collection,
        model=model,
        loras=_loras(studio, collection, style),
        style=style_name,
        words=words,
        negative=_joined(negative, style.negative, collection.prompt.negative),
        traits=asked,
        pictures=tuple(_pictures(collection, wish.heritage, sent, asked, seeds)),
        notes=_notes(wish, words, reading, explicit, model),
        heritage=wish.heritage,
    )


def checked_words(studio: "Studio", prompt: str, collection: Collection, rules: Rules) -> str:
    """A creator's words as a model may have them, by the rules that hold now.

    Raises:
        InvalidInput: saying what is wrong with them.
    """
    denied = (*rules.denied_words, *collection.denied_words)
    return sanitised(prompt, sanitiser.Rules(studio.settings.limits.prompt_characters, denied))


def _check_count(count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise InvalidInput(
            "You asked for {count} pictures; ask for a number from 1 to {most} at a time.",
            count=count,
            most=most,
        )


def _seeds(first: int | None, count: int) -> list[int]:
    if first is None:
        first = secrets.randbelow(SEEDS)
    if not 0 <= first < SEEDS:
        raise InvalidInput(
            "The seed {seed} is out of range: use a number from 0 to {last}.",
            seed=first,
            last=SEEDS - 1,
        )
    return [(first + place) % SEEDS for place in range(count)]


def _joined(*negatives: str) -> str:
    """The terms of several negative prompts, each once."""
    terms = (term.strip() for negative in negatives for term in negative.split(","))
    return ", ".join(dict.fromkeys(filter(None, terms)))


def _inherited_style(collection: Collection, heritage: Heritage | None) -> str | None:
    if heritage is None or heritage.style not in collection.styles:
        return None
    return heritage.style


def _pictures(
    collection: Collection,
    heritage: Heritage | None,
    sent: str,
    asked: dict[str, str],
    seeds: list[int],
) -> Iterator[PlannedPicture]:
    for seed in seeds:
        chance = random.Random(seed)
        known = asked
        if heritage is not None:
            known = _inherited(collection, heritage, asked, chance) | asked
        traits = collection.complete(known, chance)
        yield PlannedPicture(seed, traits, collection.prompt_for(traits, sent))


def _inherited(
    collection: Collection, heritage: Heritage, asked: Mapping[str, str], chance: random.Random
) -> dict[str, str]:
    """The parent's traits that the collection still has; a variation changes a third of those
    that nobody asked for, to other values, and keeps the rest.
    """
    kept = collection.still_known(heritage.traits)
    if not heritage.varies:
        return kept
    open_ones = [c for c in kept if c not in asked and len(collection.traits[c]) > 1]
    for category in chance.sample(open_ones, -(-len(open_ones) // 3)):
        kept[category] = collection.drawn(category, chance, other_than=kept[category])
    return kept


def _model(studio: "Studio", collection: Collection, wanted: str | None) -> Model:
    registry = models_of(studio)
    pin = collection.model
    if wanted is not None:
        registry.check_name(wanted)
    if wanted is not None and pin.name is not None and wanted != pin.name:
        raise InvalidInput(
            "The collection {slug} is made with the model {model}; leave the model out, or "
            "choose a collection that allows others.",
            slug=collection.slug,
            model=pin.name,
        )
    model = registry.model(wanted or pin.name or studio.settings.generation.model)
    if pin.digest is not None and model.digest != pin.digest:
        raise InvalidInput(
            "The collection {slug} is pinned to the model {digest}, but {model} here has "
            "the digest {model_digest}: install the pinned one.",
            slug=collection.slug,
            digest=pin.digest,
            model=model.name,
            model_digest=model.digest,
        )
    return model


def _loras(studio: "Studio", collection: Collection, style: Style) -> tuple[Lora, ...]:
    registry = models_of(studio)
    pins = (*collection.model.loras, *style.loras)
    return tuple(registry.lora(pin.name, pin.weight) for pin in pins)


def _notes(
    wish: Wish, words: str, reading: TraitReading, explicit: Mapping[str, str], model: Model
) -> tuple[str, ...]:
    """None for words of somebody else: who takes them over need not read them."""
    if wish.heritage is not None and wish.heritage.same_words:
        return ()
    rest: Rest = "kept" if wish.heritage else "styled" if wish.style else "drawn"
    return notes_on(wish.prompt, words, reading, explicit, rest if model.speaks_traits else None)
