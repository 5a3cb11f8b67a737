"""The shape of request bodies: what is text, number, list or object, before it is measured."""

from typing import Any

from tests.peers.discord.forms import Form, Path

Json = dict[str, Any]
SNOWFLAKE = (str, int)

EMOJI: Json = {"id": SNOWFLAKE, "name": str, "animated": bool}
MEDIA: Json = {"url": str}
OPTION: Json = {"label": str, "value": str, "description": str, "default": bool, "emoji": EMOJI}
ITEM: Json = {"media": MEDIA, "description": str, "spoiler": bool}
COMPONENT: Json = {
    **{"type": int, "id": int, "style": int, "accent_color": int, "spacing": int},
    **{"custom_id": str, "label": str, "description": str, "content": str, "url": str},
    **{"placeholder": str, "disabled": bool, "spoiler": bool, "divider": bool, "required": bool},
    **{"emoji": EMOJI, "media": MEDIA, "file": MEDIA, "options": [OPTION], "items": [ITEM]},
}
COMPONENT |= {"components": [COMPONENT], "accessory": COMPONENT, "component": COMPONENT}
FIELD: Json = {"name": str, "value": str, "inline": bool}
EMBED: Json = {
    **{"title": str, "description": str, "color": int, "image": MEDIA, "thumbnail": MEDIA},
    **{"footer": {"text": str}, "author": {"name": str}, "fields": [FIELD]},
}
MENTIONS: Json = {
    **{"parse": [str], "users": [SNOWFLAKE], "roles": [SNOWFLAKE], "replied_user": bool},
}
REFERENCE: Json = {"message_id": SNOWFLAKE, "channel_id": SNOWFLAKE, "fail_if_not_exists": bool}
ATTACHMENT: Json = {"id": SNOWFLAKE, "filename": str, "description": str}
MESSAGE_SHAPE: Json = {
    **{"content": str, "flags": int, "tts": bool, "nonce": SNOWFLAKE, "enforce_nonce": bool},
    **{"embeds": [EMBED], "components": [COMPONENT], "attachments": [ATTACHMENT]},
    **{"allowed_mentions": MENTIONS, "message_reference": REFERENCE},
}
MODAL_SHAPE: Json = {"title": str, "custom_id": str, "components": [COMPONENT]}


def check_shape(value: Any, shape: Any, path: Path) -> None:
    """Refuse a body in which something is of another kind than it should be."""
    form = Form()
    _check(form, value, shape, path)
    form.check()


def _check(form: Form, value: Any, shape: Any, path: Path) -> None:
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            form.bad(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return
        for key, inner in shape.items():
            if value.get(key) is not None:
                _check(form, value[key], inner, (*path, key))
    elif isinstance(shape, list):
        if not isinstance(value, list):
            form.bad(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        for place, one in enumerate(value):
            _check(form, one, shape[0], (*path, place))
    elif not isinstance(value, shape) or (isinstance(value, bool) and shape is not bool):
        form.bad(path, "BASE_TYPE_CONVERT", f'Could not interpret "{value}" as this type.')
