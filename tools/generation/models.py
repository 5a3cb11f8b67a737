"""The models that pictures can be made with: the house model, and any the settings name.

A model is known by a name. What the name stands for (a folder, or a hub id with an optional
revision, `org/name@revision`) is the operator's choice in the settings, never a creator's.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.errors import InvalidInput, ServiceUnavailable
from tools.generation.bundle import FACTS, INDEX, SAFE, DigestCache, checked_index, read_json
from tools.generation.pipeline import Lora

if TYPE_CHECKING:
    from tools.studio import Studio

HOUSE = "house"
HOUSE_FOLDER = Path(__file__).parent / "house_model"
_HUB_ID = re.compile(r"^[\w.-]+/[\w.-]+(?:@[\w./-]+)?$", re.ASCII)
_HUB_FILES = [INDEX, FACTS, "*/*.json", "*/*.safetensors", "*/*.txt", "*/*.model"]
_HUB_VARIANTS = ["*.fp16.*", "*.non_ema.*", "*/*openvino*", "safety_checker/*"]
_USUAL_STEPS, _USUAL_GUIDANCE, _USUAL_SIZE = 30, 7.0, 512


class Sampling(BaseModel):
    """How a model is meant to be sampled."""

    model_config = ConfigDict(frozen=True)

    steps: Annotated[int, Field(ge=1, le=1000)] = _USUAL_STEPS
    guidance_scale: Annotated[float, Field(ge=0, le=50)] = _USUAL_GUIDANCE


class ModelFacts(BaseModel):
    """What `mintmark.json` says of a model; a checkpoint without one gets usual values."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = ""
    version: str = ""
    native_size: Annotated[int, Field(ge=8, le=8192)] | None = None  # pixels a side
    sampling: Sampling = Sampling()
    prompt_grammar: Literal["traits", "words"] = "words"
    palette: tuple[Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")], ...] = ()


@dataclass(frozen=True)
class Model:
    """A model that is there and safe to load."""

    name: str  # as the studio calls it
    source: str  # what it stands for: its own name, a folder's name, or a hub id
    revision: str
    digest: str  # of the whole bundle
    folder: Path
    pipeline: str  # diffusers class
    scheduler: str  # diffusers class
    size: int  # native, pixels a side
    facts: ModelFacts

    @property
    def speaks_traits(self) -> bool:
        """Whether it was trained on trait phrases alone, so that free words mean nothing to it."""
        return self.facts.prompt_grammar == "traits"


class ModelRegistry:
    """The models of one studio."""

    def __init__(
        self, models: Mapping[str, str], loras: Mapping[str, Path], digests: DigestCache
    ) -> None:
        self._sources = {HOUSE: str(HOUSE_FOLDER)} | dict(models)
        self._loras = dict(loras)
        self._digests = digests

    @property
    def names(self) -> list[str]:
        """The names that can be asked for."""
        return sorted(self._sources)

    def model(self, name: str) -> Model:
        """The model of that name, checked.

        Raises:
            InvalidInput: for an unknown name, listing the known ones, and for a folder that is no
                safe pipeline, saying what is wrong with it.
            ServiceUnavailable: if it is on a hub that does not answer.
        """
        self.check_name(name)
        source = self._sources[name]
        folder, label, revision = _located(source)
        index = checked_index(folder)
        facts = _facts(folder)
        scheduler = index.get("scheduler") or [None, ""]
        return Model(
            name=name,
            source=facts.name or label,
            revision=facts.version or revision,
            digest=self._digests.bundle_digest(folder, index),
            folder=folder,
            pipeline=index["_class_name"],
            scheduler=str(scheduler[1]),
            size=facts.native_size or _native_size(folder),
            facts=facts,
        )

    def check_name(self, name: str) -> None:
        """Whether there is such a model; raises `InvalidInput` listing the known ones."""
        if name not in self._sources:
            known = ", ".join(self.names)
            raise InvalidInput(
                "There is no model named {name!r}. There are: {known}.", name=name[:64], known=known
            )

    def lora(self, name: str, weight: float) -> Lora:
        """A fine-tune that the settings name, with the scale to apply it with.

        Raises:
            InvalidInput: for an unknown name, listing the known ones, or an unsafe file.
        """
        if name not in self._loras:
            known = ", ".join(sorted(self._loras)) or "none"
            raise InvalidInput(
                "There is no LoRA named {name!r}. There are: {known}.", name=name[:64], known=known
            )
        path = self._loras[name].expanduser().absolute()
        if path.suffix.lower() != SAFE or not path.is_file():
            raise InvalidInput(
                "The LoRA {name} must be a {format} file; {path} is not one.",
                name=name,
                format=SAFE,
                path=path,
            )
        return Lora(name, path, self._digests.file_digest(path), weight)


def models_of(studio: "Studio") -> ModelRegistry:
    """The registry of this studio."""
    return studio.part(ModelRegistry, _registry)


def _registry(studio: "Studio") -> ModelRegistry:
    cache = DigestCache(studio.settings.data_dir / "model-digests.json")
    generation = studio.settings.generation
    return ModelRegistry(generation.models, generation.loras, cache)


def _located(source: str) -> tuple[Path, str, str]:
    """Folder, label and revision of a source."""
    path = Path(source).expanduser().absolute()
    if path.exists() or not _HUB_ID.match(source):
        return path, path.name, "local"
    hub_id, _, revision = source.partition("@")
    folder = _downloaded(hub_id, revision or None)
    return folder, hub_id, folder.name  # a snapshot's folder is named by its commit


def _downloaded(hub_id: str, revision: str | None) -> Path:
    """The snapshot of a hub model: from the local cache, else downloaded."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            hub_id,
            revision=revision,
            allow_patterns=_HUB_FILES,
            ignore_patterns=_HUB_VARIANTS,
        )
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise ServiceUnavailable(
            "The model {hub_id} is not on this machine and cannot be fetched from the "
            "hub ({kind}): check its name and the network, or name a local folder.",
            hub_id=hub_id,
            kind=type(error).__name__,
        ) from error
    return Path(folder)


def _facts(folder: Path) -> ModelFacts:
    if not (folder / FACTS).is_file():
        return ModelFacts()
    try:
        return ModelFacts.model_validate(read_json(folder / FACTS))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInput(
            "{folder} is wrong at {where}: {finding}.",
            folder=folder / FACTS,
            where=where,
            finding=first["msg"],
        ) from None


def _native_size(folder: Path) -> int:
    """Latent size times the decoder's enlargement, as the configurations say."""
    for denoiser in ("unet", "transformer"):
        sample = _config(folder / denoiser).get("sample_size")
        if isinstance(sample, int):
            blocks = _config(folder / "vae").get("block_out_channels") or [0, 0, 0, 0]
            return sample << (len(blocks) - 1)
    return _USUAL_SIZE


def _config(folder: Path) -> dict[str, Any]:
    try:
        value = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
