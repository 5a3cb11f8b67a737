"""Durable work: what goes on for longer than a call, and over the end of a process.

    workshop.py   runs the workflows of one process: open it, close it
    generate.py   a brief's pictures: render, then score
    round.py      a voting round: closed when its time is over
    bracket.py    a vote in stages: the next opens when one is over
    mint.py       an approved mint request: minted, with patience for chains that do not answer
    durable.py    what these are made of: steps, tool calls, what is to be run and when
    sweep.py      finds what dead processes left behind, and what was never handed out

Workflows run on DBOS, which writes every finished step into its own database (`workflows.sqlite`
in the data folder, or the schema "dbos" of the PostgreSQL in use). Any process that works on the
same data may take up a workflow; no two take up the same one.
"""
