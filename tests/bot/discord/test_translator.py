"""Commands in people's own languages: everything is named, as Discord's rules for names want it."""

from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.app_commands import TranslationContext, locale_str
from discord.app_commands import TranslationContextLocation as Place

from bot.discord.client import MintmarkClient
from bot.discord.registering import payload_of
from bot.discord.translator import Translator, is_lawful

LOCALES = ("de", "es-ES", "es-419", "fr", "ja")
Json = dict[str, Any]


def nested(commands: list[Json]) -> Iterator[list[Json]]:
    """Commands, subcommands, options and choices, as lists in which names are told apart."""
    yield commands
    for command in commands:
        for inner in ("options", "choices"):
            if command.get(inner):
                yield from nested(command[inner])


async def test_every_name_and_description_is_there_in_every_language(bot: MintmarkClient) -> None:
    for siblings in nested(await payload_of(bot)):
        for one in siblings:
            described = one.get("description_localizations", {})
            assert one.get("type") == 3 or "value" in one or set(LOCALES) <= set(described), one
            lacks = set(LOCALES) - set(one.get("name_localizations", {}))
            # a word may be the same in two languages, and stands as it is then
            assert len(lacks) < len(LOCALES) or one["name"].isdigit(), one["name"]


async def test_names_are_told_apart_in_every_language(bot: MintmarkClient) -> None:
    for siblings in nested(await payload_of(bot)):
        for locale in LOCALES:
            told = [
                (one.get("type"), one.get("name_localizations", {}).get(locale, one["name"]))
                for one in siblings
            ]
            assert len(set(told)) == len(told), (locale, told)


async def test_the_peer_takes_the_commands_as_they_are_told(bot: MintmarkClient) -> None:
    names = {one.name for one in await bot.tree.fetch_commands()}
    assert {"create", "vote", "round", "Remix this"} <= names


@pytest.mark.parametrize(
    ("text", "kind", "lawful"),
    [
        ("größe", "command name", True),
        ("même-graine", "option name", True),
        ("1日あたり", "option name", True),
        ("Create", "command name", False),
        ("two words", "command name", False),
        ("", "command name", False),
        ("x" * 33, "option name", False),
        ("Two Words", "menu name", True),
        ("x" * 33, "menu name", False),
        ("x" * 100, "", True),
        ("x" * 101, "", False),
    ],
)
def test_what_discord_would_refuse_is_known(text: str, kind: str, lawful: bool) -> None:
    assert is_lawful(text, kind) is lawful


async def test_a_language_without_a_catalogue_stays_english() -> None:
    @app_commands.command(name="create", description="Make pictures from a prompt.")
    async def command(interaction: discord.Interaction) -> None: ...

    async def told(locale: discord.Locale) -> str | None:
        context = TranslationContext(Place.command_name, command)
        return await Translator().translate(locale_str("create"), locale, context)

    assert await told(discord.Locale.german) == "erstellen"
    assert await told(discord.Locale.latin_american_spanish) == "crear"
    assert await told(discord.Locale.korean) is None
    assert await told(discord.Locale.british_english) is None
