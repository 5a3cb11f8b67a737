"""What the output of a tool looks like as a message; the same for every front end.

candidates.py   jobs, pictures, models, collections
rounds.py       rounds, votes
standings.py    votes in stages, nominations, the leaderboard
minting.py      mint requests, tokens
anything.py     every other output, by its fields
"""

from bot.presenters import candidates, history, minting, rounds, standings
from bot.presenters.anything import present

__all__ = ["candidates", "history", "minting", "present", "rounds", "standings"]
