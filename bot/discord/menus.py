"""What can be done with a message that shows pictures: its menu “Apps”.

    Show provenance   where the picture comes from, for the one who asks
    Remix this        the picture anew with other words, in a window that begins with the old ones
    Put to the vote   the picture stands in the next round

Where a message shows several pictures, the person is asked which one is meant. All of this also
works on a picture that somebody saved and uploaded again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.discord import controls, modals, people
from bot.discord.recognising import Known, in_books, pictures_in
from bot.frontend import Button, Message
from bot.scene import Scene, scene_of
from tools.errors import MintmarkError, NotFound
from tools.generation.tables import Brief, Candidate
from tools.people import Actor
from tools.provenance.tables import Plaintext
from tools.studio import Studio

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.discord.client import MintmarkClient

PROVENANCE, REMIX, VOTE = "Show provenance", "Remix this", "Put to the vote"
_LOOKING_UP_S = 1.2  # of Discord's three seconds; a window must be the very first answer
_WHICH = "Which of these pictures do you mean?"
_UNSURE = {
    "looks": "This is not a file of ours as it was made, but it looks like {candidate}: {distance} "
    "of 256 bits of their looks differ. What follows is the history of {candidate}.",
    "text": "This file says of itself that it is {candidate}, but it does not look like it: anyone "
    "can write such a thing into a file. What follows is the history of {candidate}.",
}
Offer = Callable[[str], Button]


async def _provenance(
    interaction: "discord.Interaction[MintmarkClient]", message: discord.Message
) -> None:
    async with interaction.client.answering(interaction, private=True) as (desk, actor):
        await show_provenance(interaction.client, desk, actor, message)


async def show_provenance(
    client: "MintmarkClient", desk: "Desk", actor: Actor, message: discord.Message
) -> None:
    """Tell the history of the picture in a message, or of what the message is about.

    Raises:
        MintmarkError: if there is nothing that is known.
    """
    try:
        found = await pictures_in(client, actor, message)
    except NotFound:
        post = await asyncio.to_thread(client.posts.of_message, message.id)
        if post is None:
            raise
        await desk.command(actor, "provenance", {"subject_id": post.subject_id}, via=actor.via)
        return
    await tell_provenance(desk, actor, found)


async def tell_provenance(desk: "Desk", actor: Actor, found: Sequence[Known]) -> None:
    """The history of the picture, or the question which one is meant."""
    scene = scene_of(desk.studio, actor)
    first = found[0]
    if len(found) > 1:
        await desk.tell(actor, _which(scene, found, _provenance_button))
        return
    if first.how in _UNSURE:
        facts = {"candidate": first.candidate_id, "distance": first.distance}
        await desk.tell(actor, Message(scene.say(_UNSURE[first.how], **facts), tone="notice"))
    await desk.command(actor, "provenance", {"subject_id": first.candidate_id}, via=actor.via)


async def _remix(
    interaction: "discord.Interaction[MintmarkClient]", message: discord.Message
) -> None:
    """Open the window at once if that is possible; else say what can be remixed."""
    if (button := await _quickly(interaction, message)) is not None:
        pressed = controls.read(controls.custom_id(button))
        assert pressed is not None  # it is one of ours
        await modals.ask(interaction, pressed, REMIX)
        return
    client = interaction.client
    async with client.answering(interaction, private=True) as (desk, actor):
        found = await pictures_in(client, actor, message)
        scene = scene_of(desk.studio, actor)
        await desk.tell(actor, _which(scene, found, lambda id_: _remix_button(scene, id_)))


async def _vote(
    interaction: "discord.Interaction[MintmarkClient]", message: discord.Message
) -> None:
    client = interaction.client
    async with client.answering(interaction, private=True) as (desk, actor):
        found = await pictures_in(client, actor, message)
        if len(found) > 1:
            scene = scene_of(desk.studio, actor)
            await desk.tell(actor, _which(scene, found, _vote_button))
        else:
            await desk.command(actor, "nominate", {"candidate_id": found[0].candidate_id})


async def _quickly(
    interaction: "discord.Interaction[MintmarkClient]", message: discord.Message
) -> Button | None:
    """The button behind “Remix this”, if the books name the one picture soon enough."""
    client = interaction.client
    with suppress(MintmarkError, TimeoutError):
        async with asyncio.timeout(_LOOKING_UP_S):
            booked = await in_books(client, message)
            if len(booked) != 1:
                return None
            user = str(interaction.user.id)
            button = await asyncio.to_thread(_remix_for, client.studio, user, booked[0])
            await controls.keep_all(client.studio, [button])
            return button
    return None


def _remix_for(studio: Studio, user: str, candidate_id: str) -> Button:
    actor = people.known(studio, user, "", "")
    prefill = _own_words(studio, actor.person_id if actor else "", candidate_id)
    return _remixing(REMIX, candidate_id, prefill)


def _own_words(studio: Studio, person_id: str, candidate_id: str) -> str:
    """The words a picture was made from, if they are this person's; nobody else's are shown."""
    with studio.db.read() as session:
        candidate = session.get(Candidate, candidate_id)
        brief = session.get(Brief, candidate.brief_id) if candidate else None
        words = session.get(Plaintext, brief.prompt) if brief else None
        if words is not None and words.person_id == person_id:
            return words.text
        return ", ".join(str(value) for value in candidate.traits.values()) if candidate else ""


def _which(scene: Scene, found: Sequence[Known], offer: Offer) -> Message:
    """The pictures, each with a button; which pictures are known is said by their buttons."""
    buttons = [offer(known.candidate_id) for known in found]
    return Message(scene.say(_WHICH), buttons=scene.buttons(*buttons))


def _provenance_button(candidate_id: str) -> Button:
    return Button(candidate_id, "provenance", {"subject_id": candidate_id})


def _vote_button(candidate_id: str) -> Button:
    return Button(candidate_id, "nominate", {"candidate_id": candidate_id})


def _remix_button(scene: Scene, candidate_id: str) -> Button:
    words = _own_words(scene.studio, scene.actor.person_id, candidate_id)
    return _remixing(candidate_id, candidate_id, words)


def _remixing(label: str, candidate_id: str, prefill: str) -> Button:
    return Button(label, "remix", {"candidate_id": candidate_id}, "prompt", prefill)


Callback = Callable[["discord.Interaction[MintmarkClient]", discord.Message], Awaitable[None]]
_MENUS: tuple[tuple[str, Callback], ...] = (
    (PROVENANCE, _provenance),
    (REMIX, _remix),
    (VOTE, _vote),
)


async def setup(client: "MintmarkClient") -> None:
    """Put the menus on the client's tree."""
    for name, callback in _MENUS:
        client.tree.add_command(_menu(name, callback))


def _menu(name: str, callback: Any) -> app_commands.ContextMenu:
    async def chosen(
        interaction: discord.Interaction["MintmarkClient"], message: discord.Message
    ) -> None:
        await callback(interaction, message)

    return app_commands.ContextMenu(
        name=name,
        callback=chosen,
        allowed_contexts=app_commands.AppCommandContext(
            guild=True, dm_channel=True, private_channel=False
        ),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
