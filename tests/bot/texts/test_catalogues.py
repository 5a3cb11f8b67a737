"""The catalogues say everything the program says, in every language, with the same facts."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Catalog, Message

from bot.texts import templates
from bot.texts.catalogue import FILES, FOLDER, load
from bot.texts.collect import collected, update
from bot.texts.templates import Entry, called, calls, entries_in, literals

LANGUAGES = sorted(FILES.values())


@pytest.fixture(scope="module")
def said() -> list[Entry]:
    return collected()


@pytest.fixture(scope="module")
def catalogues() -> dict[str, Catalog]:
    return {name: load(FOLDER / f"{name}.po") for name in LANGUAGES}


def key(entry: Entry) -> tuple[str, object]:
    return entry.context, (entry.one, entry.many) if entry.many else entry.one


def translated(catalogue: Catalog) -> dict[tuple[str, object], Message]:
    return {(found.context or "", found.id): found for found in catalogue if found.id}


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def gaps(template: str) -> set[tuple[str, str | None]]:
    """The facts of a template and how they are put in."""
    return {(name, how) for _, name, _, how in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_said_is_translated(
    language: str, said: list[Entry], catalogues: dict[str, Catalog]
) -> None:
    known = translated(catalogues[language])
    missing = [e for e in said if key(e) not in known or not all(forms(known[key(e)]) or [""])]
    assert not missing, "run `python -m bot.texts.collect` and translate what is new"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_stands_there_that_is_no_longer_said(
    language: str, said: list[Entry], catalogues: dict[str, Catalog]
) -> None:
    assert set(translated(catalogues[language])) == set(map(key, said))


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_tell_the_same_facts(language: str, catalogues: dict[str, Catalog]) -> None:
    for message in translated(catalogues[language]).values():
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        facts = set().union(*map(gaps, ids)) if "{" in ids[0] + ids[-1] else set()
        for form in forms(message):
            if message.python_brace_format or facts:
                assert gaps(form) <= facts, form
                assert facts - gaps(form) <= ({("n", None)} if len(ids) > 1 else set()), form


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_of_the_language_is_there(
    language: str, catalogues: dict[str, Catalog]
) -> None:
    catalogue = catalogues[language]
    for message in translated(catalogue).values():
        if not isinstance(message.id, str):
            assert len(forms(message)) == catalogue.num_plurals


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_written_as_the_command_writes_it(
    language: str, said: list[Entry], tmp_path: Path
) -> None:
    kept = (FOLDER / f"{language}.po").read_bytes()
    copy = tmp_path / f"{language}.po"
    copy.write_bytes(kept)
    assert update(copy, said) == 0
    assert copy.read_bytes() == kept


def test_an_update_keeps_translations_and_drops_what_is_stale(tmp_path: Path) -> None:
    path = tmp_path / "de.po"
    old = [Entry("Done."), Entry("{n} picture", "{n} pictures"), Entry("Gone.")]
    assert update(path, old) == 3
    written = path.read_text().replace('"Done."\nmsgstr ""', '"Done."\nmsgstr "Fertig."')
    path.write_text(written)
    assert update(path, [Entry("New."), *old[:2]]) == 2
    found = {found.id: found.string for found in load(path) if found.id}
    assert found == {"New.": "", "Done.": "Fertig.", ("{n} picture", "{n} pictures"): ("", "")}


def test_templates_are_found_wherever_they_stand() -> None:
    source = """
_TOLD = {"a": "Told {x}.", "b": "Told."}
_ONE = "One."
def f(scene, kind, n):
    scene.say(_TOLD[kind], x=1)
    scene.say(_ONE if n else "Two.")
    scene.count("{n} thing", "{n} things", n)
    raise Refused("No {x}.", x=phrase("way"))
    text.count("a"), word("open"), [template("Table.")]
"""
    found = [(e.one, e.many, e.context) for e in entries_in(source, "f.py")]
    assert found == [
        ("Told {x}.", "", ""),
        ("Told.", "", ""),
        ("One.", "", ""),
        ("Two.", "", ""),
        ("{n} thing", "{n} things", ""),
        ("No {x}.", "", ""),
        ("way", "", ""),
        ("open", "", "word"),
        ("Table.", "", ""),
    ]


def sayings() -> Iterator[tuple[str, ast.Call, dict[str, list[str]]]]:
    """Every place in the program where something is said: where, the call, what names mean."""
    for path in templates.sources():
        tree = ast.parse(path.read_text("utf-8"))
        named = templates.literals_by_name(tree)
        for call in calls(tree):
            if called(call) in templates.SAYING | {"count"} and call.args:
                yield f"{path}:{call.lineno}", call, named


def test_no_sentence_is_put_together_before_it_is_said() -> None:
    composed = (ast.JoinedStr, ast.BinOp)
    wrong = [
        where
        for where, call, _ in sayings()
        for argument in call.args[:2]
        if isinstance(argument, composed)
        or (isinstance(argument, ast.Call) and called(argument) in ("format", "join"))
    ]
    assert not wrong


def test_every_template_gets_exactly_its_facts() -> None:
    wrong = []
    for where, call, named in sayings():
        given = {keyword.arg for keyword in call.keywords}
        if None in given or called(call) == "template":
            continue
        for template in literals(call.args[0], named):
            wanted = {name for name, _ in gaps(template)} if given or "{" in template else set()
            if called(call) == "count":
                wanted.discard("n")
            stands_alone = isinstance(call.args[0], ast.Constant)  # not one of several that fit
            if wanted - given or (given - wanted and stands_alone):
                wrong.append(f"{where}: {template!r} gets {given}")
    assert not wrong
