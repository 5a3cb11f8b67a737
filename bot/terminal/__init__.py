"""The terminal studio.

studio.py       the loop: who is asking, what they type, what others did meanwhile
lines.py        what a typed line means: a command, a button's number, or free text
names.py        what people may call themselves
screen.py       messages on a terminal, with progress
pictures.py     pictures as half-block characters
completion.py   what could come next in a line
manual.py       help that teaches
"""
