"""What the output of a tool looks like as a message; the same for every front end.

candidates.py   jobs, pictures, models, collections
rounds.py       rounds, votes
anything.py     every other output, by its fields
"""

from bot.presenters import candidates, rounds
from bot.presenters.anything import present

__all__ = ["candidates", "present", "rounds"]
