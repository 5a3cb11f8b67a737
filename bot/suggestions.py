"""What could stand as the value of an option, looked up in the database, for completion.

An option is looked up by its own name, or by one of the narrower sources that a front end asks for,
such as `open_round_id` where only a round that is open makes sense. See `sources`.
"""

from collections.abc import Iterable, Mapping

from bot.options import Option
from bot.sources import ROWS, VALUES, Asked, Rows, Suggestion, last_part, meaning_in_words
from tools.people import Actor
from tools.studio import Studio

__all__ = ["COMPLETED", "LIMIT", "Suggestion", "last_of_list", "suggestions"]

LIMIT = 25  # as many as a menu shows
COMPLETED = (*ROWS, *VALUES)
"""The names under which there are suggestions."""
_LOOKED_THROUGH = 200  # rows, for those whose meaning has the words


def suggestions(
    studio: Studio,
    actor: Actor,
    option: Option,
    begun: str,
    *,
    source: str = "",
    given: Mapping[str, object] | None = None,
) -> list[Suggestion]:
    """Values for an option that fit what is typed, the newest first.

    Args:
        studio: where to look.
        actor: who is typing.
        option: whose value it is.
        begun: what is typed so far.
        source: a narrower name to look under than the option's own.
        given: the options that are filled in already.

    Raises:
        MintmarkError: if the database or a collection's file cannot be read.
    """
    asked = Asked(studio, actor, begun, given or {})
    if option.choices:
        return _fitting(begun, [Suggestion(choice, "") for choice in option.choices])
    name = source or option.name
    if name in VALUES:
        return _fitting(begun, VALUES[name](asked))
    return _fitting(begun, _from_rows(asked, ROWS.get(name, ())))


def last_of_list(studio: Studio, actor: Actor, option: Option, begun: str) -> list[Suggestion]:
    """As `suggestions`, for a list in one text: its last part is completed, the rest is kept."""
    kept, last = last_part(begun)
    found = suggestions(studio, actor, option, last)
    return [Suggestion(kept + one.value, one.meaning) for one in found if one.value not in kept]


def _from_rows(asked: Asked, sources: Iterable[Rows]) -> Iterable[Suggestion]:
    with asked.studio.db.read() as session:
        for rows in sources:
            for value, *meaning in session.execute(rows(asked).limit(_LOOKED_THROUGH)):
                yield Suggestion(value, ", ".join(filter(None, map(meaning_in_words, meaning))))


def _fitting(begun: str, found: Iterable[Suggestion]) -> list[Suggestion]:
    """Those that begin with what is typed; then those whose meaning has it."""
    folded = begun.strip().casefold()
    first, second = [], []
    for one in found:
        if one.value.casefold().startswith(folded):
            first.append(one)
        elif len(folded) > 2 and folded in one.meaning.casefold():
            second.append(one)
    return [*first, *second][:LIMIT]
