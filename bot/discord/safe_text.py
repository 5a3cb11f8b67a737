"""What people typed, shown in Discord as they typed it and as nothing else.

Names, titles, prompts and reasons come from anybody. Here they lose what would make them more than
text: markdown, masked links, mentions, commands, timestamps and custom emoji are escaped;
characters that cannot be seen, that turn the direction of writing, or that pile up on one letter
are taken out. What a reader of the language needs stays: joined emoji, the joiners of Persian and
of Indic scripts, a few marks on one letter.

Lengths are counted in UTF-16 units, as Discord's clients count, which is never less than what its
servers count.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Literal

ELLIPSIS = "…"
_MOST_MARKS = 3  # on one letter; Thai and pointed Hebrew need as many
_JOINERS = "\u200c\u200d"  # ZWNJ, ZWJ: needed inside words and emoji, a trick anywhere else
_BLANK = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")  # look like nothing
_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_MANY_BREAKS = re.compile(r"\n{3,}")
_JOINED_TWICE = re.compile(f"([{_JOINERS}])[{_JOINERS}]+")
_JOINS_NOTHING = re.compile(f"(?<![^\\s\\x00-\\x7f])[{_JOINERS}]|[{_JOINERS}](?![^\\s\\x00-\\x7f])")
_SPECIAL = re.compile(r"[\\*_~`|\[\]()<>]")
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=//)")  # a bare address becomes a link
_LINE_START = re.compile(r"^( *)(?=[#+-])|^( *\d+)(?=\.)", re.MULTILINE)  # headings and lists
_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_MOMENT = re.compile(r"\b(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)(?::(\d\d))? UTC")
_NUMBER = re.compile(r"[0-9]+")

Style = Literal["t", "T", "d", "D", "f", "F", "R"]


def safe(text: str, most: int | None = None) -> str:
    """The text as it may stand in a Discord message; cut to at most `most` UTF-16 units.

    What is shown reads as `clean(text)`, whatever Discord's markdown would have made of it.
    """
    cleaned = clean(text)
    if most is None:
        return _escaped(cleaned)
    room = most
    while length(shown := _escaped(cut(cleaned, room))) > most:
        room -= max(1, length(shown) - most)
    return shown


def clean(text: str) -> str:
    """The text without what cannot be seen or deceives the eye, in Unicode's form C."""
    text = _MANY_BREAKS.sub("\n\n", _BREAKS.sub("\n", text)).replace("\t", " ")
    text = unicodedata.normalize("NFC", "".join(filter(_may_stand, _BLANK.sub("", text))))
    text = "".join(_without_towers(text))
    return _JOINS_NOTHING.sub("", _JOINED_TWICE.sub(r"\1", text))


def cut(text: str, most: int) -> str:
    """The text in at most `most` UTF-16 units, cut between words where there are some, with “…”.

    What a reader sees as one character is never torn apart.
    """
    if length(text) <= most:
        return text
    if most < length(ELLIPSIS):
        return ""
    kept = "".join(_first(text, most - length(ELLIPSIS)))
    words = kept[: max(kept.rfind(" "), kept.rfind("\n"), 0)].rstrip()
    whole = text[len(kept) : len(kept) + 1].isspace()
    if not whole and length(words) * 3 >= length(kept) * 2:
        kept = words
    return kept.rstrip() + ELLIPSIS


def pieces(text: str, most: int) -> Iterator[str]:
    """The whole text as `safe` pieces of at most `most` units, parted at lines or between words."""
    rest = clean(text).strip("\n")
    while rest:
        head = _fitting(rest, most)
        if shown := _escaped(head).rstrip():
            yield shown
        rest = rest[len(head) :].lstrip("\n")


def one_line(text: str, most: int) -> str:
    """Plain text for a place that has no markdown (a label, a title bar, an alt text): cut."""
    return cut(" ".join(clean(text).split()), most)


def length(text: str) -> int:
    """How long Discord's clients take a text to be: its UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def moment(at: datetime, style: Style = "f") -> str:
    """A time as Discord shows it to each reader, in their own language and time zone."""
    return f"<t:{int(at.timestamp())}:{style}>"


def with_moments(escaped: str, most_awaited: int = 0, most_dated: int = 0) -> str:
    """The text with every time such as “2026-11-22 19:06:00 UTC” told in Discord's own way.

    A time in UTC means the same whoever wrote it, so this is safe on anybody's words.

    Args:
        escaped: a text that went through `safe`.
        most_awaited: of how many times, of those to come, it is also told how far away they are;
            each makes the text longer by up to 25 characters.
        most_dated: how many lines that begin with their time have it in digits, as a log has, which
            is shorter to read; each makes the text longer by up to 15 characters.
    """
    left, dated = count(most_awaited, -1), count(most_dated, -1)

    def told(found: re.Match[str]) -> str:
        at = _time(found)
        if at is None:
            return found.group()
        begins = found.start() == 0 or escaped[found.start() - 1] == "\n"
        if begins and next(dated) > 0:
            return f"{moment(at, 'd')} {moment(at, 't')}"
        awaited = at > datetime.now(UTC) and next(left) > 0
        return f"{moment(at)} ({moment(at, 'R')})" if awaited else moment(at)

    return _MOMENT.sub(told, escaped)


def with_names(escaped: str, mentions: Mapping[str, str], most: int) -> str:
    """The text with ids of channels and roles as mentions, which each reader sees as names.

    Nobody is told: no message of ours lets a mention make a sound.

    Args:
        escaped: a text that went through `safe`.
        mentions: for each id that is one, its mention, such as `<#1>` or `<@&1>`.
        most: how many are told so; each makes the text longer by up to 4 characters.
    """
    left = count(most, -1)

    def told(found: re.Match[str]) -> str:
        mention = mentions.get(found.group())
        return mention if mention and next(left) > 0 else found.group()

    return _NUMBER.sub(told, escaped)


def graphemes(text: str) -> Iterator[str]:
    """What a reader sees as single characters: a simple form of Unicode's UAX 29."""
    whole = ""
    for character in text:
        if whole and not _goes_on(whole, character):
            yield whole
            whole = ""
        whole += character
    if whole:
        yield whole


def _fitting(text: str, most: int) -> str:
    """The longest beginning that is short enough when escaped, ending where a reader may stop."""
    low, high = 1, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(_escaped(text[:middle])) <= most else (low, middle - 1)
    if low == len(text):
        return text
    for stop in (text.rfind("\n", 0, low), text.rfind(" ", 0, low)):
        if stop * 2 > low:
            return text[: stop + 1]
    while low > 1 and _goes_on(text[low - 1], text[low]):
        low -= 1
    return text[:low]


def _first(text: str, most: int) -> Iterator[str]:
    left = most
    for grapheme in graphemes(text):
        left -= length(grapheme)
        if left < 0:
            return
        yield grapheme


def _goes_on(whole: str, character: str) -> bool:
    """Whether a character belongs to the one before it."""
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or character in _JOINERS:
        return True
    if whole[-1] == "\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff":  # skin tones
        return True
    return len(whole) == 1 and _is_flag_letter(whole) and _is_flag_letter(character)


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _may_stand(character: str) -> bool:
    """Visible characters, spaces, line breaks; joiners are looked at again where they stand."""
    if character in "\n" + _JOINERS:
        return True
    if ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF:
        return False  # noncharacters
    return unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def _without_towers(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            yield character


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _LINE_START.sub(r"\g<0>\\", text)
    text = _SCHEME.sub(r"\\:", text)
    return _EVERYBODY.sub("@\u200b", text)


def _time(found: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute = map(int, found.groups()[:5])
    try:
        return datetime(year, month, day, hour, minute, int(found.group(6) or 0), tzinfo=UTC)
    except ValueError:  # no such day, no such hour
        return None
