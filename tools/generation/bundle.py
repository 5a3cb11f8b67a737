"""A checkpoint on the disk: is it one that we load, what does it say of itself, and its digest.

A bundle is a diffusers pipeline directory: `model_index.json`, a folder for each component, and
for models made here `mintmark.json`. Weights are read from safetensors only; pickled formats can
run code when they are opened.

The digest covers everything that decides the pixels: weights, configurations, tokenizer and
scheduler, not the weights alone. It is the SHA-256 of the canonical JSON of path → SHA-256.
"""

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.errors import InvalidInput
from tools.provenance.canonical import digest

INDEX = "model_index.json"
FACTS = "mintmark.json"
SAFE = ".safetensors"
PICKLED = frozenset((".ckpt", ".bin", ".pt", ".pth", ".pkl", ".pickle", ".msgpack", ".h5"))
SAFETY_CHECKER = "safety_checker"  # never loaded: pictures get verdicts, they are not blacked out

_LIBRARIES = frozenset(("diffusers", "transformers"))
_LOADED = frozenset((".json", ".txt", ".model", SAFE))
_CHUNK = 1 << 20


def checked_index(folder: Path) -> dict[str, Any]:
    """The pipeline's index, once everything it names is there and safe to load.

    Raises:
        InvalidInput: saying what is missing or unsafe, and how to mend it.
    """
    _refuse_a_file(folder)
    if not (folder / INDEX).is_file():
        raise InvalidInput(
            "{folder} is no diffusers pipeline: it has no {index}. Name the folder that "
            "save_pretrained wrote, or a hub id such as org/name.",
            folder=folder,
            index=INDEX,
        )
    index = read_json(folder / INDEX)
    if not isinstance(index.get("_class_name"), str):
        raise InvalidInput("{folder} names no pipeline class of diffusers.", folder=folder / INDEX)
    for name, library in components(index):
        _check_component(folder / name, name, library)
    return index


def components(index: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and library of every component that is loaded."""
    for name, value in index.items():
        is_component = isinstance(value, list) and len(value) == 2 and value[0] is not None
        if is_component and not name.startswith("_") and name != SAFETY_CHECKER:
            yield name, str(value[0])


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a bundle.

    Raises:
        InvalidInput: if it is none.
    """
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InvalidInput(
            "{path} cannot be read as JSON: {error}.", path=path, error=str(error)
        ) from None
    if not isinstance(value, dict):
        raise InvalidInput("{path} holds no JSON object.", path=path)
    return value


def _refuse_a_file(path: Path) -> None:
    if path.suffix.lower() in PICKLED and not path.is_dir():
        raise InvalidInput(
            "{path} is a pickled checkpoint, which can run code when it is opened. "
            "Convert it to safetensors: "
            "StableDiffusionPipeline.from_single_file(…).save_pretrained(folder, "
            "safe_serialization=True) on a machine you can spare, then name the folder.",
            path=path.name,
        )
    if path.suffix.lower() == SAFE and not path.is_dir():
        raise InvalidInput(
            "{path} is a single file; a pipeline directory is needed. Convert it with "
            "StableDiffusionPipeline.from_single_file(…).save_pretrained(folder).",
            path=path.name,
        )
    if not path.is_dir():
        raise InvalidInput("There is no model folder {path}.", path=path)


def _check_component(folder: Path, name: str, library: str) -> None:
    if library not in _LIBRARIES:
        raise InvalidInput(
            "The component {name} comes from {library!r}: code that ships with a "
            "checkpoint is not run. Use a pipeline whose components are those of "
            "diffusers and transformers.",
            name=name,
            library=library,
        )
    files = [path for path in folder.rglob("*") if path.is_file()]
    if not files:
        raise InvalidInput(
            "The component {name} is missing: {folder} is empty or not there.",
            name=name,
            folder=folder,
        )
    suffixes = {path.suffix.lower() for path in files}
    if suffixes & PICKLED and SAFE not in suffixes:
        raise InvalidInput(
            "The component {name} has pickled weights only ({example}), which can run code "
            "when they are opened. Save the pipeline again with safe_serialization=True.",
            name=name,
            example=_first(files),
        )


def _first(files: list[Path]) -> str:
    return min(path.name for path in files if path.suffix.lower() in PICKLED)


class DigestCache:
    """SHA-256 of large files, kept by size and time of change, in a file of the data folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, list[Any]] = self._read()

    def bundle_digest(self, folder: Path, index: dict[str, Any]) -> str:
        """`sha256:` and the digest of the whole bundle."""
        names = [name for name, _ in components(index)]
        files = [folder / INDEX, *(p for name in names for p in _loaded_files(folder / name))]
        found = self._hashes(files)
        return digest({path.relative_to(folder).as_posix(): found[path] for path in files})

    def file_digest(self, path: Path) -> str:
        """`sha256:` and the digest of one file."""
        return f"sha256:{self._hashes([path])[path]}"

    def _hashes(self, paths: list[Path]) -> dict[Path, str]:
        """Path → SHA-256 in hex; what is not known yet is hashed and kept."""
        with self._lock:
            states = {path: _state(path) for path in paths}
            stale = {p: s for p, s in states.items() if self._known.get(str(p), [])[:2] != s}
            for path, state in stale.items():
                self._known[str(path)] = [*state, _hashed(path)]
            if stale:
                self._write()
            return {path: str(self._known[str(path)][2]) for path in paths}

    def _read(self) -> dict[str, list[Any]]:
        try:
            value = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}  # only a cache: it is made anew
        return value if isinstance(value, dict) else {}

    def _write(self) -> None:
        try:
            descriptor, name = tempfile.mkstemp(dir=self._path.parent)
            with os.fdopen(descriptor, "w") as file:
                json.dump(self._known, file)
            os.replace(name, self._path)
        except OSError:
            return  # only a cache: without it the files are hashed again


def _loaded_files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in _LOADED
    )


def _state(path: Path) -> list[int]:
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns]


def _hashed(path: Path) -> str:
    with path.open("rb") as file:
        sha = hashlib.sha256()
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()
