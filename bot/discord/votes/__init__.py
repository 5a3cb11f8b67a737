"""Votes in Discord: the galleries of rounds, the taps under them, and what becomes of those."""
