"""What a typed line means.

    /vote 2 --round rd_4k7…      a command: the words first, then options by name
    3                            the button with that number
    3 the hands look wrong       the same, with the words it asks for
    a fox wizard, please         anything else is said to the agent

Words fill the required options in their order and the last of them takes all that is left, so a
prompt needs no quotes. Quotes keep spaces inside the value of one option.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from bot.options import Option, options_of
from tools.definition import AnyTool
from tools.errors import InvalidInput

_WORD = re.compile(r'(?:[^\s"]|"[^"]*")+|"')
_PRESS = re.compile(r"#?(\d{1,6})(?:\s+(.*))?", re.DOTALL)
_YES = ("yes", "true", "on", "1")
_NO = ("no", "false", "off", "0")


@dataclass(frozen=True)
class Command:
    """A slash command, its arguments as they came."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Press:
    """A button's number, and words for what it asks."""

    number: int
    words: str = ""


@dataclass(frozen=True)
class Talk:
    """Words for the agent."""

    text: str


Meaning = Command | Press | Talk


def read(line: str, tools: Mapping[str, AnyTool], local: Sequence[str] = ()) -> Meaning:
    """What a line means.

    Args:
        line: as typed, not empty.
        tools: those that have a command, by name.
        local: names of commands that the front end answers itself; their words stay together.

    Raises:
        InvalidInput: for a command or an option that does not exist.
    """
    text = line.strip()
    if text.startswith("/"):
        name, _, rest = text[1:].partition(" ")
        return _command(name.strip().casefold().replace("-", "_"), rest, tools, local)
    if pressed := _PRESS.fullmatch(text):
        return Press(int(pressed[1]), (pressed[2] or "").strip())
    return Talk(text)


def _command(name: str, rest: str, tools: Mapping[str, AnyTool], local: Sequence[str]) -> Command:
    if name in local:
        return Command(name, {"words": rest.strip()})
    begins = [known for known in tools if name and known.startswith(name)]
    if name not in tools and len(begins) == 1:
        name = begins[0]
    if name not in tools:
        near = get_close_matches(name, [*tools, *local], n=1)
        hint = f"Did you mean /{near[0]}?" if near else "Type /help to see what there is."
        raise InvalidInput("There is no command /{name}. {hint}", name=name[:40], hint=hint)
    return Command(name, arguments(rest, options_of(tools[name])))


def arguments(text: str, options: Sequence[Option]) -> dict[str, object]:
    """The arguments that a command's text gives.

    Raises:
        InvalidInput: for an option that does not exist, has no value, or words too many.
    """
    words, given = _split(_WORD.findall(text), options)
    values: dict[str, object] = {}
    for option in options:
        if option.name in given:
            values[option.name] = _value(option, given[option.name])
    return values | _by_place(words, [o for o in options if o.name not in given])


def _split(
    tokens: Sequence[str], options: Sequence[Option]
) -> tuple[list[str], dict[str, list[str]]]:
    """The free words, and for each named option the values it was given."""
    words: list[str] = []
    given: dict[str, list[str]] = {}
    rest = iter(tokens)
    for token in rest:
        if not token.startswith("--") or token == "--":
            words.append(token)
            continue
        name, equals, value = token[2:].partition("=")
        option = _named(name, options)
        if not equals:
            value = "yes" if option.kind == "flag" else next(rest, "")
        if not value:
            raise InvalidInput("--{option} needs a value behind it.", option=option.name)
        given.setdefault(option.name, []).append(_unquoted(value))
    return words, given


def _named(name: str, options: Sequence[Option]) -> Option:
    """The option of this name, or the only one that begins with it."""
    folded = name.casefold().replace("-", "_")
    exact = [option for option in options if option.name == folded]
    begins = [option for option in options if folded and option.name.startswith(folded)]
    if len(found := exact or begins) == 1:
        return found[0]
    known = ", ".join(f"--{option.name}" for option in options) or "none"
    raise InvalidInput(
        "There is no option --{name} here. Options: {known}.", name=name[:40], known=known
    )


def _value(option: Option, values: Sequence[str]) -> object:
    if option.kind == "list":
        return [part for value in values for part in _parts(value)]
    if option.kind == "pairs":
        return dict(_pair(option, part) for value in values for part in _parts(value))
    if option.kind == "flag":
        return _flag(option, values[-1])
    return values[-1]


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _pair(option: Option, part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise InvalidInput(
            "--{option} is written name=value,name=value; {part!r} is not.",
            option=option.name,
            part=part,
        )
    return name.strip(), value.strip()


def _flag(option: Option, value: str) -> bool:
    if value.casefold() in _YES:
        return True
    if value.casefold() in _NO:
        return False
    raise InvalidInput("--{option} is yes or no, not {value!r}.", option=option.name, value=value)


def _by_place(words: Sequence[str], options: Sequence[Option]) -> dict[str, object]:
    """Words for the options that were not named: required ones, else the first that takes words."""
    if not words:
        return {}
    open_options = [o for o in options if o.required] or [o for o in options if o.kind != "flag"][
        :1
    ]
    if not open_options:
        raise InvalidInput(
            "This command takes no words; {words!r} is left over.", words=" ".join(words)
        )
    *firsts, last = open_options[: len(words)]
    values = {o.name: _value(o, [_unquoted(w)]) for o, w in zip(firsts, words, strict=False)}
    tail = words[len(firsts) :]
    together = _unquoted(tail[0]) if len(tail) == 1 else " ".join(tail)
    joined = [_unquoted(w) for w in tail] if last.kind in ("list", "pairs") else [together]
    return values | {last.name: _value(last, joined)}


def _unquoted(word: str) -> str:
    return word.replace('"', "")
