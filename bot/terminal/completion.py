"""What could come next in a line: commands, then options, then values from the database."""

from collections.abc import Callable, Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.options import Option, options_of
from bot.scene import Scene
from bot.suggestions import suggestions
from bot.terminal.manual import LOCAL, commands, first_line
from tools.definition import AnyTool
from tools.errors import MintmarkError


class StudioCompleter(Completer):
    """Completes for one person; their role is looked up afresh at each key."""

    def __init__(self, scene: Callable[[], Scene]) -> None:
        self._scene = scene

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """The completions of the word before the cursor."""
        try:
            yield from _completions(document.text_before_cursor, self._scene())
        except MintmarkError:  # the database is busy: no completion is better than a broken line
            return


def _completions(text: str, scene: Scene) -> Iterable[Completion]:
    if not text.startswith("/"):
        return
    known = commands(scene)
    name, space, rest = text[1:].partition(" ")
    if not space:
        yield from _names(name, known)
    elif name == "help":
        yield from _names(rest, known)
    elif name.replace("-", "_") in known:
        yield from _of_options(rest, known[name.replace("-", "_")], scene)


def _names(begun: str, known: dict[str, AnyTool]) -> Iterable[Completion]:
    meanings = {name: first_line(tool) for name, tool in known.items()} | dict(LOCAL)
    for name in sorted(meanings):
        if name.startswith(begun.replace("-", "_")):
            yield Completion(name, -len(begun), display=f"/{name}", display_meta=meanings[name])


def _of_options(rest: str, tool: AnyTool, scene: Scene) -> Iterable[Completion]:
    *before, begun = rest.split(" ")
    options = options_of(tool)
    if begun.startswith("--"):
        yield from _option_names(begun, before, options)
        return
    option = _awaited([word for word in before if word], options)
    if option is None:
        return
    last = begun.rpartition(",")[2]
    for found in suggestions(scene.studio, scene.actor, option, last):
        yield Completion(found.value, -len(last), display_meta=found.meaning)


def _option_names(
    begun: str, before: list[str], options: tuple[Option, ...]
) -> Iterable[Completion]:
    for option in options:
        spelled = f"--{option.name}"
        if spelled.startswith(begun) and spelled not in before:
            yield Completion(spelled, -len(begun), display_meta=option.help)


def _awaited(before: list[str], options: tuple[Option, ...]) -> Option | None:
    """The option whose value comes next: the one just named, else the next by place."""
    named = {f"--{option.name}": option for option in options if option.kind != "flag"}
    if before and before[-1] in named:
        return named[before[-1]]
    words = [
        word
        for place, word in enumerate(before)
        if not word.startswith("--") and (place == 0 or before[place - 1] not in named)
    ]
    by_place = [o for o in options if o.required] or [o for o in options if o.kind != "flag"][:1]
    return by_place[len(words)] if len(words) < len(by_place) else None
