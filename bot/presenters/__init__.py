"""What the output of a tool looks like as a message; the same for every front end.

    anything.py     any output, by its fields
"""

from bot.presenters.anything import present

__all__ = ["present"]
