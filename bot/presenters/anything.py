"""Any output as a message: its fields as facts, its lists as lines. Crafts register better ones."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import singledispatch
from typing import Any

from pydantic import BaseModel

from bot.frontend import Message
from bot.scene import Scene
from tools.definition import Output


@singledispatch
def present(output: Output, scene: Scene) -> Message:
    """The message that shows an output to the person of the scene."""
    single = {name: value for name, value in output if not _is_list_of_models(value)}
    lists = [value for _, value in output if _is_list_of_models(value)]
    lines = [line(item) for items in lists for item in items]
    text = "\n".join(lines) if lines else "" if single else "Done."
    if lists and not lines:
        text = "Nothing there yet."
    return Message(text, facts=facts(single))


def facts(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Names and values in words, without what is empty."""
    told = ((name.replace("_", " "), in_words(value)) for name, value in values.items())
    return tuple((name, value) for name, value in told if value)


def line(item: BaseModel) -> str:
    """A model as one line."""
    return "  ".join(value for value in (in_words(value) for _, value in item) if value)


def in_words(value: Any) -> str:
    """A value as a person would read it; the empty text for nothing."""
    match value:
        case None | "" | () | []:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S} UTC"
        case BaseModel():
            return line(value)
        case Mapping():
            return ", ".join(f"{name}: {in_words(inner)}" for name, inner in value.items())
        case str():
            return value
        case Iterable():
            return ", ".join(filter(None, map(in_words, value)))
        case _:
            return str(value)


def _is_list_of_models(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, BaseModel) for item in value)
