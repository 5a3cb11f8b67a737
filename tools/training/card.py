"""The model card: `mintmark.json` told to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEXT = """---
license: mit
library_name: diffusers
pipeline_tag: text-to-image
---

# {name} {version}

Draws {native_size}x{native_size} pixel-art characters from eight traits ({combinations:,}
combinations). It was trained from random weights on characters drawn by this project's own code
(`tools/training/drawing`), so no one's pictures went into it, and it is free under the {licence}
licence.

## Use

```python
from diffusers import StableDiffusionPipeline
import torch

pipeline = StableDiffusionPipeline.from_pretrained(
    "tools/generation/house_model", dtype=torch.float32
)
pipeline("{example}",
         num_inference_steps={steps}, guidance_scale={guidance_scale}).images[0]
```

Pictures gain from being snapped to the palette in `mintmark.json`, and enlarge by whole factors,
nearest neighbour. On a CPU, float32 is the fast precision. A prompt may name fewer traits, in any
order and with synonyms, but the model draws best when all eight are given: the studio draws the
open ones by rarity before it prompts.

## Traits

{traits}

## Make-up

`AutoencoderTiny` with fourfold reduction, {latent_channels} latent channels and an encoder computed
from the data's principal components; `UNet2DConditionModel` on {latent_size}x{latent_size} latents;
two-layer `CLIPTextModel` with an own byte-pair vocabulary. v-prediction, squared-cosine schedule,
sampled with DPM-Solver++.

## Training

`mintmark train base` makes it again, on one core of a processor; `mintmark train reader` makes the
trait reader that the figures below come from, and `mintmark train measure` the figures.

{training}

## Measured

{metrics}

## Limits

It knows this one world: words outside the vocabulary change nothing in particular. Some species
never wore some headgear in training; the figures above tell how well it combines them. It is not
made for photographs, text in pictures, or the likeness of people.
"""

_EXAMPLE = (
    "violet fox, round eyes, gentle smile, golden crown, mystic robe, star wand, starry night"
)


def model_card(facts: Mapping[str, Any]) -> str:
    """Markdown with the front matter that model hubs read."""
    combinations = 1
    for values in facts["traits"].values():
        combinations *= len(values)
    return _TEXT.format(
        **{k: facts[k] for k in ("name", "version", "licence", "native_size", "latent_size")},
        latent_channels=facts["latent_channels"],
        combinations=combinations,
        example=_EXAMPLE,
        steps=facts["sampling"]["steps"],
        guidance_scale=facts["sampling"]["guidance_scale"],
        traits=_table("category", "values", {c: ", ".join(v) for c, v in facts["traits"].items()}),
        training=_table("", "", _flattened(facts["training"])),
        metrics=_metrics(facts["metrics"]),
    )


def _metrics(metrics: Mapping[str, Any]) -> str:
    if not metrics:
        return "Not measured yet: `mintmark train measure`."
    explained = (
        "Each picture was drawn from a full prompt at the default settings, snapped to the palette "
        "and read back by the trait reader."
    )
    return f"{explained}\n\n{_table('figure', 'value', _flattened(metrics))}"


def _flattened(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested facts as one level of "a b" keys."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        name = f"{prefix}{key.replace('_', ' ')}"
        if isinstance(value, Mapping):
            flat |= _flattened(value, f"{name}: ")
        elif value is not None:
            flat[name] = value
    return flat


def _table(left: str, right: str, rows: Mapping[str, Any]) -> str:
    lines = [f"| {left} | {right} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in rows.items())])
