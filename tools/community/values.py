"""What each rule may be set to, and how a person writes it.

A value is shown as it would be typed, so what is shown can be typed again.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from tools.community.rules import PEOPLE
from tools.errors import InvalidInput
from tools.phrases import template

RuleName = Literal[
    "per_day",
    "parallel",
    "pictures_per_brief",
    "denied_words",
    "min_account_days",
    "min_member_days",
    "voter_roles",
    "hidden_counts",
    "approvals_needed",
    "locale",
    "review_channel",
    "gallery_channel",
    "results_channel",
    "member_roles",
    "creator_roles",
    "operator_roles",
]
DEFAULT = "default"
NONE = "none"
_MARKED = re.compile(r"<(?:#|@&|@)(\d+)>")  # how Discord writes a channel, a role
_ID = re.compile(r"[\w.-]{1,64}")
_LOCALE = re.compile(r"[a-z]{2,3}(-([A-Z]{2}|[0-9]{3}))?")
_FLAGS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}


class Form(ABC):
    """What may be written for a rule."""

    @abstractmethod
    def read(self, name: str, text: str, before: Any) -> Any:
        """The value that a person meant, over what was set there before (None: nothing).

        Raises:
            InvalidInput: saying what would be right.
        """

    def written(self, value: Any) -> str:
        """A value as a person would type it."""
        return NONE if value is None else str(value)


@dataclass(frozen=True)
class Whole(Form):
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def read(self, name: str, text: str, before: Any) -> int:
        """The number."""
        number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
        if number is None or not self.least <= number <= self.most:
            raise InvalidInput(
                "{name} cannot be {value}: write a whole number from {least} to {most}.",
                name=name,
                value=repr(text[:40]),
                least=self.least,
                most=self.most,
            )
        return number


@dataclass(frozen=True)
class ByRole(Form):
    """A number for each role, `member=20 creator=200`; roles left out stay as they were."""

    number: Whole

    def read(self, name: str, text: str, before: Any) -> dict[str, int] | None:
        """The numbers of the roles that this place has set, or None if it has none left."""
        values: dict[str, int] = dict(before or {})
        for role, number in self._parts(name, text):
            if number.casefold() == DEFAULT:
                values.pop(role, None)
            else:
                values[role] = self.number.read(f"{name} {role}", number, None)
        return values or None

    def _parts(self, name: str, text: str) -> list[tuple[str, str]]:
        if re.fullmatch(r"[0-9]+", text):
            return [(role.value, text) for role in PEOPLE]
        parts = [part.partition("=") for part in re.sub(r"\s*=\s*", "=", text).split()]
        pairs = [(role.casefold(), number.rstrip(",")) for role, _, number in parts]
        if wrong := [role for role, number in pairs if role not in PEOPLE or not number]:
            raise InvalidInput(
                "{name} cannot be set for {value}: write one number for everybody, or numbers by "
                "role, such as member=20 creator=200 operator=500.",
                name=name,
                value=repr(wrong[0][:40]),
            )
        return pairs

    def written(self, value: Any) -> str:
        """`member=20 creator=200`."""
        return " ".join(f"{role}={value[role]}" for role in PEOPLE if role in value)


class Flag(Form):
    """Yes or no."""

    def read(self, name: str, text: str, before: Any) -> bool:
        """Whether it is so."""
        if text.casefold() not in _FLAGS:
            raise InvalidInput(
                "{name} cannot be {value}: write yes or no.", name=name, value=repr(text[:40])
            )
        return _FLAGS[text.casefold()]

    def written(self, value: Any) -> str:
        """`yes` or `no`."""
        return "yes" if value else "no"


@dataclass(frozen=True)
class Words(Form):
    """Words or phrases with commas between them, or `none`."""

    most: int
    longest: int  # characters of one of them

    def read(self, name: str, text: str, before: Any) -> list[str]:
        """The words, each once, in the order they were written."""
        if text.casefold() == NONE:
            return []
        words = list(dict.fromkeys(" ".join(w.split()) for w in re.split(r"[,\n]", text)))
        words = [word for word in words if word]
        if not 1 <= len(words) <= self.most or max(map(len, words)) > self.longest:
            raise InvalidInput(
                "{name} takes at most {most} words or phrases of up to {longest} characters, with "
                "commas between them, or none.",
                name=name,
                most=self.most,
                longest=self.longest,
            )
        return words

    def written(self, value: Any) -> str:
        """The words with commas."""
        return ", ".join(value) or NONE


class Ids(Form):
    """Ids of the front end's own roles, such as `<@&123>` or `123 456`, or `none`."""

    most = 50

    def read(self, name: str, text: str, before: Any) -> list[str]:
        """The ids, each once."""
        if text.casefold() == NONE:
            return []
        ids = [external_id(name, part) for part in re.split(r"[,\s]+", text) if part]
        if not 1 <= len(ids) <= self.most:
            raise InvalidInput(
                "{name} takes from 1 to {most} roles, or none.", name=name, most=self.most
            )
        return list(dict.fromkeys(ids))

    def written(self, value: Any) -> str:
        """The ids with spaces."""
        return " ".join(value) or NONE


class Id(Form):
    """The id of one channel, such as `<#123>` or `123`, or `none`."""

    def read(self, name: str, text: str, before: Any) -> str:
        """The id; "" for none."""
        return "" if text.casefold() == NONE else external_id(name, text)

    def written(self, value: Any) -> str:
        """The id."""
        return value or NONE


class Locale(Form):
    """A language, such as `de` or `pt-BR`; `none` lets each person have their own."""

    def read(self, name: str, text: str, before: Any) -> str:
        """The language; "" for each person's own."""
        if text.casefold() == NONE:
            return ""
        if not _LOCALE.fullmatch(text):
            raise InvalidInput(
                "{name} cannot be {value}: write a language such as en-US, de or pt-BR, or none "
                "for each person's own.",
                name=name,
                value=repr(text[:40]),
            )
        return text

    def written(self, value: Any) -> str:
        """The language."""
        return value or NONE


def external_id(name: str, text: str) -> str:
    """The id in a mention, or the id itself.

    Raises:
        InvalidInput: if it can be no id.
    """
    marked = _MARKED.fullmatch(text.strip())
    bare = marked[1] if marked else text.strip()
    if not _ID.fullmatch(bare):
        raise InvalidInput(
            "{name} cannot be {value}: choose it from the list, mention it, or write its id.",
            name=name,
            value=repr(text[:40]),
        )
    return bare


@dataclass(frozen=True)
class Kind:
    """One rule that can be set."""

    form: Form
    says: str  # what it decides, in a sentence
    per_channel: bool = False  # whether one channel may have it otherwise


KINDS: Mapping[RuleName, Kind] = {
    "per_day": Kind(ByRole(Whole(0, 100_000)), template("Pictures a day for one person, by role")),
    "parallel": Kind(
        ByRole(Whole(1, 64)), template("Requests of one person in the making at once, by role")
    ),
    "pictures_per_brief": Kind(
        Whole(1, 64), template("Most pictures of one request"), per_channel=True
    ),
    "denied_words": Kind(
        Words(500, 100), template("Words that no prompt may name"), per_channel=True
    ),
    "min_account_days": Kind(Whole(0, 3_650), template("Days old a voter's account must be"), True),
    "min_member_days": Kind(
        Whole(0, 3_650), template("Days a voter must have been a member"), True
    ),
    "voter_roles": Kind(Ids(), template("Roles of which a voter needs one"), per_channel=True),
    "hidden_counts": Kind(
        Flag(), template("Keep votes secret until a round closes"), per_channel=True
    ),
    "approvals_needed": Kind(Whole(1, 2), template("Operators who must approve a mint")),
    "locale": Kind(Locale(), template("The language of answers"), per_channel=True),
    "review_channel": Kind(Id(), template("Where mint requests are shown to operators")),
    "gallery_channel": Kind(
        Id(), template("Where pictures are shown to everybody"), per_channel=True
    ),
    "results_channel": Kind(
        Id(), template("Where results and new tokens are announced"), per_channel=True
    ),
    "member_roles": Kind(Ids(), template("Roles of members")),
    "creator_roles": Kind(Ids(), template("Roles of creators; with none set, everybody creates")),
    "operator_roles": Kind(Ids(), template("Roles of operators")),
}
assert tuple(KINDS) == get_args(RuleName)
