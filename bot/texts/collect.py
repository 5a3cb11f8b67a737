"""`python -m bot.texts.collect`: bring the catalogues up to date with what the program says.

Translations are kept, what is new is added without one, what is no longer said is left out.
"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import write_po

from bot.texts import templates, vocabulary
from bot.texts.catalogue import FILES, FOLDER, load
from bot.texts.templates import Entry

_HEADER = r"""# What Mintmark says. `python -m bot.texts.collect` keeps this file up to date.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {rule}\n"

"""


def collected() -> list[Entry]:
    """Everything that is to be translated, each once."""
    found: dict[tuple[str, str, str], Entry] = {}
    for entry in (*templates.entries(), *vocabulary.entries()):
        found.setdefault((entry.context, entry.one, entry.many), entry)
    return list(found.values())


def update(path: Path, entries: Iterable[Entry]) -> int:
    """Bring one catalogue up to date; returns how many of its entries have no translation yet."""
    before = load(path)
    after = Catalog(before.locale)
    missing = 0
    for entry in entries:
        id = (entry.one, entry.many) if entry.many else entry.one
        known = before.get(entry.one, entry.context or None)
        string = known.string if known and known.id == id else ""
        missing += not (all(string) if isinstance(string, tuple) else string)
        after.add(id, string, locations=[(entry.place, 0)], context=entry.context or None)
    path.write_bytes(_HEADER.format(rule=before.plural_forms).encode() + _written(after))
    return missing


def _written(catalogue: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalogue, width=100, omit_header=True, include_lineno=False)
    return file.getvalue()


def main() -> None:
    """Bring every catalogue up to date and say what is left to translate."""
    entries = collected()
    for name in FILES.values():
        missing = update(FOLDER / f"{name}.po", entries)
        print(f"{name}: {len(entries)} texts, {missing} without a translation")


if __name__ == "__main__":
    main()
