"""What the output of a tool looks like as a message; the same for every front end.

candidates.py   pictures: many, one in full, one made larger
traits.py       what they show
verdicts.py     what scorers and filters said of them
actions.py      what can be done with them
recognised.py   what a picture is that somebody showed
jobs.py         jobs, the queue, quotas
collections.py  collections, models
rounds.py       rounds, votes
standings.py    votes in stages, nominations, the leaderboard
minting.py      mint requests, tokens
review.py       what waits for an operator's decision
community.py    rules, limits, pauses
audit.py        what was done here lately
anything.py     every other output, by its fields
"""

from bot.presenters import (
    audit,
    candidates,
    collections,
    community,
    history,
    jobs,
    minting,
    recognised,
    review,
    rounds,
    standings,
)
from bot.presenters.anything import present

__all__ = [
    "audit",
    "candidates",
    "collections",
    "community",
    "history",
    "jobs",
    "minting",
    "present",
    "recognised",
    "review",
    "rounds",
    "standings",
]
