"""What the output of a tool looks like as a message; the same for every front end.

candidates.py   pictures, and what can be done with them
jobs.py         jobs, the queue, quotas
collections.py  collections, models
rounds.py       rounds, votes
minting.py      mint requests, tokens
anything.py     every other output, by its fields
"""

from bot.presenters import candidates, collections, history, jobs, minting, rounds
from bot.presenters.anything import present

__all__ = ["candidates", "collections", "history", "jobs", "minting", "present", "rounds"]
