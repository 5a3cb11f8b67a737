"""Voting: rounds with a window and a quorum, one ballot per person, a tally anyone can recount.

rounds.py       open, extend and close a round
ballots.py      vote and withdraw
board.py        look at rounds: what front ends show
tally.py        the count, the tie-break, the tally's hash
eligibility.py  who may vote for what
shortlist.py    which candidates may stand
finding.py      the round and the entry that someone means
tables.py       rounds, entries, ballots
"""
