"""REST routes of guilds: their roles, members and channels."""

from typing import Any

from tests.peers.discord import errors, payloads
from tests.peers.discord.errors import DiscordError
from tests.peers.discord.forms import Form
from tests.peers.discord.permissions import Permission, in_guild, top_position
from tests.peers.discord.rest import Call, Routes
from tests.peers.discord.state import Channel, ChannelType, Guild, Member, Overwrite, Role

Json = dict[str, Any]
MOST_ROLES = 250
MOST_CHANNELS = 500


async def guild(call: Call) -> Json:
    """GET /guilds/{guild}"""
    found = call.guild()
    counted = call.request.query.get("with_counts") in ("1", "true", "True")
    data = payloads.of_guild(found)
    return data | ({"approximate_member_count": len(found.members)} if counted else {})


async def roles(call: Call) -> list[Json]:
    """GET /guilds/{guild}/roles"""
    return [payloads.of_role(one) for one in call.guild().roles.values()]


async def role(call: Call) -> Json:
    """GET /guilds/{guild}/roles/{role}"""
    found = call.guild().roles.get(call.id("role"))
    if found is None:
        raise errors.unknown_role()
    return payloads.of_role(found)


async def create_role(call: Call) -> Json:
    """POST /guilds/{guild}/roles"""
    found = call.guild()
    call.need_in_guild(found, Permission.MANAGE_ROLES)
    if len(found.roles) >= MOST_ROLES:
        raise DiscordError(400, 30005, "Maximum number of guild roles reached (250)")
    _check_role(call)
    _check_grant(call, found)
    made = Role(call.peer.ids.next(), "new role", int(found.roles[found.id].permissions))
    _set_role(made, call.body)
    return payloads.of_role(call.peer.world.add_role(found, made))


def _check_role(call: Call) -> None:
    form = Form()
    form.text(call.body, "name", (), 100)
    form.check()


def _check_grant(call: Call, found: Guild) -> None:
    """A bot cannot give a role permissions that it does not hold itself."""
    wanted = int(call.body.get("permissions") or 0)
    if wanted & ~in_guild(found, call.me(found)):
        raise errors.missing_permissions()


def _set_role(role: Role, body: Json) -> None:
    role.name = body.get("name") or role.name
    role.permissions = int(body.get("permissions") or role.permissions)
    role.color = int(body.get("color") or (body.get("colors") or {}).get("primary_color") or 0)
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))


def _role(call: Call, found: Guild) -> Role:
    """The role in the path, which must stand below the bot's highest."""
    return _manageable(call, found, call.id("role"))


def _manageable(call: Call, found: Guild, number: int) -> Role:
    call.need_in_guild(found, Permission.MANAGE_ROLES)
    one = found.roles.get(number)
    if one is None:
        raise errors.unknown_role()
    if one.position >= top_position(found, call.me(found)) and one.id != found.id:
        raise errors.missing_permissions()
    return one


async def edit_role(call: Call) -> Json:
    """PATCH /guilds/{guild}/roles/{role}"""
    found = call.guild()
    one = _role(call, found)
    _check_role(call)
    _check_grant(call, found)
    _set_role(one, call.body)
    call.peer.world.role_changed(found, one)
    return payloads.of_role(one)


async def delete_role(call: Call) -> None:
    """DELETE /guilds/{guild}/roles/{role}"""
    found = call.guild()
    call.peer.world.delete_role(found, _role(call, found))


def _member(call: Call, found: Guild) -> Member:
    member = found.members.get(call.id("user"))
    if member is None:
        known = call.id("user") in call.peer.users
        raise errors.unknown_member() if known else errors.unknown_user()
    return member


async def member(call: Call) -> Json:
    """GET /guilds/{guild}/members/{user}"""
    return payloads.of_member(_member(call, call.guild()))


async def members(call: Call) -> list[Json]:
    """GET /guilds/{guild}/members, which asks for the members intent"""
    found = call.guild()
    if not call.peer.application.flags & (1 << 14 | 1 << 15):
        raise errors.missing_access()
    limit, after = call.query("limit", 1, 1, 1000), call.query("after", 0)
    ids = sorted(number for number in found.members if number > after)[:limit]
    return [payloads.of_member(found.members[number]) for number in ids]


async def search_members(call: Call) -> list[Json]:
    """GET /guilds/{guild}/members/search"""
    query = call.request.query.get("query", "").lower()
    limit = call.query("limit", 1, 1, 1000)
    everybody = call.guild().members.values()
    named = [one for one in everybody if (one.nick or one.user.name).lower().startswith(query)]
    return [payloads.of_member(one) for one in named[:limit]]


async def give_role(call: Call) -> None:
    """PUT /guilds/{guild}/members/{user}/roles/{role}"""
    found = call.guild()
    one, who = _role(call, found), _member(call, found)
    if one.id not in who.roles:
        who.roles.append(one.id)
        call.peer.world.member_changed(who)


async def take_role(call: Call) -> None:
    """DELETE /guilds/{guild}/members/{user}/roles/{role}"""
    found = call.guild()
    one, who = _role(call, found), _member(call, found)
    if one.id in who.roles:
        who.roles.remove(one.id)
        call.peer.world.member_changed(who)


async def edit_member(call: Call) -> Json:
    """PATCH /guilds/{guild}/members/{user}: roles and nickname"""
    found = call.guild()
    who = _member(call, found)
    if "roles" in call.body:
        wanted = [int(one) for one in call.body["roles"]]
        for number in set(wanted) ^ set(who.roles):
            _manageable(call, found, number)
        who.roles = wanted
    if "nick" in call.body:
        call.need_in_guild(found, Permission.MANAGE_NICKNAMES)
        who.nick = call.body["nick"] or None
    call.peer.world.member_changed(who)
    return payloads.of_member(who)


async def edit_me(call: Call) -> Json:
    """PATCH /guilds/{guild}/members/@me"""
    me = call.me(call.guild())
    me.nick = call.body.get("nick", me.nick)
    call.peer.world.member_changed(me)
    return payloads.of_member(me)


async def channels(call: Call) -> list[Json]:
    """GET /guilds/{guild}/channels"""
    every = call.guild().channels.values()
    return [payloads.of_channel(one) for one in every if not one.is_thread]


async def create_channel(call: Call) -> Any:
    """POST /guilds/{guild}/channels"""
    found = call.guild()
    call.need_in_guild(found, Permission.MANAGE_CHANNELS)
    if len(found.channels) >= MOST_CHANNELS:
        raise DiscordError(400, 30013, "Maximum number of guild channels reached (500)")
    form = Form()
    form.choice(call.body.get("type") or 0, ("type",), (0, 2, 4, 5, 13, 14, 15, 16))
    check_channel(form, call.body, required=True)
    form.check()
    if any(call.body.get("permission_overwrites") or []):
        check_overwrites(call, found, call.body["permission_overwrites"])
    kind = ChannelType(int(call.body.get("type") or 0))
    channel = Channel(call.peer.ids.next(), kind, guild=found, position=len(found.channels))
    set_channel(channel, call.body)
    return 201, payloads.of_channel(call.peer.world.add_channel(channel))


def check_channel(form: Form, body: Json, *, required: bool = False) -> None:
    """The settings of a channel."""
    form.text(body, "name", (), 100, 1, required=required)
    form.text(body, "topic", (), 1024)
    form.number(body, "rate_limit_per_user", (), 0, 21_600)


def check_overwrites(call: Call, found: Guild, overwrites: list[Json]) -> None:
    """A bot sets only permissions that it holds, and needs the right to manage roles."""
    held = in_guild(found, call.me(found))
    if held & Permission.ADMINISTRATOR:
        return
    for one in overwrites:
        bits = int(one.get("allow") or 0) | int(one.get("deny") or 0)
        if bits & ~held or bits & Permission.MANAGE_ROLES:
            raise errors.missing_permissions()


def set_channel(channel: Channel, body: Json) -> None:
    """Take over what a request says about a channel."""
    name = body.get("name") or channel.name
    is_text = channel.type in (ChannelType.TEXT, ChannelType.ANNOUNCEMENT)
    channel.name = name.lower().replace(" ", "-") if is_text else name
    channel.topic = body.get("topic", channel.topic)
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    channel.position = int(body.get("position") or channel.position)
    channel.rate_limit_per_user = int(body.get("rate_limit_per_user") or 0)
    channel.archived = bool(body.get("archived", channel.archived))
    channel.locked = bool(body.get("locked", channel.locked))
    if "parent_id" in body:
        channel.parent_id = int(body["parent_id"]) if body["parent_id"] else None
    if body.get("permission_overwrites") is not None:
        made = [overwrite_of(one) for one in body["permission_overwrites"]]
        channel.overwrites = {one.id: one for one in made}


def overwrite_of(data: Json) -> Overwrite:
    """An overwrite from its JSON."""
    allow, deny = int(data.get("allow") or 0), int(data.get("deny") or 0)
    return Overwrite(int(data["id"]), int(data["type"]), allow, deny)


async def active_threads(call: Call) -> Json:
    """GET /guilds/{guild}/threads/active"""
    every = call.guild().channels.values()
    threads = [payloads.of_channel(one) for one in every if one.is_thread and not one.archived]
    return {"threads": threads, "members": []}


ROUTES: Routes = {
    ("GET", "/guilds/{guild}"): guild,
    ("GET", "/guilds/{guild}/roles"): roles,
    ("POST", "/guilds/{guild}/roles"): create_role,
    ("GET", "/guilds/{guild}/roles/{role}"): role,
    ("PATCH", "/guilds/{guild}/roles/{role}"): edit_role,
    ("DELETE", "/guilds/{guild}/roles/{role}"): delete_role,
    ("GET", "/guilds/{guild}/members"): members,
    ("GET", "/guilds/{guild}/members/search"): search_members,
    ("PATCH", "/guilds/{guild}/members/@me"): edit_me,
    ("PATCH", "/guilds/{guild}/members/{user}"): edit_member,
    ("GET", "/guilds/{guild}/members/{user}"): member,
    ("PUT", "/guilds/{guild}/members/{user}/roles/{role}"): give_role,
    ("DELETE", "/guilds/{guild}/members/{user}/roles/{role}"): take_role,
    ("GET", "/guilds/{guild}/channels"): channels,
    ("POST", "/guilds/{guild}/channels"): create_channel,
    ("GET", "/guilds/{guild}/threads/active"): active_threads,
}
