"""What the output of a tool looks like as a message; the same for every front end.

rounds.py       rounds, votes
anything.py     every other output, by its fields
"""

from bot.presenters import rounds
from bot.presenters.anything import present

__all__ = ["present", "rounds"]
