"""Words and names that are shown without a sentence around them: states, fields, commands."""

from collections.abc import Iterator

from bot.texts.templates import Entry
from tools.catalogue import TOOLS
from tools.definition import AnyTool
from tools.people import Role
from tools.phrases import WORD

_STATES = (
    *("queued", "running", "done", "failed", "cancelled"),  # jobs
    *("shortlisted", "passed", "rejected", "broken"),  # verdicts
    *("open", "closed"),  # rounds
    *("pending", "approved", "minting", "minted"),  # mint requests
    *("intent", "settled", "refused", "abandoned"),  # records
)
_WAYS = ("command", "button", "reaction", "text", "workflow")


def entries() -> Iterator[Entry]:
    """Every word that the studio itself brings to a sentence."""
    place = "bot/texts/vocabulary.py"
    for name in dict.fromkeys((*map(str, Role), *_STATES, *_WAYS)):
        yield Entry(name, context=WORD, place=place)
    for tool in TOOLS:
        for field in _fields(tool):
            yield Entry(
                field.replace("_", " "),
                context=WORD,
                place=tool.body.__module__.replace(".", "/") + ".py",
            )


def _fields(tool: AnyTool) -> list[str]:
    """What a history shows of a tool's arguments, and what is shown of a result as it is."""
    from bot.presenters import present

    plain = present.dispatch(tool.output) is present.dispatch(object)
    return [*tool.input.model_fields, *(tool.output.model_fields if plain else ())]
