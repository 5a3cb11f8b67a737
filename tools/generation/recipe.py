"""The recipe of a picture: everything that making it again needs, as the candidate's row keeps it.

The words of the prompt stand under their commitments; they can be erased, the recipe stays.
Numbers that are not whole are written as decimal text, as in every record.
"""

from typing import Any

from tools.generation.batcher import Made
from tools.generation.models import Model
from tools.generation.pipeline import library_versions
from tools.provenance.canonical import digest, recordable

SCHEMA = "mintmark/recipe/1"


def recipe(
    made: Made, model: Model, prompt: str, negative_prompt: str, *, style: str | None, factor: int
) -> dict[str, Any]:
    """The recipe.

    Args:
        made: the picture as the model gave it.
        model: that made it.
        prompt: the commitment of the prompt as sent.
        negative_prompt: likewise, or empty.
        style: the collection's, by name, that the creator asked for.
        factor: by which the picture was enlarged afterwards.
    """
    key, checkpoint = made.order.key, made.order.key.checkpoint
    facts: dict[str, Any] = recordable(
        {
            "schema": SCHEMA,
            "prompt": prompt,
            "negative_prompt": negative_prompt,
            "style": style,
            "seed": str(made.order.seed),
            "model": {
                "name": model.name,
                "source": model.source,
                "revision": model.revision,
                "digest": model.digest,
                "pipeline": model.pipeline,
            },
            "loras": [
                {"name": lora.name, "digest": lora.digest, "weight": lora.weight}
                for lora in checkpoint.loras
            ],
            "scheduler": {"name": made.scheduler.name, "digest": made.scheduler.digest},
            "steps": key.steps,
            "guidance": key.guidance,
            "width": key.width,
            "height": key.height,
            "dtype": checkpoint.dtype,
            "device": checkpoint.device,
            "threads": key.threads,
            "batch": {"size": made.batch_size, "position": made.batch_position},
            "tokens_cut": made.tokens_cut,
            "finish": {"palette": palette_digest(model), "enlarged": factor},
            "versions": library_versions(),
        }
    )
    return facts


def palette_digest(model: Model) -> str | None:
    """The digest of the palette that pictures are snapped to, if the model has one."""
    return digest(list(model.facts.palette)) if model.facts.palette else None
