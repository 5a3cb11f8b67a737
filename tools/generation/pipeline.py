"""A loaded diffusers pipeline: one batch of orders in, one picture for each out.

Every picture has a generator of its own on the CPU, so its noise depends on its seed alone, never
on its neighbours in the batch. What still moves a few pixels is the arithmetic: threads, batch
size, device and number format; all of them are frozen into the batch key and recorded.

This module knows nothing of people, briefs or records.
"""

import inspect
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import InvalidInput, ServiceUnavailable
from tools.generation.bundle import SAFETY_CHECKER, checked_index
from tools.generation.glimpse import Glimpse
from tools.provenance.canonical import digest, recordable

if TYPE_CHECKING:
    import torch
    from PIL import Image

DTYPE = "float32"  # half precision is slower on a CPU, and other hardware rounds it differently

Look = Callable[[], "list[Image.Image]"]
"""Shows the pictures as they are so far; an empty list where that cannot be done cheaply."""

OnStep = Callable[[int, Look], None]
"""Called after each step with the number of steps done; what it raises ends the batch."""


@dataclass(frozen=True)
class Lora:
    """A fine-tune to apply: a safetensors file and the scale."""

    name: str
    path: Path
    digest: str
    weight: float


@dataclass(frozen=True)
class Checkpoint:
    """What is loaded into memory: a bundle with its fine-tunes, in a number format, on a device."""

    digest: str  # of the bundle
    folder: Path
    loras: tuple[Lora, ...] = ()
    dtype: str = DTYPE
    device: str = "cpu"


@dataclass(frozen=True)
class Place:
    """A picture's place in its batch: other sizes of a batch round the last bits otherwise."""

    size: int  # of the batch
    position: int  # from 0


@dataclass(frozen=True)
class BatchKey:
    """What pictures of one batch share; with seed, prompt and batch size it decides the pixels."""

    checkpoint: Checkpoint
    width: int  # pixels generated
    height: int
    steps: int
    guidance: float
    threads: int = 1
    place: Place | None = None  # to be made again in this place, in a batch of its own


@dataclass(frozen=True)
class Order:
    """One picture to make."""

    key: BatchKey
    prompt: str
    negative: str
    seed: int


@dataclass(frozen=True)
class Scheduler:
    """The scheduler that ran, as it was configured."""

    name: str
    digest: str


class LoadedPipeline:
    """A checkpoint in memory. Not safe to share between threads."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        """Load a checkpoint.

        Raises:
            InvalidInput: if the checkpoint cannot be loaded, in the words of the one that tried.
        """
        self._pipeline = _loaded(checkpoint)
        _apply_loras(self._pipeline, checkpoint.loras)
        self._parameters = inspect.signature(self._pipeline.__call__).parameters
        self._scheduler_config = dict(self._pipeline.scheduler.config)
        self._glimpse = Glimpse(self._pipeline)

    @property
    def scheduler(self) -> Scheduler:
        """Its class, and the digest of its configuration."""
        config = {k: v for k, v in self._scheduler_config.items() if not k.startswith("_")}
        return Scheduler(type(self._pipeline.scheduler).__name__, digest(_plain(config)))

    def make(self, orders: Sequence[Order], on_step: OnStep) -> list["Image.Image"]:
        """The pictures of a batch, in order; all orders have the same key, and this checkpoint.

        Raises:
            InvalidInput: if the pipeline takes no negative prompt and one is given.
        """
        import torch

        key = orders[0].key
        torch.set_num_threads(key.threads)
        latest: list[torch.Tensor] = []
        arguments = self._arguments(orders) | {
            "generator": [torch.Generator("cpu").manual_seed(order.seed) for order in orders],
            "callback_on_step_end": self._step_callback(on_step, latest),
        }
        with torch.inference_mode():
            images: list[Image.Image] = self._pipeline(**arguments).images
            plain = [image.convert("RGB") for image in images]
            for latents in latest:
                self._glimpse.learn(latents, plain)
        return plain

    def tokens_cut(self, prompt: str) -> int:
        """How many tokens of a prompt lie beyond what the text encoder reads."""
        tokenizer = getattr(self._pipeline, "tokenizer", None)
        longest = getattr(tokenizer, "model_max_length", None)
        if tokenizer is None or longest is None:
            return 0
        return max(0, len(tokenizer(prompt, truncation=False).input_ids) - int(longest))

    def _step_callback(
        self, on_step: OnStep, latest: "list[torch.Tensor]"
    ) -> Callable[..., dict[str, Any]]:
        """What diffusers calls after each step; `latest` then holds the latents of that step."""

        def after_step(_: Any, step: int, __: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            latents = tensors["latents"]
            latest[:] = [latents]
            on_step(step + 1, lambda: self._glimpse.pictures(latents))
            return tensors

        return after_step

    def _arguments(self, orders: Sequence[Order]) -> dict[str, Any]:
        key = orders[0].key
        wanted = {
            "prompt": [order.prompt for order in orders],
            "width": key.width,
            "height": key.height,
            "num_inference_steps": key.steps,
            "guidance_scale": key.guidance,
            "output_type": "pil",
        }
        if any(order.negative for order in orders):
            if "negative_prompt" not in self._parameters:
                name = type(self._pipeline).__name__
                raise InvalidInput("{name} takes no negative prompt: leave it empty.", name=name)
            wanted["negative_prompt"] = [order.negative for order in orders]
        return wanted


def _loaded(checkpoint: Checkpoint) -> Any:
    import torch

    _hush()
    from diffusers import DiffusionPipeline

    index = checked_index(checkpoint.folder)
    without: dict[str, Any] = {SAFETY_CHECKER: None} if SAFETY_CHECKER in index else {}
    if "requires_safety_checker" in index:
        without["requires_safety_checker"] = False
    try:
        pipeline = DiffusionPipeline.from_pretrained(
            checkpoint.folder,
            dtype=getattr(torch, checkpoint.dtype),
            use_safetensors=True,
            local_files_only=True,
            **without,
        ).to(checkpoint.device)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        raise InvalidInput(
            "The model in {folder} cannot be loaded: {reason}",
            folder=checkpoint.folder,
            reason=_first_line(error),
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _hush() -> None:
    """No bars and no advice to programmers on a creator's terminal; errors are ours to tell."""
    from diffusers.utils import logging as of_diffusers
    from transformers.utils import logging as of_transformers

    of_diffusers.set_verbosity_error()
    of_diffusers.disable_progress_bar()
    of_transformers.set_verbosity_error()
    of_transformers.disable_progress_bar()


def _apply_loras(pipeline: Any, loras: tuple[Lora, ...]) -> None:
    if not loras:
        return
    names = [f"lora{place}" for place in range(len(loras))]
    try:
        for name, lora in zip(names, loras, strict=True):
            pipeline.load_lora_weights(
                lora.path.parent, weight_name=lora.path.name, adapter_name=name
            )
        pipeline.set_adapters(names, [lora.weight for lora in loras])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        listed = ", ".join(lora.name for lora in loras)
        raise InvalidInput(
            "LoRA {names} does not fit: {reason}", names=listed, reason=_first_line(error)
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:300]


def _plain(config: Any) -> Any:
    """A scheduler's configuration as JSON that can be hashed."""
    match config:
        case dict():
            return {str(key): _plain(value) for key, value in config.items()}
        case list() | tuple():
            return [_plain(value) for value in config]
        case None | bool() | int() | float() | str():
            return recordable(config)
        case _:
            return repr(config)


@cache
def library_versions() -> dict[str, str]:
    """What computed the pixels: Python and the libraries that take part."""
    names = ("torch", "diffusers", "transformers", "pillow", "numpy")
    return {"python": platform.python_version()} | {name: version(name) for name in names}


def checked_device(device: str) -> str:
    """The device, if this machine has it.

    Raises:
        ServiceUnavailable: if it has not.
    """
    import torch

    kind = device.partition(":")[0]
    if kind == "cpu" or (kind == "cuda" and torch.cuda.is_available()):
        return device
    if kind == "mps" and torch.backends.mps.is_available():
        return device
    raise ServiceUnavailable(
        "generation.device is {device!r}, which this machine does not have: set it to cpu.",
        device=device,
    )
