"""The definitions as LangChain tools, bound to one actor.

LangChain would check the arguments before the tool sees them, and a call with wrong ones would
leave no record. So `_to_args_and_kwargs` lets them through as they came, and `_run` hands them to
the door, which checks and records. Whichever way LangChain calls the tool, it is one
call of the door.
"""

from typing import Any, Literal

from langchain_core.tools import BaseTool
from pydantic import ConfigDict

from tools.definition import AnyTool, Output
from tools.door import Door
from tools.people import Actor


class StudioTool(BaseTool):
    """One tool of the studio for one actor. Content is JSON, the artifact is the output model."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    door: Door
    actor: Actor | None = None
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"

    def _to_args_and_kwargs(
        self, tool_input: str | dict[str, Any], tool_call_id: str | None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (tool_input,), {}

    def _run(self, /, *args: Any, **arguments: Any) -> tuple[str, Output]:
        output = self.door.call(self.name, args[0] if args else arguments, self.actor)
        return output.model_dump_json(), output

    async def _arun(self, /, *args: Any, **arguments: Any) -> tuple[str, Output]:
        output = await self.door.acall(self.name, args[0] if args else arguments, self.actor)
        return output.model_dump_json(), output


def as_langchain(definition: AnyTool, door: Door, actor: Actor | None) -> StudioTool:
    """A definition as a LangChain tool that acts for this actor and nobody else."""
    return StudioTool(
        name=definition.name,
        description=definition.purpose,
        args_schema=definition.input,
        door=door,
        actor=actor,
    )
