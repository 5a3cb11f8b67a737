"""The local Discord refuses what Discord refuses, with Discord's codes."""

import asyncio
from typing import Any

import pytest

from tests.peers.discord import Channel, Hall, Message, Peer, Permission, Person
from tests.peers.discord.raw import Raw
from tests.peers.discord.state import Flag

Json = dict[str, Any]
V2 = Flag.IS_COMPONENTS_V2


def _button(number: int = 0, **more: Any) -> Json:
    return {"type": 2, "style": 1, "label": f"b{number}", "custom_id": f"b{number}", **more}


def _row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def _text(content: str) -> Json:
    return {"type": 10, "content": content}


def _select(**more: Any) -> Json:
    options = [{"label": str(n), "value": str(n)} for n in range(3)]
    return {"type": 3, "custom_id": "s", "options": options, **more}


def _picture(url: str, alt: str = "a fox") -> Json:
    return {"type": 12, "items": [{"media": {"url": url}, "description": alt}]}


GOOD = {
    "text": {"content": "x" * 2000},
    "embeds": {"embeds": [{"description": "x" * 4096}, {"description": "x" * 1904}]},
    "rows": {"content": "x", "components": [_row(*map(_button, range(5)))]},
    "forty components": {"flags": V2, "components": [_text("x") for _ in range(40)]},
    "4000 characters": {"flags": V2, "components": [_text("x" * 2000), _text("y" * 2000)]},
    "a container": {"flags": V2, "components": [{"type": 17, "components": [_text("x")]}]},
    "a picture": {"flags": V2, "components": [_picture("https://example.org/a.png")]},
}


@pytest.mark.parametrize("name", GOOD)
async def test_what_is_within_the_limits_passes(raw: Raw, studio: Channel, name: str) -> None:
    reply = await raw("POST", f"/channels/{studio.id}/messages", GOOD[name])
    assert reply.status == 200, reply.body


BAD: dict[str, tuple[Json, str, str]] = {
    "2001 characters": ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
    "eleven embeds": (
        {"embeds": [{"title": "x"}] * 11},
        "embeds",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "6001 characters of embeds": (
        {"embeds": [{"description": "x" * 4096}, {"description": "x" * 1905}]},
        "embeds",
        "MAX_EMBED_SIZE_EXCEEDED",
    ),
    "a long embed title": (
        {"embeds": [{"title": "x" * 257}]},
        "embeds.0.title",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "an embed field without a value": (
        {"embeds": [{"fields": [{"name": "x", "value": ""}]}]},
        "embeds.0.fields.0.value",
        "BASE_TYPE_REQUIRED",
    ),
    "six rows": (
        {"content": "x", "components": [_row(_button(n)) for n in range(6)]},
        "components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "six buttons in a row": (
        {"content": "x", "components": [_row(*map(_button, range(6)))]},
        "components.0.components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a select beside a button": (
        {"content": "x", "components": [_row(_select(), _button())]},
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    "one custom id twice": (
        {"content": "x", "components": [_row(_button(1), _button(1))]},
        "components",
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "a long custom id": (
        {"content": "x", "components": [_row(_button(custom_id="x" * 101))]},
        "components.0.components.0.custom_id",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "no custom id": (
        {"content": "x", "components": [_row({"type": 2, "style": 1, "label": "x"})]},
        "components.0.components.0.custom_id",
        "BASE_TYPE_REQUIRED",
    ),
    "a long label": (
        {"content": "x", "components": [_row(_button(label="x" * 81))]},
        "components.0.components.0.label",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "26 options": (
        {
            "content": "x",
            "components": [
                _row(_select(options=[{"label": str(n), "value": str(n)} for n in range(26)]))
            ],
        },
        "components.0.components.0.options",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "one option value twice": (
        {
            "content": "x",
            "components": [_row(_select(options=[{"label": "a", "value": "a"}] * 2))],
        },
        "components.0.components.0.options.1.value",
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    "components of V2 without the flag": (
        {"components": [_text("x")]},
        "components.0.type",
        "BASE_TYPE_CHOICES",
    ),
    "content beside V2": (
        {"flags": V2, "content": "x", "components": [_text("x")]},
        "content",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    "41 components": (
        {"flags": V2, "components": [{"type": 17, "components": [_text("x")] * 40}]},
        "components",
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    "4001 characters": (
        {"flags": V2, "components": [_text("x" * 2000), _text("y" * 2001)]},
        "components",
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    "a container in a container": (
        {
            "flags": V2,
            "components": [{"type": 17, "components": [{"type": 17, "components": []}]}],
        },
        "components.0.components.0.type",
        "BASE_TYPE_CHOICES",
    ),
    "a section without its accessory": (
        {"flags": V2, "components": [{"type": 9, "components": [_text("x")]}]},
        "components.0.accessory",
        "BASE_TYPE_REQUIRED",
    ),
    "eleven pictures in a gallery": (
        {
            "flags": V2,
            "components": [{"type": 12, "items": _picture("https://e.org/a.png")["items"] * 11}],
        },
        "components.0.items",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a picture that was not sent": (
        {"flags": V2, "components": [_picture("attachment://one.png")]},
        "components.0.items.0.media.url",
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ),
    "a long alt text": (
        {"flags": V2, "components": [_picture("https://e.org/a.png", "x" * 1025)]},
        "components.0.items.0.description",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "a mention that is both parsed and listed": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions.users",
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    "ephemeral without an interaction": (
        {"content": "x", "flags": Flag.EPHEMERAL},
        "flags",
        "MESSAGE_FLAGS_INVALID",
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_message_beyond_a_limit_is_refused(raw: Raw, studio: Channel, name: str) -> None:
    body, place, code = BAD[name]
    reply = await raw("POST", f"/channels/{studio.id}/messages", body)
    assert (reply.status, reply.code) == (400, 50035)
    assert code in reply.faults()[place]
    assert not studio.messages


async def test_files_have_limits(raw: Raw, hall: Hall, studio: Channel) -> None:
    path = f"/channels/{studio.id}/messages"
    eleven = {f"{n}.png": b"x" for n in range(11)}
    assert (await raw("POST", path, {}, files=eleven)).code == 30015
    hall.guild.attachment_size_limit = 10
    assert (await raw("POST", path, {}, files={"a.png": b"x" * 11})).code == 40005
    long = {"attachments": [{"id": 0, "description": "x" * 1025}]}
    reply = await raw("POST", path, long, files={"a.png": b"x"})
    assert reply.faults() == {"attachments.0.description": ["BASE_TYPE_MAX_LENGTH"]}
    assert (await raw("POST", path, {}, files={"a.png": b"x"})).status == 200
    assert (await raw("POST", path, {"content": "  "})).code == 50006


async def test_an_edit_keeps_to_the_same_rules(raw: Raw, studio: Channel) -> None:
    sent = await raw("POST", f"/channels/{studio.id}/messages", {"content": "x"})
    path = f"/channels/{studio.id}/messages/{sent.body['id']}"
    assert (await raw("PATCH", path, {"content": "x" * 2001})).code == 50035
    assert (await raw("PATCH", path, {"content": ""})).code == 50006
    card = {"flags": V2, "components": [_text("x")]}
    assert (await raw("PATCH", path, card)).code == 50035
    assert (await raw("PATCH", path, {**card, "content": None})).status == 200
    assert (await raw("PATCH", path, {"content": "back again"})).code == 50035


def _command(**more: Any) -> Json:
    return {"name": "create", "description": "Create", "type": 1, **more}


def _option(**more: Any) -> Json:
    return {"name": "prompt", "description": "Prompt", "type": 3, **more}


COMMANDS: dict[str, tuple[Json, str, str]] = {
    "capital letters": (_command(name="Create"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    "a space": (_command(name="a b"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    "no description": (_command(description=""), "0.description", "BASE_TYPE_REQUIRED"),
    "a long description": (
        _command(description="x" * 101),
        "0.description",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "an unknown language": (
        _command(name_localizations={"en": "create"}),
        "0.name_localizations.en",
        "BASE_TYPE_CHOICES",
    ),
    "a bad name in a language": (
        _command(name_localizations={"de": "Mache"}),
        "0.name_localizations.de",
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
    "26 options": (
        _command(options=[_option(name=f"o{n}") for n in range(26)]),
        "0.options",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "a required option after an optional one": (
        _command(options=[_option(), _option(name="count", required=True)]),
        "0.options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    "26 choices": (
        _command(options=[_option(choices=[{"name": f"{n}", "value": f"{n}"} for n in range(26)])]),
        "0.options.0.choices",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "choices and autocomplete": (
        _command(options=[_option(autocomplete=True, choices=[{"name": "a", "value": "a"}])]),
        "0.options.0.autocomplete",
        "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_INVALID",
    ),
    "a menu with a description": (
        {"name": "Show it", "type": 3, "description": "x"},
        "0.description",
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID",
    ),
    "a long menu name": ({"name": "x" * 33, "type": 3}, "0.name", "BASE_TYPE_BAD_LENGTH"),
    "too much text": (
        _command(
            options=[
                _option(
                    name=f"o{n}",
                    choices=[{"name": f"{m:0>50}", "value": f"{m:0>50}"} for m in range(5)],
                )
                for n in range(20)
            ]
        ),
        "0",
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_command_beyond_a_limit_is_refused(raw: Raw, peer: Peer, name: str) -> None:
    command, place, code = COMMANDS[name]
    reply = await raw("PUT", f"/applications/{peer.application.id}/commands", [command])
    assert (reply.status, reply.code) == (400, 50035)
    assert code in reply.faults()[place]


async def test_commands_are_counted_and_keep_their_ids(raw: Raw, peer: Peer) -> None:
    path = f"/applications/{peer.application.id}/commands"
    many = [_command(name=f"c{n}") for n in range(101)]
    assert (await raw("PUT", path, many)).code == 30032
    menus = [{"name": f"m{n}", "type": 3} for n in range(16)]
    assert (await raw("PUT", path, menus)).code == 30032
    twice = await raw("PUT", path, [_command(), _command()])
    assert twice.faults() == {"0.name": ["APPLICATION_COMMANDS_DUPLICATE_NAME"]}
    first = (await raw("PUT", path, [_command(), *menus[:15]])).body
    again = (await raw("PUT", path, [_command(description="Create more")])).body
    assert again[0]["id"] == first[0]["id"]
    german = _command(name_localizations={"de": "mache"})
    await raw("PUT", path, [german])
    assert "name_localizations" not in (await raw("GET", path)).body[0]
    shown = (await raw("GET", f"{path}?with_localizations=true")).body[0]
    assert shown["name_localizations"] == {"de": "mache"}


def _modal(*components: Json, **more: Any) -> Json:
    return {"title": "Remix", "custom_id": "m", "components": list(components), **more}


def _label(component: Json, **more: Any) -> Json:
    return {"type": 18, "label": "Prompt", "component": component, **more}


def _input(**more: Any) -> Json:
    return {"type": 4, "custom_id": "p", "style": 1, **more}


MODALS: dict[str, tuple[Json, str, str]] = {
    "a long title": (_modal(_label(_input()), title="x" * 46), "title", "BASE_TYPE_BAD_LENGTH"),
    "nothing in it": (_modal(), "components", "BASE_TYPE_BAD_LENGTH"),
    "six things in it": (
        _modal(*(_label(_input(custom_id=f"p{n}")) for n in range(6))),
        "components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a long label": (
        _modal(_label(_input(), label="x" * 46)),
        "components.0.label",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a button": (_modal(_row(_button())), "components.0.components.0.type", "BASE_TYPE_CHOICES"),
    "a value that is too long": (
        _modal(_label(_input(max_length=5, value="x" * 6))),
        "components.0.component.value",
        "BASE_TYPE_MAX_LENGTH",
    ),
    "more than 4000 characters": (
        _modal(_label(_input(max_length=4001))),
        "components.0.component.max_length",
        "NUMBER_TYPE_MAX",
    ),
    "a select that is off": (
        _modal(_label(_select(disabled=True))),
        "components.0.component.disabled",
        "COMPONENT_DISABLED_IN_MODAL",
    ),
}


@pytest.mark.parametrize("name", MODALS)
async def test_a_modal_beyond_a_limit_is_refused(
    raw: Raw, peer: Peer, ada: Person, studio: Channel, name: str
) -> None:
    modal, place, code = MODALS[name]
    path = await _pending(raw, peer, ada, studio)
    reply = await raw("POST", path, {"type": 9, "data": modal})
    assert (reply.status, reply.code) == (400, 50035)
    assert code in reply.faults()[f"data.{place}"]


async def _pending(raw: Raw, peer: Peer, ada: Person, studio: Channel) -> str:
    """Where an interaction is answered that nobody has answered yet."""
    await raw("PUT", f"/applications/{peer.application.id}/commands", [_command()])
    peer.ack_within = 0.2
    acting = asyncio.create_task(ada.command(studio, "create"))
    await peer.until(lambda: peer.interactions)
    interaction = next(iter(peer.interactions.values()))
    acting.add_done_callback(lambda done: done.exception())
    return f"/interactions/{interaction.id}/{interaction.token}/callback"


async def test_an_interaction_is_answered_once_and_in_kind(
    raw: Raw, peer: Peer, ada: Person, studio: Channel
) -> None:
    path = await _pending(raw, peer, ada, studio)
    assert (await raw("POST", path, {"type": 7, "data": {"content": "x"}})).code == 50035
    assert (await raw("POST", path, {"type": 8, "data": {"choices": []}})).code == 50035
    long = {"type": 4, "data": {"content": "x" * 2001}}
    assert (await raw("POST", path, long)).faults() == {"data.content": ["BASE_TYPE_MAX_LENGTH"]}
    reply = await raw("POST", f"{path}?with_response=1", {"type": 5, "data": {"flags": 64}})
    assert reply.body["interaction"]["response_message_ephemeral"]
    assert reply.body["resource"]["message"]["flags"] == Flag.LOADING | Flag.EPHEMERAL
    assert (await raw("POST", path, {"type": 5})).code == 40060


async def test_who_has_no_token_or_asks_for_the_unknown_is_told(
    raw: Raw, peer: Peer, studio: Channel
) -> None:
    reply = await raw("GET", "/users/@me", token="wrong")
    assert (reply.status, reply.headers["Content-Type"]) == (401, "application/json")
    assert (await raw("GET", "/nowhere")).status == 404
    assert (await raw("GET", f"/channels/{studio.id}/messages/1")).code == 10008
    assert (await raw("GET", "/channels/1")).code == 10003
    assert (await raw("GET", "/guilds/1")).code == 10004
    assert (await raw("GET", "/users/1")).code == 10013
    assert (await raw("POST", "/interactions/1/x/callback", {"type": 5})).code == 10062
    assert (await raw("POST", f"/webhooks/{peer.application.id}/x", {"content": "x"})).code == 10015


async def test_reactions_have_limits(raw: Raw, studio: Channel, ada: Person) -> None:
    said = await ada.say(studio, "look")
    path = f"/channels/{studio.id}/messages/{said.id}/reactions"
    assert (await raw("PUT", f"{path}/thumbsup/@me")).code == 10014
    for number in range(20):
        assert (await raw("PUT", f"{path}/{chr(0x1F600 + number)}/@me")).status == 204
    assert (await raw("PUT", f"{path}/{chr(0x1F700)}/@me")).code == 30010
    assert (await raw("GET", f"{path}/{chr(0x1F600)}?limit=101")).code == 50035


async def test_roles_are_given_from_above_only(
    raw: Raw, hall: Hall, ada: Person, studio: Channel
) -> None:
    high = hall.role("high", position=200)
    path = f"/guilds/{hall.id}/members/{ada.id}/roles/{high.id}"
    assert (await raw("PUT", path)).code == 50013
    made = await raw("POST", f"/guilds/{hall.id}/roles", {"name": "creator", "permissions": "0"})
    path = f"/guilds/{hall.id}/members/{ada.id}/roles/{made.body['id']}"
    assert (await raw("PUT", path)).status == 204
    assert ada.member_of(hall.guild).roles == [int(made.body["id"])]
    admin = {"name": "x", "permissions": str(int(Permission.ADMINISTRATOR))}
    assert (await raw("POST", f"/guilds/{hall.id}/roles", admin)).code == 50013
    hall.revoke(Permission.MANAGE_ROLES)
    assert (await raw("DELETE", path)).code == 50013


async def test_a_bucket_counts_and_says_how_long_to_wait(
    raw: Raw, peer: Peer, studio: Channel
) -> None:
    peer.limits.on()
    path = f"/channels/{studio.id}/messages"
    sent = [await raw("POST", path, {"content": "x"}) for _ in range(6)]
    assert [one.status for one in sent] == [200] * 5 + [429]
    assert [one.headers["X-RateLimit-Remaining"] for one in sent] == list("432100")
    assert 4 < sent[5].body["retry_after"] <= 5
    assert sent[5].headers["Via"]
    assert peer.limits.violations["POST /channels/{channel}/messages"] == 1


async def test_fifty_requests_a_second_are_the_most(raw: Raw, peer: Peer) -> None:
    peer.limits.on()
    many = [await raw("GET", f"/guilds/{n}") for n in range(60)]
    assert sum(one.status == 429 and one.body["global"] for one in many) == 10
    assert peer.limits.violations["global"] == 10


def test_what_people_read_is_without_the_backslashes_of_markdown(peer: Peer, ada: Person) -> None:
    message = Message(1, ada.dm, ada.user, content=r"c\_nothing\*")
    assert message.plain == "c_nothing*"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"content": 5}, "content"),
        ({"content": "x", "flags": "4"}, "flags"),
        ({"embeds": {"title": "x"}}, "embeds"),
        ({"embeds": ["x"]}, "embeds.0"),
        ({"components": [[]]}, "components.0"),
        ({"components": [{"type": 1, "components": [{"type": "2"}]}]}, None),
        ({"content": "x", "allowed_mentions": {"parse": "users"}}, "allowed_mentions.parse"),
        ({"content": "x", "message_reference": "1"}, "message_reference"),
    ],
)
async def test_a_body_of_another_shape_is_refused(
    raw: Raw, studio: Channel, body: Json, place: str | None
) -> None:
    reply = await raw("POST", f"/channels/{studio.id}/messages", body)
    assert (reply.status, reply.code) == (400, 50035)
    assert place in (None, *reply.faults())
