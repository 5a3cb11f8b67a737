"""Styles: looks that a collection has by name, for creators to ask for.

[styles.knightly]
description = "Armed for battle."
words = "medieval"                       # added to the prompt, for models that read words
negative = "modern"
traits = { clothing = "armour" }         # wished for; the words of the wish win
loras = [{ name = "etching", weight = 0.6 }]
"""

from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tools.phrases import phrase

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
StyleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class Part(BaseModel):
    """A part of a collection's file: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LoraPin(Part):
    """A fine-tune by the name it has in the settings, and the scale it is applied with."""

    name: Line
    weight: Annotated[float, Field(ge=-4, le=4)] = 1.0


class Style(Part):
    """A look that a creator can ask for by name; the words of the wish win over its traits."""

    description: Line
    words: Annotated[str, StringConstraints(max_length=500)] = ""  # added to the prompt
    negative: Annotated[str, StringConstraints(max_length=500)] = ""  # and to what it should not be
    traits: dict[Category, Line] = Field(default_factory=dict)  # wished for
    loras: tuple[LoraPin, ...] = ()  # applied after the collection's own


NO_STYLE = Style(description="as the words and chance have it")


def check_style(name: str, style: Style, traits: Mapping[str, Collection[str]]) -> None:
    """Whether a style changes something, and wishes only for traits that there are.

    Raises:
        ValueError: naming the key, and what would be right.
    """
    for category, value in style.traits.items():
        where = f"styles.{name}.traits.{category}"
        if category not in traits:
            raise ValueError(
                phrase("{where}: the categories are {known}", where=where, known=[*traits])
            )
        if value not in traits[category]:
            raise ValueError(
                phrase("{where}: its values are {known}", where=where, known=[*traits[category]])
            )
    if not (style.words or style.traits or style.loras or style.negative):
        raise ValueError(
            phrase("{where}: give it words, negative, traits or loras", where=f"styles.{name}")
        )
