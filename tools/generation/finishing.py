"""What happens to a picture after the model: palette, enlargement, file, hashes.

A model with a palette (pixel art) is snapped to it and enlarged by whole pixels to a size that
people and marketplaces can look at; other models' pictures stay as they are.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.generation.batcher import Made
from tools.generation.infotext import Infotext
from tools.generation.models import Model
from tools.generation.pixels import Colour, enlarge, pixel_sha256, snap_to_palette
from tools.generation.png import encode_png
from tools.ledger import program_version
from tools.provenance.log import sha256
from tools.scoring.duplicates import perceptual_hash

if TYPE_CHECKING:
    from PIL import Image

SHOWN_SIZE = 512  # pixels a side that pixel art is enlarged to, or just below

# diffusers class → the name under which other tools know the sampler
_SAMPLERS = {
    "DPMSolverMultistepScheduler": "DPM++ 2M",
    "DDIMScheduler": "DDIM",
    "EulerDiscreteScheduler": "Euler",
    "EulerAncestralDiscreteScheduler": "Euler a",
    "HeunDiscreteScheduler": "Heun",
    "LMSDiscreteScheduler": "LMS",
    "UniPCMultistepScheduler": "UniPC",
    "LCMScheduler": "LCM",
}


@dataclass(frozen=True)
class Finished:
    """A picture ready to be kept."""

    png: bytes
    image_sha256: str
    pixel_sha256: str
    perceptual_hash: str
    width: int
    height: int


def finished(made: Made, model: Model, candidate_id: str) -> Finished:
    """Post-process a picture and write its file."""
    image = _shown(made.image, model)
    png = encode_png(image, _infotext(made, model), candidate_id)
    return Finished(
        png=png,
        image_sha256=sha256(png),
        pixel_sha256=pixel_sha256(image),
        perceptual_hash=perceptual_hash(image),
        width=image.width,
        height=image.height,
    )


def enlargement(model: Model) -> int:
    """The whole factor by which the model's pictures are enlarged; 1 leaves them as they are."""
    return max(1, SHOWN_SIZE // model.size) if model.facts.palette else 1


def _shown(image: "Image.Image", model: Model) -> "Image.Image":
    if not model.facts.palette:
        return image
    snapped = snap_to_palette(image, [_colour(text) for text in model.facts.palette])
    return enlarge(snapped, enlargement(model))


def _colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def _infotext(made: Made, model: Model) -> Infotext:
    key = made.order.key
    return Infotext.of_generation(
        prompt=made.order.prompt,
        negative=made.order.negative,
        steps=key.steps,
        sampler=_SAMPLERS.get(made.scheduler.name, made.scheduler.name),
        guidance=f"{key.guidance:g}",
        seed=made.order.seed,
        size=(key.width, key.height),
        model=model.source,
        model_digest=model.digest,
        version=program_version(),
        loras=tuple((lora.name, lora.digest) for lora in key.checkpoint.loras),
    )
