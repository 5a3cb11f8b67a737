"""The data set: characters drawn by code, with captions, splits and a digest.

Nothing is stored that cannot be drawn again: an example is its split and its index, from which
its traits, its picture and its captions follow. Some species never wear some headgear in training
(`HELD_OUT`), so that composition can be tested.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tools.training.drawing import DRAWING_VERSION, PALETTE_HEX, draw_indices
from tools.training.traits import CATEGORIES, PROMPT_ORDER, prompt_for, trait
from tools.training.vocabulary import VOCABULARY

Split = Literal["train", "judge", "test", "held-out"]
"""What the house model learns from, what the trait reader does, and two to measure with."""

CAPTION_VERSION = 1
"""Raised whenever the same traits and random state would give another caption."""

HELD_OUT: frozenset[tuple[str, str]] = frozenset(
    (species, headgear)
    for i, species in enumerate(CATEGORIES["species"])
    for j, headgear in enumerate(CATEGORIES["headgear"])
    if (3 * i + j) % 5 == 0
)
"""(species, headgear) pairs that training never sees: 16 of 80."""

CANONICAL_SHARE = 0.5
DROPPED_SHARE = 0.28
SYNONYM_SHARE = 0.3
_OPENINGS = ("", "", "a ", "a ", "portrait of a ", "pixel art of a ", "cute ", "picture of a ")


@dataclass(frozen=True)
class Dataset:
    """Rendered examples of one split."""

    # (examples, 32, 32) uint8 palette indices
    pixels: NDArray[np.uint8]
    # (examples, 8) uint8 value numbers, in `CATEGORIES` order
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.pixels)


def example_traits(split: Split, index: int) -> dict[str, str]:
    """The traits of one example: uniform over each category.

    "train" leaves the held-out pairs out, "held-out" has only those, the others have all.
    """
    rng = random.Random(f"mintmark/{split}/{index}")
    traits = {category: rng.choice(values) for category, values in CATEGORIES.items()}
    if split not in ("train", "held-out"):
        return traits
    while is_held_out(traits) != (split == "held-out"):
        traits["species"] = rng.choice(CATEGORIES["species"])
        traits["headgear"] = rng.choice(CATEGORIES["headgear"])
    return traits


def is_held_out(traits: Mapping[str, str]) -> bool:
    """Whether training never shows this species in this headgear."""
    return (traits["species"], traits["headgear"]) in HELD_OUT


def example_seed(split: Split, index: int) -> int:
    """The drawing seed of one example, below 2**32."""
    return int.from_bytes(hashlib.sha256(f"mintmark/{split}/{index}".encode()).digest()[:4], "big")


def labels_of(traits: Mapping[str, str]) -> list[int]:
    """Value numbers in `CATEGORIES` order."""
    return [values.index(traits[category]) for category, values in CATEGORIES.items()]


def traits_of(labels: NDArray[np.uint8]) -> dict[str, str]:
    """The inverse of `labels_of`."""
    return {c: values[int(n)] for (c, values), n in zip(CATEGORIES.items(), labels, strict=True)}


def rendered(split: Split, count: int, cache: Path | None = None) -> Dataset:
    """Draw the first `count` examples, or read them back from the folder `cache`."""
    stored = (
        cache / f"{split}-{count}-{manifest(count, split)['digest'][:12]}.npz" if cache else None
    )
    if stored and stored.exists():
        with np.load(stored) as arrays:
            return Dataset(arrays["pixels"], arrays["labels"])
    traits = [example_traits(split, index) for index in range(count)]
    pixels = [draw_indices(t, example_seed(split, i)) for i, t in enumerate(traits)]
    dataset = Dataset(np.stack(pixels), np.array([labels_of(t) for t in traits], np.uint8))
    if stored:
        stored.parent.mkdir(parents=True, exist_ok=True)
        np.savez(stored, pixels=dataset.pixels, labels=dataset.labels)
    return dataset


def caption(traits: Mapping[str, str], rng: random.Random) -> str:
    """A training caption: half the time the canonical prompt, else a looser, shorter wording."""
    if rng.random() < CANONICAL_SHARE:
        return prompt_for(traits)
    kept = [c for c in PROMPT_ORDER if rng.random() >= DROPPED_SHARE] or ["species"]
    words = {c: _worded(c, traits[c], rng) for c in kept}
    subject = " ".join(words.pop(c) for c in ("palette", "species") if c in words)
    phrases = list(words.values())
    if rng.random() < 0.6:
        rng.shuffle(phrases)
    opening = rng.choice(_OPENINGS) if subject else ""
    parts = [opening + subject] if subject else []
    at = 0 if rng.random() < 0.85 else rng.randint(0, len(phrases))
    return ", ".join([*phrases[:at], *parts, *phrases[at:]])


def _worded(category: str, value: str, rng: random.Random) -> str:
    entry = trait(category, value)
    return rng.choice(entry.synonyms) if rng.random() < SYNONYM_SHARE else entry.phrase


def manifest(count: int, split: Split = "train") -> dict[str, Any]:
    """What the first `count` examples of a split are made of, with a digest over all of it.

    The digest is the SHA-256 of the canonical JSON of the other fields; `sample` covers the
    drawing code itself, being the SHA-256 of the pixels of the first 64 examples.
    """
    listing: dict[str, Any] = {
        "drawing_version": DRAWING_VERSION,
        "caption_version": CAPTION_VERSION,
        "captions": [CANONICAL_SHARE, DROPPED_SHARE, SYNONYM_SHARE],
        "vocabulary": {c: [[v.name, v.phrase, *v.synonyms] for v in values]
                       for c, values in VOCABULARY.items()},
        "palette": list(PALETTE_HEX),
        "held_out": sorted(map(list, HELD_OUT)),
        "count": count,
        "sample": _sample_digest(split, min(count, 64)),
    }  # fmt: skip
    canonical = json.dumps(listing, sort_keys=True, separators=(",", ":"))
    return listing | {"digest": hashlib.sha256(canonical.encode()).hexdigest()}


def _sample_digest(split: Split, count: int) -> str:
    digest = hashlib.sha256()
    for index in range(count):
        traits = example_traits(split, index)
        digest.update(draw_indices(traits, example_seed(split, index)).tobytes())
    return digest.hexdigest()
