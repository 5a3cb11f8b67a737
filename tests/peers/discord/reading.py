"""Finding things in embeds and components: texts, media, and the components themselves."""

import re
from typing import Any

Json = dict[str, Any]
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # any ASCII punctuation


def addresses_in(embeds: list[Json], components: list[Json]) -> set[str]:
    """Where the media is that embeds and components show."""
    holders = [embed.get(key) for embed in embeds for key in ("image", "thumbnail")]
    for component in components_in(components):
        items = [component, *component.get("items", [])]
        holders += [item.get(key) for item in items for key in ("media", "file")]
    return {holder["url"] for holder in holders if isinstance(holder, dict) and "url" in holder}


def texts_of(embeds: list[Json]) -> list[str]:
    """What can be read in embeds, in the order of reading."""
    texts: list[str] = []
    for embed in embeds:
        texts += [embed.get("author", {}).get("name", ""), embed.get("title", "")]
        texts.append(embed.get("description", ""))
        for one in embed.get("fields", []):
            texts += [one["name"], one["value"]]
        texts.append(embed.get("footer", {}).get("text", ""))
    return texts


def components_in(components: list[Json], types: set[int] | None = None) -> list[Json]:
    """Every component of these types, nested ones included, in the order of reading."""
    found: list[Json] = []
    for component in components:
        if types is None or component.get("type") in types:
            found.append(component)
        found += components_in(component.get("components") or [], types)
        for inner in ("accessory", "component"):
            if isinstance(component.get(inner), dict):
                found += components_in([component[inner]], types)
    return found


def unescaped(text: str) -> str:
    """A text without the backslashes of its markdown."""
    return ESCAPED.sub(r"\1", text)
