"""Plain sentences to wishes, clause by clause; a clause that is not understood is said to be so.

This is not a language model. Each kind of wish is a rule that must match a whole clause, so that a
sentence about something else never calls a tool by accident.
"""

import re

from agents.pictures import wish_for_pictures
from agents.readings import Memory, Reading, Remark
from agents.rules import RULES
from tools.phrases import phrase

_VERBS = (
    r"(?:make|create|draw|generate|paint|show|list|propose|nominate|tell|how|what|which|approve"
    r"|reject|cancel|vote for|open (?:a|the|another) (?:new )?(?:round|vote)"
    r"|close (?:the|this) (?:round|vote)|mint (?:it|the|c_)|where|who|help)\b"
)
_BREAKS = re.compile(
    r"[.!?;]+(?=\s|$)|\n+"
    r"|,?\s+(?:and\s+)?then\s+"
    rf"|,?\s+and\s+(?:also\s+)?(?=(?:please\s+)?{_VERBS})"
    rf"|,\s*(?=(?:please\s+)?{_VERBS})",
    re.I,
)
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|ok|okay|so|well|now|then|and|also|but|mintmark|please|pls|kindly|alright)"
    r"\b[,:]?\s+)+",
    re.I,
)
_POLITE = re.compile(
    r"(?:(?:can|could|would|will|may) (?:you|i|we)(?: please| kindly)?\s+"
    r"|(?:i|we)(?:'d| would) (?:like|love)(?: you)? to\s+"
    r"|(?:i|we) (?:want|need)(?: you)? to\s+|let(?:'s| us| me)\s+|go ahead and\s+"
    r"|(?:tell me|let me know|do you know|i wonder|show me)\s+(?=(?:what|how|who|which|where)\b))",
    re.I,
)
_THANKS = re.compile(
    r"(?:[,\s]+(?:please|pls|thanks|thank you|for me|for us|now|right now))+$", re.I
)
_PLACE = re.compile(
    r"\b(?:the )?(?:number|no\.?|nr\.?|#)\s?(?P<number>\d+)\b"
    r"|\bthe (?P<word>first|second|third|fourth|fifth|sixth|last)"
    r"(?: (?:one|picture|candidate)\b|(?=\s*$|\s+for\b))",
    re.I,
)
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "last": 0}

MOST_CLAUSES = 8
"""How many clauses of one message are read."""


def clauses(text: str) -> list[str]:
    """The text cut into single wishes, each without greeting and politeness."""
    parts = (part.strip(" ,\t") for part in _BREAKS.split(text.replace("\u2019", "'")))
    return [part for part in parts if part and part.lower() not in ("please", "and", "then")]


def read(text: str, memory: Memory) -> list[Reading]:
    """What a message wishes, in its order."""
    found = clauses(text)
    readings = [_read_clause(clause, memory) for clause in found[:MOST_CLAUSES]]
    if len(found) > MOST_CLAUSES:
        rest = "; ".join(found[MOST_CLAUSES:])[:200]
        told = phrase("That was a lot at once. Say these again by themselves: {rest}", rest=rest)
        readings.append(Remark(told))
    return readings or [_not_understood(text)]


def _read_clause(clause: str, memory: Memory) -> Reading:
    for form in dict.fromkeys((clause, _bare(clause))):
        named = _with_ids(form, memory)
        for rule in RULES:
            if (reading := rule(named, memory)) is not None:
                return reading
        if (reading := wish_for_pictures(form)) is not None:
            return reading
    return _not_understood(clause)


def _bare(clause: str) -> str:
    """The clause without greeting, request form and thanks."""
    for pattern in (_GREETING, _POLITE, _GREETING, _POLITE):
        if match := pattern.match(clause):
            clause = clause[match.end() :]
    return _THANKS.sub("", clause).strip(" ,")


def _with_ids(clause: str, memory: Memory) -> str:
    """The clause with "the second one" replaced by the id it had in the latest list."""

    def name(match: re.Match[str]) -> str:
        place = int(match["number"]) if match["number"] else _PLACES[match["word"].lower()]
        if place == 0:
            place = len(memory.candidates)
        known = 0 < place <= len(memory.candidates)
        return memory.candidates[place - 1] if known else match[0]

    return _PLACE.sub(name, clause) if not re.match(r"(?:i )?vote", clause, re.I) else clause


def _not_understood(clause: str) -> Remark:
    told = phrase(
        "I did not understand “{words}”. Say “help” to see what I can do.",
        words=clause.strip()[:160],
    )
    return Remark(told, invites=True)
