"""How well and how fast the shipped house model draws what it is asked for.

Draws unseen trait combinations from full prompts at several settings, reads them back with the
shipped trait reader, and prints a table. The last line is JSON: `trait_mean`, `trait_min`,
`all_right` and `s_per_image` at the default settings.

    python -m bench.house_model [pictures]
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tools.scoring.trait_reader import TraitReader
from tools.training.commands import HOUSE_MODEL
from tools.training.dataset import Split
from tools.training.export import DEFAULT_SAMPLING, Sampling, load_house_model
from tools.training.measure import measured
from tools.training.traits import CATEGORIES

CASES: tuple[tuple[str, Split, Sampling], ...] = (
    ("default", "test", DEFAULT_SAMPLING),
    ("held-out pairs", "held-out", DEFAULT_SAMPLING),
    ("6 steps", "test", Sampling(steps=6)),
    ("20 steps", "test", Sampling(steps=20)),
    ("guidance 1.5", "test", Sampling(guidance_scale=1.5)),
    ("guidance 6", "test", Sampling(guidance_scale=6.0)),
)
FIGURES = ("trait_mean", "trait_min", "all_right", "s_per_image")


def main(pictures: int = 200) -> None:
    """Measure every case and print the table, then the default's figures as JSON."""
    import torch

    torch.set_num_threads(1)
    pipeline, reader = load_house_model(HOUSE_MODEL), TraitReader.load()
    results: dict[str, dict[str, Any]] = {}
    print(" ".join(f"{name:>11}" for name in ("case", *CATEGORIES, *FIGURES)))
    for name, split, sampling in CASES:
        results[name] = measured(pipeline, reader, split, pictures, sampling)
        cells = (results[name][column] for column in (*CATEGORIES, *FIGURES))
        print(f"{name:>11.11}", " ".join(f"{cell:>11.3f}" for cell in cells), flush=True)
    print(json.dumps({figure: results["default"][figure] for figure in FIGURES}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
