"""What a front end hears while a turn goes on."""

from dataclasses import dataclass

from tools.definition import Output


@dataclass(frozen=True)
class Token:
    """A piece of an answer as it is being written; `Said` brings the whole."""

    text: str


@dataclass(frozen=True)
class ToolStarted:
    """A tool was called."""

    tool: str
    call_id: str  # pairs it with its `ToolFinished`


@dataclass(frozen=True)
class ToolFinished:
    """A tool gave its result, or a sentence for the person that says why it did not."""

    tool: str
    call_id: str
    output: Output | None = None  # the tool's own output model, whole and unmarked
    error: str | None = None


@dataclass(frozen=True)
class Said:
    """The answer that ends the turn. It is plain text; what it quotes may be anybody's words."""

    text: str


ChatEvent = Token | ToolStarted | ToolFinished | Said
