"""What the Discord client does with a command before it sends it: finds it, checks its options."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.peers.discord import payloads
from tests.peers.discord.answers import NotPossible
from tests.peers.discord.check_commands import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL_OPTION,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE_OPTION,
    STRING,
    SUBCOMMAND,
    USER_OPTION,
)
from tests.peers.discord.permissions import in_channel
from tests.peers.discord.state import Channel, Guild, Role, User

if TYPE_CHECKING:
    from tests.peers.discord.server import Peer

Json = dict[str, Any]
KINDS: dict[int, type | tuple[type, ...]] = {
    STRING: str,
    INTEGER: int,
    BOOLEAN: bool,
    NUMBER: (int, float),
}


@dataclass
class Filled:
    """A command with its options, ready to be sent."""

    command: Json
    path: list[str]  # of subcommands
    peer: Peer
    channel: Channel
    unchecked: bool = False
    resolved: Json = field(default_factory=dict)

    def data(self, values: dict[str, Any], focused: tuple[str, str] | None = None) -> Json:
        """The `data` of the interaction."""
        schema = self._leaf_schema()
        options = self._values(schema, values, typing=focused is not None)
        if focused is not None:
            options.append(self._focused(schema, *focused))
        for step, kind in reversed(list(zip(self.path, self._kinds(), strict=True))):
            options = [{"name": step, "type": kind, "options": options}]
        data: Json = {"id": self.command["id"], "name": self.command["name"], "type": 1}
        data["options"] = options
        if "guild_id" in self.command:
            data["guild_id"] = self.command["guild_id"]
        return data | ({"resolved": self.resolved} if self.resolved else {})

    def _kinds(self) -> list[int]:
        return [SUBCOMMAND] if len(self.path) == 1 else [GROUP, SUBCOMMAND][: len(self.path)]

    def _leaf_schema(self) -> list[Json]:
        schema = self.command.get("options") or []
        for step in self.path:
            inner = next((one for one in schema if one["name"] == step), None)
            if inner is None or inner["type"] not in (SUBCOMMAND, GROUP):
                raise NotPossible(f"/{self.command['name']} has no subcommand {step!r}.")
            schema = inner.get("options") or []
        if any(one["type"] in (SUBCOMMAND, GROUP) for one in schema):
            raise NotPossible(f"/{self.command['name']} is sent with a subcommand only.")
        return schema

    def _values(self, schema: list[Json], values: dict[str, Any], *, typing: bool) -> list[Json]:
        by_name = {one["name"]: one for one in schema}
        known = {name.replace("-", "_"): name for name in by_name}
        filled = []
        for key, value in values.items():
            name = key if key in by_name else known.get(key, key)
            if name not in by_name and not self.unchecked:
                raise NotPossible(f"/{self.command['name']} has no option {key!r}.")
            filled.append(self._value(by_name.get(name, {"name": name}), value))
        missing = {n for n, one in by_name.items() if one.get("required")}
        missing -= {one["name"] for one in filled}
        if missing and not typing and not self.unchecked:
            raise NotPossible(f"These options must be given: {', '.join(sorted(missing))}.")
        return filled

    def _value(self, option: Json, value: Any) -> Json:
        kind = option.get("type") or _type_of(value)
        if kind in (USER_OPTION, ROLE_OPTION, CHANNEL_OPTION, MENTIONABLE, ATTACHMENT):
            return {"name": option["name"], "type": kind, "value": self.resolve(value)}
        if not self.unchecked:
            _check_value(option, kind, value)
        return {"name": option["name"], "type": kind, "value": value}

    def _focused(self, schema: list[Json], name: str, text: str) -> Json:
        option = next((one for one in schema if name in (one["name"], _plain(one["name"]))), None)
        if option is None or not option.get("autocomplete"):
            raise NotPossible(f"{name!r} is no option that is completed while typing.")
        shown = {"name": option["name"], "type": option["type"], "focused": True}
        return shown | {"value": text}

    def resolve(self, value: Any) -> str:
        """Name a user, role, channel or file in `resolved`; anything else is sent as it is."""
        value = getattr(value, "user", value)
        if isinstance(value, User):
            self._put("users", value.id, payloads.of_user(value))
            member = self.channel.guild and self.channel.guild.members.get(value.id)
            if member:
                shown = payloads.of_member(member, with_user=False)
                shown["permissions"] = str(int(in_channel(self.channel, member)))
                self._put("members", value.id, shown)
            return str(value.id)
        if isinstance(value, Role):
            self._put("roles", value.id, payloads.of_role(value))
            return str(value.id)
        if isinstance(value, Channel):
            self._put("channels", value.id, payloads.of_channel(value) | {"permissions": "0"})
            return str(value.id)
        return self._attach(value) if isinstance(value, bytes | tuple) else str(value)

    def _attach(self, value: bytes | tuple[str, bytes]) -> str:
        name, data = ("picture.png", value) if isinstance(value, bytes) else value
        kept = self.peer.cdn.keep(self.channel.id, name, data, "application/octet-stream")
        kept.ephemeral = True
        self._put("attachments", kept.id, payloads.of_attachment(kept))
        return str(kept.id)

    def _put(self, kind: str, number: int, data: Json) -> None:
        self.resolved.setdefault(kind, {})[str(number)] = data


def _plain(name: str) -> str:
    return name.replace("-", "_")


def _type_of(value: Any) -> int:
    for kind, python in ((BOOLEAN, bool), (INTEGER, int), (NUMBER, float)):
        if isinstance(value, python):
            return kind
    return STRING


def _check_value(option: Json, kind: int, value: Any) -> None:
    name = option["name"]
    expected = KINDS[kind]
    if not isinstance(value, expected) or (kind != BOOLEAN and isinstance(value, bool)):
        raise NotPossible(f"{name}: {value!r} is not of the option's type.")
    choices = [one["value"] for one in option.get("choices") or []]
    if choices and value not in choices:
        raise NotPossible(f"{name}: {value!r} is none of the choices {choices}.")
    if isinstance(value, str):
        least, most = option.get("min_length", 0), option.get("max_length", 6000)
        if not least <= len(value) <= most:
            raise NotPossible(f"{name}: the text must have {least} to {most} characters.")
    elif kind != BOOLEAN:
        least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
        if not least <= value <= most:
            raise NotPossible(f"{name}: the number must be from {least} to {most}.")


def find_command(peer: Peer, guild: Guild | None, name: str, kind: int) -> Json:
    """A registered command by name; the guild's own comes before the global one."""
    scopes = ([guild.commands] if guild else []) + [peer.application.commands]
    for scope in scopes:
        for command in scope.values():
            if command["name"] == name and command["type"] == kind:
                return command
    known = sorted(one["name"] for scope in scopes for one in scope.values())
    raise NotPossible(f"There is no command {name!r} here; registered: {', '.join(known)}.")
