"""Windows that ask for the words a button needs, and what is sent back from them.

A window must be Discord's first answer to the press, within three seconds. The words it begins
with are read from the control if that is quick; if not, it opens empty, which is better than not
at all. Its custom id is the control's, so whatever process hears what was written knows what to do.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord import ui

from bot.discord import controls
from bot.discord.controls import Pressed
from bot.discord.posts import FRONT_END
from bot.discord.safe_text import cut, one_line
from bot.frontend import Button
from bot.texts import Words
from tools.errors import MintmarkError
from tools.phrases import template
from tools.studio import Studio

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

_LOOKING_UP_S = 1.0  # of the three seconds; the rest is for the way to Discord
_TITLE, _LABEL, _TEXT = 45, 45, 4000  # characters that Discord takes
_ANSWERED, _TOO_LATE = 40060, 10062  # Discord's codes
_FIELDS = {
    "prompt": template("What it should show"),
    "reason": template("Why, in your words"),
    "title": template("What it is called"),
}
_TITLES = {
    "remix": template("Remix this picture"),
    "reseed": template("The same seed, other words"),
    "reject": template("Reject this mint request"),
}
_log = structlog.get_logger("mintmark.discord.modals")


async def ask(
    interaction: "discord.Interaction[MintmarkClient]", pressed: Pressed, label: str
) -> None:
    """Open the window for a control, named after the button that was pressed."""
    known = await _quickly_found(interaction.client.studio, pressed.id)
    window = _window(pressed, known, label, Words(str(interaction.locale), FRONT_END))
    try:
        await interaction.response.send_modal(window)
    except discord.HTTPException as error:
        if error.code not in (_ANSWERED, _TOO_LATE):
            raise
        # another process has opened it, or nobody waits any more; pressing again helps
        _log.info("no window", control=pressed.id, code=error.code)


async def submitted(interaction: "discord.Interaction[MintmarkClient]") -> bool:
    """Do what the control says with what was written; False if the window was none of ours."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return False
    data: Mapping[str, Any] = interaction.data or {}
    pressed = controls.read(str(data.get("custom_id", "")))
    if pressed is None:
        return False
    words = "\n".join(written(data)).strip()
    await controls.press(interaction, pressed, words)
    return True


def written(data: Mapping[str, Any]) -> Iterator[str]:
    """Every text in what Discord sends when a window is handed in, however it is nested."""
    if isinstance(value := data.get("value"), str):
        yield value
    inner = data.get("component")
    for part in (*data.get("components", ()), *((inner,) if inner else ())):
        yield from written(part)


def _window(pressed: Pressed, known: Button | None, label: str, words: Words) -> ui.Modal:
    asked = known.asks if known and known.asks else pressed.asks
    title = one_line(_title(pressed.action, label or (known.label if known else ""), words), _TITLE)
    window = ui.Modal(title=title or "Mintmark", custom_id=pressed.custom_id)
    text = ui.TextInput[Any](
        custom_id="words",
        style=discord.TextStyle.paragraph,
        default=cut(known.prefill, _TEXT) if known and known.prefill else None,
        min_length=1,
        max_length=_TEXT,
    )
    name = words.say(_FIELDS[asked]) if asked in _FIELDS else words.word(asked.replace("_", " "))
    window.add_item(ui.Label(text=one_line(name, _LABEL) or "…", component=text))
    window.stop()  # what is handed in comes to `submitted`, in this process or in another
    return window


def _title(action: str, label: str, words: Words) -> str:
    """What the window is for; which picture, if the button stands in a row of numbers."""
    if action == "remix" and label.isdecimal():
        return words.say("Remix picture {number}", number=label)
    return words.say(_TITLES[action]) if action in _TITLES else label


async def _quickly_found(studio: Studio, control_id: str) -> Button | None:
    """The control, if it is known and the database answers in time."""
    with suppress(TimeoutError, MintmarkError):
        async with asyncio.timeout(_LOOKING_UP_S):
            return await asyncio.to_thread(controls.find, studio, control_id)
    return None
