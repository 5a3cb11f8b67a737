"""Saying a sentence in someone's language."""

from dataclasses import dataclass

from tools.errors import MintmarkError


@dataclass(frozen=True)
class Words:
    """The words of one language, named as Discord and browsers name it: en-US, de, ja."""

    locale: str = "en-US"

    def say(self, template: str, **facts: object) -> str:
        """A sentence: its translation, or the English template itself, with the facts put in."""
        return template.format(**facts) if facts else template

    def count(self, one: str, many: str, n: int, **facts: object) -> str:
        """A sentence about a number of things, as `{n}`; the language decides on its plural."""
        return self.say(one if n == 1 else many, n=n, **facts)

    def of_error(self, error: MintmarkError) -> str:
        """What went wrong, in this language."""
        return self.say(error.template, **error.facts)
