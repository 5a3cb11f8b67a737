"""Infotext: the recipe as other tools read it back from a picture (Automatic1111's format).

    a fox with a crown
    Negative prompt: blurry
    Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512, Model hash: 0123456789, …

The format has no escape for its own words inside a prompt, so it is a courtesy to other tools;
the record is the authority. Reading is tolerant: any text gives an `Infotext`, never an error.

Format: AUTOMATIC1111/stable-diffusion-webui, modules/infotext_utils.py.
"""

import json
import re
from dataclasses import dataclass
from typing import Self

from PIL import ExifTags, Image

from tools.errors import InvalidInput
from tools.generation.pixels import DEFAULT_LIMITS, DecodeLimits, open_picture

PARAMETERS = "parameters"  # the PNG text chunk that other tools look for

_MOST_CHARACTERS = 256 * 1024
_NEGATIVE = "Negative prompt:"
_FEWEST_SETTINGS = 3  # a last line with fewer of them is part of the prompt
# The length of a name is bounded so that a long line without a colon is still read in linear time.
_SETTING = re.compile(r'(\w[\w \-/]{1,60}):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_MODEL_HASH_CHARACTERS = 10
_LORA_HASH_CHARACTERS = 12


@dataclass(frozen=True)
class Infotext:
    """A recipe as text: what was asked for, what was not wanted, and the settings in order."""

    prompt: str
    negative: str
    settings: tuple[tuple[str, str], ...]

    @classmethod
    def of_generation(
        cls,
        *,
        prompt: str,
        negative: str,
        steps: int,
        sampler: str,
        guidance: str,
        seed: int,
        size: tuple[int, int],  # width, height in pixels, as generated
        model: str,
        model_digest: str,  # "sha256:" and hex, of which the first ten digits are shown
        version: str,
        loras: tuple[tuple[str, str], ...] = (),  # (name, digest), applied in this order
    ) -> Self:
        """The infotext of one picture of ours, under the names other tools know."""
        settings = [
            ("Steps", str(steps)),
            ("Sampler", sampler),
            ("CFG scale", guidance),
            ("Seed", str(seed)),
            ("Size", f"{size[0]}x{size[1]}"),
            ("Model hash", _hex(model_digest)[:_MODEL_HASH_CHARACTERS]),
            ("Model", model),
        ]
        if loras:
            settings.append(("Lora hashes", _lora_hashes(loras)))
        settings.append(("Version", f"mintmark {version}"))
        return cls(prompt, negative, tuple(settings))

    def setting(self, name: str) -> str | None:
        """The value of a setting, or None when the text does not name it."""
        return dict(self.settings).get(name)

    def __str__(self) -> str:
        """The text as it stands in the picture."""
        negative = f"\n{_NEGATIVE} {_harmless(self.negative)}" if self.negative else ""
        settings = ", ".join(f"{name}: {_quoted(value)}" for name, value in self.settings)
        return f"{_harmless(self.prompt)}{negative}\n{settings}"


def parse_infotext(text: str) -> Infotext:
    """Read an infotext by whatever tool; text without settings is a prompt and nothing else."""
    lines = text[:_MOST_CHARACTERS].strip().split("\n")
    settings = _settings(lines[-1])
    if len(settings) < _FEWEST_SETTINGS:
        return _with_prompts(lines, ())
    return _with_prompts(lines[:-1], settings)


def read_infotext(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> Infotext | None:
    """The infotext inside a PNG, JPEG or WebP file, or None when it carries none.

    Raises InvalidInput when the file is no such picture or exceeds the limits.
    """
    with open_picture(data, limits) as image:
        text = png_text(image, PARAMETERS) if image.format == "PNG" else _user_comment(image)
    return parse_infotext(text) if text else None


def png_text(image: Image.Image, key: str) -> str | None:
    """The text chunk of that name, before or after the pixels.

    Raises InvalidInput when the file is damaged.
    """
    try:
        image.load()  # chunks after the pixels are read only now
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("The picture is damaged: {error}.", error=str(error)) from error
    text = image.info.get(key)
    return str(text) if isinstance(text, str) else None


def _lora_hashes(loras: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name}: {_hex(digest)[:_LORA_HASH_CHARACTERS]}" for name, digest in loras)


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _harmless(prompt: str) -> str:
    """A prompt's line that begins like the negative prompt would be read as one."""
    return re.sub(r"^(\s*)Negative prompt:", r"\1Negative prompt :", prompt, flags=re.MULTILINE)


def _quoted(value: str) -> str:
    plain = value == value.strip() and not any(mark in value for mark in ',:"\n')
    return value if plain else json.dumps(value, ensure_ascii=False)


def _unquoted(value: str) -> str:
    if not (value.startswith('"') and value.endswith('"')):
        return value.strip()
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def _settings(line: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, _unquoted(value)) for name, value in _SETTING.findall(line))


def _with_prompts(lines: list[str], settings: tuple[tuple[str, str], ...]) -> Infotext:
    prompt: list[str] = []
    negative: list[str] = []
    current = prompt
    for line in map(str.strip, lines):
        if line.startswith(_NEGATIVE):
            current = negative
            line = line.removeprefix(_NEGATIVE).strip()
        current.append(line)
    return Infotext("\n".join(prompt), "\n".join(negative), settings)


def _user_comment(image: Image.Image) -> str | None:
    """JPEG and WebP carry it as EXIF UserComment: an 8-byte name of the encoding, then text."""
    try:
        comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError):
        return None  # other tools' EXIF may be broken; the picture is read all the same
    if isinstance(comment, str):
        return comment
    return _decoded(comment) if isinstance(comment, bytes) else None


def _decoded(comment: bytes) -> str:
    head, body = comment[:8], comment[8:]
    if not head.startswith(b"UNICODE"):
        return body.decode("utf-8", errors="replace").strip("\0")
    big_endian = body[0::2].count(0) >= body[1::2].count(0)  # Latin letters have a zero high byte
    return body.decode("utf-16-be" if big_endian else "utf-16-le", errors="replace").strip("\0")
