"""How a Discord client fills in a modal and what it then sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.peers.discord.answers import Field, Modal, NotPossible
from tests.peers.discord.options import Filled

Json = dict[str, Any]
ROW, STRING_SELECT, TEXT_INPUT, TEXT, LABEL = 1, 3, 4, 10, 18
RADIO, CHECKBOXES, CHECKBOX = 21, 22, 23


def filled_in(modal: Modal, values: Mapping[str, Any], picker: Filled, unchecked: bool) -> Json:
    """The `data` of a modal's submission; fields are named by label or custom id."""
    known = {name for one in modal.fields for name in (one.label, one.custom_id)}
    strange = set(values) - known
    if strange:
        raise NotPossible(f"There is no field {sorted(strange)}; there is: {sorted(known)}.")
    components = [
        _sent(outer, modal, values, picker, unchecked) for outer in modal.data["components"]
    ]
    data: Json = {"custom_id": modal.data["custom_id"], "components": components}
    return data | ({"resolved": picker.resolved} if picker.resolved else {})


def _sent(
    outer: Json, modal: Modal, values: Mapping[str, Any], picker: Filled, unchecked: bool
) -> Json:
    shown: Json = {"type": outer["type"], "id": outer.get("id", 0)}
    if outer["type"] == TEXT:
        return shown
    inner = outer["components"][0] if outer["type"] == ROW else outer["component"]
    field = next(one for one in modal.fields if one.component is inner)
    value = values.get(field.label, values.get(field.custom_id))
    sent: Json = {"type": inner["type"], "custom_id": field.custom_id, "id": inner.get("id", 0)}
    sent |= _value(field, value, picker, unchecked)
    return shown | ({"components": [sent]} if outer["type"] == ROW else {"component": sent})


def _value(field: Field, value: Any, picker: Filled, unchecked: bool) -> Json:
    component, kind = field.component, field.component["type"]
    if kind == TEXT_INPUT:
        text = component.get("value", "") if value is None else value
        if not unchecked:
            _check_text(field, text)
        return {"value": text}
    if kind == CHECKBOX:
        return {"value": bool(component.get("default")) if value is None else bool(value)}
    chosen = [] if value is None else [value] if isinstance(value, str) else list(value)
    if kind in (STRING_SELECT, RADIO, CHECKBOXES):
        named = {one["label"]: one["value"] for one in component["options"]}
        chosen = [named.get(one, one) for one in chosen] or _defaults(component)
    else:
        chosen = [picker.resolve(one) for one in chosen]
    if field.required and not chosen and not unchecked:
        raise NotPossible(f"{field.label!r} must be filled in.")
    return {"value": chosen[0] if chosen else None} if kind == RADIO else {"values": chosen}


def _defaults(component: Json) -> list[str]:
    return [one["value"] for one in component["options"] if one.get("default")]


def _check_text(field: Field, text: Any) -> None:
    least = field.component.get("min_length") or 0
    most = field.component.get("max_length") or 4000
    if not isinstance(text, str) or (field.required and not text):
        raise NotPossible(f"{field.label!r} must be filled in.")
    if text and not least <= len(text) <= most:
        raise NotPossible(f"{field.label!r} takes {least} to {most} characters.")
