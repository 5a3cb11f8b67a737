"""How a tool is offered as a slash command: where it stands, and what its options are called.

A table of these is all that a command needs. What an option may hold, whether it must be given, and
what it is for come from the tool's input model; the table only gives it a friendlier name, and says
what the model cannot know, such as that a seed is longer than a number in Discord may be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.options import Option, options_of
from tools.definition import AnyTool

How = Literal["", "text", "person", "channel"]
"""How Discord asks for a value: as the input model says, as text, as a member, as a channel."""

TIDY = 100
"""The characters of a description, or of a suggestion, that Discord shows."""


@dataclass(frozen=True)
class Shown:
    """One option of a command, over one field of the tool's input model."""

    field: str
    name: str = ""  # as people see it; the field's own name if empty
    says: str = ""  # what it is for; as the input model says if empty
    how: How = ""
    source: str = ""  # what completes it, by a name of `bot.suggestions`; the field's own if empty

    @property
    def label(self) -> str:
        """The option's name, as people see it."""
        return self.name or self.field

    @property
    def completed_by(self) -> str:
        """Under which name suggestions for it are looked up."""
        return self.source or self.field


@dataclass(frozen=True)
class Slash:
    """One command."""

    path: str  # such as "create", or "round open" for one in a group
    tool: str
    says: str  # what it does, in at most 100 characters
    shown: tuple[Shown, ...] = ()
    fixed: Mapping[str, object] = field(default_factory=dict)  # arguments nobody needs to give
    told: str = ""  # the tool that is called instead as soon as an option is given
    private: bool = False  # whether only the person who asks sees the answer
    in_guild: bool = False  # whether it makes no sense in a direct message
    by_operators: bool = False  # whether Discord hides it from others; the door decides in any case

    def options(self, tools: Mapping[str, AnyTool]) -> list[tuple[Shown, Option]]:
        """Its options, each with what the input model says of it."""
        known = {option.name: option for option in options_of(tools[self.told or self.tool])}
        found = [(shown, known[shown.field]) for shown in self.shown]
        if not self.told:
            return found
        return [(shown, replace(option, required=False)) for shown, option in found]
