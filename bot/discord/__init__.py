"""The studio in a Discord server, with discord.py.

client        what one process hears, and how it answers; parts: what it is put together from
login         from a token to a bot that serves; invite: what it asks servers for; workers
place         where an answer goes: acknowledging, then a reply or a channel, brought up to date
safe_send     the only way out: no pings, once, insisting, and in words when it cannot be
people        who is asking, with the role of this moment; homes: the guild, in direct messages
claims        exactly one process does a thing; leases: one at a time; posts: what is owed or sent
following     messages that show how far work is; resuming: what dead processes left behind
cards         what messages look like, in safe_text, with attachments; controls: buttons, for ever
commands/     slash commands; menus, talking, setup: the other ways of asking
voting        reactions as votes: galleries, reconciling, and what belongs to them
announcements results, requests and tokens, each told once
"""
