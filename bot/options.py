"""The options of a command, read from the input model of its tool.

Slash commands, completion and help are all made from these, in every front end. An option's kind
says how a person may write its value; whether the value is right is for the input model to say.
"""

import types
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from tools.definition import AnyTool
from tools.errors import InvalidInput

Kind = Literal["text", "integer", "number", "flag", "list", "pairs"]

_KINDS: dict[Any, Kind] = {bool: "flag", int: "integer", float: "number", dict: "pairs"}
_LISTS = (list, tuple, set, frozenset)


@dataclass(frozen=True)
class Option:
    """One thing a command can be told."""

    name: str
    kind: Kind
    required: bool
    help: str = ""
    choices: tuple[str, ...] = ()  # the only values there are; empty if there are others
    default: str = ""  # in words, for help; empty if there is none worth telling
    least: float | None = None  # of a number, or of the characters of a text
    most: float | None = None


def options_of(tool: AnyTool) -> tuple[Option, ...]:
    """The options of a tool's command, in the order of its input model."""
    return tuple(_option(name, field) for name, field in tool.input.model_fields.items())


def _option(name: str, field: FieldInfo) -> Option:
    kind, choices = _kind(field.annotation)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    told = "" if default in (None, "", False) or default in ([], {}, ()) else str(default)
    least, most = _bounds(field)
    return Option(
        name, kind, field.is_required(), field.description or "", choices, told, least, most
    )


def pairs(text: str) -> dict[str, str]:
    """What `name=value, name=value` says; a colon does as well as the sign of equality.

    Raises:
        InvalidInput: for a part that is not a name and a value.
    """
    return dict(_pair(part) for part in parts(text))


def parts(text: str) -> list[str]:
    """The parts of a list that is written with commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _pair(part: str) -> tuple[str, str]:
    name, sign, value = part.partition("=" if "=" in part else ":")
    if not sign or not name.strip() or not value.strip():
        raise InvalidInput(
            "“{part}” does not say what it is: write name=value, with commas between, "
            "such as species=fox, headgear=crown.",
            part=part[:80],
        )
    return name.strip(), value.strip()


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """The least and the most, wherever the annotation says them; None where it does not."""
    rules = [*field.metadata, *_rules(field.annotation)]
    least = [_told(rule, "ge", "min_length") for rule in rules]
    most = [_told(rule, "le", "max_length") for rule in rules]
    return _first(least), _first(most)


def _rules(annotation: Any) -> list[Any]:
    """What stands beside the types inside a union, such as in `Annotated[int, …] | None`."""
    found: list[Any] = []
    for part in get_args(annotation):
        if get_origin(part) is Annotated:
            found += [getattr(rule, "metadata", [rule]) for rule in get_args(part)[1:]]
    return [rule for rules in found for rule in (rules if isinstance(rules, list) else [rules])]


def _told(rule: Any, *names: str) -> float | None:
    values = (getattr(rule, name, None) for name in names)
    return next((value for value in values if isinstance(value, int | float)), None)


def _first(values: list[float | None]) -> float | None:
    return next((value for value in values if value is not None), None)


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    bare = _bare(annotation)
    origin = get_origin(bare) or bare
    if origin is Literal:
        values = get_args(bare)
        numbers = all(type(value) is int for value in values)
        return "integer" if numbers else "text", tuple(str(value) for value in values)
    if isinstance(origin, type) and issubclass(origin, str) and hasattr(origin, "__members__"):
        return "text", tuple(str(member.value) for member in origin.__members__.values())
    return ("list" if origin in _LISTS else _KINDS.get(origin, "text")), ()


def _bare(annotation: Any) -> Any:
    """The type behind `Annotated[…]` and `… | None`."""
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation = arguments[0]
        elif origin in (Union, types.UnionType):
            annotation = next(a for a in arguments if a is not type(None))
        else:
            return annotation
