"""The translations into one language, read once from its file in gettext's format.

A file is a list of entries: the English template, and what it is in the language. Entries without
a translation, or marked as fuzzy, do not count: their English is said.
"""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages import Catalog

FOLDER = Path(__file__).parent
FILES = {"de": "de", "es": "es-ES", "fr": "fr", "ja": "ja"}
"""The language of a locale name (`es-419` is `es`), and the name of its file."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What the sentences are in one language."""

    language: str  # for the ways of writing numbers, dates and lists
    sentences: Mapping[tuple[str, str], str]  # by context and English template
    plurals: Mapping[tuple[str, str], tuple[str, ...]]  # by the two English templates
    form: Callable[[int], int]  # which of the plurals a number takes

    def sentence(self, template: str, context: str = "") -> str:
        """The template in this language; itself if there is no translation."""
        return self.sentences.get((context, template), template)

    def counted(self, one: str, many: str, n: int) -> str:
        """The one of the templates for this number."""
        forms = self.plurals.get((one, many))
        return forms[self.form(n)] if forms else one if n == 1 else many


ENGLISH = Catalogue("en", {}, {}, lambda n: int(n != 1))


@lru_cache(maxsize=64)
def catalogue_of(locale: str) -> Catalogue:
    """The catalogue for a locale named as Discord and browsers do; English for one unknown."""
    language = locale.replace("_", "-").split("-")[0].lower()
    name = FILES.get(language)
    return ENGLISH if name is None else _read(language, FOLDER / f"{name}.po")


@lru_cache(maxsize=len(FILES))
def _read(language: str, path: Path) -> Catalogue:
    entries = load(path)
    sentences: dict[tuple[str, str], str] = {}
    plurals: dict[tuple[str, str], tuple[str, ...]] = {}
    for entry in entries:
        if entry.fuzzy or not entry.id or not entry.string:
            continue
        if isinstance(entry.id, str):
            sentences[entry.context or "", entry.id] = str(entry.string)
        elif all(entry.string):
            plurals[entry.id[0], entry.id[1]] = tuple(entry.string)
    return Catalogue(language, sentences, plurals, gettext.c2py(entries.plural_expr))


def load(path: Path) -> "Catalog":
    """The entries of a file in gettext's format; an empty catalogue where there is none."""
    from babel.messages import Catalog
    from babel.messages.pofile import read_po

    locale = path.stem.replace("-", "_")
    if not path.exists():
        return Catalog(locale)
    with path.open("rb") as file:
        return read_po(file, locale, abort_invalid=True)
