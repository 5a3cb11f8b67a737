"""Every template that the program says, found by reading its source.

A template stands as a literal where it is said, or a name or a table of literals in the same file
stands there; a template that goes other ways is marked with `template`.

    scene.say("…", …)   words.say   phrase   template   any error of the tree
    scene.count("one …", "many …", n)
    word("…")           a word from the studio's own lists
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import errors
from tools.phrases import WORD

ROOT = Path(__file__).parents[2]
_ROOMS = ("agents", "bot", "tools")
_UNSAID = (
    "bot/cli.py",
    "bot/commands",
    "bot/demo",
    "bot/doctor.py",
    "bot/terminal",
    "tools/training",
)
"""Where only who runs the program reads what is said: it stays in English."""

ERRORS = frozenset(
    name
    for name, found in vars(errors).items()
    if isinstance(found, type) and issubclass(found, errors.MintmarkError)
)
SAYING = ERRORS | {"say", "phrase", "template"}


@dataclass(frozen=True)
class Entry:
    """One thing to be translated."""

    one: str  # the English template
    many: str = ""  # the template for more than one, if it counts
    context: str = ""  # tells apart what is written alike in English
    place: str = ""  # the file that says it, from the root of the project


def entries() -> Iterator[Entry]:
    """Every template in the program, file by file."""
    for path in sources():
        yield from entries_in(path.read_text("utf-8"), path.relative_to(ROOT).as_posix())


def sources() -> list[Path]:
    """The files whose sentences people read at a front end."""
    found = (path for room in _ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return [path for path in found if not path.relative_to(ROOT).as_posix().startswith(_UNSAID)]


def entries_in(source: str, place: str) -> Iterator[Entry]:
    """The templates in one file's source."""
    tree = ast.parse(source)
    named = literals_by_name(tree)
    for call in calls(tree):
        for entry in _said(call, named):
            yield Entry(*entry, place)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call in a syntax tree, in the order of the source."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    yield from sorted(found, key=lambda call: (call.lineno, call.col_offset))


def called(call: ast.Call) -> str:
    """The bare name of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _said(call: ast.Call, named: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    name = called(call)
    if name in SAYING and call.args:
        yield from ((text, "", "") for text in literals(call.args[0], named))
    elif name == "word" and call.args:
        yield from ((text, "", WORD) for text in literals(call.args[0], named))
    elif name == "count" and len(call.args) > 2:
        ones, manys = (literals(argument, named) for argument in call.args[:2])
        yield from ((one, many, "") for one, many in zip(ones, manys, strict=True))


def literals(node: ast.AST, named: Mapping[str, list[str]]) -> list[str]:
    """The texts that an expression may be; none if it cannot be told from the source."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, op=ast.BitOr(), right=other):
            return [*literals(one, named), *literals(other, named)]
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [text for part in parts for text in literals(part, named)]
        case ast.Dict(values=parts):
            return [text for part in parts for text in literals(part, named)]
        case ast.Name(id=name):
            return named.get(name, [])
        case ast.Subscript(value=ast.Name(id=name)):
            return named.get(name, [])
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get")):
            return named.get(name, [])
        case ast.Call(args=[first, *_]) if called(node) == "template":
            return literals(first, named)
        case _:
            return []


def literals_by_name(tree: ast.AST) -> dict[str, list[str]]:
    """What the names of a file stand for, where they stand for literals."""
    named: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                named.setdefault(name, []).extend(literals(value, {}))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.AST() as value):
                named.setdefault(name, []).extend(literals(value, {}))
    return named
