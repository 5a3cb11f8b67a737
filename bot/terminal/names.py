"""What people call themselves and their place at a terminal."""

from tools.errors import InvalidInput

LONGEST = 64
"""Characters of a name."""


def check(name: str, guild: str, channel: str = "") -> None:
    """Whether somebody may be called so; before anything is opened for them.

    Raises:
        InvalidInput: for an empty name, or one that is too long.
    """
    if not name.strip():
        raise InvalidInput("A person needs a name, for example --as ada.")
    for option, value in (("--as", name), ("--guild", guild), ("--channel", channel)):
        if len(value) > LONGEST:
            raise InvalidInput(
                "{option} takes {most} characters at most.", option=option, most=LONGEST
            )
