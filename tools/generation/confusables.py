"""Folding of look-alike letters, so that a deny-list is not passed by letters of other scripts.

The folded text is for comparison only; it is never shown, sent or kept.

Source of the table: the letters of Unicode's confusables.txt (UTS #39) that look like one ASCII
letter in everyday fonts, from the Cyrillic, Greek, Armenian and Latin blocks.
"""

import re
import unicodedata

_LOOKALIKES = {
    "a": "\u0430\u03b1\u0251\u1d00",
    "b": "\u042c\u0412\u03b2\u0299\u0184",
    "c": "\u0441\u03f2\u1d04\u217d",
    "d": "\u0501\u0257\u1d05",
    "e": "\u0435\u0454\u03b5\u04bd\u1d07",
    "f": "\u0493\u0192\ua730",
    "g": "\u0261\u0581\u0262",
    "h": "\u04bb\u0570\u043d\u029c",
    "i": "\u0456\u0131\u0269\u03b9\u026a",
    "j": "\u0458\u03f3\u1d0a",
    "k": "\u043a\u03ba\u1d0b",
    "l": "\u04cf\u217c\u029f\u0142\u01c0",
    "m": "\u043c\u1d0d",
    "n": "\u043f\u03b7\u0274\u0578",
    "o": "\u043e\u03bf\u03c3\u0585\u1d0f\u00f8",
    "p": "\u0440\u03c1\u1d18",
    "q": "\u051b\u0566",
    "r": "\u0433\u1d26\u0280",
    "s": "\u0455\ua731\u0282",
    "t": "\u0442\u03c4\u1d1b",
    "u": "\u03c5\u057d\u1d1c\u0446",
    "v": "\u0475\u03bd\u1d20",
    "w": "\u051d\u03c9\u0448\u1d21",
    "x": "\u0445\u03c7\u00d7",
    "y": "\u0443\u03b3\u028f",
    "z": "\u1d22\u0290",
}
_LETTERS = str.maketrans(
    {odd.casefold(): plain for plain, odds in _LOOKALIKES.items() for odd in odds}
)
_DIGITS = str.maketrans("013457@$!|", "oieastasil")
_SPELLED = re.compile(r"\b\w(?: \w\b)+")


def folded(text: str) -> str:
    """Lower-case words with look-alikes made ASCII, separated by single spaces."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare.translate(_LETTERS).replace("_", " ")))


def names(text: str, word: str) -> bool:
    """Whether the text names the word: as whole words, with digits for letters, or spelled out."""
    sought = folded(word)
    forms = (folded(text), folded(text.translate(_DIGITS)))
    return bool(sought) and any(
        f" {sought} " in f" {form} " or sought.replace(" ", "") in _spelled_out(form)
        for form in forms
    )


def _spelled_out(words: str) -> str:
    """The letters that stand alone in a row, as in `n . u . d . e`; rows apart by a space."""
    return " ".join(run.replace(" ", "") for run in _SPELLED.findall(words))
