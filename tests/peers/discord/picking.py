"""How people name what they press and choose, and what they upload."""

from typing import Any

from tests.peers.discord.answers import NotPossible
from tests.peers.discord.reading import components_in

Json = dict[str, Any]
Files = bytes | tuple[str, bytes] | list[tuple[str, bytes]] | None
BUTTON, STRING_SELECT, TEXT = 2, 3, 10
SELECTS = {3, 5, 6, 7, 8}


def pick(components: list[Json], kinds: set[int], name: str, unchecked: bool) -> Json:
    """The button or select with this label, placeholder, emoji or custom id.

    Where a line of small text stands before a row, such as “Vary: more like it”, people name what
    is in the row by both: “Vary 2”.
    """
    shown = components_in(components, kinds)
    said = headings(components)
    for component in shown:
        heading = said.get(str(component.get("custom_id")), "")
        if name in _names_of(component) or name == f"{heading} {component.get('label')}":
            if component.get("disabled") and not unchecked:
                raise NotPossible(f"{name!r} is disabled.")
            return component
    if unchecked:
        return {"custom_id": name, "type": min(kinds)}
    known = [_names_of(component)[0] for component in shown]
    raise NotPossible(f"There is no {name!r} on this message; there is: {known}.")


def headings(components: list[Json]) -> dict[str, str]:
    """The first words of the small text that stands before each button's row, by custom id."""
    found: dict[str, str] = {}
    heading = ""
    for component in components_in(components):
        kind = component.get("type")
        if kind == TEXT:
            content = str(component.get("content"))
            heading = content[3:].split(":")[0] if content.startswith("-# ") else ""
        elif kind == BUTTON and heading and str(component.get("label")).isdecimal():
            found[str(component.get("custom_id"))] = heading
    return found


def names_of_buttons(components: list[Json]) -> list[str]:
    """What people call the buttons they see."""
    said = headings(components)
    return [
        f"{said.get(str(one.get('custom_id')), '')} {one.get('label')}".strip()
        for one in components_in(components, {BUTTON})
    ]


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
