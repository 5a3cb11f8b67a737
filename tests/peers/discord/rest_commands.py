"""REST routes of application commands."""

from typing import Any

from tests.peers.discord import errors
from tests.peers.discord.check_commands import CHAT, check_command, check_commands, check_counts
from tests.peers.discord.forms import Form
from tests.peers.discord.rest import Call, Routes

Json = dict[str, Any]
LOCALIZED = ("name_localizations", "description_localizations")


def _scope(call: Call) -> dict[int, Json]:
    if call.id("application") != call.peer.application.id:
        raise errors.DiscordError(403, 20012, "You are not authorized for this application")
    if "guild" not in call.request.match_info:
        return call.peer.application.commands
    return call.guild().commands


def _registered(call: Call, command: Json, number: int) -> Json:
    guild = call.request.match_info.get("guild")
    defaults: Json = {
        "type": CHAT,
        "description": "",
        "name_localizations": None,
        "description_localizations": None,
        "default_member_permissions": None,
        "nsfw": False,
        "contexts": None,
        "integration_types": [0],
    }
    whole = {**defaults, **command, "id": str(number), "version": str(call.peer.ids.next())}
    whole["application_id"] = str(call.peer.application.id)
    if whole["default_member_permissions"] is not None:
        whole["default_member_permissions"] = str(whole["default_member_permissions"])
    return whole | ({"guild_id": guild} if guild else {"dm_permission": True})


def _shown(call: Call, command: Json) -> Json:
    if call.request.method == "GET" and call.request.query.get("with_localizations") != "true":
        return {key: value for key, value in command.items() if key not in LOCALIZED}
    return command


async def overwrite(call: Call) -> list[Json]:
    """PUT …/commands"""
    scope, commands = _scope(call), call.body
    check_commands(commands)
    ids = {(one["type"], one["name"]): number for number, one in scope.items()}
    made = {}
    for command in commands:
        number = ids.get((command.get("type", CHAT), command["name"])) or call.peer.ids.next()
        made[number] = _registered(call, command, number)
    scope.clear()
    scope.update(made)
    call.peer.notify()
    return list(made.values())


async def listing(call: Call) -> list[Json]:
    """GET …/commands"""
    return [_shown(call, one) for one in _scope(call).values()]


async def create(call: Call) -> Any:
    """POST …/commands"""
    scope, form = _scope(call), Form()
    check_command(form, call.body, ())
    form.check()
    kind = call.body.get("type", CHAT)
    same = [n for n, c in scope.items() if (c["type"], c["name"]) == (kind, call.body["name"])]
    if not same:
        check_counts([*scope.values(), call.body])
    number = same[0] if same else call.peer.ids.next()
    scope[number] = _registered(call, call.body, number)
    return (200 if same else 201), scope[number]


async def fetch(call: Call) -> Json:
    """GET …/commands/{command}"""
    return _shown(call, _one(call))


def _one(call: Call) -> Json:
    command = _scope(call).get(call.id("command"))
    if command is None:
        raise errors.unknown_command()
    return command


async def edit(call: Call) -> Json:
    """PATCH …/commands/{command}"""
    whole, form = {**_one(call), **call.body}, Form()
    check_command(form, whole, ())
    form.check()
    _scope(call)[call.id("command")] = whole
    return whole


async def delete(call: Call) -> None:
    """DELETE …/commands/{command}"""
    _one(call)
    del _scope(call)[call.id("command")]


ROUTES: Routes = {}
for base in ("/applications/{application}", "/applications/{application}/guilds/{guild}"):
    ROUTES |= {
        ("PUT", f"{base}/commands"): overwrite,
        ("GET", f"{base}/commands"): listing,
        ("POST", f"{base}/commands"): create,
        ("GET", f"{base}/commands/{{command}}"): fetch,
        ("PATCH", f"{base}/commands/{{command}}"): edit,
        ("DELETE", f"{base}/commands/{{command}}"): delete,
    }
