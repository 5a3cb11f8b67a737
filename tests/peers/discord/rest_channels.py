"""REST routes of single channels and of what stands around them: users, application, gateway."""

from typing import Any

from tests.peers.discord import errors, payloads
from tests.peers.discord.errors import DiscordError
from tests.peers.discord.forms import Form
from tests.peers.discord.permissions import Permission, in_guild
from tests.peers.discord.rest import Call, Routes
from tests.peers.discord.rest_guilds import (
    check_channel,
    check_overwrites,
    overwrite_of,
    set_channel,
)
from tests.peers.discord.state import Channel, Guild

Json = dict[str, Any]


async def channel(call: Call) -> Json:
    """GET /channels/{channel}"""
    return payloads.of_channel(call.channel())


async def edit(call: Call) -> Json:
    """PATCH /channels/{channel}"""
    found = call.channel()
    own = found.is_thread and found.owner_id == call.peer.application.user.id
    if not own:
        right = Permission.MANAGE_THREADS if found.is_thread else Permission.MANAGE_CHANNELS
        call.need(found, right)
    form = Form()
    check_channel(form, call.body)
    form.check()
    if call.body.get("permission_overwrites") and found.guild is not None:
        check_overwrites(call, found.guild, call.body["permission_overwrites"])
    set_channel(found, call.body)
    call.peer.world.channel_changed(found)
    return payloads.of_channel(found)


async def delete(call: Call) -> Json:
    """DELETE /channels/{channel}"""
    found = call.channel()
    if found.guild is None:
        return payloads.of_channel(found)
    right = Permission.MANAGE_THREADS if found.is_thread else Permission.MANAGE_CHANNELS
    call.need(found, right)
    data = payloads.of_channel(found)
    call.peer.world.delete_channel(found)
    return data


async def set_overwrite(call: Call) -> None:
    """PUT /channels/{channel}/permissions/{target}"""
    found = _with_roles_managed(call)
    assert found.guild is not None
    data = {**call.body, "id": call.id("target")}
    check_overwrites(call, found.guild, [data])
    found.overwrites[data["id"]] = overwrite_of(data)
    call.peer.world.channel_changed(found)


async def drop_overwrite(call: Call) -> None:
    """DELETE /channels/{channel}/permissions/{target}"""
    found = _with_roles_managed(call)
    if found.overwrites.pop(call.id("target"), None) is None:
        raise errors.not_found(10009, "Overwrite")
    call.peer.world.channel_changed(found)


def _with_roles_managed(call: Call) -> Channel:
    found = call.channel(Permission.MANAGE_ROLES)
    if found.guild is None:
        raise DiscordError(400, 50024, "Cannot execute action on this channel type")
    return found


async def me(call: Call) -> Json:
    """GET /users/@me"""
    about = {"verified": True, "mfa_enabled": True, "flags": 0, "email": None, "locale": "en-US"}
    return payloads.of_user(call.peer.application.user) | about


async def user(call: Call) -> Json:
    """GET /users/{user}"""
    found = call.peer.users.get(call.id("user"))
    if found is None:
        raise errors.unknown_user()
    return payloads.of_user(found)


async def my_guilds(call: Call) -> list[Json]:
    """GET /users/@me/guilds"""
    number = call.peer.application.user.id
    mine = [one for one in call.peer.guilds.values() if number in one.members]
    after = call.query("after", 0)
    return [_partial(one, call) for one in mine if one.id > after]


def _partial(found: Guild, call: Call) -> Json:
    whole = payloads.of_guild(found)
    partial = {key: whole[key] for key in ("id", "name", "icon", "features")}
    held = in_guild(found, call.me(found))
    return partial | {"owner": False, "permissions": str(int(held))}


async def open_direct(call: Call) -> Json:
    """POST /users/@me/channels"""
    found = call.peer.users.get(int(call.body.get("recipient_id") or 0))
    if found is None:
        fault = {"code": "USER_UNKNOWN", "message": "Unknown User"}
        errors_at = {"recipient_id": {"_errors": [fault]}}
        raise DiscordError(400, 50035, "Invalid Form Body", errors_at)
    if found is call.peer.application.user or found.bot:
        raise DiscordError(400, 50007, "Cannot send messages to this user")
    return payloads.of_channel(call.peer.direct(found))


async def application(call: Call) -> Json:
    """GET /oauth2/applications/@me and /applications/@me"""
    peer = call.peer
    return payloads.of_application(peer.application, peer.developer, len(peer.guilds))


async def edit_application(call: Call) -> Json:
    """PATCH /applications/@me"""
    form = Form()
    form.text(call.body, "description", (), 400)
    form.check()
    if "description" in call.body:
        call.peer.application.description = call.body["description"] or ""
    return await application(call)


async def gateway(call: Call) -> Json:
    """GET /gateway/bot"""
    starts = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {"url": call.peer.gateway_url, "shards": call.peer.shards, "session_start_limit": starts}


ROUTES: Routes = {
    ("GET", "/channels/{channel}"): channel,
    ("PATCH", "/channels/{channel}"): edit,
    ("DELETE", "/channels/{channel}"): delete,
    ("PUT", "/channels/{channel}/permissions/{target}"): set_overwrite,
    ("DELETE", "/channels/{channel}/permissions/{target}"): drop_overwrite,
    ("GET", "/users/@me"): me,
    ("GET", "/users/@me/guilds"): my_guilds,
    ("POST", "/users/@me/channels"): open_direct,
    ("GET", "/users/{user}"): user,
    ("GET", "/oauth2/applications/@me"): application,
    ("GET", "/applications/@me"): application,
    ("PATCH", "/applications/@me"): edit_application,
    ("GET", "/gateway/bot"): gateway,
    ("GET", "/gateway"): gateway,
}
