"""The options of a command, read from the input model of its tool.

Slash commands, completion and help are all made from these, in every front end. An option's kind
says how a person may write its value; whether the value is right is for the input model to say.
"""

import types
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from tools.definition import AnyTool

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


def options_of(tool: AnyTool) -> tuple[Option, ...]:
    """The options of a tool's command, in the order of its input model."""
    return tuple(_option(name, field) for name, field in tool.input.model_fields.items())


def _option(name: str, field: FieldInfo) -> Option:
    kind, choices = _kind(field.annotation)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    told = "" if default in (None, "", False) or default in ([], {}, ()) else str(default)
    return Option(name, kind, field.is_required(), field.description or "", choices, told)


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    bare = _bare(annotation)
    origin = get_origin(bare) or bare
    if origin is Literal:
        return "text", tuple(str(value) for value in get_args(bare))
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
