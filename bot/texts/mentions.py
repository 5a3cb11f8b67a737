"""Commands that a sentence mentions, by the names they have where the sentence is read.

Sentences name a command by its tool: “/open_round”. So it is typed at a terminal; in Discord the
same is “/round open”, in German “/runde eröffnen”. In Japanese letters stand right beside it, so it
is put in quotes there: it ends where they do.
"""

import re
from collections.abc import Mapping

_MENTION = re.compile(r"(?<![\w/{}])/([a-z]+(?:_[a-z]+)*)\b", re.ASCII)


def with_commands(sentence: str, front_end: str, locale: str) -> str:
    """The sentence, before facts are put in, with the commands it mentions as they are typed."""
    if front_end != "discord" or "/" not in sentence:
        return sentence
    from bot.discord.commands.names import tool_names

    return _MENTION.sub(lambda found: _typed(found, tool_names(locale)), sentence)


def _typed(found: re.Match[str], names: Mapping[str, str]) -> str:
    name = names.get(found[1])
    if name is None:
        return found[0]
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return f"「/{name}」" if before.isalpha() or after.isalpha() else f"/{name}"
