"""What a person sees of an application's answer to something they did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.peers.discord.reading import components_in, unescaped
from tests.peers.discord.state import Interaction, Message

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]
DEFERRED_MESSAGE, DEFERRED_UPDATE = 5, 6
FIELDS = {3, 4, 5, 6, 7, 8, 19, 21, 22, 23}


class NotPossible(Exception):
    """The Discord client would not let a person do this."""


@dataclass
class Field:
    """One thing to fill in, in a modal."""

    label: str
    component: Json

    @property
    def custom_id(self) -> str:
        """The application's name for it."""
        return str(self.component["custom_id"])

    @property
    def required(self) -> bool:
        """Whether it must be filled in; Discord's default is yes."""
        return bool(self.component.get("required", True))


@dataclass
class Modal:
    """A form that an application showed to a person."""

    interaction: Interaction
    data: Json

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.data["title"])

    @property
    def fields(self) -> list[Field]:
        """What there is to fill in."""
        found = []
        for outer in self.data["components"]:
            for inner in components_in([outer], FIELDS):
                found.append(Field(str(outer.get("label") or inner.get("label") or ""), inner))
        return found

    @property
    def texts(self) -> list[str]:
        """What it says between its fields."""
        return [one["content"] for one in components_in(self.data["components"], {10})]


@dataclass
class Answer:
    """An application's answer to one interaction, as it grows."""

    peer: Peer
    interaction: Interaction
    edits_before: int = field(default=0)  # of the message a component stands on

    @property
    def acked_after(self) -> float | None:
        """Seconds until the acknowledgement; None if there was none in time."""
        acked = self.interaction.acked_at
        return None if acked is None else acked - self.interaction.sent_at

    @property
    def failed(self) -> str | None:
        """What the client shows when nobody answered in time."""
        return self.interaction.failed

    @property
    def deferred(self) -> bool:
        """Whether the application asked for more time."""
        return self.interaction.response_type in (DEFERRED_MESSAGE, DEFERRED_UPDATE)

    @property
    def message(self) -> Message | None:
        """The answer itself; for a component that updates, the message it stands on."""
        return self.interaction.original

    @property
    def followups(self) -> list[Message]:
        """What was sent after the answer."""
        return [one for one in self.interaction.followups if not one.deleted]

    @property
    def messages(self) -> list[Message]:
        """The answer and what followed it, as far as it still stands."""
        own = [self.message] if self.message is not None and not self.message.deleted else []
        return own + self.followups

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees the answer."""
        return self.message is not None and self.message.ephemeral

    @property
    def text(self) -> str:
        """All that can be read in the answer and what followed it."""
        return "\n".join(one.text for one in self.messages if one.text)

    @property
    def plain(self) -> str:
        """The same as people read it, without the backslashes of markdown."""
        return unescaped(self.text)

    @property
    def modal(self) -> Modal | None:
        """The form it opened, if it opened one."""
        shown = self.interaction.modal
        return None if shown is None else Modal(self.interaction, shown)

    @property
    def choices(self) -> list[Json]:
        """What autocomplete offered."""
        return self.interaction.choices or []

    def is_done(self) -> bool:
        """Whether nothing says "thinking" any more."""
        if self.failed is not None:
            return True
        if self.interaction.response_type == DEFERRED_MESSAGE:
            return self.message is not None and (self.message.deleted or not self.message.loading)
        if self.interaction.response_type == DEFERRED_UPDATE:
            source = self.interaction.source
            edited = source is not None and source.edits > self.edits_before
            return edited or bool(self.interaction.followups) or bool(self.interaction.updates)
        return self.interaction.acked_at is not None

    async def done(self, timeout: float = 10.0) -> Answer:
        """Wait until the application has said what it had to say; returns itself."""
        await self.peer.until(self.is_done, timeout)
        return self
