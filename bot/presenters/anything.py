"""Any output as a message: its fields as facts, its lists as lines. Crafts register better ones."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import singledispatch
from typing import Any

from pydantic import BaseModel

from bot.frontend import Message
from bot.scene import Scene
from bot.texts import Words
from tools.definition import Output


@singledispatch
def present(output: Output, scene: Scene) -> Message:
    """The message that shows an output to the person of the scene."""
    single = {name: value for name, value in output if not _is_list_of_models(value)}
    lists = [value for _, value in output if _is_list_of_models(value)]
    lines = [line(item, scene.words) for items in lists for item in items]
    text = "\n".join(lines) if lines else "" if single else scene.say("Done.")
    if lists and not lines:
        text = scene.say("Nothing there yet.")
    return Message(text, facts=facts(single, scene.words))


def facts(values: Mapping[str, Any], words: Words) -> tuple[tuple[str, str], ...]:
    """Names and values in words, without what is empty."""
    told = ((label(name, words), in_words(value, words)) for name, value in values.items())
    return tuple((name, value) for name, value in told if value)


def label(field: str, words: Words) -> str:
    """The name of a field as people call it."""
    return words.word(field.replace("_", " "))


def line(item: BaseModel, words: Words) -> str:
    """A model as one line."""
    return "  ".join(filter(None, (in_words(value, words) for _, value in item)))


def in_words(value: Any, words: Words) -> str:
    """A value as a person would read it; the empty text for nothing."""
    match value:
        case None | "" | () | []:
            return ""
        case bool():
            return words.word("yes" if value else "no")
        case datetime():
            return words.moment(value)
        case BaseModel():
            return line(value, words)
        case Mapping():
            inner = {str(name): in_words(each, words) for name, each in value.items()}
            return words.listed(f"{name}: {told}" for name, told in inner.items())
        case str():
            return value
        case Iterable():
            return words.listed(filter(None, (in_words(each, words) for each in value)))
        case _:
            return str(value)


def _is_list_of_models(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, BaseModel) for item in value)
