"""The studio in a Discord server, with discord.py."""
