"""REST routes by which an application answers interactions: the callback and the follow-ups.

These routes ask for no bot token: the interaction's own token is in their path, and lives for
fifteen minutes. Source: Discord's documentation, "Receiving and Responding to Interactions".
"""

from typing import Any

from tests.peers.discord import errors, payloads
from tests.peers.discord.check_commands import STRING, check_choice
from tests.peers.discord.check_components import check_modal
from tests.peers.discord.composing import Draft, amend, compose, type_of_answer
from tests.peers.discord.forms import Form
from tests.peers.discord.rest import Call, Routes
from tests.peers.discord.shapes import MODAL_SHAPE, check_shape
from tests.peers.discord.state import Flag, Interaction, InteractionType, Message

Json = dict[str, Any]
PONG, MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
LIFE = 15 * 60


async def respond(call: Call) -> Any:
    """POST /interactions/{interaction}/{token}/callback"""
    interaction = call.peer.interactions.get(call.request.match_info["token"])
    if interaction is None or interaction.id != call.id("interaction") or interaction.failed:
        raise errors.unknown_interaction()
    if interaction.acked_at is not None:
        raise errors.already_acknowledged()
    kind = call.body.get("type")
    _check_kind(interaction, kind)
    message = _ANSWERS[kind](call, interaction, call.body.get("data") or {})
    interaction.response_type = kind
    interaction.original = message
    call.peer.acknowledge(interaction)
    if call.request.query.get("with_response") not in ("1", "true"):
        return None
    return _response(call, interaction, message)


def _check_kind(interaction: Interaction, kind: Any) -> None:
    form = Form()
    component = interaction.type is InteractionType.COMPONENT
    from_message = interaction.type is InteractionType.MODAL and interaction.source is not None
    allowed = {MESSAGE, DEFERRED_MESSAGE}
    if interaction.type is InteractionType.AUTOCOMPLETE:
        allowed = {CHOICES}
    if component or from_message:
        allowed |= {DEFERRED_UPDATE, UPDATE}
    if interaction.type in (InteractionType.COMMAND, InteractionType.COMPONENT):
        allowed |= {MODAL}
    form.choice(kind, ("type",), sorted(allowed))
    form.check()


def _response(call: Call, interaction: Interaction, message: Message | None) -> Json:
    about: Json = {"id": str(interaction.id), "type": int(interaction.type)}
    resource: Json = {"type": interaction.response_type}
    if message is not None:
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.loading,
            "response_message_ephemeral": message.ephemeral,
        }
        resource["message"] = payloads.of_message(message, call.peer.application.user.id)
    return {"interaction": about, "resource": resource}


def _draft(call: Call, data: Json) -> Draft:
    draft = Draft(data, call.uploads, ("data",))
    draft.ephemeral = bool(int(data.get("flags") or 0) & Flag.EPHEMERAL)
    return draft


def _answer_message(call: Call, interaction: Interaction, data: Json) -> Message:
    draft, author = _draft(call, data), call.peer.application.user
    channel = interaction.channel
    on = interaction.source
    message = compose(call.peer, channel, author, draft, interaction=interaction, reference=on)
    return call.peer.world.post(message)


def _defer_message(call: Call, interaction: Interaction, data: Json) -> Message:
    ephemeral = int(data.get("flags") or 0) & Flag.EPHEMERAL
    message = Message(
        id=call.peer.ids.next(),
        channel=interaction.channel,
        author=call.peer.application.user,
        type=type_of_answer(interaction),
        flags=Flag.LOADING | ephemeral,
        interaction=interaction,
        seen_only_by=interaction.user.id if ephemeral else None,
    )
    return call.peer.world.post(message)


def _defer_update(call: Call, interaction: Interaction, data: Json) -> Message | None:
    return interaction.source


def _update(call: Call, interaction: Interaction, data: Json) -> Message | None:
    message = interaction.source
    if message is None or message.deleted:
        raise errors.unknown_message()
    draft = Draft(data, call.uploads, ("data",), message.ephemeral)
    amend(call.peer, message, draft)
    call.peer.world.changed(message)
    return message


def _choices(call: Call, interaction: Interaction, data: Json) -> None:
    form = Form()
    choices = form.items(data, "choices", ("data",), 25, required=True)
    focused = focused_option(interaction.data.get("options") or [])
    kind = focused["type"] if focused else STRING
    for place, choice in enumerate(choices):
        check_choice(form, choice, ("data", "choices", place), kind)
    form.check()
    interaction.choices = choices


def focused_option(options: list[Json]) -> Json | None:
    """The option that the person is typing in."""
    for option in options:
        if option.get("focused"):
            return option
        inner = focused_option(option.get("options") or [])
        if inner is not None:
            return inner
    return None


def _show_modal(call: Call, interaction: Interaction, data: Json) -> None:
    check_shape(data, MODAL_SHAPE, ("data",))
    form = Form()
    check_modal(form, data, ("data",))
    form.check()
    interaction.modal = data


_ANSWERS = {
    MESSAGE: _answer_message,
    DEFERRED_MESSAGE: _defer_message,
    DEFERRED_UPDATE: _defer_update,
    UPDATE: _update,
    CHOICES: _choices,
    MODAL: _show_modal,
}


def _interaction(call: Call) -> Interaction:
    """The interaction whose token is in the path, acknowledged and alive."""
    interaction = call.peer.interactions.get(call.request.match_info["token"])
    if interaction is None or call.id("application") != call.peer.application.id:
        raise errors.unknown_webhook()
    if call.peer.clock.now() - interaction.made_at > LIFE:
        raise errors.token_expired()
    if interaction.acked_at is None:
        raise errors.unknown_webhook()
    return interaction


def _named(call: Call, interaction: Interaction) -> Message:
    name = call.request.match_info["message"]
    if name == "@original":
        message = interaction.original
    else:
        known = [interaction.original, interaction.source, *interaction.followups]
        message = next((one for one in known if one and str(one.id) == name), None)
    if message is None or message.deleted:
        raise errors.unknown_message()
    return message


def _shown(call: Call, message: Message) -> Json:
    return payloads.of_message(message, call.peer.application.user.id)


async def follow_up(call: Call) -> Json:
    """POST /webhooks/{application}/{token}"""
    interaction = _interaction(call)
    original = interaction.original
    draft = Draft(call.body, call.uploads)
    draft.ephemeral = bool(int(call.body.get("flags") or 0) & Flag.EPHEMERAL)
    if original is not None and original.loading and not original.deleted:
        return _fill_in(call, interaction, original, draft)
    author = call.peer.application.user
    message = compose(
        call.peer, interaction.channel, author, draft, interaction=interaction, reference=original
    )
    interaction.followups.append(message)
    return _shown(call, call.peer.world.post(message))


def _fill_in(call: Call, interaction: Interaction, original: Message, draft: Draft) -> Json:
    """The first follow-up to a deferred answer becomes that answer, seen by whom that was."""
    draft.ephemeral = original.ephemeral
    amend(call.peer, original, draft)
    interaction.updates += 1
    call.peer.world.changed(original)
    return _shown(call, original)


async def fetch(call: Call) -> Json:
    """GET /webhooks/{application}/{token}/messages/{message}"""
    return _shown(call, _named(call, _interaction(call)))


async def edit(call: Call) -> Json:
    """PATCH /webhooks/{application}/{token}/messages/{message}"""
    interaction = _interaction(call)
    message = _named(call, interaction)
    amend(call.peer, message, Draft(call.body, call.uploads, (), message.ephemeral))
    interaction.updates += 1
    call.peer.world.changed(message)
    return _shown(call, message)


async def delete(call: Call) -> None:
    """DELETE /webhooks/{application}/{token}/messages/{message}"""
    interaction = _interaction(call)
    interaction.updates += 1
    call.peer.world.delete(_named(call, interaction))


BASE = "/webhooks/{application}/{token}"
ROUTES: Routes = {
    ("POST", "/interactions/{interaction}/{token}/callback"): respond,
    ("POST", BASE): follow_up,
    ("GET", f"{BASE}/messages/{{message}}"): fetch,
    ("PATCH", f"{BASE}/messages/{{message}}"): edit,
    ("DELETE", f"{BASE}/messages/{{message}}"): delete,
}
