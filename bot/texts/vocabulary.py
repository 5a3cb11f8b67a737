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
        where = tool.body.__module__.replace(".", "/") + ".py"
        for field in _fields(tool):
            yield Entry(field.replace("_", " "), context=WORD, place=where)
    yield from _commands()


def _commands() -> Iterator[Entry]:
    """What the commands and menus in Discord are called, and what they say of themselves."""
    import discord
    from discord import app_commands

    from bot.discord import menus, translator
    from bot.discord.commands.help import help_command
    from bot.discord.commands.tree import grow
    from bot.discord.setup import setup_command

    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    grow(tree, {tool.name: tool for tool in TOOLS})
    tree.add_command(help_command)
    tree.add_command(setup_command)
    yield from translator.entries(tree.get_commands(), "bot/discord/commands")
    for name in (menus.PROVENANCE, menus.REMIX, menus.VOTE):
        yield Entry(name, context=translator.MENU, place="bot/discord/menus.py")


def _fields(tool: AnyTool) -> list[str]:
    """What a history shows of a tool's arguments, and what is shown of a result as it is."""
    from bot.presenters import present

    plain = present.dispatch(tool.output) is present.dispatch(object)
    return [*tool.input.model_fields, *(tool.output.model_fields if plain else ())]
