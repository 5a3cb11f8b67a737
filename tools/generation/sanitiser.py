"""From what a person typed to the text that a model is given, or to a sentence why not.

In order:

1. Length as typed: too long is refused before anything is done with it.
2. What cannot be seen is taken out: control, zero-width and bidirectional characters, fillers,
   private-use and unassigned code points, and more than four combining marks on one letter. Line
   breaks and every other white space become one space.
3. NFC. Not NFKC: it would change what the words say (x² is not x2). NFKC and folding of
   look-alikes serve the checks only.
4. Weights of other tools, `(word:1.3)`, lose their marks and keep the word: they mean nothing
   here, and would mean something to a tool that reads the picture's infotext.
5. Refused: templates and references that other tools would fill in, `{{…}}`, `${…}`, `{a|b}`,
   `__wildcard__`, `<lora:…>`; and denied words.

Pure. Whatever comes in, the only error is `InvalidInput`; what comes out comes out again unchanged.
"""

import re
import unicodedata
from dataclasses import dataclass

from tools.errors import InvalidInput
from tools.generation.confusables import names
from tools.phrases import word

_MOST_MARKS = 4
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
_INVISIBLE = frozenset(("Cc", "Cf", "Co", "Cn", "Cs"))
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_WEIGHT = re.compile(r"\(([^()]*):\s*[+-]?[0-9]*\.?[0-9]+\s*\)")
_TEMPLATES = (
    (re.compile(r"\{\{|\}\}|\{%|%\}"), "{{…}}"),
    (re.compile(r"\$\{"), "${…}"),
    (re.compile(r"\{[^{}]*\|[^{}]*\}"), "{a|b}"),
    (re.compile(r"__[\w/*.-]+__"), "__name__"),
    (re.compile(r"<\s*\w+\s*:[^<>]*>"), "<name:…>"),
)


@dataclass(frozen=True)
class Rules:
    """What a text must keep to."""

    longest: int  # characters
    denied: tuple[str, ...] = ()
    what: str = "prompt"  # what messages call it
    may_be_empty: bool = False


def sanitised(text: str, rules: Rules) -> str:
    """The text as a model may have it.

    Raises:
        InvalidInput: saying what is wrong and what would be right.
    """
    _check_length(text, rules)
    clean = _tidied(text)
    _check_length(clean, rules)
    if not clean and not rules.may_be_empty:
        raise InvalidInput(
            'The {what} is empty: say what the picture should show, for example "a '
            'violet fox with a golden crown".',
            what=word(rules.what),
        )
    _refuse_templates(clean, rules)
    _refuse_denied(clean, rules)
    return clean


def _tidied(text: str) -> str:
    """Steps 2 to 4, until nothing changes: a mark that goes may bring two letters together."""
    while (tidy := _unweighted(_few_marks(_visible(text)))) != text:
        text = tidy
    return text


def _visible(text: str) -> str:
    seen = "".join(_seen(character) for character in _SELECTORS.sub("", text))
    return " ".join(unicodedata.normalize("NFC", " ".join(seen.split())).split())


def _seen(character: str) -> str:
    if character in _FILLERS:
        return ""
    if character.isspace() or unicodedata.category(character) in ("Zl", "Zp", "Zs"):
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character


def _few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _unweighted(text: str) -> str:
    while (plain := _WEIGHT.sub(r"\1", text)) != text:
        text = plain
    return " ".join(text.split())


def _check_length(text: str, rules: Rules) -> None:
    if len(text) > rules.longest:
        raise InvalidInput(
            "The {what} has {size} characters; at most {longest} are allowed.",
            what=word(rules.what),
            size=len(text),
            longest=rules.longest,
        )


def _refuse_templates(text: str, rules: Rules) -> None:
    compatible = unicodedata.normalize("NFKC", text)
    for pattern, form in _TEMPLATES:
        if pattern.search(compatible):
            raise InvalidInput(
                "The {what} contains {form}: templates, wildcards and model references "
                "are not filled in here. Write the words themselves.",
                what=word(rules.what),
                form=form,
            )


def _refuse_denied(text: str, rules: Rules) -> None:
    for denied in rules.denied:
        if names(text, denied):
            raise InvalidInput(
                "The {what} names {denied!r}, which is not allowed here: ask for something else.",
                what=word(rules.what),
                denied=denied,
            )
