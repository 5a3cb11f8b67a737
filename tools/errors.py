"""Every error a person can meet, in one small tree.

    MintmarkError
    ├── InvalidInput          what was sent is wrong; the message says what would be right
    ├── NotFound              nothing has that name or id
    ├── Refused               the actor may not do this
    ├── Conflict              the thing changed meanwhile: decided, closed, already there
    ├── ConfigurationError    the settings are wrong; the message says how to mend them
    ├── ServiceUnavailable    something outside (a chain, an endpoint, the disk) does not answer
    ├── IntegrityError        something is not what its record says
    └── OutsideRecord         an effect was called outside an open record (a mistake in the code)

A front end shows the message as it stands, never a traceback.
"""

from typing import TYPE_CHECKING

from tools.phrases import Phrase, phrase, template

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


class MintmarkError(Exception):
    """Root of the tree. `str(error)` is a sentence fit for the person who caused it.

    Args:
        template: the sentence, in English, with `{name}` where a fact belongs; or the sentence as
            a phrase, which has its facts already.
        facts: what is put in; kept apart, so that a front end can say the sentence in another
            language. Without facts the template is the sentence as it stands.
    """

    def __init__(self, template: str | Phrase = "", /, **facts: object) -> None:
        said = template if isinstance(template, Phrase) else Phrase(template, facts)
        self.template = said.template
        self.facts = said.facts
        super().__init__(str(said))


class InvalidInput(MintmarkError):
    """What was sent is wrong; the message says what would be right."""


class NotFound(MintmarkError):
    """Nothing has that name or id."""


class Refused(MintmarkError):
    """The actor may not do this."""


class Conflict(MintmarkError):
    """The thing changed meanwhile: already decided, closed, or taken."""


class ConfigurationError(MintmarkError):
    """The settings are wrong; the message says how to mend them."""


class ServiceUnavailable(MintmarkError):
    """Something outside the program (a chain, an endpoint, the disk) does not answer."""


class IntegrityError(MintmarkError):
    """Something is not what its record says."""


class OutsideRecord(MintmarkError):
    """An effect was called outside an open record: a mistake in the code, not in the input."""


def in_words(error: "ValidationError") -> Phrase:
    """Pydantic's findings as one sentence for a person.

    A validator of our own that raises `ValueError(phrase(…))` has its words said in the person's
    language; so have the commonest findings of pydantic.
    """
    found = [_finding(item) for item in error.errors(include_url=False)]
    end = "" if str(found[-1]).endswith((".", "!", "?")) else "."
    places = "; ".join(f"{{finding_{place}}}" for place in range(len(found)))
    return Phrase(places + end, {f"finding_{place}": each for place, each in enumerate(found)})


def _finding(item: "ErrorDetails") -> Phrase:
    where = ".".join(map(str, item["loc"]))
    wrong = _own_words(item) or _known_words(item) or Phrase(item["msg"], {})
    return phrase("{where}: {wrong}", where=where, wrong=wrong) if where else wrong


def _own_words(item: "ErrorDetails") -> Phrase | None:
    """What a validator of ours said; as a phrase where it was one."""
    raised = item.get("ctx", {}).get("error")
    if not isinstance(raised, ValueError) or not raised.args:
        return None
    said = raised.args[0]
    return said if isinstance(said, Phrase) else Phrase(str(raised), {})


def _known_words(item: "ErrorDetails") -> Phrase | None:
    """A finding of pydantic as a template with facts, if it reads as we know it."""
    for english in _FINDINGS:
        known = Phrase(english, item.get("ctx", {}))
        if item["type"] in _FINDINGS[english] and str(known) == item["msg"]:
            return known
    return None


_FINDINGS = {
    template("Field required"): ("missing",),
    template("Extra inputs are not permitted"): ("extra_forbidden",),
    template("Input should be a valid string"): ("string_type",),
    template("String should have at least {min_length} character"): ("string_too_short",),
    template("String should have at least {min_length} characters"): ("string_too_short",),
    template("String should have at most {max_length} characters"): ("string_too_long",),
    template("String should match pattern '{pattern}'"): ("string_pattern_mismatch",),
    template("Input should be a valid integer"): ("int_type",),
    template("Input should be a valid integer, unable to parse string as an integer"): (
        "int_parsing",
    ),
    template("Input should be a valid integer, got a number with a fractional part"): (
        "int_from_float",
    ),
    template("Unable to parse input string as an integer, exceeded maximum size"): (
        "int_parsing_size",
    ),
    template("Input should be a valid number, unable to parse string as a number"): (
        "float_parsing",
    ),
    template("Input should be a valid boolean, unable to interpret input"): ("bool_parsing",),
    template("Input should be greater than {gt}"): ("greater_than",),
    template("Input should be greater than or equal to {ge}"): ("greater_than_equal",),
    template("Input should be less than {lt}"): ("less_than",),
    template("Input should be less than or equal to {le}"): ("less_than_equal",),
    template("Input should be {expected}"): ("literal_error", "enum"),
    template("Input should be a valid list"): ("list_type",),
    template("Input should be a valid dictionary"): ("dict_type",),
    template("List should have at least {min_length} item after validation, not {actual_length}"): (
        "too_short",
    ),
    template(
        "List should have at least {min_length} items after validation, not {actual_length}"
    ): ("too_short",),
    template("List should have at most {max_length} items after validation, not {actual_length}"): (
        "too_long",
    ),
}
"""What pydantic says of wrong input, and the types of finding that say it (pydantic 2)."""
