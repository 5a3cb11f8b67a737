"""Saying again, in another language, what the studio keeps in English.

Reasons, outcomes and errors are kept as English sentences: records and tallies are the same for
everybody. Each was made from a template of the catalogue, so the template and the facts in it can
be found again. A sentence that fits no template, such as a person's own words, stays as it is.
"""

import re
from functools import lru_cache
from string import Formatter

from bot.texts.catalogue import Catalogue
from tools.phrases import WORD

_LEAST_LETTERS = 8  # of its own that a template needs, lest it fit everything
_ENDS = re.compile(r"(?<=[.!?]) ")
_WORDS = frozenset(("state", "verdict", "role", "least_role"))
_SENTENCES = frozenset(("error", "reason", "outcome"))


def retold(catalogue: Catalogue, english: str) -> str:
    """An English sentence in the catalogue's language."""
    return _retold(catalogue, english) if catalogue.sentences else english


@lru_cache(maxsize=4096)
def _retold(catalogue: Catalogue, english: str) -> str:
    if ("", english) in catalogue.sentences:
        return catalogue.sentence(english)
    for pattern, template in _patterns(catalogue):
        if found := pattern.fullmatch(english):
            facts = {name: _fact(catalogue, name, fact) for name, fact in found.groupdict().items()}
            return _as_written(catalogue.sentence(template)).format(**facts)
    return _one_by_one(catalogue, english)


def _one_by_one(catalogue: Catalogue, english: str) -> str:
    """Several sentences, if every one of them is known."""
    sentences = _ENDS.split(english)
    if len(sentences) == 1:
        return english
    told = [_retold(catalogue, sentence) for sentence in sentences]
    known = all(new != old for new, old in zip(told, sentences, strict=True))
    return " ".join(told) if known else english


def _fact(catalogue: Catalogue, name: str, fact: str) -> str:
    """A fact as it was written; a word of the studio's own, or a sentence, in the language too."""
    if name in _WORDS:
        return catalogue.sentence(fact, WORD)
    return _retold(catalogue, fact) if name in _SENTENCES else fact


@lru_cache(maxsize=8)
def _patterns(catalogue: Catalogue) -> list[tuple[re.Pattern[str], str]]:
    """What the sentences of each template look like; those with the most words of their own first.

    Templates without a gap are found by themselves.
    """
    templates = [id for context, id in catalogue.sentences if not context and "{" in id]
    telling = [found for found in templates if _letters(found) >= _LEAST_LETTERS]
    return [(_pattern(found), found) for found in sorted(telling, key=_letters, reverse=True)]


def _pattern(template: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts = []
    for text, name, _, conversion in Formatter().parse(template):
        parts.append(re.escape(text))
        if name in seen:
            parts.append(f"(?P={name})")
        elif name:
            seen.add(name)
            parts.append(f"(?P<{name}>{_QUOTED if conversion else '.+?'})")
    return re.compile("".join(parts), re.DOTALL)


_QUOTED = r"'.*?'|\".*?\""


def _letters(template: str) -> int:
    return sum(len(text) for text, *_ in Formatter().parse(template))


def _as_written(translation: str) -> str:
    """The translation for facts that are written out already, quotes and all."""
    return translation.replace("!r}", "}")
