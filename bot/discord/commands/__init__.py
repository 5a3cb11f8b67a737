"""The bot's slash commands, made from the definitions of the tools.

creators.py members.py operators.py   the tables: which tool is which command
slash.py                              what a line of a table says
parameters.py completing.py           the options: how Discord asks for them and completes them
values.py                             from what Discord sends to the arguments of the tool
tree.py                               all of it together, and what is said when it goes wrong
help.py                               /help
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient


async def setup(client: "MintmarkClient") -> None:
    """Put every command on the client's tree."""
    from bot.discord.commands.help import help_command
    from bot.discord.commands.tree import grow

    grow(client.tree, client.studio.door.tools)
    client.tree.add_command(help_command)
