"""Text that is data and not a wish: how tool results are cut and marked before a model reads them.

A tool result carries words of other people: prompts, titles, reasons, names. A model must be able
to tell them from its instructions, so every string that is more than an identifier is put between
`⟦` and `⟧`, and those two signs are taken out of the string first. Nothing depends on the model
honouring them: whatever it then asks for meets the same door with the same actor.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from tools.definition import Output

OPEN, CLOSE = "⟦", "⟧"
LONGEST_TEXT = 300  # characters of one string
LONGEST_LIST = 16  # items of one list
LONGEST_RESULT = 12_000  # characters of the whole

_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:+/-]{0,90}")
_KEPT_CONTROLS = "\n\t"


def plain_text(text: str) -> str:
    """The text without control, bidirectional and other invisible characters."""
    return "".join(
        c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )


def for_model(output: Output) -> str:
    """A tool's result as JSON: cut to size, with free text marked as data."""
    value = _marked(output.model_dump(mode="json"))
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= LONGEST_RESULT:
        return text
    return json.dumps({"cut": f"{OPEN}{text[:LONGEST_RESULT].translate(_NEUTRAL)}{CLOSE}"})


def read_back(content: str) -> Any:
    """What `for_model` wrote, as data without the marks; None if it is no such JSON."""
    try:
        return _unmarked(json.loads(content))
    except ValueError:
        return None


_NEUTRAL = str.maketrans({OPEN: "[", CLOSE: "]"})


def _marked(value: Any) -> Any:
    match value:
        case str() if _IDENTIFIER.fullmatch(value):
            return value
        case str():
            cut = plain_text(value).translate(_NEUTRAL)
            more = "…" if len(cut) > LONGEST_TEXT else ""
            return f"{OPEN}{cut[:LONGEST_TEXT]}{more}{CLOSE}"
        case Mapping():
            return {_marked(str(key)): _marked(item) for key, item in value.items()}
        case list():
            return [_marked(item) for item in value[:LONGEST_LIST]] + _how_many_more(value)
        case _:
            return value


def _how_many_more(items: list[Any]) -> list[str]:
    left = len(items) - LONGEST_LIST
    return [f"{OPEN}and {left} more{CLOSE}"] if left > 0 else []


def _unmarked(value: Any) -> Any:
    match value:
        case str():
            return value.removeprefix(OPEN).removesuffix(CLOSE)
        case dict():
            return {_unmarked(key): _unmarked(item) for key, item in value.items()}
        case list():
            return [_unmarked(item) for item in value]
        case _:
            return value
