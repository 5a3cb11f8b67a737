"""What a tool is: a name, input and output models, the least role, and the body behind the door.

The agent's tools, the slash commands and the command line are all made from these definitions. A
craft declares one with the decorator:

    @tool(least_role=Role.CREATOR)
    def create(call: OpenCall, brief: BriefIn) -> JobOut:
        '''Make pictures from a prompt.'''
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict

from tools.people import Role, Via
from tools.provenance.effects import OpenCall


class Input(BaseModel):
    """Base of every tool's arguments: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Output(BaseModel):
    """Base of every tool's result."""

    model_config = ConfigDict(extra="forbid", frozen=True)


ANY_WAY: frozenset[Via] = frozenset(get_args(Via))
BY_HAND: frozenset[Via] = frozenset(("command", "button"))
BY_VOTE: frozenset[Via] = BY_HAND | {"reaction"}
BY_WORKFLOW: frozenset[Via] = frozenset(("workflow",))


class _Private:
    """A person's words: of an argument the log gets a commitment, of a result nothing."""


PRIVATE = _Private()
PrivateText = Annotated[str, PRIVATE]

In = TypeVar("In", bound=Input)
Out = TypeVar("Out", bound=Output)
Body = Callable[[OpenCall, In], Out] | Callable[[OpenCall, In], Awaitable[Out]]
Gate = Callable[[OpenCall, In], None]


@dataclass(frozen=True)
class ToolDefinition(Generic[In, Out]):
    """One thing that can be done."""

    name: str
    purpose: str  # the first paragraph of the docstring: shown to people and to models
    version: str
    input: type[In]
    output: type[Out]
    least_role: Role
    ways: frozenset[Via]  # the ways by which a wish for it may arrive
    gate: Gate[In] | None  # what must hold before the body, such as an approval; raises Refused
    body: Body[In, Out]

    @property
    def is_async(self) -> bool:
        """Whether the body is a coroutine function."""
        return inspect.iscoroutinefunction(self.body)

    @property
    def private_fields(self) -> frozenset[str]:
        """The arguments that are logged as commitments."""
        fields = self.input.model_fields.items()
        return frozenset(name for name, field in fields if PRIVATE in field.metadata)


AnyTool = ToolDefinition[Any, Any]


def tool(
    *,
    least_role: Role,
    version: str = "1",
    ways: frozenset[Via] = ANY_WAY,
    gate: Gate[In] | None = None,
) -> Callable[[Body[In, Out]], ToolDefinition[In, Out]]:
    """Declare a tool from its body; name, purpose and models are read from the function.

    Args:
        least_role: the least role that may call it, re-read from the database at every call.
        version: raised when what the tool does with the same arguments changes.
        ways: how a wish for it may arrive: `ANY_WAY`, `BY_HAND` for what text may never do,
            `BY_VOTE`, or `BY_WORKFLOW` for steps of durable work.
        gate: checked inside the door, before the intent is written.
    """

    def declare(body: Body[In, Out]) -> ToolDefinition[In, Out]:
        hints = get_type_hints(body)
        argument = list(inspect.signature(body).parameters)[1]
        return ToolDefinition(
            name=body.__name__,
            purpose=inspect.getdoc(body) or "",
            version=version,
            input=hints[argument],
            output=hints["return"],
            least_role=least_role,
            ways=ways,
            gate=gate,
            body=body,
        )

    return declare
