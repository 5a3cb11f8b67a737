"""From what Discord sends to the arguments of a tool.

Values are read, never judged: what cannot be read stays as it came, and the door says what is
wrong with it.
"""

from collections.abc import Mapping

from sqlalchemy import select

from bot.discord.commands.slash import Shown, Slash
from bot.options import Option, pairs, parts
from tools.errors import InvalidInput, NotFound
from tools.provenance.tables import Person
from tools.studio import Studio

_PLAIN = (str, int, float, bool, list, dict, type(None))


def tool_of(slash: Slash, given: Mapping[str, object]) -> str:
    """The tool that the command calls when these options are given."""
    return slash.told if slash.told and given else slash.tool


def arguments(studio: Studio, slash: Slash, given: Mapping[str, object]) -> dict[str, object]:
    """The arguments of the command's tool.

    Raises:
        InvalidInput: for an option that the command does not have, or one that cannot be read.
        NotFound: for a person whom the studio does not know.
    """
    options = {shown.label: (shown, option) for shown, option in slash.options(studio.door.tools)}
    if strange := sorted(set(given) - set(options)):
        raise InvalidInput(
            "/{command} has no option {option} any more. Discord shows the new form after a "
            "restart of the app.",
            command=slash.path,
            option=strange[0][:40],
        )
    read = {
        shown.field: _read(studio, shown, option, given[label])
        for label, (shown, option) in options.items()
        if label in given
    }
    return {**slash.fixed, **read}


def _read(studio: Studio, shown: Shown, option: Option, value: object) -> object:
    if shown.how == "person":
        return _person(studio, value)
    if not isinstance(value, _PLAIN):
        return str(getattr(value, "id", value))
    if isinstance(value, str) and option.kind == "pairs":
        return pairs(value)
    if isinstance(value, str) and option.kind == "list":
        return parts(value)
    return value


def _person(studio: Studio, value: object) -> str:
    """The studio's id of a member."""
    external = str(getattr(value, "id", value))
    with studio.db.read() as session:
        wanted = select(Person.id).filter_by(front_end="discord", external_id=external[:200])
        found = session.scalar(wanted)
    if found is None:
        raise NotFound("That person has done nothing here yet.")
    return found
