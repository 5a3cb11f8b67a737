"""How people name what they press and choose, and what they upload."""

from typing import Any

from tests.peers.discord.answers import NotPossible
from tests.peers.discord.reading import components_in

Json = dict[str, Any]
Files = bytes | tuple[str, bytes] | list[tuple[str, bytes]] | None
BUTTON, STRING_SELECT = 2, 3
SELECTS = {3, 5, 6, 7, 8}


def pick(components: list[Json], kinds: set[int], name: str, unchecked: bool) -> Json:
    """The button or select with this label, placeholder, emoji or custom id."""
    shown = components_in(components, kinds)
    for component in shown:
        if name in _names_of(component):
            if component.get("disabled") and not unchecked:
                raise NotPossible(f"{name!r} is disabled.")
            return component
    if unchecked:
        return {"custom_id": name, "type": min(kinds)}
    known = [_names_of(component)[0] for component in shown]
    raise NotPossible(f"There is no {name!r} on this message; there is: {known}.")


def _names_of(component: Json) -> list[str]:
    emoji = (component.get("emoji") or {}).get("name")
    named = [component.get("label"), component.get("placeholder"), emoji]
    return [str(one) for one in (*named, component.get("custom_id")) if one]


def chosen_options(select: Json, chosen: list[Any], unchecked: bool) -> list[str]:
    """The values of chosen options, named by label or value."""
    known = {one["label"]: one["value"] for one in select["options"]}
    values = [known.get(one, one) for one in chosen]
    if unchecked:
        return values
    if any(one not in known.values() for one in values):
        raise NotPossible(f"{chosen} are not all among {sorted(known)}.")
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not least <= len(values) <= most:
        raise NotPossible(f"Between {least} and {most} options are chosen here.")
    return values


def files_of(files: Files) -> list[tuple[str, bytes]]:
    """Files to send, as names and contents."""
    if files is None:
        return []
    if isinstance(files, bytes):
        return [("picture.png", files)]
    return [files] if isinstance(files, tuple) else list(files)
