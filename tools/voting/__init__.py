"""Voting: rounds with a window and a quorum, one ballot per person, a tally anyone can recount.

rounds.py       open and extend a round
closing.py      close a round: when it may be counted, and that it is counted once
ballots.py      vote and withdraw
reconciling.py  a front end tells how votes changed while it was away
brackets.py     a vote in stages: heats, and rounds between their winners
nominating.py   put a picture to the vote
board.py        look at rounds: what front ends show
leaderboard.py  who leads
casting.py      a ballot, judged and kept
eligibility.py  who may vote for what
tally.py        the count, the tie-break, the tally's hash
opening.py      what every round begins with
seeding.py      who meets whom in a bracket
shortlist.py    which candidates may stand
finding.py      the round that someone means
tables.py       rounds, entries, ballots
"""
