"""The master palette: every colour that a Mintmark picture may contain, as named ramps.

A ramp runs from dark to light. A drawing holds palette indices, never RGB values, so nothing
outside the palette can be drawn; generated pictures are snapped to the same colours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FUR: dict[str, str] = {
    # trait value -> six shades, dark to light, then the muzzle's two pale shades
    "amber": "6b2a10 a3470f d86a14 f49225 ffb84a ffd987 f3d3a1 fff0d0",
    "azure": "14305f 1c4f94 2777c9 3fa0ea 74c8f8 b2e6ff bfdcef e9f7ff",
    "emerald": "0c4030 12623c 1d8a48 3bb456 76d76a b8f090 cfe6b0 f0fad8",
    "crimson": "540c22 8a1428 bd2330 e04343 f6746a ffac9a f4c6b8 ffece0",
    "rose": "7a1e55 b03576 dc5a98 f486b6 ffb0d0 ffd4e4 fbd9e0 fff3f2",
    "silver": "3d4454 5d6677 838d9c a9b3be cbd4da e8eef0 dcdfe2 fafafa",
    "violet": "33135e 522290 7538bc 9a5ae0 bd8af5 dcbcff d9c9ee f5edff",
    "obsidian": "14121f 221f33 35314b 4d4866 6b6687 8f8bab a8a0b8 dcd6e4",
}

SCENES: dict[str, str] = {
    # trait value -> shades of its sky and land, in the order in which the scene uses them
    "forest": "0f2b2a 17443a 226048 35805a 5aa672 93cc8f c9e8ac",
    "ocean": "155a8a 1f7fae 36a6c9 6accdc b0ebee f6efd0 e6cf94",
    "city": "1c1440 33206a 5a2c8c 8e3aa0 d14fa8 32e0e6 fff06a",
    "sunset": "5b2d6e 8e3f7c c4557f ee7a78 ffa772 ffd284 fff1b4",
    "desert": "8fd3e8 c5ecec f8e3b0 f2c67c dd9f55 b87639 7f4c2c",
    "peaks": "6d9fd6 98c3ea c8e4f6 f2faff a8bed8 7289b4 4a5b8c",
    "night": "10184a 1b2868 2c3f8c 4a62b4 7f95d8 fdf6c4 0b0f30",
    "volcano": "2a1016 4a161a 7c1f1c b8321c ee5b1e ffa02c ffe070",
}

MATERIALS: dict[str, str] = {
    "ink": "17121e",
    "white": "a9a7bd d6d5e2 ffffff",
    "steel": "3b4560 5d6c8a 8d9db6 bccada eaf2f6",
    "gold": "7d4a12 b97a18 edb026 ffd95a fff5b0",
    "red": "5c0f24 9c1a2e d8303a ff6b5e",
    "orange": "8f3a12 d3641a f58c2e ffb860",
    "green": "0f4a3c 1f8a4c 58cf5c b8f58a",
    "blue": "182a5c 28488e 3f72c4 78aaf0",
    "purple": "2c1654 4e2a8c 7b48c4 b088f0",
    "pink": "a83a6e e8669a ffa8c0",
    "wood": "4a2818 7a4626 b0703c d8a468",
    "cyan": "1a7f98 3fd0e0 b8fbff",
    "black": "211d2c 36324a 575370",
}


def _ramps() -> dict[str, list[str]]:
    named = {f"fur:{k}": v for k, v in FUR.items()} | {f"scene:{k}": v for k, v in SCENES.items()}
    return {name: shades.split() for name, shades in (named | MATERIALS).items()}


def _indexed(ramps: dict[str, list[str]]) -> tuple[dict[str, NDArray[np.uint8]], tuple[str, ...]]:
    """Ramp name -> palette indices, and the palette's colours, each once."""
    colours = tuple(dict.fromkeys(shade for shades in ramps.values() for shade in shades))
    place = {colour: at for at, colour in enumerate(colours)}
    indices = {n: np.array([place[s] for s in shades], np.uint8) for n, shades in ramps.items()}
    return indices, colours


RAMPS, _COLOURS = _indexed(_ramps())

PALETTE_HEX: tuple[str, ...] = tuple(f"#{colour}" for colour in _COLOURS)
"""The palette as "#rrggbb", in index order."""

PALETTE: NDArray[np.uint8] = np.array([list(bytes.fromhex(c)) for c in _COLOURS], np.uint8)
"""(colours, 3) RGB."""
