"""What the output of a tool looks like as a message; the same for every front end.

candidates.py   jobs, pictures, models, collections
rounds.py       rounds, votes
minting.py      mint requests, tokens
anything.py     every other output, by its fields
"""

from bot.presenters import candidates, history, minting, rounds
from bot.presenters.anything import present

__all__ = ["candidates", "history", "minting", "present", "rounds"]
