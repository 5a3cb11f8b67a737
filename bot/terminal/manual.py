"""Help that teaches: what can be done at this moment, every command, and how each is written."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.frontend import Message
from bot.options import Option, options_of
from bot.scene import Scene
from tools.definition import AnyTool
from tools.errors import InvalidInput
from tools.minting.tables import MintRequest
from tools.people import Role
from tools.voting.tables import Round

EXAMPLES: Mapping[str, str] = {
    "create": "/create a fox with a wizard hat and a wand --count 4 --seed 7",
    "gallery": "/gallery --mine",
    "vote": "/vote 2",
    "open_round": "/open_round First of autumn --minutes 5 --quorum 2",
    "propose_mint": "/propose_mint --round rnd_…",
    "approve": "/approve m_…",
    "reject": "/reject m_… the hands look wrong",
    "provenance": "/provenance c_…",
}
_TITLES = {
    "generation": "Pictures",
    "scoring": "Scores",
    "voting": "Votes",
    "minting": "Minting",
    "metadata": "Metadata",
    "provenance": "Provenance",
}
LOCAL: Mapping[str, str] = {
    "help": "What can be done now, and every command; /help create tells more of one.",
    "who": "Who you are here.",
    "quit": "Leave; what was started goes on.",
}


def commands(scene: Scene) -> dict[str, AnyTool]:
    """The tools that this person may call by a command, by name."""
    offered = scene.studio.door.offered_to(scene.role, "command")
    return {tool.name: tool for tool in offered}


def overview(scene: Scene) -> Message:
    """What to do now, and all commands."""
    parts = ["\n".join(_now(scene)), *_sections(commands(scene)), _local()]
    parts.append(
        "Anything without a slash is said to the studio's assistant: “make four foxes with hats”.\n"
        "A number presses the button with that number. Tab completes commands, options and ids."
    )
    return Message("\n\n".join(parts), title=f"You are {scene.actor.name}, {scene.role}.")


def of_command(name: str, scene: Scene) -> Message:
    """How one command is written.

    Raises:
        InvalidInput: if there is no such command for this person.
    """
    known = commands(scene)
    tool = known.get(name.strip().lstrip("/").replace("-", "_").casefold())
    if tool is None:
        raise InvalidInput(
            "There is no command /{name}. /help lists what there is.", name=name.strip()[:40]
        )
    facts = tuple((_spelling(option), _meaning(option)) for option in options_of(tool))
    text = tool.purpose + "\n\n" + usage(tool)
    if tool.name in EXAMPLES:
        text += f"\nFor example: {EXAMPLES[tool.name]}"
    return Message(text, title=f"/{tool.name}", facts=facts)


def usage(tool: AnyTool) -> str:
    """The form of a command: its required words, then its options."""
    options = options_of(tool)
    required = [f"<{option.name}>" for option in options if option.required]
    others = [f"[--{option.name} …]" for option in options if not option.required]
    return " ".join([f"/{tool.name}", *required, *others])


def first_line(tool: AnyTool) -> str:
    """What a command does, in one line."""
    return tool.purpose.splitlines()[0] if tool.purpose else ""


def _now(scene: Scene) -> Iterator[str]:
    """What makes sense at this moment, with the line to type."""
    known = commands(scene)
    with scene.studio.db.read() as session:
        if "vote" in known and (title := _open_round(session, scene.actor.guild)):
            yield f"A round is open ({title}): look with /show_round, vote with /vote 1."
        if "approve" in known and (waiting := _pending(session, scene.actor.guild)):
            yield f"{waiting} to be decided: see /mint_requests, then /approve or /reject."
    if "create" in known:
        yield f"Make pictures: {EXAMPLES['create']}"
    if scene.role is not None and scene.role.reaches(Role.OPERATOR) and "open_round" in known:
        yield f"Let people vote on the shortlist: {EXAMPLES['open_round']}"
    if "gallery" in known:
        yield "See what was made: /gallery"


def _open_round(session: Session, guild: str) -> str | None:
    wanted = select(Round).where(Round.guild == guild, Round.state == "open").limit(1)
    row = session.scalar(wanted)
    return (row.title or row.id) if row else None


def _pending(session: Session, guild: str) -> str:
    wanted = select(func.count()).where(MintRequest.guild == guild, MintRequest.state == "pending")
    number = session.scalar(wanted) or 0
    return "" if not number else f"{number} mint request" + ("s wait" if number > 1 else " waits")


def _sections(known: Mapping[str, AnyTool]) -> Iterator[str]:
    for craft, tools in groupby(sorted(known.values(), key=_place), key=_craft):
        lines = [f"  /{tool.name:<16}{first_line(tool)}" for tool in tools]
        yield "\n".join([_TITLES.get(craft, craft.capitalize()), *lines])


def _place(tool: AnyTool) -> tuple[int, str]:
    craft = _craft(tool)
    return (list(_TITLES).index(craft) if craft in _TITLES else len(_TITLES), craft)


def _craft(tool: AnyTool) -> str:
    """The folder in tools/ that the tool is from."""
    return str(tool.body.__module__).split(".")[1]


def _local() -> str:
    return "\n".join(["Here", *(f"  /{name:<16}{text}" for name, text in LOCAL.items())])


def _spelling(option: Option) -> str:
    return f"<{option.name}>" if option.required else f"--{option.name}"


def _meaning(option: Option) -> str:
    kind = {"pairs": "name=value,…", "list": "one,two,…", "flag": "yes or no"}.get(option.kind, "")
    kind = " | ".join(option.choices) or kind or option.kind
    words = [option.help or kind, f"({kind})" if option.help else ""]
    words.append(f"Without it: {option.default}." if option.default else "")
    return " ".join(filter(None, words))
