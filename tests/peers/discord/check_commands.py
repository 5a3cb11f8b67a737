"""What Discord demands of registered commands.

Source: Discord's documentation, "Application Commands" (naming, option structure, limits) and
"Locales".
"""

import unicodedata
from collections import Counter
from typing import Any

from tests.peers.discord.errors import DiscordError
from tests.peers.discord.forms import Form, Path

Json = dict[str, Any]

CHAT, USER, MESSAGE = 1, 2, 3
MOST_COMMANDS = {CHAT: 100, USER: 15, MESSAGE: 15}
MOST_CHARACTERS = 8000
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN = 1, 2, 3, 4, 5
USER_OPTION, CHANNEL_OPTION, ROLE_OPTION, MENTIONABLE, NUMBER, ATTACHMENT = 6, 7, 8, 9, 10, 11
LARGEST = 2**53
LOCALES = (
    *("id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl"),
    *("no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi"),
    *("th", "zh-CN", "ja", "zh-TW", "ko"),
)


def check_commands(commands: list[Json]) -> None:
    """All commands of one scope, as an application overwrites them."""
    form = Form()
    for place, command in enumerate(commands):
        check_command(form, command, (place,))
    form.check()
    names = Counter((one.get("type", CHAT), one["name"]) for one in commands)
    for (_, name), times in names.items():
        if times > 1:
            place = [one["name"] for one in commands].index(name)
            message = "Application command names must be unique"
            form.bad((place, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    form.check()
    check_counts(commands)


def check_counts(commands: list[Json]) -> None:
    """How many commands of each type an application may have in a scope."""
    of_type = Counter(one.get("type", CHAT) for one in commands)
    for kind, most in MOST_COMMANDS.items():
        if of_type[kind] > most:
            message = f"Maximum number of application commands reached ({most})."
            raise DiscordError(400, 30032, message)


def check_command(form: Form, command: Json, path: Path) -> None:
    """One command."""
    kind = command.get("type", CHAT)
    if not form.choice(kind, (*path, "type"), (CHAT, USER, MESSAGE)):
        return
    if kind != CHAT:
        _check_menu(form, command, path)
        return
    _check_name(form, command, path)
    _check_texts(form, command, path, 100)
    _check_options(form, command, path, depth=0)
    if _characters(command) > MOST_CHARACTERS:
        message = f"Command exceeds maximum size ({MOST_CHARACTERS})"
        form.bad(path, "APPLICATION_COMMAND_TOO_LARGE", message)


def _check_menu(form: Form, command: Json, path: Path) -> None:
    form.text(command, "name", path, 32, 1, required=True)
    _check_localizations(form, command, "name", path, 32)
    if command.get("description"):
        message = "Context menu commands cannot have description"
        code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID"
        form.bad((*path, "description"), code, message)
    if command.get("options"):
        message = "Context menu commands cannot have options"
        code = "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID"
        form.bad((*path, "options"), code, message)


def _check_texts(form: Form, holder: Json, path: Path, most: int) -> None:
    form.text(holder, "description", path, most, 1, required=True)
    _check_localizations(form, holder, "description", path, most)
    _check_localizations(form, holder, "name", path, 32)
    for locale, name in (holder.get("name_localizations") or {}).items():
        if isinstance(name, str) and not _is_name(name):
            _bad_name(form, (*path, "name_localizations", locale))


def _check_localizations(form: Form, holder: Json, key: str, path: Path, most: int) -> None:
    texts = holder.get(f"{key}_localizations") or {}
    here = (*path, f"{key}_localizations")
    for locale in texts:
        if form.choice(locale, (*here, locale), LOCALES):
            form.text(texts, locale, here, most, 1)


def _check_name(form: Form, holder: Json, path: Path) -> None:
    name = form.text(holder, "name", path, 32, 1, required=True)
    if name and not _is_name(name):
        _bad_name(form, (*path, "name"))


def _bad_name(form: Form, path: Path) -> None:
    message = "Command name is invalid"
    form.bad(path, "APPLICATION_COMMAND_INVALID_NAME", message)


def _is_name(name: str) -> bool:
    """Discord's ^[-_'\\p{L}\\p{N}\\p{sc=Deva}\\p{sc=Thai}]{1,32}$, in lower case."""
    return name == name.lower() and 1 <= len(name) <= 32 and all(map(_may_stand_in_name, name))


def _may_stand_in_name(letter: str) -> bool:
    script = unicodedata.name(letter, "")
    in_script = script.startswith(("DEVANAGARI", "THAI"))
    return letter in "-_'" or unicodedata.category(letter)[0] in "LN" or in_script


def _check_options(form: Form, holder: Json, path: Path, depth: int) -> None:
    options = form.items(holder, "options", path, 25)
    optional_seen = False
    names: set[str] = set()
    for place, option in enumerate(options):
        here = (*path, "options", place)
        _check_option(form, option, here, depth)
        if option.get("name") in names:
            message = "Option names must be unique within a command"
            code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
            form.bad((*here, "name"), code, message)
        names.add(option.get("name", ""))
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            form.bad(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen |= not option.get("required")
    _check_not_mixed(form, options, path)


def _check_not_mixed(form: Form, options: list[Json], path: Path) -> None:
    nested = [option.get("type") in (SUBCOMMAND, GROUP) for option in options]
    if any(nested) and not all(nested):
        message = "Sub-command and sub-command group option types are mutually exclusive"
        code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
        form.bad((*path, "options"), code, message)


def _check_option(form: Form, option: Json, path: Path, depth: int) -> None:
    kind = option.get("type")
    allowed = {0: range(1, 12), 1: (SUBCOMMAND, *range(3, 12)), 2: range(3, 12)}[depth]
    if not form.choice(kind, (*path, "type"), allowed):
        return
    _check_name(form, option, path)
    _check_texts(form, option, path, 100)
    if kind in (SUBCOMMAND, GROUP):
        _check_options(form, option, path, 1 if kind == GROUP else 2)
        return
    _check_choices(form, option, path)
    if kind in (INTEGER, NUMBER):
        form.number(option, "min_value", path, -LARGEST, LARGEST)
        form.number(option, "max_value", path, -LARGEST, LARGEST)
    if kind == STRING:
        form.number(option, "min_length", path, 0, 6000)
        form.number(option, "max_length", path, 1, 6000)


def _check_choices(form: Form, option: Json, path: Path) -> None:
    choices = form.items(option, "choices", path, 25)
    if choices and option.get("autocomplete"):
        message = "Autocomplete options cannot have choices"
        code = "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_INVALID"
        form.bad((*path, "autocomplete"), code, message)
    if option.get("autocomplete") and option["type"] not in (STRING, INTEGER, NUMBER):
        code = "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE_INVALID"
        form.bad((*path, "autocomplete"), code, "Autocomplete is not for this type")
    for place, choice in enumerate(choices):
        check_choice(form, choice, (*path, "choices", place), option["type"])


def check_choice(form: Form, choice: Json, path: Path, kind: int) -> None:
    """One choice, of an option or of an autocomplete answer."""
    form.text(choice, "name", path, 100, 1, required=True)
    _check_localizations(form, choice, "name", path, 100)
    if kind == STRING:
        form.text(choice, "value", path, 100, 1, required=True)
    else:
        form.number(choice, "value", path, -LARGEST, LARGEST, required=True)


def _characters(holder: Json) -> int:
    own = len(holder.get("name") or "") + len(holder.get("description") or "")
    inner = sum(_characters(option) for option in holder.get("options") or [])
    choices = holder.get("choices") or []
    return own + inner + sum(len(one["name"]) + len(str(one["value"])) for one in choices)
