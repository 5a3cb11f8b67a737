"""Reads the eight traits back from a picture, with a confidence for each.

The reader was trained on drawn characters, clean and damaged (`mintmark train reader`), and ships
with the project. It knows the vocabulary's values only: shown something else, it still names the
nearest values, with low confidence at best.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import IntegrityError, InvalidInput, NotFound

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from tools.scoring.trait_network import TraitNetwork

SHIPPED = Path(__file__).parent / "trait_reader"
WEIGHTS, CARD = "reader.safetensors", "reader.json"
NATIVE = 32
BATCH = 64


@dataclass(frozen=True)
class TraitRead:
    """What the reader sees in one category."""

    value: str
    # calibrated probability of that value, 0 to 1
    confidence: float


class TraitReader:
    """A loaded reader; `load` gives the shipped one."""

    def __init__(self, network: TraitNetwork, card: dict[str, Any], digest: str) -> None:
        self._network = network
        self.categories: dict[str, tuple[str, ...]] = {
            category: tuple(values) for category, values in card["categories"].items()
        }
        self.version: str = card["version"]
        self.digest = digest
        self._temperature: float = card["temperature"]

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> TraitReader:
        """Load weights and card; raises `NotFound` or `IntegrityError`."""
        from safetensors.torch import load

        from tools.scoring.trait_network import TraitNetwork

        if not (folder / WEIGHTS).is_file() or not (folder / CARD).is_file():
            raise NotFound(
                "No trait reader in {folder}: it needs {weights} and {card}.",
                folder=folder,
                weights=WEIGHTS,
                card=CARD,
            )
        weights = (folder / WEIGHTS).read_bytes()
        card, digest = json.loads((folder / CARD).read_bytes()), hashlib.sha256(weights).hexdigest()
        if card["sha256"] != digest:
            raise IntegrityError(
                "{folder} is not the file its card names: SHA-256 {digest}, expected {card}.",
                folder=folder / WEIGHTS,
                digest=digest,
                card=card["sha256"],
            )
        network = TraitNetwork(sum(len(values) for values in card["categories"].values()))
        network.load_state_dict({name: _widened(t) for name, t in load(weights).items()})
        return cls(network.eval(), card, digest)

    def read(self, images: Sequence[Image.Image]) -> list[dict[str, TraitRead]]:
        """The traits of each picture, in category order.

        A picture is 32x32 or a whole multiple of that; raises `InvalidInput` otherwise.
        """
        import torch

        readings: list[dict[str, TraitRead]] = []
        with torch.inference_mode():
            for start in range(0, len(images), BATCH):
                batch = torch.stack([as_input(image) for image in images[start : start + BATCH]])
                readings += [self._reading(row) for row in self._network(batch)]
        return readings

    def _reading(self, logits: torch.Tensor) -> dict[str, TraitRead]:
        sizes = [len(values) for values in self.categories.values()]
        reading = {}
        for (category, values), part in zip(
            self.categories.items(), logits.split(sizes), strict=True
        ):
            confidence, place = (part / self._temperature).softmax(0).max(0)
            reading[category] = TraitRead(values[int(place)], float(confidence))
        return reading


def _widened(tensor: torch.Tensor) -> torch.Tensor:
    """Stored half-precision numbers as float32; counters as they are."""
    return tensor.float() if tensor.is_floating_point() else tensor


def as_input(image: Image.Image) -> torch.Tensor:
    """(3, 32, 32) in [-1, 1]; larger pictures are reduced by the mean of each block."""
    import numpy as np
    import torch
    from PIL.Image import Resampling

    if image.width != image.height or image.width < NATIVE or image.width % NATIVE:
        raise InvalidInput(
            "The trait reader needs a square picture of {native} pixels or a whole "
            "multiple; this one has {width}x{height}.",
            native=NATIVE,
            width=image.width,
            height=image.height,
        )
    small = image.convert("RGB").resize((NATIVE, NATIVE), Resampling.BOX)
    return torch.from_numpy(np.array(small)).permute(2, 0, 1).float() / 127.5 - 1
