"""Everything that can go wrong in Discord, against everything that people do with the bot.

stage          the people, the bots, and what stands in the books
flows          what people do: create, vote, approve; and how it must end
misbehaviours  what goes wrong meanwhile
table          which ends how: the table of docs/faults.md
"""
