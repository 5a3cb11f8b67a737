"""What a presenter knows while it writes a message: for whom, and what that person may do next."""

from dataclasses import dataclass, field

from bot.frontend import Button, Picture
from bot.texts import Words
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Actor, Role
from tools.studio import Studio


@dataclass(frozen=True)
class Scene:
    """One answer to one person."""

    studio: Studio
    actor: Actor
    role: Role | None
    words: Words = field(default_factory=Words)

    def say(self, template: str, **facts: object) -> str:
        """A sentence in the person's language."""
        return self.words.say(template, **facts)

    def count(self, one: str, many: str, n: int, **facts: object) -> str:
        """A sentence about `{n}` things, in the person's language."""
        return self.words.count(one, many, n, **facts)

    def offers(self, action: str) -> bool:
        """Whether this person may press a button for the tool."""
        tool = self.studio.door.tools.get(action)
        return (
            tool is not None
            and self.role is not None
            and self.role.reaches(tool.least_role)
            and "button" in tool.ways
        )

    def buttons(self, *wished: Button) -> tuple[Button, ...]:
        """Those of the buttons that this person may press."""
        return tuple(button for button in wished if self.offers(button.action))

    def picture(self, cid: str, caption: str, alt: str) -> Picture:
        """A picture from the store."""
        return Picture(cid, store_of(self.studio).path(Cid.parse(cid)), caption, alt)


def scene_of(studio: Studio, actor: Actor) -> Scene:
    """A person with the role they have now, spoken to in their language."""
    return Scene(
        studio, actor, studio.door.ledger.role_of(actor), Words(actor.locale, actor.front_end)
    )
