"""Saying a sentence in someone's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.texts.catalogue import Catalogue, catalogue_of
from bot.texts.mentions import with_commands
from bot.texts.retelling import retold
from tools.errors import MintmarkError
from tools.people import Actor
from tools.phrases import WORD, Phrase


@dataclass(frozen=True)
class Words:
    """The words of one language, named as Discord and browsers name it: en-US, de, es-419, ja.

    What is not translated, and every language that has no catalogue, is said in English.
    """

    locale: str = "en-US"
    front_end: str = ""  # where it is read: commands are called otherwise in Discord

    def say(self, template: str, /, **facts: object) -> str:
        """A sentence: the template in this language, with the facts put in.

        A text goes in untouched. Phrases, errors and the names of enumerations are said in this
        language too; moments, lists and numbers with a fraction are written as it writes them.
        """
        return self._put(self._mentioning(self._catalogue.sentence(template)), facts)

    def count(self, one: str, many: str, n: int, **facts: object) -> str:
        """A sentence about a number of things, as `{n}`; the language decides on its plural."""
        sentence = self._catalogue.counted(one, many, n)
        return self._put(self._mentioning(sentence), {"n": self.number(n), **facts})

    def word(self, name: str) -> str:
        """A word from one of the studio's own lists, such as a role or a state."""
        return self._catalogue.sentence(name, WORD)

    def of_error(self, error: MintmarkError) -> str:
        """What went wrong, in this language."""
        return self.say(error.template, **error.facts)

    def of_phrase(self, phrase: Phrase) -> str:
        """A phrase in this language."""
        sentence = self._catalogue.sentence(phrase.template, phrase.context)
        return self._put(self._mentioning(sentence), phrase.facts)

    def again(self, english: str | None) -> str:
        """What the studio keeps as an English sentence, such as why a mint failed."""
        return retold(self._catalogue, english or "")

    def number(self, number: float) -> str:
        """A number of things, or a measure: 1,000 and 0.5, or 1.000 and 0,5."""
        if isinstance(number, int) and -1000 < number < 1000:
            return str(number)
        from babel.numbers import format_decimal

        return format_decimal(number, locale=self._catalogue.language)

    def moment(self, moment: datetime) -> str:
        """A date and time to the second: 2026-01-02 03:04:05 UTC.

        The same in every language, so that it can be compared and found; a front end that has a
        way of its own to show times, such as Discord, shows them in the reader's.
        """
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

    def listed(self, things: Iterable[object]) -> str:
        """Things one after the other: a, b, c."""
        return ("、" if self._catalogue.language == "ja" else ", ").join(self._told(things))

    def joined(self, things: Iterable[object]) -> str:
        """Things that belong together: a, b, and c."""
        from babel.lists import format_list

        return format_list(self._told(things), locale=self._catalogue.language)

    @property
    def _catalogue(self) -> Catalogue:
        return catalogue_of(self.locale)

    def _mentioning(self, sentence: str) -> str:
        return with_commands(sentence, self.front_end, self.locale)

    def _put(self, sentence: str, facts: Mapping[str, object]) -> str:
        if not facts:
            return sentence
        return sentence.format(**{name: self._fact(fact) for name, fact in facts.items()})

    def _told(self, things: Iterable[object]) -> list[str]:
        return [str(self._fact(thing)) for thing in things]

    def _fact(self, fact: object) -> object:
        match fact:
            case StrEnum():
                return self.word(fact.value)
            case str() | int():
                return fact
            case Phrase():
                return self.of_phrase(fact)
            case MintmarkError():
                return self.of_error(fact)
            case float():
                return self.number(fact)
            case datetime():
                return self.moment(fact)
            case list() | tuple():
                return self.listed(fact)
            case _:
                return fact


def words_for(actor: Actor) -> Words:
    """The words of the language that someone reads at their front end."""
    return Words(actor.locale, actor.front_end)
