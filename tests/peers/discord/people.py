"""People: what they do with a Discord client, one short call each."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tests.peers.discord import payloads
from tests.peers.discord.answers import Answer, Modal, NotPossible
from tests.peers.discord.check_commands import MESSAGE, USER
from tests.peers.discord.composing import Draft, Upload, compose
from tests.peers.discord.errors import DiscordError
from tests.peers.discord.modals import filled_in
from tests.peers.discord.options import Filled, find_command
from tests.peers.discord.permissions import Permission, in_channel
from tests.peers.discord.picking import (
    BUTTON,
    SELECTS,
    STRING_SELECT,
    Files,
    chosen_options,
    files_of,
    pick,
)
from tests.peers.discord.state import (
    Channel,
    Guild,
    Interaction,
    InteractionType,
    Member,
    Message,
    User,
)

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]
DAY = 86_400


class Person:
    """Somebody with an account, and what they can do."""

    def __init__(self, peer: Peer, user: User) -> None:
        self.peer = peer
        self.user = user

    def __repr__(self) -> str:
        return f"<{self.user.name}>"

    @property
    def id(self) -> int:
        """Their id."""
        return self.user.id

    @property
    def mention(self) -> str:
        """How a message names them."""
        return f"<@{self.user.id}>"

    @property
    def dm(self) -> Channel:
        """Their direct conversation with the bot."""
        return self.peer.direct(self.user)

    @property
    def inbox(self) -> list[Message]:
        """What the bot wrote to them in direct messages."""
        return self.peer.sent_to(self.user)

    def close_dms(self, closed: bool = True) -> None:
        """Take no direct messages from the bot."""
        self.user.dms_closed = closed

    def member_of(self, guild: Guild) -> Member:
        """Their membership of a guild."""
        if self.user.id not in guild.members:
            raise NotPossible(f"{self.user.name} is not in {guild.name}.")
        return guild.members[self.user.id]

    def may(self, channel: Channel, right: Permission) -> bool:
        """Whether they hold a permission in a channel."""
        member = self.member_of(channel.guild) if channel.guild else None
        return bool(in_channel(channel, member) & right)

    def sees(self, channel: Channel) -> list[Message]:
        """The messages they see in a channel, oldest first, those for their eyes only included."""
        if not self.may(channel, Permission.VIEW_CHANNEL):
            return []
        own = [one for one in channel.unseen if one.seen_only_by == self.user.id]
        return sorted([*channel.messages.values(), *own], key=lambda one: one.id)

    # --- commands ---

    async def command(
        self,
        channel: Channel,
        name: str,
        /,
        *,
        unchecked: bool = False,
        options: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Answer:
        """Send a slash command such as "round open"; options as keywords or by name.

        The client checks what it would check; `unchecked` sends hostile values all the same.
        """
        filled = self._filled(channel, name, unchecked)
        data = filled.data({**(options or {}), **values})
        return await self._act(InteractionType.COMMAND, channel, data, name)

    async def autocomplete(
        self, channel: Channel, name: str, /, *, focused: tuple[str, str], **values: Any
    ) -> list[Json]:
        """Type into an option; returns the choices offered: `[{"name": …, "value": …}]`."""
        data = self._filled(channel, name, False).data(values, focused)
        answer = await self._act(InteractionType.AUTOCOMPLETE, channel, data, name)
        return answer.choices

    def _filled(self, channel: Channel, name: str, unchecked: bool) -> Filled:
        first, *path = name.removeprefix("/").split()
        command = find_command(self.peer, channel.guild, first, 1)
        if not unchecked:
            self._check_may_use(channel, command)
        return Filled(command, path, self.peer, channel, unchecked)

    def _check_may_use(self, channel: Channel, command: Json) -> None:
        if channel.guild is None:
            allowed = command.get("contexts")
            if "guild_id" in command or (allowed is not None and 1 not in allowed):
                raise NotPossible(f"/{command['name']} is not shown in direct messages.")
            return
        needed = command.get("default_member_permissions")
        held = in_channel(channel, self.member_of(channel.guild))
        if not held & Permission.USE_APPLICATION_COMMANDS:
            raise NotPossible(f"{self.user.name} may not use commands in {channel.name}.")
        if needed is None or held & Permission.ADMINISTRATOR:
            return
        if int(needed) == 0 or int(needed) & ~held:
            raise NotPossible(f"/{command['name']} is not shown to {self.user.name}.")

    async def menu(
        self, target: Message | Person, name: str, channel: Channel | None = None
    ) -> Answer:
        """Use an entry of the context menu of a message, or of a person seen in a channel."""
        where = target.channel if isinstance(target, Message) else channel
        if where is None:
            raise NotPossible("The menu of a person needs the channel in which they are seen.")
        kind = MESSAGE if isinstance(target, Message) else USER
        command = find_command(self.peer, where.guild, name, kind)
        self._check_may_use(where, command)
        data: Json = {"id": command["id"], "name": name, "type": kind}
        data |= {"target_id": str(target.id), "resolved": self._resolved_target(target, where)}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return await self._act(InteractionType.COMMAND, where, data, name)

    def _resolved_target(self, target: Message | Person, channel: Channel) -> Json:
        if isinstance(target, Message):
            me = self.peer.application.user.id
            return {"messages": {str(target.id): payloads.of_message(target, me)}}
        resolved: Json = {"users": {str(target.id): payloads.of_user(target.user)}}
        if channel.guild and target.id in channel.guild.members:
            member = payloads.of_member(channel.guild.members[target.id], with_user=False)
            resolved["members"] = {str(target.id): member | {"permissions": "0"}}
        return resolved

    # --- components and modals ---

    async def press(self, message: Message, button: str, *, unchecked: bool = False) -> Answer:
        """Press a button, named by its label, emoji or custom id."""
        found = self._shown(message, {BUTTON}, button, unchecked)
        if found.get("style") == 5:
            raise NotPossible(f"{button!r} is a link.")
        data = {"custom_id": found["custom_id"], "component_type": BUTTON, "id": found.get("id", 0)}
        return await self._act(InteractionType.COMPONENT, message.channel, data, source=message)

    async def choose(
        self, message: Message, select: str, values: Iterable[Any] | str, *, unchecked: bool = False
    ) -> Answer:
        """Choose in a select, named by custom id or placeholder; options by label or value."""
        found = self._shown(message, SELECTS, select, unchecked)
        chosen = [values] if isinstance(values, str) else list(values)
        data: Json = {"custom_id": found["custom_id"], "component_type": found["type"]}
        data["id"] = found.get("id", 0)
        if found["type"] == STRING_SELECT:
            data["values"] = chosen_options(found, chosen, unchecked)
        else:
            picker = Filled({}, [], self.peer, message.channel)
            data["values"] = [picker.resolve(one) for one in chosen]
            data["resolved"] = picker.resolved
        return await self._act(InteractionType.COMPONENT, message.channel, data, source=message)

    def _shown(self, message: Message, kinds: set[int], name: str, unchecked: bool) -> Json:
        if message.deleted or message not in self.sees(message.channel):
            raise NotPossible(f"{self.user.name} does not see this message.")
        return pick(message.components, kinds, name, unchecked)

    async def submit(
        self,
        modal: Modal | Answer | None,
        values: Mapping[str, Any] | None = None,
        *,
        unchecked: bool = False,
    ) -> Answer:
        """Fill in a modal, its fields named by label or custom id, and send it."""
        form = modal.modal if isinstance(modal, Answer) else modal
        if form is None:
            raise NotPossible("There is no modal to fill in.")
        trigger = form.interaction
        data = filled_in(form, values or {}, Filled({}, [], self.peer, trigger.channel), unchecked)
        return await self._act(
            InteractionType.MODAL, trigger.channel, data, source=trigger.source, trigger=trigger
        )

    async def _act(
        self,
        kind: InteractionType,
        channel: Channel,
        data: Json,
        name: str = "",
        *,
        source: Message | None = None,
        trigger: Interaction | None = None,
    ) -> Answer:
        if not self.may(channel, Permission.VIEW_CHANNEL):
            raise NotPossible(f"{self.user.name} does not see {channel.name}.")
        interaction = Interaction(
            id=self.peer.ids.next(),
            token=secrets.token_urlsafe(32),
            type=kind,
            user=self.user,
            channel=channel,
            data=data,
            sent_at=asyncio.get_running_loop().time(),
            made_at=self.peer.clock.now(),
            name=name,
            source=source,
            trigger=trigger,
        )
        answer = Answer(self.peer, interaction, source.edits if source else 0)
        self.peer.interact(interaction)
        await interaction.acked.wait()
        return answer

    # --- messages and reactions ---

    async def say(
        self,
        channel: Channel,
        text: str = "",
        *,
        files: Files = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Write a message; files as bytes, (name, bytes), or several of these."""
        right = (
            Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        )
        if not self.may(channel, right):
            raise NotPossible(f"{self.user.name} may not write in {channel.name}.")
        uploads = {place: Upload(*one) for place, one in enumerate(files_of(files))}
        draft = Draft({"content": text}, uploads)
        try:
            message = compose(self.peer, channel, self.user, draft, reference=reply_to)
        except DiscordError as error:
            raise NotPossible(str(error)) from error
        self.peer.world.post(message)
        await asyncio.sleep(0)
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Change the text of an own message."""
        if message.author is not self.user:
            raise NotPossible("People edit only what they wrote.")
        message.content, message.edited_at = text, self.peer.clock.now()
        self.peer.world.changed(message)
        await asyncio.sleep(0)

    async def delete(self, message: Message) -> None:
        """Delete an own message, or another's with the right to."""
        own = message.author is self.user
        if not own and not self.may(message.channel, Permission.MANAGE_MESSAGES):
            raise NotPossible(f"{self.user.name} may not delete this message.")
        self.peer.world.delete(message)
        await asyncio.sleep(0)

    async def dismiss(self, message: Message) -> None:
        """Dismiss a message that only they see; the application is not told."""
        if message.seen_only_by != self.user.id:
            raise NotPossible("Only messages for one's own eyes are dismissed.")
        self.peer.world.delete(message)

    async def react(self, message: Message, emoji: str) -> bool:
        """React to a message; False when they had already."""
        if message.deleted:
            raise NotPossible("The message is gone.")
        joins = emoji in message.reactions
        right = Permission.READ_MESSAGE_HISTORY if joins else Permission.ADD_REACTIONS
        if not self.may(message.channel, right):
            raise NotPossible(f"{self.user.name} may not add reactions here.")
        added = self.peer.world.react(message, self.user, emoji)
        await asyncio.sleep(0)
        return added

    async def unreact(self, message: Message, emoji: str) -> bool:
        """Take a reaction back; False when there was none."""
        removed = self.peer.world.unreact(message, self.user.id, emoji)
        await asyncio.sleep(0)
        return removed

    def has_reacted(self, message: Message, emoji: str) -> bool:
        """Whether their reaction stands on a message."""
        return emoji in message.reactions and self.user.id in message.reactions[emoji].users
