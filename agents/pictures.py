"""Wishes for pictures: "make 4 foxes with a crown, seed 7".

Many sentences begin with "make" or "create" that have nothing to do with pictures. One counts as a
wish for pictures if it says so ("a picture of …", a seed, a wished trait), or if what it wants is
one of the characters that the studio draws. Otherwise the interpreter asks.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from agents.readings import Reading, Remark, Wish
from tools.phrases import phrase
from tools.training.traits import CATEGORIES, read_traits

_FROM_ONE = "one two three four five six seven eight nine ten eleven twelve"
NUMBERS = {word: number for number, word in enumerate(_FROM_ONE.split(), start=1)} | {
    "a": 1,
    "an": 1,
    "a single": 1,
    "a couple of": 2,
    "a pair of": 2,
    "a dozen": 12,
}

_VERB = r"(?:make|create|draw|generate|paint|design|sketch|imagine|produce|render|do)"
_NOUN = r"(?:pictures?|images?|portraits?|drawings?|paintings?|sprites?|avatars?|mintlings?|nfts?)"
_WISH = re.compile(rf"(?:/create|{_VERB}(?: me| us)?)\b\s*(?P<what>.*)", re.I | re.S)
_WANT = re.compile(
    r"(?:i|we)(?:'d like| would like| want| need)\s+"
    rf"(?P<what>.*\b{_NOUN}\s+(?:of|with|showing)\b.*)"
    rf"|(?P<bare>(?:\S+ ){{0,3}}{_NOUN} (?:of|showing) .+)",
    re.I | re.S,
)
_COUNT = re.compile(
    rf"(?P<count>\d+|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})\s+(?:more\s+|new\s+)?",
    re.I,
)
_PICTURE_OF = re.compile(
    rf"(?:some |the )?(?:pixel[- ]art )?{_NOUN}(?:\s+(?:of|with|showing)\s+|\s*[:,]?\s*)", re.I
)
_ENDS_HEAD = re.compile(r",|\b(?:of|on|for|with|at|in|about|from|to|by|and|as|that|which|who)\b")

_LEAD = r"[,;]?\s*\b(?:and\s+)?(?:with\s+|using\s+|use\s+)?(?:the\s+|a\s+)?"
_SEED = re.compile(rf"{_LEAD}seed\s*(?:of|is|=|:|number)?\s*(?P<value>[^\s,;]+)", re.I)
_MODEL = re.compile(rf"{_LEAD}model\s*(?:=|:|named|called)?\s*(?P<value>[\w./-]+)", re.I)
_COLLECTION = re.compile(
    r"[,;]?\s*\b(?:in|for|into|from)\s+(?:the\s+)?"
    r"(?:collection\s+(?P<value>[\w-]+)|(?P<other>[\w-]+)\s+collection)",
    re.I,
)
_TRAIT = re.compile(
    r"[,;]?\s*(?:\b(?:and|with)\s+)?\b(?P<key>[a-z]+)\s*=\s*(?P<value>[\w-]+)", re.I
)
_WITHOUT = re.compile(r"[,;]?\s*\b(?:but\s+)?(?:without|avoiding|avoid)\s+(?P<value>[^,;]+)", re.I)
_HATLESS = re.compile(r"(?:any |a |an )?(?:hat|headgear|accessory)\s*$", re.I)


@dataclass
class _Order:
    """A wish for pictures while it is being read: `rest` shrinks, `args` grow."""

    rest: str
    args: dict[str, Any] = field(default_factory=dict)
    is_explicit: bool = False

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Cut a part out of the rest; returns its value."""
        match = pattern.search(self.rest)
        if match is None:
            return None
        self.rest = f"{self.rest[: match.start()]} {self.rest[match.end() :]}".strip(" ,;")
        groups = match.groupdict()
        return groups["value"] or groups.get("other")


def wish_for_pictures(clause: str) -> Reading | None:
    """The wish for pictures that a clause is, a question about it, or None if it is none."""
    match = _WISH.fullmatch(clause) or _WANT.fullmatch(clause)
    if match is None:
        return None
    what = next((text for text in match.groupdict().values() if text is not None), "")
    order = _Order(what.strip())
    order.is_explicit = clause.lower().startswith("/create")
    if (trouble := _take_options(order)) is not None:
        return trouble
    _take_count(order)
    prompt = re.sub(r"\s+", " ", order.rest).strip(" ,.;:")
    if not (order.is_explicit or _names_a_character(prompt)):
        return _ask_back(clause, prompt)
    if not prompt and "traits" not in order.args:
        return Remark(phrase("What shall I draw? For example: make 4 foxes with a crown, seed 7."))
    return Wish("create", {"prompt": prompt or _spelled(order.args["traits"])} | order.args)


def _take_options(order: _Order) -> Remark | None:
    """Cut out seed, model, collection, traits and what to leave out; a wrong seed is asked back."""
    if (seed := order.take(_SEED)) is not None:
        if not seed.isdecimal():
            return Remark(
                phrase("A seed is a whole number such as 7; “{seed}” is none.", seed=seed)
            )
        order.args["seed"] = int(seed)
        order.is_explicit = True
    for name, pattern in (("model", _MODEL), ("collection", _COLLECTION)):
        if (value := order.take(pattern)) is not None:
            order.args[name] = value
            order.is_explicit = True
    _take_traits(order)
    match = _WITHOUT.search(order.rest)
    if match and not _HATLESS.fullmatch(match["value"]):
        order.args["negative_prompt"] = order.take(_WITHOUT)
    return None


def _take_traits(order: _Order) -> None:
    """Cut out pairs such as `headgear=crown`."""
    for match in list(_TRAIT.finditer(order.rest)):
        if match["key"].lower() in CATEGORIES:
            traits = order.args.setdefault("traits", {})
            traits[match["key"].lower()] = match["value"]
            order.rest = order.rest.replace(match[0], " ").strip(" ,;")
            order.is_explicit = True


def _take_count(order: _Order) -> None:
    """Take "4", "4 pictures of", "some pictures of" from the front."""
    if match := _COUNT.match(order.rest):
        number = match["count"].lower()
        order.args["count"] = NUMBERS[number] if number in NUMBERS else int(number)
        order.rest = order.rest[match.end() :]
    elif re.fullmatch(r"\d+", order.rest):
        order.args["count"], order.rest = int(order.rest), ""
    if match := _PICTURE_OF.match(order.rest):
        order.rest = order.rest[match.end() :]
        order.is_explicit = True
        inner = re.match(r"(?:an?|the)\s+", order.rest, re.I)
        order.rest = order.rest[inner.end() :] if inner else order.rest


def _names_a_character(prompt: str) -> bool:
    """Whether the thing wished for, before any "with" or "in", is a character the studio draws."""
    head = _ENDS_HEAD.split(prompt.lower(), maxsplit=1)[0]
    reading = read_traits(head)
    return "species" in reading.traits and len(reading.unknown) <= 1


def _spelled(traits: dict[str, str]) -> str:
    return ", ".join(traits.values())


def _ask_back(clause: str, prompt: str) -> Reading:
    return Remark(
        phrase(
            "I am not sure that “{words}” asks for pictures. If it does, say: "
            "draw a picture of {what}.",
            words=clause[:120],
            what=prompt[:80] or "that",
        )
    )
